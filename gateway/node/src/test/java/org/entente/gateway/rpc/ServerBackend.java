package org.entente.gateway.rpc;

import static org.entente.gateway.testkit.Agencies.FR;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.function.BiFunction;
import java.util.stream.Stream;
import org.entente.gateway.audit.Appender;
import org.entente.gateway.audit.AuditLog;
import org.entente.gateway.audit.CheckpointSigner;
import org.entente.gateway.audit.LogArchive;
import org.entente.gateway.audit.record.AuditActor;
import org.entente.gateway.audit.record.AuditRecord;
import org.entente.gateway.audit.record.AuditType;
import org.entente.gateway.audit.record.LeafSealer;
import org.entente.gateway.audit.tree.CheckpointVerifier;
import org.entente.gateway.audit.tree.LogOrigin;
import org.entente.gateway.config.NodeConfig;
import org.entente.gateway.config.YamlFiles;
import org.entente.gateway.config.YamlReadResult;
import org.entente.gateway.crypto.Ed25519SigningKey;
import org.entente.gateway.crypto.SecretBytes;
import org.entente.gateway.crypto.SigningPair;
import org.entente.gateway.deliver.CursorLimits;
import org.entente.gateway.deliver.DeliveryLeaves;
import org.entente.gateway.deliver.Subscriptions;
import org.entente.gateway.deliver.UndeliverableMessages;
import org.entente.gateway.feature.Administration;
import org.entente.gateway.feature.GatewayParts;
import org.entente.gateway.feature.MessagePath;
import org.entente.gateway.feature.OwnBackups;
import org.entente.gateway.feature.OwnCluster;
import org.entente.gateway.feature.OwnPairs;
import org.entente.gateway.identity.Identified;
import org.entente.gateway.ledger.Ledger;
import org.entente.gateway.ledger.LedgerLimits;
import org.entente.gateway.ledger.Quarantining;
import org.entente.gateway.ledger.commit.Journal;
import org.entente.gateway.ledger.record.RecordSeal;
import org.entente.gateway.ledger.table.EvidenceRecords;
import org.entente.gateway.link.LinkSettings;
import org.entente.gateway.link.PeerLinks;
import org.entente.gateway.link.PeerName;
import org.entente.gateway.link.Timers;
import org.entente.gateway.meter.Meters;
import org.entente.gateway.model.AgencyName;
import org.entente.gateway.model.Code;
import org.entente.gateway.model.NodeName;
import org.entente.gateway.model.Problem;
import org.entente.gateway.model.Result;
import org.entente.gateway.node.assembly.Features;
import org.entente.gateway.policy.check.LabelCheck;
import org.entente.gateway.policy.codes.MessageLimits;
import org.entente.gateway.policy.decide.Policy;
import org.entente.gateway.policy.decide.PolicyFixture;
import org.entente.gateway.policy.load.RulebookReader;
import org.entente.gateway.policy.terms.DemoMembership;
import org.entente.gateway.receive.InboxOpener;
import org.entente.gateway.receive.KeptLabels;
import org.entente.gateway.retention.ErasureJournal;
import org.entente.gateway.retention.MessageErasure;
import org.entente.gateway.retention.Retention;
import org.entente.gateway.rpc.server.KnownNames;
import org.entente.gateway.seal.PeerKeys;
import org.entente.gateway.store.Batch;
import org.entente.gateway.store.Durability;
import org.entente.gateway.store.FileMirror;
import org.entente.gateway.testkit.DeskClients;
import org.entente.gateway.testkit.IntakeKit;
import org.entente.gateway.testkit.MemoryFolders;
import org.entente.gateway.testkit.MemoryPorts;
import org.entente.gateway.testkit.MemoryStorageKeys;
import org.entente.gateway.testkit.MemoryStore;
import org.entente.gateway.testkit.QuietLedger;
import org.entente.gateway.testkit.TestFederation;
import org.entente.gateway.testkit.TestNames;
import org.entente.gateway.trace.MessageTracer;
import org.entente.proto.v1.Accepted;
import org.entente.proto.v1.AttestDestroyedRequest;
import org.entente.proto.v1.AttestDestroyedResponse;
import org.entente.proto.v1.Backup;
import org.entente.proto.v1.ChangeMachinesRequest;
import org.entente.proto.v1.ChangeMachinesResponse;
import org.entente.proto.v1.CreateBackupRequest;
import org.entente.proto.v1.Draft;
import org.entente.proto.v1.LintPolicyResponse;
import org.entente.proto.v1.ListBackupsResponse;
import org.entente.proto.v1.ListCodesRequest;
import org.entente.proto.v1.ListCodesResponse;
import org.entente.proto.v1.Outcome;
import org.entente.proto.v1.RenewKeysRequest;
import org.entente.proto.v1.RenewKeysResponse;
import org.entente.proto.v1.ShowKeysResponse;
import org.entente.proto.v1.TestPolicyRequest;
import org.entente.proto.v1.TestPolicyResponse;
import org.entente.proto.v1.TransferLeadRequest;
import org.entente.proto.v1.TransferLeadResponse;

/** What stands behind the client server: an intake to be set, and real books over memory. */
public final class ServerBackend implements AutoCloseable {
  private static final LogOrigin ORIGIN =
      new LogOrigin(TestFederation.NAME, FR, new NodeName("gw-1"));

  private static final String CONFIG =
      """
      federation: test.entente.example
      agency: fr.customs
      gateway: gw-1
      trust: { bundle: b, roots: r }
      tls: { certificate: c, key: k }
      keystore: s
      data: d
      audit: a
      policy: { agreements: p }
      listen: { clients: "127.0.0.1:0", admin: "127.0.0.1:0" }
      clients:
        - { name: all, scopes: [search, watch] }
        - { name: holder, scopes: [rights_holder] }
        - { name: other-holder, scopes: [rights_holder] }
        - { name: publisher }
      ipr: { time_zone: UTC, weekend: [SATURDAY, SUNDAY], calendar_until: 2100-01-01 }
      """;

  /** An agency that was a member once: the ledger has its messages. */
  public static final AgencyName FORMER = new AgencyName("pt.customs");

  private final MemoryStore.Disk disk = new MemoryStore.Disk();
  final MemoryStore store = new MemoryStore(disk);
  final Ledger ledger;
  final AuditLog audit;
  final EvidenceRecords evidence;
  public final Subscriptions subscriptions;
  private final Features features;

  /** What would have become leaves, as it was committed. */
  final List<AuditRecord> recorded = new CopyOnWriteArrayList<>();

  final Map<Long, byte[]> leaves = new ConcurrentHashMap<>();
  public volatile BiFunction<Identified, Draft, CompletableFuture<Outcome>> intake =
      (caller, draft) -> CompletableFuture.completedFuture(accepted(draft));
  private final MemoryStorageKeys storageKeys = new MemoryStorageKeys();
  private final MemoryStore auditStore = new MemoryStore();
  private final ExecutorService executor = Executors.newSingleThreadExecutor();
  private final ScheduledExecutorService timers = Executors.newScheduledThreadPool(1);
  private final SigningPair keys = SigningPair.generate(new SecureRandom());
  private final Path folder;
  private final Policy policy =
      PolicyFixture.policy(
          RulebookReader.load(
              PolicyFixture.CONFIG.resolve("agreements"),
              null,
              DemoMembership.demo(),
              Instant.now()));
  private final IntakeKit kit;
  private final OwnBackups backups =
      new OwnBackups() {
        @Override
        public Result<Backup> create(NodeName client, CreateBackupRequest request) {
          return new Result.Refused<>(new Problem(Code.NOT_READY, "", "no folder: " + client));
        }

        @Override
        public Result<ListBackupsResponse> list() {
          return new Result.Done<>(
              ListBackupsResponse.newBuilder()
                  .addBackups(Backup.newBuilder().setNumber(3))
                  .build());
        }
      };
  private final PolicyQuestions questions =
      new PolicyQuestions() {
        @Override
        public Result<ListCodesResponse> codes(ListCodesRequest request) {
          return Result.done(ListCodesResponse.getDefaultInstance());
        }

        @Override
        public Result<TestPolicyResponse> test(TestPolicyRequest request) {
          return Result.refused(Code.INVALID_FIELD, "expectations", "nothing is tested here");
        }

        @Override
        public Result<LintPolicyResponse> lint() {
          return Result.done(LintPolicyResponse.getDefaultInstance());
        }
      };
  private final OwnPairs pairs =
      new OwnPairs() {
        @Override
        public Result<RenewKeysResponse> renew(NodeName client, RenewKeysRequest request) {
          return new Result.Refused<>(new Problem(Code.NOT_FOUND, "", "no member: " + client));
        }

        @Override
        public ShowKeysResponse show() {
          return ShowKeysResponse.newBuilder().setBundleVersion(7).build();
        }
      };

  ServerBackend() {
    try {
      folder = MemoryFolders.create("audit");
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    CheckpointVerifier verifier = new CheckpointVerifier(ORIGIN, List.of(keys.verifyingPair()));
    audit = ((AuditLog.Opening.Opened) AuditLog.open(auditStore, folder, verifier)).log();
    ledger =
        new Ledger(
            store,
            TestNames.names(),
            new Leaves(),
            InstantSource.system(),
            LedgerLimits.DEFAULT,
            new QuietLedger.FailingObserver());
    ledger.start();
    evidence = new EvidenceRecords(new RecordSeal(storageKeys, new SecureRandom()), FR);
    kit =
        new IntakeKit(
            ledger,
            new RecordSeal(storageKeys, new SecureRandom()),
            () -> policy,
            InstantSource.system(),
            SecretBytes.random(new SecureRandom(), 32),
            100);
    subscriptions =
        new Subscriptions(
            ledger,
            new InboxOpener(storageKeys, ledger.inbox()),
            undeliverable(),
            evidence,
            new DeliveryLeaves(FR, Duration.ofSeconds(10), 10_000),
            new Subscriptions.Environment(
                InstantSource.system(),
                new Meters(),
                DeskClients.none(storageKeys)::sight,
                label -> policy.equivalent(label, FR),
                (tx, origin, id) -> Optional.empty(),
                MessageTracer.OFF),
            new CursorLimits(3, 5_000, 200));
    features = new Features(parts(), Features.all());
    features.built(new MessagePath(kit.intake(), kit.parts(), subscriptions, administration()));
  }

  private GatewayParts parts() {
    RecordSeal atRest = new RecordSeal(storageKeys, new SecureRandom());
    InboxOpener inbox = new InboxOpener(storageKeys, ledger.inbox());
    PeerKeys peerKeys = new PeerKeys(TestFederation.NAME, agency -> List.of());
    NodeConfig config = config();
    return new GatewayParts(
        new GatewayParts.Settings(config, config::clients),
        new GatewayParts.Identity(
            TestFederation.NAME,
            FR,
            new NodeName("gw-1"),
            Ed25519SigningKey.generate(new SecureRandom())),
        ledger,
        new GatewayParts.Records(
            atRest,
            evidence,
            inbox,
            new KeptLabels(ledger, inbox, DeskClients.none(storageKeys)),
            DeskClients.none(storageKeys),
            new GatewayParts.AuditTrail(
                audit, (index, bytes) -> Optional.ofNullable(leaves.get(index)), archive())),
        new GatewayParts.Rules(
            new LabelCheck(MessageLimits.defaults()),
            () -> policy,
            peerKeys,
            agency -> List.of(),
            () -> {
              throw new IllegalStateException("no test asks that far");
            }),
        kit.consent().sending().outgoing(),
        new GatewayParts.Environment(
            InstantSource.system(),
            InstantSource.system(),
            new SecureRandom(),
            executor,
            FileMirror.ALONE,
            new Meters()));
  }

  private static NodeConfig config() {
    YamlReadResult<NodeConfig> read =
        new YamlFiles()
            .parse("node.yaml", CONFIG.getBytes(StandardCharsets.UTF_8), NodeConfig.class);
    return ((YamlReadResult.Read<NodeConfig>) read).value();
  }

  /** Runs a periodic task of a feature. */
  void run(String task) {
    features.tasks().stream()
        .filter(one -> one.what().equals(task))
        .findFirst()
        .orElseThrow()
        .task()
        .run();
  }

  private UndeliverableMessages undeliverable() {
    return new UndeliverableMessages(
        FR,
        ledger,
        new InboxOpener(storageKeys, ledger.inbox()),
        evidence,
        setting(),
        new Meters(),
        () -> {});
  }

  private Administration administration() {
    return new Administration(
        setting(),
        new Administration.QuarantineStages(undeliverable(), undeliverable(), undeliverable()),
        Set.of(new AgencyName("de.customs")),
        new PeerLinks(
            new PeerName(FR, new NodeName("gateway-1")),
            new MemoryPorts(lane -> Runnable::run, 1),
            LinkSettings.defaults(),
            Timers.of(timers),
            executor,
            InstantSource.system(),
            new SecureRandom()),
        pairs,
        backups,
        new OwnCluster() {
          @Override
          public Result<TransferLeadResponse> transfer(
              NodeName client, TransferLeadRequest request) {
            return Result.done(TransferLeadResponse.getDefaultInstance());
          }

          @Override
          public Result<ChangeMachinesResponse> change(
              NodeName client, ChangeMachinesRequest request) {
            return Result.done(ChangeMachinesResponse.getDefaultInstance());
          }

          @Override
          public Result<AttestDestroyedResponse> attestDestroyed(
              NodeName client, AttestDestroyedRequest request) {
            return Result.done(AttestDestroyedResponse.getDefaultInstance());
          }
        });
  }

  Quarantining setting() {
    return new Quarantining(
        FR,
        ledger.quarantine(),
        new RecordSeal(storageKeys, new SecureRandom()),
        Duration.ofDays(30),
        new Meters());
  }

  public static Outcome accepted(Draft draft) {
    return Outcome.newBuilder()
        .setIdempotencyKey(draft.getIdempotencyKey())
        .setAccepted(Accepted.getDefaultInstance())
        .build();
  }

  /** Leaves so many bytes on the disk. */
  void leave(long free) {
    disk.free(free);
    ledger.room().look();
  }

  /** What the port of clients offers. */
  OfferedServices offered() {
    return new OfferedServices(names(), services(), ledger.room()::refusal);
  }

  private KnownNames names() {
    return new KnownNames(
        policy::membership,
        () -> List.of(new AgencyName("us.cbp"), FORMER),
        () -> Set.of("narcotics"));
  }

  private List<ClientService> services() {
    List<ClientService> all = new ArrayList<>(features.services());
    all.addAll(
        PathServices.of(
            (caller, drafts) -> drafts.stream().map(draft -> intake.apply(caller, draft)).toList(),
            (caller, draft) ->
                Result.refused(Code.INVALID_FIELD, "draft", "nothing is explained here"),
            kit.recalling(),
            retention(),
            subscriptions,
            questions));
    all.add(
        context ->
            new ConsoleService(
                client -> Result.refused(Code.NOT_FOUND, "", "there is no console here")));
    return all;
  }

  private LogArchive archive() {
    return new LogArchive(
        auditStore, folder, ORIGIN, n -> (index, b) -> Optional.ofNullable(leaves.get(index)));
  }

  private Retention retention() {
    MessageErasure erasing =
        new MessageErasure(FR, ledger, storageKeys, journal(), evidence, Runnable::run);
    return new Retention(
        FR,
        ledger,
        new Retention.Keys(storageKeys, storageKeys),
        erasing,
        new LabelCheck(MessageLimits.defaults()),
        ledger.clock(),
        new SecureRandom());
  }

  private ErasureJournal journal() {
    try {
      return ErasureJournal.open(folder.resolve("erasures"), 0);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Adds leaves to the audit log and signs a checkpoint over them. */
  void appendLeaves(int count) {
    LeafSealer sealer =
        new LeafSealer() {
          @Override
          public byte[] seal(long index, byte[] plaintext) {
            leaves.put(index, plaintext.clone());
            return new byte[] {1};
          }

          @Override
          public Optional<byte[]> open(long index, byte[] bytes) {
            return Optional.ofNullable(leaves.get(index));
          }
        };
    Appender appender = audit.appender(sealer, new SecureRandom());
    AuditRecord record =
        AuditRecord.ofNode(AuditType.NODE_START, Instant.now(), AuditActor.gateway(FR), "");
    Batch batch = auditStore.batch();
    for (int i = 0; i < count; i++) {
      appender.append(batch, List.of(record));
    }
    auditStore.commit(batch, Durability.SYNCED);
    appender.committed();
    new CheckpointSigner(audit, keys, Duration.ofSeconds(1)).sign(Instant.now());
  }

  @Override
  public void close() {
    executor.shutdownNow();
    timers.shutdownNow();
    kit.close();
    ledger.close();
    try {
      try (Stream<Path> files = Files.list(folder)) {
        for (Path file : files.toList()) {
          Files.delete(file);
        }
      }
      Files.delete(folder);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** These tests keep the audit log in a store of its own. */
  private final class Leaves implements Journal {
    @Override
    public void append(Batch batch, List<AuditRecord> records) {
      recorded.addAll(records);
    }

    @Override
    public void committed() {
      // Nothing was appended.
    }

    @Override
    public void rolledBack() {
      // Nothing was appended.
    }
  }
}
