package org.entente.gateway.node.assembly;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Collectors;
import org.entente.gateway.config.AttachmentsConfig;
import org.entente.gateway.config.NodeConfig;
import org.entente.gateway.feature.attachment.AttachmentCopies;
import org.entente.gateway.meter.Meters;
import org.entente.gateway.model.FileErrorText;
import org.entente.gateway.store.FileMirror;
import org.entente.gateway.store.RocksBackups;
import org.entente.gateway.store.StoreFailure;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Backups of a ledger and of its attachments, in the folder that the configuration names on this
 * machine. Safe for many threads.
 */
final class LedgerCopies implements BackupCopies {
  private static final Logger LOG = LoggerFactory.getLogger(LedgerCopies.class);
  private static final long UNKNOWN = -1;

  /** The longest wait for a folder that is still being read. */
  private static final Duration PATIENCE = Duration.ofSeconds(10);

  private final Duration patience;
  private final NodeConfig config;
  private final Meters meters;
  private final Ledger ledger;
  private final FileMirror.FolderCheck check;
  private final AtomicLong newestBackup = new AtomicLong(UNKNOWN);

  /** Until it is over, no backup is made: only one may use the folder at a time. */
  private volatile CompletableFuture<?> reading = CompletableFuture.completedFuture(null);

  /** A medium that hangs keeps one thread, not one for each call. */
  private final Semaphore making = new Semaphore(1);

  /** A ledger that can be backed up; see {@link RocksBackups#add}. */
  interface Ledger {
    RocksBackups.Backup backUp(RocksBackups backups, String note, int keep);
  }

  LedgerCopies(NodeConfig config, Meters meters, Ledger ledger, FileMirror.FolderCheck check) {
    this(config, meters, ledger, check, PATIENCE);
  }

  /** The same with another longest wait for a folder that is still being read. */
  LedgerCopies(
      NodeConfig config,
      Meters meters,
      Ledger ledger,
      FileMirror.FolderCheck check,
      Duration patience) {
    this.patience = patience;
    this.config = config;
    this.meters = meters;
    this.ledger = ledger;
    this.check = check;
  }

  /**
   * Meters the age of the newest one. Reads the folder once: opening it at each scrape would
   * disturb a backup being made.
   *
   * @param reader reads the folder, which may be on a medium that hangs
   */
  void meter(Executor reader) {
    meters.gauge(
        "entente_backup_timestamp_seconds",
        "When the newest backup of the ledger was begun; 0 if there is none. Absent where no"
            + " folder for backups is configured.",
        List.of(),
        () ->
            config.backup() == null || newestBackup.get() == UNKNOWN
                ? List.of()
                : List.of(Meters.Sample.of((double) newestBackup.get())));
    reading = CompletableFuture.runAsync(this::read, reader);
  }

  private void read() {
    try {
      made(list().stream().mapToLong(backup -> backup.made().getEpochSecond()).max().orElse(0));
    } catch (RuntimeException | Error e) {
      // The edge of its thread. Backups go on whatever it was.
      LOG.warn("the age of the newest backup is unknown until the next one: {}", e.getMessage());
    }
  }

  private void made(long second) {
    newestBackup.accumulateAndGet(second, Math::max);
  }

  @Override
  public RocksBackups.Backup add(String note) {
    NodeConfig.Backup settings = config.backup();
    if (settings == null) {
      throw new StoreFailure(
          StoreFailure.Kind.IO,
          "the configuration names no folder for backups (backup.folder)",
          null);
    }
    if (!making.tryAcquire()) {
      throw new StoreFailure(
          StoreFailure.Kind.IO,
          "a backup is being made: repeat the call when it has ended; if it does not end, the"
              + " medium of backup.folder may hang",
          null);
    }
    try {
      return make(note, settings);
    } finally {
      making.release();
    }
  }

  private RocksBackups.Backup make(String note, NodeConfig.Backup settings) {
    awaitReading();
    RocksBackups backups = new RocksBackups(settings.folder());
    RocksBackups.Backup made = ledger.backUp(backups, note, settings.keep());
    copyAttachments(backups, made.number(), settings.folder());
    made(made.made().getEpochSecond());
    backups.openToOthers().ifPresent(what -> LOG.warn("backup.folder: {}", what));
    return made;
  }

  private void awaitReading() {
    try {
      reading.get(patience.toMillis(), TimeUnit.MILLISECONDS);
    } catch (TimeoutException | ExecutionException e) {
      throw new StoreFailure(
          StoreFailure.Kind.IO, "the folder of backups (backup.folder) does not answer", e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new StoreFailure(StoreFailure.Kind.IO, "interrupted before the backup began", e);
    }
  }

  private void copyAttachments(RocksBackups backups, int number, Path folder) {
    AttachmentsConfig attachments = config.attachments();
    if (attachments == null) {
      return;
    }
    Set<Integer> kept =
        backups.list().stream().map(RocksBackups.Backup::number).collect(Collectors.toSet());
    try {
      // A copy of a mount point would be empty, and count as one.
      check.requireHere();
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
