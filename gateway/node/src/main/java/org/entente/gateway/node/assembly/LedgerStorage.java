package org.entente.gateway.node.assembly;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.entente.gateway.config.NodeConfig;
import org.entente.gateway.feature.attachment.AttachmentCopies;
import org.entente.gateway.meter.Meters;
import org.entente.gateway.model.FileErrorText;
import org.entente.gateway.node.disk.LedgerFolder;
import org.entente.gateway.store.RocksBackups;
import org.entente.gateway.store.RocksStore;
import org.entente.gateway.store.Store;
import org.entente.gateway.store.StoreCounts;
import org.entente.gateway.store.StoreFailure;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The ledger on this machine's disk, and its backups. Opened once; the caller closes the store.
 * Safe for many threads.
 */
final class LedgerStorage implements NodeStorage, BackupCopies {
  private static final Logger LOG = LoggerFactory.getLogger(LedgerStorage.class);
  private static final long UNKNOWN = -1;

  private final NodeConfig config;
  private final Meters meters;
  private volatile @Nullable RocksStore store;
  private volatile long newestBackup = UNKNOWN;

  LedgerStorage(NodeConfig config, Meters meters) {
    this.config = config;
    this.meters = meters;
  }

  @Override
  public Store store() {
    RocksStore opened = LedgerFolder.open(config);
    store = opened;
    meters.counter(
        "entente_ledger_operations_total",
        "What the ledger's store did since it was opened, and its calls of native code.",
        List.of("operation"),
        () -> samples(opened.counts()));
    meterBackups();
    return opened;
  }

  @Override
  public BackupCopies backups() {
    return this;
  }

  /** Reads the folder once: opening it at each scrape would disturb a backup being made. */
  private void meterBackups() {
    try {
      newestBackup =
          list().stream().mapToLong(backup -> backup.made().getEpochSecond()).max().orElse(0);
    } catch (StoreFailure e) {
      LOG.warn("the age of the newest backup is unknown until the next one: {}", e.getMessage());
    }
    meters.gauge(
        "entente_backup_timestamp_seconds",
        "When the newest backup of the ledger was begun; 0 if there is none. Absent where no"
            + " folder for backups is configured.",
        List.of(),
        () ->
            config.backup() == null || newestBackup == UNKNOWN
                ? List.of()
                : List.of(Meters.Sample.of((double) newestBackup)));
  }

  private static List<Meters.Sample> samples(StoreCounts counts) {
    return Arrays.stream(StoreCounts.Operation.values())
        .map(
            operation ->
                new Meters.Sample(
                    List.of(operation.name().toLowerCase(Locale.ROOT)), counts.count(operation)))
        .toList();
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
    RocksBackups backups = new RocksBackups(settings.folder());
    RocksBackups.Backup made = backups.add(opened, note, settings.keep());
    copyAttachments(backups, made.number(), settings.folder());
    newestBackup = made.made().getEpochSecond();
    backups.openToOthers().ifPresent(what -> LOG.warn("backup.folder: {}", what));
    return made;
  }

  private synchronized void copyAttachments(RocksBackups backups, int number, Path folder) {
    NodeConfig.AttachmentSettings attachments = config.attachments();
    if (attachments == null) {
      return;
    }
    Set<Integer> kept =
        backups.list().stream().map(RocksBackups.Backup::number).collect(Collectors.toSet());
    try {
      new AttachmentCopies(attachments.folder(), folder).add(number, kept);
    } catch (IOException e) {
      throw new StoreFailure(
          StoreFailure.Kind.IO,
          "backup "
              + number
              + " holds the ledger, but not all attachments: "
              + FileErrorText.words(e),
          e);
    }
  }

  @Override
  public List<RocksBackups.Backup> list() {
    return Optional.ofNullable(config.backup())
        .map(settings -> new RocksBackups(settings.folder()).list())
        .orElse(List.of());
  }
}
