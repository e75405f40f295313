package org.entente.gateway.node.audit;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Optional;
import org.entente.gateway.audit.Appender;
import org.entente.gateway.audit.AuditLog;
import org.entente.gateway.audit.CheckpointSigner;
import org.entente.gateway.audit.LogArchive;
import org.entente.gateway.audit.StoredLog;
import org.entente.gateway.audit.record.AuditActor;
import org.entente.gateway.audit.record.AuditRecord;
import org.entente.gateway.audit.record.AuditType;
import org.entente.gateway.audit.record.LeafOpener;
import org.entente.gateway.audit.record.LeafSealer;
import org.entente.gateway.audit.tree.CheckpointVerifier;
import org.entente.gateway.audit.tree.LogOrigin;
import org.entente.gateway.config.NodeConfig;
import org.entente.gateway.crypto.SigningPair;
import org.entente.gateway.crypto.VerifyingPair;
import org.entente.gateway.ledger.Ledger;
import org.entente.gateway.ledger.commit.Journal;
import org.entente.gateway.ledger.record.RecordPlace;
import org.entente.gateway.ledger.record.RecordSeal;
import org.entente.gateway.model.AgencyName;
import org.entente.gateway.model.FederationName;
import org.entente.gateway.model.FileErrorText;
import org.entente.gateway.model.Lane;
import org.entente.gateway.model.NodeName;
import org.entente.gateway.model.StartProblem;
import org.entente.gateway.retention.ErasureJournal;
import org.entente.gateway.store.Batch;
import org.entente.gateway.store.KeyBuilder;
import org.entente.gateway.store.Store;
import org.entente.gateway.store.Table;
import org.entente.gateway.trust.BundleVerifier;
import org.entente.gateway.trust.Member;
import org.entente.gateway.trust.TrustBundle;

/** The node's audit log over its store. */
public record AuditComponents(
    AuditLog log, CheckpointSigner signer, Journal journal, LeafOpener opener) {
  private static final Duration CHECKPOINT_EVERY = Duration.ofSeconds(1);
  private static final Duration RECORDS_KEPT = Duration.ofDays(3_650);

  public static AuditComponents open(
      NodeConfig config,
      Store store,
      SigningPair pair,
      List<VerifyingPair> known,
      RecordSeal atRest,
      InstantSource clock,
      SecureRandom random) {
    if (config.cluster() != null) {
      // Another machine may have signed all checkpoints so far.
      StoredLog.inForce(store, folder(config.audit())).followCheckpoint();
    }
    AuditLog.Opening opening =
        AuditLog.open(
            store, folder(config.audit()), verifier(config, StoredLog.numberInForce(store), known));
    if (opening instanceof AuditLog.Opening.BehindCheckpoint behind) {
      throw new StartProblem(
          "the ledger is older than the last signed checkpoint: "
              + behind.reason()
              + "; it was rolled back or restored, and acknowledged messages may be missing;"
              + " see `entente audit new-log`");
    }
    if (opening instanceof AuditLog.Opening.Damaged damaged) {
      throw new StartProblem("the audit log is damaged: " + damaged.reason());
    }
    AuditLog log = ((AuditLog.Opening.Opened) opening).log();
    AuditLeafSealer sealing = new AuditLeafSealer(atRest, clock, log.origin().number());
    return new AuditComponents(
        log,
        new CheckpointSigner(log, pair, CHECKPOINT_EVERY),
        journal(log.appender(sealing, random)),
        sealing);
  }

  /** The verifier of one of the node's logs, by its number. */
  public static CheckpointVerifier verifier(
      NodeConfig config, int number, List<VerifyingPair> pairs) {
    return new CheckpointVerifier(origin(config, number), pairs);
  }

  /** The same by the keys that a trust bundle lists, each in its validity. */
  public static CheckpointVerifier verifier(NodeConfig config, int number, TrustBundle bundle) {
    return CheckpointVerifier.of(
        origin(config, number),
        bundle.agency(new AgencyName(config.agency())).map(Member::audit).orElse(List.of()));
  }

  private static LogOrigin origin(NodeConfig config, int number) {
    return new LogOrigin(
        new FederationName(config.federation()),
        new AgencyName(config.agency()),
        new NodeName(config.gateway()),
        number);
  }

  /**
   * Why a log proves nothing yet; empty if the time that its last checkpoint states is not ahead of
   * a clock. All its later checkpoints state that time or a later one, and a proof is refused until
   * then. Only a wrong clock leads to this: one that was ahead for long, or one that is behind now.
   */
  public static Optional<String> timeAhead(AuditLog log, Instant now) {
    return log.signed()
        .map(signed -> Instant.ofEpochSecond(signed.seconds()))
        .filter(stated -> stated.isAfter(now.plus(BundleVerifier.SKEW)))
        .map(
            stated ->
                "its last checkpoint states %s, which is ahead of this machine's clock (%s)"
                    .formatted(stated, now.truncatedTo(ChronoUnit.SECONDS)));
  }

  /** All logs of the node. */
  public static LogArchive archive(
      NodeConfig config, Store store, RecordSeal atRest, InstantSource clock) {
    return new LogArchive(
        store,
        config.audit(),
        origin(config, 1),
        number -> new AuditLeafSealer(atRest, clock, number));
  }

  /** The erasure journal, kept beside the checkpoint and outside the ledger. */
  public static ErasureJournal erasures(NodeConfig config, InstantSource clock) {
    long today = today(clock);
    return opened(config, path -> ErasureJournal.open(path, today));
  }

  /** The same on a machine of a cluster. */
  public static ErasureJournal erasures(
      NodeConfig config, InstantSource clock, ErasureJournal.Others others) {
    long today = today(clock);
    return opened(config, path -> ErasureJournal.open(path, today, others));
  }

  private static long today(InstantSource clock) {
    return LocalDate.ofInstant(clock.instant(), ZoneOffset.UTC).toEpochDay();
  }

  private interface JournalOpening {
    ErasureJournal at(Path path) throws IOException;
  }

  private static ErasureJournal opened(NodeConfig config, JournalOpening opening) {
    Path path = folder(config.audit()).resolve("erasures");
    try {
      return opening.at(path);
    } catch (IOException e) {
      throw new StartProblem("audit: the erasure journal: " + FileErrorText.words(e), e);
    }
  }

  private static Path folder(Path folder) {
    try {
      return Files.createDirectories(folder);
    } catch (IOException e) {
      throw new StartProblem(
          "audit: " + folder + " cannot be created: " + FileErrorText.words(e), e);
    }
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

  /** Records the node's start and its policy version, the first leaf of a run. */
  public void recordStart(Ledger ledger, AgencyName self, String policyVersion) {
    ledger.commit(
        Lane.ROUTINE,
        tx -> {
          tx.audit(
              AuditRecord.ofNode(
                      AuditType.NODE_START,
                      Instant.ofEpochMilli(tx.nowMillis()),
                      AuditActor.gateway(self),
                      "started")
                  .under("", policyVersion));
          return self;
        });
  }

  /** Seals audit records at rest, each bound to its position in the log. */
  public static final class AuditLeafSealer implements LeafSealer {
    private final RecordSeal atRest;
    private final InstantSource clock;
    private final int log;

    public AuditLeafSealer(RecordSeal atRest, InstantSource clock, int log) {
      this.atRest = atRest;
      this.clock = clock;
      this.log = log;
    }

    @Override
    public byte[] seal(long index, byte[] plaintext) {
      return atRest.seal(place(index), plaintext, clock.instant().plus(RECORDS_KEPT));
    }

    @Override
    public Optional<byte[]> open(long index, byte[] sealed) {
      return atRest.open(place(index), sealed);
    }

    private RecordPlace place(long index) {
      return new RecordPlace(
          Table.AUDIT_LEAF, KeyBuilder.key().u32(log).u64(index).done(), "audit leaf");
    }
  }
}
