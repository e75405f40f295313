package org.entente.gateway.node.assembly;

import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;
import org.entente.gateway.audit.AuditLog;
import org.entente.gateway.config.NodeConfig;
import org.entente.gateway.meter.Meters;
import org.entente.gateway.model.StartProblem;
import org.entente.gateway.node.files.ConfiguredFiles;
import org.entente.gateway.seal.keys.KeyKind;
import org.entente.gateway.seal.keys.Keystore;
import org.entente.gateway.seal.keys.KeystoreFailure;
import org.entente.gateway.store.RocksBackups;
import org.entente.gateway.store.RocksOptions;
import org.entente.gateway.store.RocksStore;
import org.entente.gateway.store.Store;
import org.entente.gateway.store.StoreCounts;
import org.entente.gateway.store.StoreFailure;
import org.jspecify.annotations.Nullable;

/**
 * The folder of the ledger on this machine's disk, and that of its backups. Opened once; the caller
 * closes the store. Safe for many threads.
 */
public final class LedgerStorage implements Supplier<Store>, BackupCopies {
  /** Kinds of keys minted before a node's first start. */
  private static final Set<KeyKind> BEFORE_A_LEDGER =
      Set.of(KeyKind.AGENCY_PAIR, KeyKind.AUDIT_SIGNING);

  private final NodeConfig config;
  private final Meters meters;
  private volatile @Nullable RocksStore store;

  LedgerStorage(NodeConfig config, Meters meters) {
    this.config = config;
    this.meters = meters;
  }

  @Override
  public Store get() {
    RocksStore opened = open(config);
    store = opened;
    meters.counter(
        "entente_ledger_operations_total",
        "What the ledger's store did since it was opened, and its calls of native code.",
        List.of("operation"),
        () -> samples(opened.counts()));
    return opened;
  }

  private static List<Meters.Sample> samples(StoreCounts counts) {
    return Arrays.stream(StoreCounts.Operation.values())
        .map(
            operation ->
                new Meters.Sample(
                    List.of(operation.name().toLowerCase(Locale.ROOT)), counts.count(operation)))
        .toList();
  }

  /**
   * Opens a node's ledger, or creates an empty one if the node never had any.
   *
   * @throws StartProblem also if the node had one and it is missing
   */
  public static RocksStore open(NodeConfig config) {
    requireLedger(config);
    return open(config.data());
  }

  /**
   * Requires the ledger to exist if this node had one. An unmounted disk leaves an empty folder,
   * and a new ledger in it would have forgotten all mail.
   *
   * <p>A ledger leaves two traces outside its folder: the signed checkpoints of its audit log, and
   * keys that only a node with a ledger makes. The check needs no passphrase and changes nothing.
   *
   * @throws StartProblem naming the folder, what shows that there was a ledger, and what to do
   */
  public static void requireLedger(NodeConfig config) {
    if (holdsLedger(config)) {
      return;
    }
    List<String> traces = traces(config);
    if (!traces.isEmpty()) {
      throw new StartProblem(
          ("data: %s %s, but this node had a ledger: %s. Its disk is probably not mounted: mount it"
                  + " and start again. If the ledger is lost, restore a backup (`entente backup"
                  + " restore`). If there is no backup either, begin an empty ledger (`entente audit"
                  + " new-log --ledger-lost`). See docs/operate/backup.md")
              .formatted(
                  config.data(),
                  Files.exists(config.data()) ? "holds no ledger" : "does not exist",
                  String.join(", and ", traces)));
    }
  }

  /** Whether the configured folder holds a ledger. */
  public static boolean holdsLedger(NodeConfig config) {
    try {
      return RocksStore.isIn(config.data());
    } catch (StoreFailure e) {
      throw new StartProblem("data: " + e.getMessage() + advice(e.kind()), e);
    }
  }

  private static List<String> traces(NodeConfig config) {
    List<String> traces = new ArrayList<>();
    if (hasSigned(config.audit())) {
      traces.add(config.audit() + " holds a signed checkpoint of its audit log");
    }
    Set<KeyKind> kinds = kinds(config.keystore());
    kinds.removeAll(BEFORE_A_LEDGER);
    if (!kinds.isEmpty()) {
      traces.add(config.keystore() + " holds keys made with it");
    }
    return traces;
  }

  private static boolean hasSigned(Path audit) {
    try {
      return AuditLog.hasSigned(audit);
    } catch (UncheckedIOException e) {
      throw ConfiguredFiles.unusable("audit", audit, e);
    }
  }

  private static Set<KeyKind> kinds(Path keystore) {
    try {
      return Keystore.kindsIn(keystore);
    } catch (KeystoreFailure e) {
      throw new StartProblem("keystore: " + e.getMessage(), e);
    }
  }

  /**
   * Opens the store in a folder, or creates an empty one.
   *
   * @throws StartProblem saying why it cannot be opened, and what to do
   */
  public static RocksStore open(Path data) {
    try {
      return RocksStore.open(data, RocksOptions.defaults());
    } catch (StoreFailure e) {
      throw new StartProblem("data: " + e.getMessage() + advice(e.kind()), e);
    }
  }

  private static String advice(StoreFailure.Kind kind) {
    return switch (kind) {
      case OTHER_FORMAT -> "; start that release, or restore a backup made by this one";
      case LOCKED -> "; the gateway is already running";
      case INSECURE -> "; make it private (chmod 700) and check who read it";
      case CORRUPT ->
          "; nothing was changed: keep a copy of the folder, check the disk and the memory, and"
              + " restore a backup if the file cannot be recovered (docs/operate/backup.md)";
      case DISK_FULL -> "; free space on its disk";
      default -> "";
    };
  }

  @Override
  public RocksBackups.Backup add(String note) {
    NodeConfig.Backup settings = config.backup();
    RocksStore opened = store;
    if (settings == null || opened == null) {
      throw new StoreFailure(
          StoreFailure.Kind.IO,
          "the configuration names no folder for backups (backup.folder)",
          null);
    }
    return new RocksBackups(settings.folder()).add(opened, note, settings.keep());
  }

  @Override
  public List<RocksBackups.Backup> list() {
    return Optional.ofNullable(config.backup())
        .map(settings -> new RocksBackups(settings.folder()).list())
        .orElse(List.of());
  }
}
