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
 * Copies of a store in a folder, made while it is open and in use. Each restores by itself; files
 * that several have in common are there once, so that a further copy costs what has changed.
 *
 * <p>A copy holds at least every commit that had returned when it was begun, and is a state in
 * which the store once was. It is on the disk when {@link #add} returns; one that was interrupted
 * is no copy, and its remains go with the next one. Checksums of all files are compared when it is
 * restored. One process and thread at a time, which a locked file sees to.
 *
 * <p>Whoever can read the folder can read what the store's files show, and no more: the store's
 * content is sealed under keys that are not in it.
 */
public final class RocksBackups {
  static {
    RocksDB.loadLibrary();
  }

  private final Path folder;

  /**
   * A copy.
   *
   * @param number from 1, rising
   * @param made when it was begun, to the second
   * @param bytes size of its files, those that others have too included
   * @param files how many there are
   * @param note what was noted with it
   */
  public record Backup(int number, Instant made, long bytes, int files, String note) {}

  /** Copies in a folder, which need not be there yet. */
  public RocksBackups(Path folder) {
    this.folder = folder;
  }

  /**
   * Makes a copy.
   *
   * @param note kept with it
   * @param keep how many of the newest copies are kept, this one included; from 1
   * @throws StoreFailure if the folder refuses; the store itself is not harmed by that
   */
  public Backup add(RocksStore store, String note, int keep) {
    RocksDirectory.create(folder);
    return use(
        engine -> {
          store.backUp(engine, note);
          List<Backup> all = of(engine);
          if (all.size() > keep) {
            engine.purgeOldBackups(keep);
          }
          return all.get(all.size() - 1);
        });
  }

  /** All copies, the oldest first. */
  public List<Backup> list() {
    return Files.isDirectory(folder) ? use(RocksBackups::of) : List.of();
  }

  /**
   * Puts a copy into a folder, which is not there yet. On return it is on the disk.
   *
   * @throws StoreFailure if there is no such copy, its checksums do not fit, or the disk refuses;
   *     then the folder holds nothing that opens
   */
  public void restore(int number, Path target) {
    if (Files.exists(target)) {
      throw new StoreFailure(Kind.IO, target + " is there already", null);
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
        // Files are told apart by checksum and size, not by name: a restored store gives names
        // anew.
        .setShareFilesWithChecksum(true)
        .setBackupLogFiles(true);
  }
}
