package org.entente.gateway.node.offline;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.security.SecureRandom;
import java.time.InstantSource;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.entente.gateway.audit.AuditReport;
import org.entente.gateway.audit.AuditVerifier;
import org.entente.gateway.audit.LogCopy;
import org.entente.gateway.audit.LogReader;
import org.entente.gateway.audit.LogSuccession.Finding;
import org.entente.gateway.audit.StoredLog;
import org.entente.gateway.audit.record.AuditPerson;
import org.entente.gateway.audit.record.LeafOpener;
import org.entente.gateway.ceremony.PrivateFiles;
import org.entente.gateway.cluster.KnownFolder;
import org.entente.gateway.config.AttachmentsConfig;
import org.entente.gateway.config.NodeConfig;
import org.entente.gateway.feature.attachment.AttachmentCopies;
import org.entente.gateway.model.FileErrorText;
import org.entente.gateway.model.StartProblem;
import org.entente.gateway.node.assembly.LedgerBackups;
import org.entente.gateway.node.audit.AuditComponents;
import org.entente.gateway.node.disk.FolderExchange;
import org.entente.gateway.node.disk.LedgerFolder;
import org.entente.gateway.node.files.ConfiguredFiles;
import org.entente.gateway.seal.keys.Keystore;
import org.entente.gateway.store.RocksBackups;
import org.entente.gateway.store.RocksBackups.Backup;
import org.entente.gateway.store.RocksStore;
import org.entente.gateway.store.Store;
import org.entente.gateway.store.StoreFailure;
import org.jspecify.annotations.Nullable;

/**
 * Restores a backup as the ledger of a stopped node, without contradicting what others remember: it
 * opens another audit log if the last one cannot be continued, and new epochs for all numbers. The
 * backup is prepared fully before it is put in place, so an interrupted restore changes nothing.
 * The only exception is the moment of exchange, when the old ledger has been renamed and nothing is
 * in its place.
 */
public final class LedgerRestore {
  private static final DateTimeFormatter STAMP =
      DateTimeFormatter.ofPattern("yyyyMMdd'T'HHmmss'Z'").withZone(ZoneOffset.UTC);

  private static final String WITHOUT_CHECKPOINT =
      "without checkpoint: nothing shows that its audit log is whole; make another copy";

  private final Path configFile;
  private final ConfiguredFiles files;
  private final NodeConfig config;
  private final Path folder;
  private final InstantSource clock;

  /**
   * The result of a restore.
   *
   * @param setAside new folder of the previous ledger; null if there was none
   * @param attachments whether the backup has a copy of all attachments, or the node keeps none; if
   *     false, messages may name attachments that are lost
   * @param missing names of attachments of which the backup's copy is missing
   * @param finding the finding about the audit log
   */
  public record RestoreResult(
      Backup backup,
      @Nullable Path setAside,
      boolean attachments,
      List<String> missing,
      Finding finding) {
    public RestoreResult {
      missing = List.copyOf(missing);
    }
  }

  /**
   * Prepares for the node that a configuration describes.
   *
   * @throws StartProblem if the configuration cannot be read, or names no folder for backups
   */
  public LedgerRestore(Path configFile, InstantSource clock) {
    this.configFile = configFile;
    this.clock = clock;
    files = ConfiguredFiles.read(configFile, clock);
    config = files.config();
    NodeConfig.Backup settings = config.backup();
    if (settings == null) {
      throw new StartProblem("backup: the configuration names no folder for backups");
    }
    folder = settings.folder();
  }

  /** What lets others read the backups; empty if nothing does. */
  public Optional<String> openToOthers() {
    return new RocksBackups(folder).openToOthers();
  }

  /** The existing backups, the oldest first. */
  public List<Backup> list() {
    return new RocksBackups(folder).list();
  }

  /** Leaves of the audit log under the checkpoint of a backup. */
  public static long leaves(Backup backup) {
    return LedgerBackups.leaves(backup);
  }

  /**
   * Verifies a backup: restores it beside the ledger, reads all of it, and verifies with the trust
   * bundle's keys that its audit log continues the backup's checkpoint; then compares the copies of
   * attachments with it. Then removes it. The node may run.
   *
   * @param number of the backup; 0 for the newest
   * @param progress learns how many leaves are verified, once all files are read
   * @return its fault; empty if it is sound
   * @throws StartProblem if there is no such backup, or no room for it beside a running node, or
   *     another verification runs
   */
  public Optional<String> verify(int number, AuditVerifier.LeafProgress progress) {
    Backup backup = find(number);
    try {
      FileChannel lock = verifying();
      try {
        return verify(backup, progress);
      } finally {
        lock.close();
      }
    } catch (IOException e) {
      throw new StartProblem(
          "data: the lock beside it cannot be used: " + FileErrorText.words(e), e);
    }
  }

  /** Two at once would remove each other's copy. */
  private FileChannel verifying() throws IOException {
    Path file = beside("verifying.lock");
    FileChannel channel =
        FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
    boolean held = false;
    try {
      held = channel.tryLock() != null;
    } catch (OverlappingFileLockException e) {
      // Another command in this process; the same to the caller.
      held = false;
    } finally {
      if (!held) {
        channel.close();
      }
    }
    if (!held) {
      throw new StartProblem(
          "data: another command verifies a backup now, and holds "
              + file
              + "; try again when it has ended");
    }
    return channel;
  }

  private Optional<String> verify(Backup backup, AuditVerifier.LeafProgress progress) {
    Path tried = beside("verifying");
    remove(tried);
    requireRoom(backup, tried);
    try {
      new RocksBackups(folder).restore(backup.number(), tried);
      try (RocksStore store = RocksStore.openReadOnly(tried)) {
        store.verify();
        return backup.note().isEmpty()
            ? Optional.of(WITHOUT_CHECKPOINT)
            : fault(store, tried, backup.note(), progress)
                .or(() -> attachmentFault(store, backup.number()));
      }
    } catch (StoreFailure e) {
      return Optional.of(String.valueOf(e.getMessage()));
    } finally {
      remove(tried);
    }
  }

  /** Another copy of the ledger must not fill the disk on which the node writes. */
  private void requireRoom(Backup backup, Path tried) {
    Path parent = Objects.requireNonNull(tried.toAbsolutePath().getParent(), "the root");
    long kept = (long) config.diskInForce().refuseBelowMib() << 20;
    long free = parent.toFile().getUsableSpace();
    if (free - kept < backup.bytes()) {
      throw new StartProblem(
          "data: verifying backup %d writes %d MiB beside it, and %d MiB are free; valid is that %d"
                  .formatted(
                      backup.number(),
                      mebibytes(backup.bytes()),
                      mebibytes(free),
                      config.diskInForce().refuseBelowMib())
              + " MiB stay free (disk.refuse_below_mib): free space on the disk, or copy the"
              + " backups to another machine and verify them there");
    }
  }

  private static long mebibytes(long bytes) {
    return bytes >> 20;
  }

  private Optional<String> fault(
      Store store, Path folder, String note, AuditVerifier.LeafProgress progress) {
    AuditReport report =
        new AuditVerifier(
                AuditComponents.verifier(
                    config, StoredLog.numberInForce(store), files.verifiedBundle()),
                LeafOpener.WITHOUT_KEYS)
            .verify(
                new LogCopy(
                    StoredLog.inForce(store, folder),
                    new LogReader.Copy(
                        "the checkpoint kept with the backup", note.getBytes(UTF_8))),
                progress);
    return report.faults().stream().findFirst();
  }

  private Optional<String> attachmentFault(Store store, int number) {
    AttachmentsConfig attachments = config.attachments();
    try {
      return attachments == null
          ? Optional.empty()
          : new AttachmentCopies(attachments.folder(), folder).fault(number, store);
    } catch (IOException e) {
      return Optional.of("its copies of attachments: " + FileErrorText.words(e));
    }
  }

  /**
   * Restores a backup.
   *
   * @param number of the backup; 0 for the newest
   * @param replace whether to rename a ledger in its place; it is never removed
   * @param witnessed a checkpoint held by a witness, if available
   * @param by who decides, and why
   * @throws StartProblem if the node runs or belongs to a cluster, there is no such backup, a
   *     ledger is in its place, that is a mount point, or the backup cannot be used; nothing has
   *     changed then
   */
  public RestoreResult restore(
      int number, boolean replace, Optional<byte[]> witnessed, AuditPerson by) {
    requireMachineAlone();
    Path data = config.data();
    requireRenamed(data);
    Backup backup = find(number);
    boolean occupied = isOccupied(data);
    if (occupied && !replace) {
      throw new StartProblem(
          data + " holds a ledger; --replace renames its folder and keeps its content");
    }
    // To the end: neither the node nor another restore may begin meanwhile.
    try (Keystore keystore = files.keystore(new SecureRandom())) {
      Path restored = beside("restoring");
      remove(restored);
      new RocksBackups(folder).restore(backup.number(), restored);
      RestoredAttachments attachments = restoreAttachments(backup.number());
      Path aside = occupied ? beside("replaced-" + STAMP.format(clock.instant())) : null;
      Finding finding =
          new LedgerSuccession(
                  configFile, place -> LedgerFolder.open(restored), clock, new SecureRandom())
              .restored(
                  keystore,
                  witnessed,
                  by,
                  "restored backup %d of %s".formatted(backup.number(), backup.made()));
      exchange(restored, data, aside);
      return new RestoreResult(backup, aside, attachments.copied(), attachments.missing(), finding);
    }
  }

  private record RestoredAttachments(boolean copied, List<String> missing) {}

  /** First, as further files change nothing while their ledger is not there. */
  private RestoredAttachments restoreAttachments(int number) {
    AttachmentsConfig attachments = config.attachments();
    Optional<KnownFolder> known = LedgerFolder.attachments(config);
    if (attachments == null) {
      return new RestoredAttachments(true, List.of());
    }
    try {
      AttachmentCopies copies = new AttachmentCopies(attachments.folder(), folder);
      List<String> missing = copies.restore(number).missing();
      // What a person restores into is the folder from now on, also after its disk was lost.
      if (known.isPresent()) {
        known.get().takeAnew();
      }
      return new RestoredAttachments(copies.has(number), missing);
    } catch (IOException e) {
      throw new StartProblem("attachments.folder: " + FileErrorText.words(e), e);
    }
  }

  private static void exchange(Path restored, Path data, @Nullable Path aside) {
    try {
      new FolderExchange(FolderExchange.OF_THIS_MACHINE).exchange(restored, data, aside);
    } catch (IOException e) {
      throw new StartProblem("data: " + e.getMessage(), e);
    }
  }

  private Backup find(int number) {
    List<Backup> all = list();
    return all.stream()
        .filter(backup -> number == 0 || backup.number() == number)
        .reduce((earlier, later) -> later)
        .orElseThrow(
            () ->
                new StartProblem(
                    "backup: "
                        + (number == 0 ? "there is none" : "there is no backup " + number)
                        + " in "
                        + folder));
  }

  /** The other machines have a later history, whose log they would apply to an older ledger. */
  private void requireMachineAlone() {
    if (config.cluster() != null) {
      throw new StartProblem(
          "cluster: a backup becomes the ledger of a machine alone: stop all machines, remove the"
              + " section cluster from the configuration of the one that goes on, and repeat"
              + " (docs/operate/cluster.md)");
    }
  }

  /** The restored ledger is prepared beside the folder and renamed, which no mount point can be. */
  private static void requireRenamed(Path data) {
    if (FolderExchange.isMountPoint(data)) {
      throw new StartProblem(
          "data: %s is a mount point, which no other folder can replace; valid is a folder below"
                  .formatted(data)
              + " it: set data to such as %s in the configuration, and repeat"
                  .formatted(data.resolve("ledger")));
    }
  }

  private static boolean isOccupied(Path data) {
    try (var inside = Files.isDirectory(data) ? Files.list(data) : java.util.stream.Stream.of()) {
      return inside.findAny().isPresent();
    } catch (IOException e) {
      throw new StartProblem("data: " + data + " cannot be read: " + FileErrorText.words(e), e);
    }
  }

  private Path beside(String what) {
    Path data = config.data();
    return data.resolveSibling(data.getFileName() + "." + what);
  }

  /** Removes the remains of an interrupted restore. */
  private static void remove(Path remains) {
    if (!Files.isDirectory(remains)) {
      return;
    }
    try {
      PrivateFiles.clear(remains);
      Files.delete(remains);
    } catch (IOException e) {
      throw new StartProblem(
          "data: " + remains + " cannot be removed: " + FileErrorText.words(e), e);
    }
  }
}
