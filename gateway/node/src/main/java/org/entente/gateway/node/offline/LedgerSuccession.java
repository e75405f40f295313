package org.entente.gateway.node.offline;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.entente.gateway.audit.AuditLog;
import org.entente.gateway.audit.LogSuccession;
import org.entente.gateway.audit.LogSuccession.Finding;
import org.entente.gateway.audit.record.AuditActor;
import org.entente.gateway.audit.record.AuditPerson;
import org.entente.gateway.audit.record.AuditRecord;
import org.entente.gateway.audit.record.AuditType;
import org.entente.gateway.audit.tree.CheckpointVerifier;
import org.entente.gateway.cluster.ClusterSettings;
import org.entente.gateway.config.NodeConfig;
import org.entente.gateway.crypto.SecretBytes;
import org.entente.gateway.crypto.VerifyingPair;
import org.entente.gateway.feature.operation.OperationTable;
import org.entente.gateway.ledger.record.AuthenticatedStore;
import org.entente.gateway.ledger.record.RecordSeal;
import org.entente.gateway.ledger.table.HopQueueTable;
import org.entente.gateway.ledger.table.RetentionTable;
import org.entente.gateway.model.AgencyName;
import org.entente.gateway.model.FileErrorText;
import org.entente.gateway.model.StartProblem;
import org.entente.gateway.node.audit.AuditComponents;
import org.entente.gateway.node.disk.LedgerFolder;
import org.entente.gateway.node.files.ConfiguredFiles;
import org.entente.gateway.node.keys.KeyProvider;
import org.entente.gateway.note.Checkpoint;
import org.entente.gateway.note.SignedNote;
import org.entente.gateway.seal.keys.Keystore;
import org.entente.gateway.store.Batch;
import org.entente.gateway.store.Store;
import org.entente.gateway.trust.AgencyKey;
import org.entente.gateway.trust.Member;
import org.jspecify.annotations.Nullable;

/**
 * Continues a rolled-back ledger of a stopped node. If the last audit log cannot be continued,
 * opens another one and new epochs of hop numbers, since such a ledger has also forgotten numbers
 * that peers have seen. (End-to-end numbers begin a new epoch at every start.) Marks joint
 * operations, since their members may hold rosters that are lost here, and the retention, since
 * clients may have retrieved what is unretrieved here. Used by one thread.
 */
public final class LedgerSuccession {
  /**
   * Least jump of hop epochs. They rise by one when a peer is ahead, which no ledger sees a
   * thousand times.
   */
  private static final int LEAST_HOP_EPOCHS = 1_000;

  private static final String OF_A_CLUSTER =
      "this machine was one of a cluster, of which another may have signed more";

  /** Bound of a random addition, so that a backup restored twice does not use one epoch twice. */
  private static final int MOST_HOP_EPOCHS = 1 << 16;

  private final ConfiguredFiles files;
  private final NodeConfig config;
  private final AgencyName self;
  private final Supplier<Store> stores;
  private final InstantSource clock;
  private final SecureRandom random;

  /**
   * Prepares for the node that a configuration describes, over a store.
   *
   * @param stores opens the ledger's store, closed after each use
   * @param clock dates the new log and the new epochs
   * @throws StartProblem if the configuration cannot be read
   */
  public LedgerSuccession(
      Path configFile, Function<Path, Store> stores, InstantSource clock, SecureRandom random) {
    files = ConfiguredFiles.read(configFile, clock);
    config = files.config();
    self = new AgencyName(config.agency());
    this.stores = () -> stores.apply(config.data());
    this.clock = clock;
    this.random = random;
  }

  /**
   * The same for the ledger on this machine's disk.
   *
   * @throws StartProblem also if the node had a ledger and it is missing
   */
  public static LedgerSuccession onDisk(Path configFile, InstantSource clock) {
    LedgerSuccession node =
        new LedgerSuccession(configFile, LedgerFolder::open, clock, new SecureRandom());
    LedgerFolder.requireAlone(node.config);
    LedgerFolder.requireLedger(node.config);
    return node;
  }

  /**
   * Creates an empty ledger on this machine's disk in place of a lost one.
   *
   * @param witnessed a checkpoint that a witness holds, if one is at hand
   * @param by who decides and why
   * @throws StartProblem if there is a ledger, the node runs, or its keys cannot be used
   */
  public static Finding beginEmpty(
      Path configFile, Optional<byte[]> witnessed, AuditPerson by, InstantSource clock) {
    LedgerSuccession node =
        new LedgerSuccession(configFile, LedgerFolder::open, clock, new SecureRandom());
    LedgerFolder.requireAlone(node.config);
    if (LedgerFolder.holdsLedger(node.config)) {
      throw new StartProblem(
          "data: "
              + node.config.data()
              + " holds a ledger; an empty one is created only if there is none");
    }
    return node.restored(witnessed, by, "the ledger is lost; created an empty one");
  }

  /**
   * Examines the log; changes nothing. A log whose last checkpoint states a time that is ahead of
   * this machine's clock counts as ended: nothing of it can be proven until then.
   *
   * @param witnessed a checkpoint that a witness holds, if one is at hand
   * @throws StartProblem if the node runs, its data or keys cannot be used, or the checkpoint is
   *     not of this gateway's logs
   */
  public Finding look(Optional<byte[]> witnessed) {
    return use(witnessed, (opened, found) -> {});
  }

  /**
   * Opens the next log if the one in force cannot be continued; otherwise does nothing.
   *
   * @param by who decides and why
   * @throws StartProblem as for {@link #look}
   */
  public Finding succeed(Optional<byte[]> witnessed, AuditPerson by) {
    return use(
        witnessed,
        (opened, found) -> {
          if (found instanceof Finding.Ended ended) {
            begin(opened, ended, by);
          }
        });
  }

  /**
   * Continues a restored ledger: opens the next log if needed, otherwise continues the present one.
   * Each machine of a cluster knows only what it signed itself as its leader: where the keystore is
   * that of one, and no checkpoint of a witness says how far this log has got, the next log is
   * opened too. Numbers begin new epochs in any case, as messages sent after the backup are unknown
   * here.
   *
   * @param detail what was restored, for the log
   * @throws StartProblem as for {@link #look}
   */
  public Finding restored(Optional<byte[]> witnessed, AuditPerson by, String detail) {
    try (Keystore keystore = files.keystore(random)) {
      return restored(keystore, witnessed, by, detail);
    }
  }

  /** The same with the node's keystore, which keeps the node from starting while it is open. */
  Finding restored(Keystore keystore, Optional<byte[]> witnessed, AuditPerson by, String detail) {
    boolean ofACluster = ClusterSettings.Folders.isOfNode(keystore.folder());
    return use(
        keystore,
        witnessed,
        log -> ofACluster && !isOf(log, witnessed) ? Optional.of(OF_A_CLUSTER) : Optional.empty(),
        (opened, found) -> {
          if (found instanceof Finding.Ended ended) {
            begin(opened, ended, by);
          } else if (found instanceof Finding.Continues continues) {
            resume(opened, continues, by, detail);
          }
        });
  }

  /** Whether a checkpoint is of this log; that of an earlier one says nothing of it. */
  private static boolean isOf(AuditLog log, Optional<byte[]> checkpoint) {
    return checkpoint
        .flatMap(note -> SignedNote.parse(note).asNote())
        .flatMap(note -> Checkpoint.parse(note.text()))
        .filter(found -> found.origin().equals(log.origin().line()))
        .isPresent();
  }

  private record OpenedLedger(
      Store store, KeyProvider keys, RecordSeal atRest, CheckpointVerifier verifier) {
    /**
     * Works on the store with its records under the key of the keystore. Where the keystore is lost
     * and another one is new, it adopts them: who decides to continue the ledger vouches for them.
     */
    void change(Consumer<Store> task) {
      try (SecretBytes key = keys.recordKey(records -> AuthenticatedStore.adopt(store, records))) {
        task.accept(AuthenticatedStore.of(store, key));
      }
    }
  }

  private Finding use(Optional<byte[]> witnessed, BiConsumer<OpenedLedger, Finding> task) {
    try (Keystore keystore = files.keystore(random)) {
      return use(keystore, witnessed, log -> AuditComponents.timeAhead(log, clock.instant()), task);
    }
  }

  private Finding use(
      Keystore keystore,
      Optional<byte[]> witnessed,
      Function<AuditLog, Optional<String>> further,
      BiConsumer<OpenedLedger, Finding> task) {
    try (Store store = stores.get()) {
      KeyProvider keys = new KeyProvider(keystore, clock, random);
      CheckpointVerifier verifier = verifier(files, keys, self);
      CheckpointVerifier own = AuditComponents.verifier(config, 1, keys.auditPairs().verifying());
      Finding found =
          LogSuccession.examine(store, config.audit(), verifier, own, witnessed, further);
      task.accept(
          new OpenedLedger(store, keys, new RecordSeal(keys.storageKeys(), random), verifier),
          found);
      return found;
    }
  }

  private void begin(OpenedLedger opened, Finding.Ended ended, AuditPerson by) {
    opened.change(
        store ->
            LogSuccession.begin(
                store,
                config.audit(),
                opened.verifier,
                ended,
                LogSuccession.firstRecord(clock.instant(), new AuditActor(self, null, by), ended),
                number -> new AuditComponents.AuditLeafSealer(opened.atRest, clock, number),
                random,
                batch -> setBack(store, batch)));
  }

  private void resume(OpenedLedger opened, Finding.Continues found, AuditPerson by, String detail) {
    opened.change(
        store ->
            LogSuccession.resume(
                store,
                config.audit(),
                opened.verifier,
                found,
                AuditRecord.ofNode(
                    AuditType.OPERATOR_ACTION,
                    clock.instant(),
                    new AuditActor(self, null, by),
                    detail),
                number -> new AuditComponents.AuditLeafSealer(opened.atRest, clock, number),
                random,
                batch -> setBack(store, batch)));
  }

  private void setBack(Store store, Batch batch) {
    // A peer that is ahead makes this node open the next epoch; one too far ahead raises an alarm
    // there.
    HopQueueTable.raiseEpoch(store, batch, LEAST_HOP_EPOCHS + random.nextInt(MOST_HOP_EPOCHS));
    OperationTable.setBack(store, batch);
    RetentionTable.setBack(batch, clock.millis());
  }

  /**
   * Verifies with the present keys and those of the trust bundle, or of the last accepted one: a
   * node that lost its keystore recognises its log by them.
   */
  private static CheckpointVerifier verifier(
      ConfiguredFiles files, KeyProvider keys, AgencyName self) {
    List<VerifyingPair> pairs = new ArrayList<>();
    pairs.addAll(keys.auditPairs().verifying());
    Stream.concat(Stream.of(files.verifiedBundle()), files.rememberedBundle().stream())
        .flatMap(bundle -> bundle.agency(self).map(Member::audit).orElse(List.of()).stream())
        .map(AgencyKey::pair)
        .distinct()
        .forEach(pairs::add);
    return AuditComponents.verifier(files.config(), 1, pairs);
  }

  /**
   * Reads a signed note from a file.
   *
   * @throws StartProblem if it is not a signed note
   */
  public static Optional<byte[]> note(@Nullable Path file) {
    if (file == null) {
      return Optional.empty();
    }
    try {
      byte[] bytes = Files.readAllBytes(file);
      if (SignedNote.parse(bytes).asNote().isEmpty()) {
        throw new StartProblem(file + " is not a signed note");
      }
      return Optional.of(bytes);
    } catch (IOException e) {
      throw new StartProblem(file + " cannot be read: " + FileErrorText.words(e), e);
    }
  }
}
