package org.entente.gateway.node.assembly;

import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.function.LongSupplier;
import java.util.stream.Stream;
import org.entente.gateway.account.Accounts;
import org.entente.gateway.audit.LogArchive;
import org.entente.gateway.audit.record.AuditActor;
import org.entente.gateway.audit.record.AuditRecord;
import org.entente.gateway.audit.record.AuditType;
import org.entente.gateway.cluster.FormerMachines;
import org.entente.gateway.cluster.FormerMachines.Step;
import org.entente.gateway.cluster.KeystoreRegister;
import org.entente.gateway.cluster.MachineKeystore;
import org.entente.gateway.config.NodeConfig;
import org.entente.gateway.crypto.SigningPair;
import org.entente.gateway.ledger.Desks;
import org.entente.gateway.ledger.Ledger;
import org.entente.gateway.ledger.LedgerLimits;
import org.entente.gateway.ledger.Quarantining;
import org.entente.gateway.ledger.commit.CommitObserver;
import org.entente.gateway.ledger.commit.LedgerFailure;
import org.entente.gateway.ledger.record.AuthenticatedStore;
import org.entente.gateway.ledger.record.DiskThresholds;
import org.entente.gateway.ledger.record.RecordSeal;
import org.entente.gateway.ledger.record.StartCounter;
import org.entente.gateway.ledger.record.StorageKeys;
import org.entente.gateway.ledger.table.EvidenceRecords;
import org.entente.gateway.ledger.table.OutboxTable;
import org.entente.gateway.ledger.table.QuarantineTable;
import org.entente.gateway.link.PeerName;
import org.entente.gateway.model.AgencyName;
import org.entente.gateway.model.Lane;
import org.entente.gateway.model.NodeName;
import org.entente.gateway.model.StartProblem;
import org.entente.gateway.node.audit.AuditComponents;
import org.entente.gateway.node.audit.WitnessEndpoint;
import org.entente.gateway.node.disk.DiskGuard;
import org.entente.gateway.node.disk.ReopenSchedule;
import org.entente.gateway.node.files.ClientDirectory;
import org.entente.gateway.node.files.ConfiguredFiles;
import org.entente.gateway.node.files.PolicyReloader;
import org.entente.gateway.node.keys.KeyProvider;
import org.entente.gateway.node.keys.SigningPairSet;
import org.entente.gateway.policy.check.LabelCheck;
import org.entente.gateway.retention.ErasureJournal;
import org.entente.gateway.seal.keys.Keystore;
import org.entente.gateway.seal.keys.KeystoreFailure;
import org.entente.gateway.store.Store;
import org.entente.gateway.store.StoreFailure;
import org.entente.gateway.store.Table;
import org.entente.gateway.trust.AgencyKey;
import org.entente.gateway.trust.Member;
import org.entente.gateway.trust.TrustStore;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The first stage of a node, which all others build on: trust and agreements, keys, the store and
 * its contents. Opened by its constructor; {@link #close} releases files and keys.
 */
final class Foundation {
  private static final Logger LOG = LoggerFactory.getLogger(Foundation.class);

  final NodeConfig config;
  final NodeEnvironment around;
  final PeerName self;
  final Accounts agencies;
  final Accounts clients;
  final TrustStore trust;
  final PolicyReloader policy;
  final ClientDirectory directory;
  final KeyProvider keys;
  final StorageKeys storageKeys;
  final RecordSeal atRest;
  final Desks desks;
  final Pairs agencyPairs;
  final Pairs auditPairs;

  /**
   * Bound of a random addition to an epoch, in seconds, for a clock that repeats an earlier time.
   */
  private static final int FURTHER_EPOCHS = 1 << 16;

  final AuditComponents audit;
  final SteadyClock ending;
  final Ledger ledger;
  final DiskGuard disk;
  final WitnessEndpoint witness;
  final EvidenceRecords evidence;
  final Quarantining setting;
  final LabelCheck labelCheck;

  private final ConfiguredFiles files;
  private final NodeStorage storage;
  private final Store store;
  private final Optional<KeystoreRegister> keystores;
  private volatile Map<String, Step> named = Map.of();
  private volatile Set<MachineKeystore> destroyed = Set.of();

  /** The pairs held for one use, and the one in force when the node was opened. */
  record Pairs(SigningPairSet held, SigningPair first) {}

  /**
   * Opens everything.
   *
   * @param running a monotonic time to compare the clock with
   * @throws StartProblem naming the file and what is missing or wrong in it
   */
  Foundation(
      ConfiguredFiles files, NodeStorage storage, NodeEnvironment around, LongSupplier running) {
    this.files = files;
    this.storage = storage;
    this.around = around;
    config = files.config();
    self = new PeerName(new AgencyName(config.agency()), new NodeName(config.gateway()));

    agencies = Accounts.ofAgencies(config.limitsInForce(), around.timers()::nanos);
    clients = Accounts.ofClients(config.limitsInForce(), around.timers()::nanos);

    // Identities and rules.
    trust = files.trust();
    policy = new PolicyReloader(files, trust);
    directory = ClientDirectory.open(config);
    labelCheck = policy.labelCheck(config.limitsInForce().messageBytes());
    Keystore keystore = storage.keystore(files, around.random());
    store = files.keep(storage.store());

    // Storage.
    keystores = keystores(keystore);
    if (isAlone()) {
      keystore.mirrorTo(FormerMachines.ofMachineAlone(store, keystores));
    }
    keys =
        files.keep(
            new KeyProvider(
                keystore, around.clock(), around.random(), () -> FormerMachines.destroyed(store)));
    storageKeys = keys.storageKeys();
    atRest = new RecordSeal(storageKeys, around.random());
    desks = new Desks(atRest, directory::seats);
    agencyPairs = inForce(keys.agencyPairs(), Member::signing);
    auditPairs = inForce(keys.auditPairs(), Member::audit);
    audit = audit();
    ending = steadyClock(running);
    keystore.tellTimeBy(ending);
    OutboxTable.beginEpoch(
        store,
        around.clock().instant().getEpochSecond(),
        1 + around.random().nextInt(FURTHER_EPOCHS));
    policy.startsAs(StartCounter.next(store));
    ledger =
        new Ledger(
            AuthenticatedStore.of(store, files.keep(keys.recordKey())),
            keys.storedNames(),
            audit.journal(),
            around.clock(),
            ledgerLimits(),
            observer(),
            around.executors().writer());
    disk = new DiskGuard(ledger, store, around.workers(), around.meters());
    witness = witness();
    evidence = new EvidenceRecords(atRest, self.agency());
    setting = quarantining();
  }

  private static Optional<KeystoreRegister> keystores(Keystore keystore) {
    try {
      return KeystoreRegister.read(keystore.folder());
    } catch (IOException e) {
      throw new StartProblem("keystore: " + e.getMessage(), e);
    }
  }

  private boolean isAlone() {
    return around.machines().names().isEmpty();
  }

  private AuditComponents audit() {
    return AuditComponents.open(
        config,
        store,
        auditPairs.first(),
        auditPairs.held().verifying(),
        atRest,
        around.clock(),
        around.random());
  }

  private SteadyClock steadyClock(LongSupplier running) {
    // A log that has just begun states no time, but the earlier ones do.
    Optional<Instant> last =
        Stream.concat(
                audit
                    .log()
                    .signed()
                    .map(signed -> Instant.ofEpochSecond(signed.seconds()))
                    .stream(),
                archive()
                    .lastStated(
                        AuditComponents.verifier(config, 1, auditPairs.held().verifying()),
                        around.clock().instant())
                    .stream())
            .max(Comparator.naturalOrder());
    return new SteadyClock(
        around.clock(),
        running,
        last,
        () -> trust.current().content().expires().plus(trust.grace()));
  }

  private WitnessEndpoint witness() {
    return new WitnessEndpoint(
        config,
        audit.log(),
        audit.opener(),
        auditPairs.first(),
        ledger,
        trust::current,
        new WitnessEndpoint.Environment(around.clock(), around.workers(), around.meters()));
  }

  private Quarantining quarantining() {
    return new Quarantining(
        self.agency(),
        ledger.quarantine(),
        atRest,
        Duration.ofDays(config.limitsInForce().quarantineDays()),
        around.meters());
  }

  private Pairs inForce(SigningPairSet held, Function<Member, List<AgencyKey>> use) {
    return new Pairs(
        held, held.inForce(trust.current().agency(self.agency()).map(use).orElse(List.of())));
  }

  private LedgerLimits ledgerLimits() {
    return new LedgerLimits(
        config.limitsInForce().waitingChanges(),
        LedgerLimits.DEFAULT.maxBatch(),
        LedgerLimits.DEFAULT.maxBatchBytes(),
        new QuarantineTable.Limits(
            config.limitsInForce().quarantineMessages(), config.limitsInForce().quarantineBytes()),
        thresholds(config),
        config.limitsInForce().perAgencyInForce().custodyBytes(),
        config.limitsInForce().perAgencyInForce().gatewayKeys());
  }

  /** Free space below which the node slows or refuses publishers. */
  static DiskThresholds thresholds(NodeConfig config) {
    return new DiskThresholds(
        (long) config.diskInForce().slowBelowMib() << 20,
        (long) config.diskInForce().refuseBelowMib() << 20,
        config.diskInForce().agencyPercent());
  }

  private CommitObserver observer() {
    return new CommitObserver() {
      @Override
      public void committed(int changes, long bytes, long nanos) {
        around.meters().committed(changes, bytes, nanos);
      }

      @Override
      public void failed(LedgerFailure why) {
        LOG.error("not ready: {}", why.getMessage());
      }
    };
  }

  /** This agency. */
  AgencyName agency() {
    return self.agency();
  }

  /** All members but this agency. */
  Set<AgencyName> otherMembers() {
    Set<AgencyName> out = new HashSet<>(trust.current().members().keySet());
    out.remove(agency());
    return out;
  }

  /** All audit logs of the node. */
  LogArchive archive() {
    return AuditComponents.archive(config, store, atRest, around.clock());
  }

  /** Records an event of the node in the audit log, without waiting for the disk. */
  @SuppressWarnings("FutureReturnValueIgnored") // a failing ledger reports itself
  void record(AuditType type, String detail) {
    LOG.info("{}", detail);
    ledger.write(
        Lane.ROUTINE,
        tx -> {
          tx.audit(
              AuditRecord.ofNode(
                  type,
                  Instant.ofEpochMilli(tx.nowMillis()),
                  AuditActor.gateway(agency()),
                  detail));
          return detail;
        });
  }

  /**
   * Signs a checkpoint if one is due and no witness objects. It states no time that is in doubt:
   * the next start takes it as one that has certainly passed.
   */
  void signCheckpoint() {
    if (witness.witnessing().maySign()) {
      audit.signer().maybeSign(ending.instant());
    }
  }

  /** Signs a checkpoint now if no witness objects. */
  void signCheckpointNow() {
    if (witness.witnessing().maySign()) {
      audit.signer().sign(ending.instant());
    }
  }

  /** Waits for witnesses, from which a node just after its start may not have heard yet. */
  @SuppressWarnings("CheckReturnValue") // checked again when it is signed
  void awaitWitnesses() {
    try {
      witness.witnessing().awaitDecision();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** Why nothing of the audit log can be proven, for an operator; empty if it can. */
  Optional<String> unprovable() {
    return AuditComponents.timeAhead(audit.log(), around.clock().instant())
        .map(
            why ->
                ("audit: %s, so nothing of it can be proven until then: check this machine's time;"
                        + " if it is right, run `entente audit new-log`")
                    .formatted(why));
  }

  /** Corrects the time of the last restore if the clock was ahead then. */
  void correctTimeOfRestore() {
    long latest = ending.keeping().millis();
    if (ledger.retention().setBackAtMillis() > latest) {
      ledger.commit(
          Lane.ROUTINE,
          tx -> {
            ledger.retention().setBackBefore(tx, latest);
            return latest;
          });
    }
  }

  /** Has the ledger name the machines of the cluster, before one of them can be missed. */
  void nameMachines() {
    Set<String> unnamed = new TreeSet<>(around.machines().names());
    unnamed.removeAll(FormerMachines.of(store).keySet());
    if (!unnamed.isEmpty()) {
      ledger.commit(
          Lane.ROUTINE,
          tx -> {
            unnamed.forEach(
                name ->
                    tx.put(Table.META, FormerMachines.key(name), FormerMachines.value(Step.JOINS)));
            return unnamed;
          });
    }
    lookAtMachines();
  }

  /** Reads again what the ledger says of machines: warnings are also told while it fails. */
  void lookAtMachines() {
    named = FormerMachines.of(store);
    destroyed = FormerMachines.destroyedKeystores(store);
  }

  /** Whether a machine is a former one of the cluster. */
  boolean hasLeft(String machine) {
    Step step = FormerMachines.of(store).get(machine);
    return (step == Step.LEAVES || step == Step.DESTROYED)
        && !around.machines().names().isEmpty()
        && !around.machines().names().contains(machine);
  }

  /** What is known of the machines that have had keys of this gateway. */
  KeystoreAttestation.Machines machines() {
    List<MachineKeystore> former =
        isAlone()
            ? keystores.map(KeystoreRegister::others).orElse(List.of())
            : around.machines().formerKeystores();
    return new KeystoreAttestation.Machines(
        named, members(), former.stream().filter(one -> !destroyed.contains(one)).toList());
  }

  /** Those that can be asked; a machine alone can ask itself. */
  private List<String> members() {
    return isAlone()
        ? keystores.map(KeystoreRegister::machine).stream().toList()
        : around.machines().names();
  }

  /** Machines that may have keys, and cannot be asked. */
  List<String> warningsOfMachines() {
    return machines().outside().stream()
        .map(
            name ->
                ("cluster: %s may have keys, and cannot be asked: destroy its %s, and have two"
                        + " officers attest it (`entente cluster attest-destroyed`)")
                    .formatted(name, members().contains(name) ? "former keystore" : "keystore"))
        .toList();
  }

  /** The erasure journal. */
  ErasureJournal erasures() {
    return storage.erasures(files, ending);
  }

  /**
   * The failure of a disk, of the ledger or of the keystore, after which the node may reopen
   * itself. Empty if the ledger stopped for another reason, which needs an operator.
   */
  Optional<RuntimeException> mendingFailure() {
    LedgerFailure stopped = ledger.failure();
    if (stopped != null && stopped.getCause() instanceof KeystoreFailure failure) {
      return Optional.<RuntimeException>of(failure).filter(it -> ReopenSchedule.mends(failure));
    }
    boolean byTheDisk = stopped == null || stopped.getCause() instanceof StoreFailure;
    return Optional.ofNullable(store.state().failure())
        .filter(failure -> byTheDisk && ReopenSchedule.mends(failure))
        .map(failure -> failure);
  }

  /** Releases files and keys; nothing more is made durable. */
  void close() {
    files.letGo();
  }
}
