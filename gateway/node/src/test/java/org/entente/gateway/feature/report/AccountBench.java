package org.entente.gateway.feature.report;

import static org.entente.gateway.testkit.Agencies.DE;
import static org.entente.gateway.testkit.Agencies.FR;

import com.google.protobuf.ByteString;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.TreeSet;
import java.util.concurrent.atomic.AtomicInteger;
import org.entente.gateway.audit.Appender;
import org.entente.gateway.audit.AuditLog;
import org.entente.gateway.audit.CheckpointSigner;
import org.entente.gateway.audit.LogArchive;
import org.entente.gateway.audit.record.AuditActor;
import org.entente.gateway.audit.record.AuditPerson;
import org.entente.gateway.audit.record.AuditRecord;
import org.entente.gateway.audit.record.AuditSubject;
import org.entente.gateway.audit.record.AuditType;
import org.entente.gateway.audit.record.LawCategory;
import org.entente.gateway.audit.record.LeafSealer;
import org.entente.gateway.audit.tree.CheckpointCosigner;
import org.entente.gateway.audit.tree.CheckpointVerifier;
import org.entente.gateway.audit.tree.LogOrigin;
import org.entente.gateway.batch.BatchPlanner;
import org.entente.gateway.batch.Sealed;
import org.entente.gateway.batch.Sealer;
import org.entente.gateway.batch.SealingItem;
import org.entente.gateway.crypto.Ed25519SigningKey;
import org.entente.gateway.crypto.SigningPair;
import org.entente.gateway.ledger.Ledger;
import org.entente.gateway.ledger.LedgerLimits;
import org.entente.gateway.ledger.commit.Journal;
import org.entente.gateway.ledger.record.RecordPlace;
import org.entente.gateway.ledger.record.RecordSeal;
import org.entente.gateway.ledger.table.EvidenceRecords;
import org.entente.gateway.ledger.table.EvidenceTable;
import org.entente.gateway.model.AgencyName;
import org.entente.gateway.model.Lane;
import org.entente.gateway.model.MessageId;
import org.entente.gateway.model.NodeName;
import org.entente.gateway.note.SignedNote;
import org.entente.gateway.policy.decide.Permitted;
import org.entente.gateway.policy.decide.PermittedFixture;
import org.entente.gateway.receive.InboxOpener;
import org.entente.gateway.rpc.server.StatusMapper;
import org.entente.gateway.seal.KeySchedule;
import org.entente.gateway.seal.MemoryKeyHolder;
import org.entente.gateway.seal.PeerKeys;
import org.entente.gateway.seal.RecipientKeys;
import org.entente.gateway.seal.SenderSessions;
import org.entente.gateway.seal.SessionLimits;
import org.entente.gateway.seal.format.AgencyIdentity;
import org.entente.gateway.seal.format.Envelope;
import org.entente.gateway.seal.format.GatewayKey;
import org.entente.gateway.seal.format.OriginNumber;
import org.entente.gateway.store.Batch;
import org.entente.gateway.store.Durability;
import org.entente.gateway.store.KeyBuilder;
import org.entente.gateway.store.Table;
import org.entente.gateway.testkit.MemoryStorageKeys;
import org.entente.gateway.testkit.MemoryStore;
import org.entente.gateway.testkit.QuietLedger;
import org.entente.gateway.testkit.TestFederation;
import org.entente.gateway.testkit.TestNames;
import org.entente.gateway.trust.TrustBundle;
import org.entente.proto.v1.Alert;
import org.entente.proto.v1.Body;

/**
 * A gateway of {@code fr.customs} or {@code de.customs} as far as its audit log and what stands
 * behind it go, with real sealing, real keys of a federation and a witness.
 */
final class AccountBench implements AutoCloseable {
  static final NodeName GATEWAY = new NodeName("gw-1");
  static final AuditActor AUDITOR =
      new AuditActor(FR, new NodeName("auditor"), new AuditPerson("FR-9", "", "court order"));

  final TestFederation federation;
  final AgencyName self;
  final MemoryStore store = new MemoryStore();
  final Ledger ledger;
  final AuditLog log;
  final LogArchive archive;
  final EvidenceRecords evidence;
  final MessageProver proving;
  final AuditExporter exporting;
  final MemoryStorageKeys storageKeys = new MemoryStorageKeys();
  final AtomicInteger opened = new AtomicInteger();
  Instant now;

  /** The trust bundle in force. */
  TrustBundle bundle;

  private final SecureRandom random = new SecureRandom();
  private final Ed25519SigningKey gatewayKey = Ed25519SigningKey.generate(random);
  private final Sealer sealer;
  private final CheckpointSigner signer;

  AccountBench(TestFederation federation, AgencyName self, Path folder) {
    this.federation = federation;
    this.self = self;
    this.now = federation.start().plusSeconds(60);
    this.bundle = federation.bundle(federation.content(1));
    SigningPair auditPair = federation.audit(self.value());
    LogOrigin origin = new LogOrigin(TestFederation.NAME, self, GATEWAY);
    log =
        ((AuditLog.Opening.Opened)
                AuditLog.open(
                    store,
                    folder,
                    new CheckpointVerifier(origin, List.of(auditPair.verifyingPair()))))
            .log();
    signer = new CheckpointSigner(log, auditPair, Duration.ofSeconds(1));
    RecordSeal atRest = new RecordSeal(storageKeys, random);
    LeafSealer leaves = leaves(atRest);
    archive = new LogArchive(store, folder, origin, number -> leaves);
    Appender appender = log.appender(leaves, random);
    ledger =
        new Ledger(
            store,
            TestNames.names(),
            journal(appender),
            () -> now,
            LedgerLimits.DEFAULT,
            new QuietLedger.FailingObserver());
    ledger.start();
    evidence = new EvidenceRecords(atRest, self);
    sealer = new Sealer(FR, GATEWAY, gatewayKey, random, () -> now);
    proving =
        new MessageProver(
            new MessageProver.Parts(self, archive, ledger, evidence, () -> bundle, () -> now));
    exporting =
        new AuditExporter(
            new AuditExporter.Parts(
                self,
                archive,
                ledger,
                evidence,
                new InboxOpener(storageKeys, ledger.inbox()),
                atRest));
  }

  private LeafSealer leaves(RecordSeal atRest) {
    return new LeafSealer() {
      @Override
      public byte[] seal(long index, byte[] plaintext) {
        return atRest.seal(place(index), plaintext, now.plus(Duration.ofDays(3650)));
      }

      @Override
      public Optional<byte[]> open(long index, byte[] sealed) {
        opened.incrementAndGet();
        return atRest.open(place(index), sealed);
      }

      private RecordPlace place(long index) {
        return new RecordPlace(Table.AUDIT_LEAF, KeyBuilder.key().u64(index).done(), "leaf");
      }
    };
  }

  private static Journal journal(Appender appender) {
    return new Journal() {
      @Override
      public void append(Batch batch, List<AuditRecord> leaves) {
        appender.append(batch, leaves);
      }

      @Override
      public void committed() {
        appender.committed();
      }

      @Override
      public void rolledBack() {
        appender.rolledBack();
      }
    };
  }

  /** Seals messages of fr.customs into one envelope. */
  Sealed seal(int messages, AgencyName... recipients) {
    List<SealingItem> items =
        java.util.stream.IntStream.range(0, messages)
            .mapToObj(i -> SealingItem.of(message(recipients)))
            .toList();
    return sealer.seal(BatchPlanner.group(items, 64, 1 << 20).get(0));
  }

  private Permitted message(AgencyName... recipients) {
    return PermittedFixture.alert(
        MessageId.fresh(now.toEpochMilli(), random),
        FR,
        Lane.ROUTINE,
        Body.newBuilder().setAlert(Alert.getDefaultInstance()).build(),
        now,
        Arrays.stream(recipients).map(AgencyName::value).toArray(String[]::new));
  }

  /** Accepts messages at fr.customs, as intake does; their ids. */
  List<MessageId> accept(int messages, AgencyName... recipients) {
    try (Sealed sealed = seal(messages, recipients)) {
      AuditActor desk =
          new AuditActor(FR, new NodeName("desk"), new AuditPerson("FR-7", "U", null));
      commit(
          sealed.envelope(),
          AuditRecord.of(
                  AuditType.ACCEPTED,
                  LawCategory.DISCLOSURE,
                  now,
                  desk,
                  AuditSubject.of(
                      sealed.envelope().header(), sealed.messages(), List.of(recipients)))
              .under("test", "v1"),
          new EvidenceTable.Voucher(false, keyBundle(FR)));
      return sealed.messages();
    }
  }

  /** Receives messages of fr.customs at de.customs, as reception does; their ids. */
  List<MessageId> receive(int messages) {
    try (Sealed sealed = seal(messages, DE)) {
      PeerKeys peers =
          new PeerKeys(
              TestFederation.NAME,
              agency -> List.of(federation.signing(agency.value()).verifyingPair()));
      peers.offer(keyBundle(DE), now.toEpochMilli());
      SenderSessions sessions =
          new SenderSessions(
              new AgencyIdentity(TestFederation.NAME, FR, federation.signing("fr.customs")),
              new GatewayKey(GATEWAY, gatewayKey.verifyingKey()),
              peers,
              SessionLimits.DEFAULT,
              random,
              () -> now);
      byte[] announcement =
          sessions
              .wrap(
                  sealed.envelope().header(),
                  DE,
                  new OriginNumber(1, Lane.ROUTINE, 1),
                  sealed.contentKey())
              .flatMap(stanza -> stanza.announcement())
              .orElseThrow()
              .encoded();
      commit(
          sealed.envelope(),
          AuditRecord.of(
              AuditType.RECEIVED,
              LawCategory.COLLECTION,
              now,
              AuditActor.gateway(FR),
              AuditSubject.of(sealed.envelope().header(), sealed.messages(), List.of(FR))),
          new EvidenceTable.Voucher(true, announcement));
      return sealed.messages();
    }
  }

  /** An agency's key bundle, which names the one gateway key of this bench. */
  byte[] keyBundle(AgencyName agency) {
    RecipientKeys keys =
        new RecipientKeys(new MemoryKeyHolder(), KeySchedule.DEFAULT, random, () -> now);
    keys.renew();
    return keys.bundle(
            new AgencyIdentity(TestFederation.NAME, agency, federation.signing(agency.value())),
            List.of(new GatewayKey(GATEWAY, gatewayKey.verifyingKey())))
        .encoded();
  }

  private void commit(Envelope envelope, AuditRecord record, EvidenceTable.Voucher voucher) {
    ledger
        .write(
            Lane.ROUTINE,
            tx -> {
              evidence.keepHeader(
                  tx, ledger.evidence(), envelope.header().encoded(), envelope.signature());
              ledger
                  .evidence()
                  .vouch(
                      tx,
                      envelope.header().facts().origin(),
                      gatewayKey.verifyingKey().encoded(),
                      voucher);
              tx.audit(record);
              return record;
            })
        .join();
  }

  /** Commits any record. */
  void record(AuditRecord record) {
    ledger
        .write(
            Lane.ROUTINE,
            tx -> {
              tx.audit(record);
              return record;
            })
        .join();
  }

  /** Signs what is committed; these witnesses cosign. */
  SignedNote sign(String... witnesses) {
    now = now.plusSeconds(2);
    SignedNote note = signer.sign(now).or(log::checkpoint).orElseThrow();
    for (String witness : witnesses) {
      CheckpointCosigner cosigner =
          new CheckpointCosigner(
              TestFederation.NAME, new AgencyName(witness), federation.audit(witness));
      note = note.with(cosigner.cosign(log.signed().orElseThrow().checkpoint(), now));
    }
    if (witnesses.length > 0) {
      log.keepCosigned(note);
    }
    return note;
  }

  /** The proof of a message, which must be there. */
  byte[] prove(MessageId id) {
    return StatusMapper.value(proving.prove(AUDITOR, id, Optional.empty(), () -> {}));
  }

  /** The leaves that concern a message, oldest first. */
  List<LogArchive.Place> about(MessageId id) {
    TreeSet<LogArchive.Place> places = new TreeSet<>(LogArchive.Place.ORDER);
    int unused = archive.about(id, new LogArchive.Place(0, 0), places::add);
    return List.copyOf(places);
  }

  /** Puts another log in force, as after a restore. */
  void endLog() {
    Batch batch = store.batch();
    batch.put(
        Table.META,
        KeyBuilder.key().ascii("audit/log").done(),
        KeyBuilder.key().u32(archive.inForce() + 1).done());
    store.commit(batch, Durability.SYNCED);
  }

  /** Whether a record speaks of an envelope's header. */
  static boolean speaksOf(AuditRecord record, byte[] hash) {
    return record.subject().headerHash().equals(ByteString.copyFrom(hash));
  }

  @Override
  public void close() {
    ledger.close();
  }
}
