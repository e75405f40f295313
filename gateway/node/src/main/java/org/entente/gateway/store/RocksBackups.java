package org.entente.gateway.store;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import org.entente.gateway.store.StoreFailure.Kind;
import org.jspecify.annotations.Nullable;
import org.rocksdb.BackupEngine;
import org.rocksdb.BackupEngineOptions;
import org.rocksdb.BackupInfo;
import org.rocksdb.Env;
import org.rocksdb.RestoreOptions;
import org.rocksdb.RocksDB;
import org.rocksdb.RocksDBException;

/**
 * Backups of a store in a folder, made while the store is open and in use. Each can be restored on
 * its own; shared files are stored once, so that a further backup costs only what has changed.
 *
 * <p>A backup is a state that the store once had and holds at least every commit that had returned
 * when it began. It is on the disk when {@link #add} returns. An interrupted one is not a backup,
 * and the next one removes its remains. A restore verifies the checksums of all files. One process
 * and thread at a time; a lock file enforces it.
 *
 * <p>Reading the folder reveals what the store's files reveal and no more: the store's content is
 * sealed under keys that are not in it.
 */
public final class RocksBackups {
  static {
    RocksDB.loadLibrary();
  }

  private final Path folder;

  /**
   * One backup.
   *
   * @param number from 1, rising
   * @param made when it was begun, to the second
   * @param bytes size of its files, shared ones included
   * @param files how many there are
   * @param note the note kept with it
   */
  public record Backup(int number, Instant made, long bytes, int files, String note) {}

  /** Backups in a folder, which need not exist yet. */
  public RocksBackups(Path folder) {
    this.folder = folder;
  }

  /**
   * Makes a backup.
   *
   * @param note kept with it
   * @param keep how many of the newest copies are kept, this one included; from 1
   * @throws StoreFailure if the folder cannot be written; the store itself is unharmed
   */
  public Backup add(RocksStore store, String note, int keep) {
    return add(store::backUp, note, keep);
  }

  /** The same of what a replica has applied, which becomes durable in it before. */
  public Backup add(RocksReplica replica, String note, int keep) {
    return add(replica::backUp, note, keep);
  }

  private Backup add(BackupSource source, String note, int keep) {
    RocksDirectory.create(folder);
    return use(
        engine -> {
          source.backUp(engine, note);
          List<Backup> all = of(engine);
          if (all.size() > keep) {
            engine.purgeOldBackups(keep);
          }
          return all.get(all.size() - 1);
        });
  }

  /**
   * What is wrong with the mode of the folder, which may let others read its files. The modes of a
   * medium are often fixed, so this is no failure. Empty if it keeps them out, or does not exist.
   */
  public Optional<String> openToOthers() {
    return Files.isDirectory(folder)
        ? RocksDirectory.modeForOthers(folder)
            .map(
                mode ->
                    "others may read the backups in %s: it has mode %s"
                        .formatted(folder.toAbsolutePath().normalize(), mode))
        : Optional.empty();
  }

  /** All backups, the oldest first. */
  public List<Backup> list() {
    return Files.isDirectory(folder) ? use(RocksBackups::of) : List.of();
  }

  /**
   * Restores a backup into a folder that does not exist yet. On return it is on the disk.
   *
   * @throws StoreFailure if there is no such backup, its checksums do not match, or the disk fails;
   *     the folder then holds no store that opens
   */
  public void restore(int number, Path target) {
    if (Files.exists(target)) {
      throw new StoreFailure(Kind.IO, target + " already exists", null);
    }
    RocksDirectory.create(target);
    Integer restored =
        use(
            engine -> {
              if (of(engine).stream().noneMatch(backup -> backup.number() == number)) {
                throw new StoreFailure(Kind.IO, "there is no backup " + number, null);
              }
              String path = target.toString();
              try (RestoreOptions options = new RestoreOptions(/* keepLogFiles= */ false)) {
                engine.restoreDbFromBackup(number, path, path, options);
              }
              return number;
            });
    sync(target, restored);
  }

  /** RocksDB does not sync what it restores. */
  private static void sync(Path target, int number) {
    try {
      Files.walkFileTree(
          target,
          new SimpleFileVisitor<>() {
            @Override
            public FileVisitResult visitFile(Path file, BasicFileAttributes attributes)
                throws IOException {
              RocksDirectory.sync(file);
              return FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult postVisitDirectory(Path dir, @Nullable IOException failure)
                throws IOException {
              RocksDirectory.sync(dir);
              return FileVisitResult.CONTINUE;
            }
          });
    } catch (IOException e) {
      throw new StoreFailure(
          Kind.IO, "backup " + number + " cannot be made durable: " + e.getMessage(), e);
    }
  }

  private static List<Backup> of(BackupEngine engine) {
    return engine.getBackupInfo().stream()
        .map(RocksBackups::of)
        .sorted(Comparator.comparingInt(Backup::number))
        .toList();
  }

  private static Backup of(BackupInfo info) {
    String note = info.appMetadata();
    return new Backup(
        info.backupId(),
        Instant.ofEpochSecond(info.timestamp()),
        info.size(),
        info.numberFiles(),
        note == null ? "" : note);
  }

  private interface Task<T> {
    T on(BackupEngine engine) throws RocksDBException;
  }

  private <T> T use(Task<T> task) {
    Path lock = folder.resolve("lock");
    try (FileChannel channel =
            FileChannel.open(lock, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
        FileLock held = channel.tryLock()) {
      if (held == null) {
        throw busy();
      }
      try (BackupEngineOptions options = options();
          BackupEngine engine = BackupEngine.open(Env.getDefault(), options)) {
        return task.on(engine);
      } catch (RocksDBException e) {
        throw RocksFailureMapper.of("backups in " + folder, e);
      }
    } catch (OverlappingFileLockException e) {
      throw busy();
    } catch (IOException e) {
      throw new StoreFailure(Kind.IO, "backups in " + folder + ": " + e.getMessage(), e);
    }
  }

  private StoreFailure busy() {
    return new StoreFailure(Kind.LOCKED, "the backups in " + folder + " are in use", null);
  }

  private BackupEngineOptions options() {
    return new BackupEngineOptions(folder.toString())
        .setSync(true)
        .setShareTableFiles(true)
        // Files are identified by checksum and size, not by name: a restored store reuses names.
        .setShareFilesWithChecksum(true)
        .setBackupLogFiles(true);
  }
}
