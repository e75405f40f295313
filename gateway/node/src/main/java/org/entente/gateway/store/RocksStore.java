package org.entente.gateway.store;

import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.ReadWriteLock;
import java.util.concurrent.locks.ReentrantReadWriteLock;
import org.jspecify.annotations.Nullable;
import org.rocksdb.BackupEngine;
import org.rocksdb.Checkpoint;
import org.rocksdb.ColumnFamilyHandle;
import org.rocksdb.FlushOptions;
import org.rocksdb.RocksDB;
import org.rocksdb.RocksDBException;
import org.rocksdb.WriteBatch;

/**
 * A {@link Store} in a directory of this machine, on RocksDB: a table is a column family, a commit
 * one record of the write-ahead log, a synced commit an fdatasync of that log.
 *
 * <p><b>What a crash leaves.</b> Opening replays the log in the mode {@code
 * kTolerateCorruptedTailRecords}. It drops a last record that is cut short, as a crash in the
 * middle of a write leaves it: that commit never returned. Any other record with a wrong checksum
 * makes the opening fail, since later commits may have been acknowledged. The alternatives are
 * worse here. {@code kPointInTimeRecovery}, RocksDB's default, cuts the log at the first damage and
 * opens as if the rest had never been committed. {@code kAbsoluteConsistency} refuses the cut tail
 * of every ordinary crash. The manifest records the length of finished logs, so that a missing or
 * shortened one is refused too. Logs are not recycled, since in a recycled log damage cannot be
 * told from the end. No check sees a newest log cut exactly between two records; the ledger finds
 * it by comparing its commit number with the last signed checkpoint. {@link
 * #openCuttingLogAtDamage} is the operator's last resort.
 *
 * <p><b>Failure.</b> After a failed write or sync the content of the disk is unknown, so the store
 * accepts no further commit. Reopening settles it: replay reads the log and writes its content into
 * new sorted files, synced, so that nothing depends on pages whose write once failed.
 *
 * <p>Checksums are verified on every read. Commits are serialised. A read of a key that cannot be
 * there ({@link KeyBounds}), or that was written last ({@link RecentValues}), does not reach
 * RocksDB.
 */
public final class RocksStore implements Store {
  /** A native batch is made, written and closed. */
  private static final int CALLS_OF_A_COMMIT = 3;

  private static final int RECENT_VALUES = 4_096;
  private static final int RECENT_BYTES = 1 << 20;

  private final RocksResources resources;
  private final RocksDB database;
  private final Map<Table, ColumnFamilyHandle> tables;
  private final BatchEncoder encoder;
  private final KeyBounds bounds;
  private final RecentValues recent = new RecentValues(RECENT_VALUES, RECENT_BYTES);
  private final boolean readOnly;
  private final StoreCounts counts = new StoreCounts();
  private final ReadWriteLock lifetime = new ReentrantReadWriteLock();
  private final Object commits = new Object();
  private final Set<RocksScan> scans = ConcurrentHashMap.newKeySet();
  private final Object states = new Object();
  private final AtomicBoolean reclaiming = new AtomicBoolean();
  private volatile StoreState state = StoreState.OPEN;

  RocksStore(
      RocksResources resources,
      RocksDB database,
      Map<Table, ColumnFamilyHandle> tables,
      boolean readOnly) {
    this.resources = resources;
    this.database = database;
    this.tables = new EnumMap<>(tables);
    Map<Table, Integer> families = new EnumMap<>(Table.class);
    tables.forEach((table, handle) -> families.put(table, handle.getID()));
    this.encoder = new BatchEncoder(families, opening());
    this.bounds = new KeyBounds(table -> options -> database.newIterator(handle(table), options));
    this.readOnly = readOnly;
  }

  /** A new number: each opening begins a new log, and the files of a backup must not tell it. */
  private static byte[] opening() {
    byte[] number = new byte[BatchEncoder.OPENING_BYTES];
    new SecureRandom().nextBytes(number);
    return number;
  }

  /**
   * Whether a folder holds a store; changes nothing.
   *
   * @throws StoreFailure if there are remains of one, or others may enter its folder
   */
  public static boolean isIn(Path dir) {
    boolean held = RocksDirectory.holdsStore(dir);
    if (held) {
      RocksDirectory.requirePrivate(dir);
    }
    return held;
  }

  /**
   * Opens the store in {@code dir}, creating an empty one if there is none.
   *
   * @throws StoreFailure if the directory is locked, damaged or of a newer format, or the disk
   *     fails
   */
  public static RocksStore open(Path dir, RocksOptions options) {
    return new RocksOpener<>(dir, options, RocksStore::new).open();
  }

  /**
   * Opens the store in {@code dir} for reading, as it is now, without changing anything in it: for
   * inspection while its node is stopped.
   *
   * @throws StoreFailure if there is no store, or as for {@link #open}
   */
  public static RocksStore openReadOnly(Path dir) {
    return new RocksOpener<>(dir, RocksOptions.defaults(), RocksStore::new).openReadOnly();
  }

  /**
   * Opens a store whose log is damaged, discarding every commit from the damage on, acknowledged or
   * not. Only for an operator, after {@link #open} has refused: peers and the audit log may hold
   * what is lost here.
   *
   * @throws StoreFailure as for {@link #open}, if more than the log is damaged
   */
  public static RocksStore openCuttingLogAtDamage(Path dir, RocksOptions options) {
    return new RocksOpener<>(dir, options, RocksStore::new).openCuttingLogAtDamage();
  }

  @Override
  public byte @Nullable [] get(Table table, byte[] key) {
    lifetime.readLock().lock();
    try {
      ColumnFamilyHandle handle = handle(table);
      if (!bounds.mayHold(table, key)) {
        return null;
      }
      byte[] written = recent.get(table, key);
      if (written != null) {
        return written;
      }
      byte[] value = database.get(handle, resources.read(), key);
      counts.read(value != null);
      return value;
    } catch (RocksDBException e) {
      throw failed(RocksFailureMapper.of("read of " + table, e));
    } finally {
      lifetime.readLock().unlock();
    }
  }

  @Override
  public Scan scan(Table table, byte[] fromInclusive, byte @Nullable [] toExclusive) {
    RocksScan scan = openScan(table, toExclusive);
    try {
      scan.seek(fromInclusive);
      return scan;
    } catch (StoreFailure e) {
      scan.close();
      throw e;
    }
  }

  @Override
  public @Nullable KeyValue last(Table table, byte[] fromInclusive, byte @Nullable [] toExclusive) {
    try (RocksScan scan = openScan(table, toExclusive)) {
      return scan.last(fromInclusive);
    }
  }

  private RocksScan openScan(Table table, byte @Nullable [] toExclusive) {
    lifetime.readLock().lock();
    try {
      ColumnFamilyHandle handle = handle(table);
      RocksScan scan =
          new RocksScan(
              options -> database.newIterator(handle, options),
              toExclusive,
              counts,
              this::failed,
              scans::remove);
      scans.add(scan);
      return scan;
    } finally {
      lifetime.readLock().unlock();
    }
  }

  @Override
  public void commit(Batch batch, Durability durability) {
    lifetime.readLock().lock();
    try {
      // One at a time, so that no commit slips in between a failure and its recording.
      synchronized (commits) {
        requireCommits();
        write(batch, durability);
      }
    } finally {
      lifetime.readLock().unlock();
    }
  }

  private void write(Batch batch, Durability durability) {
    batch.applyTo(bounds);
    recent.forget(batch);
    try (WriteBatch changes = new WriteBatch(encoder.encode(batch))) {
      database.write(resources.write(durability), changes);
      recent.remember(batch);
      counts.committed(batch, CALLS_OF_A_COMMIT);
    } catch (RocksDBException e) {
      throw failed(RocksFailureMapper.of("commit", e));
    }
  }

  private void requireCommits() {
    StoreState now = state;
    if (now.status() == StoreState.Status.CLOSED) {
      throw new IllegalStateException("the store is closed");
    }
    if (readOnly) {
      throw new StoreFailure(
          StoreFailure.Kind.READ_ONLY, "the store is open for reading only", null);
    }
    if (now.failure() != null) {
      throw new StoreFailure(
          StoreFailure.Kind.FAILED_EARLIER,
          "the store failed and must be reopened: " + now.failure().getMessage(),
          now.failure());
    }
  }

  /**
   * Reads everything and verifies its checksums. Takes as long as reading the directory.
   *
   * @throws StoreFailure if anything is not what was written
   */
  public void verify() {
    lifetime.readLock().lock();
    try {
      handle(Table.META);
      database.verifyChecksum();
    } catch (RocksDBException e) {
      throw failed(RocksFailureMapper.of("verification", e));
    } finally {
      lifetime.readLock().unlock();
    }
  }

  /** Adds a backup of the present state. Its failure says nothing about the store. */
  void backUp(BackupEngine engine, String note) throws RocksDBException {
    lifetime.readLock().lock();
    try {
      requireCommits();
      handle(Table.META);
      engine.createNewBackupWithMetadata(database, note, /* flushBeforeBackup= */ true);
    } finally {
      lifetime.readLock().unlock();
    }
  }

  /** Writes all commits into sorted files, synced: those of all tables up to one commit. */
  void flush() {
    lifetime.readLock().lock();
    try (FlushOptions options = new FlushOptions().setWaitForFlush(true)) {
      handle(Table.META);
      database.flush(options, List.copyOf(tables.values()));
    } catch (RocksDBException e) {
      throw failed(RocksFailureMapper.of("flush", e));
    } finally {
      lifetime.readLock().unlock();
    }
  }

  /** Makes a copy of the present state in a folder that does not exist, with links if it can. */
  void checkpoint(Path folder) {
    lifetime.readLock().lock();
    try (Checkpoint checkpoint = Checkpoint.create(database)) {
      handle(Table.META);
      checkpoint.createCheckpoint(folder.toString());
    } catch (RocksDBException e) {
      // Not a failed commit: the next commit finds out whether commits still work.
      throw RocksFailureMapper.of("checkpoint", e);
    } finally {
      lifetime.readLock().unlock();
    }
  }

  @Override
  public long freeBytes() {
    lifetime.readLock().lock();
    try {
      handle(Table.META);
      Path dir = Path.of(database.getName());
      long free = dir.toFile().getUsableSpace();
      if (free == 0 && !Files.isDirectory(dir)) {
        throw new StoreFailure(StoreFailure.Kind.IO, dir + " no longer exists", null);
      }
      return free;
    } finally {
      lifetime.readLock().unlock();
    }
  }

  @Override
  public void reclaim() {
    lifetime.readLock().lock();
    try {
      handle(Table.META);
      if (!reclaiming.compareAndSet(false, true)) {
        return;
      }
      try {
        for (ColumnFamilyHandle handle : tables.values()) {
          database.compactRange(handle);
        }
      } finally {
        reclaiming.set(false);
      }
    } catch (RocksDBException e) {
      // Not a failed commit: the next commit finds out whether commits still work.
      throw RocksFailureMapper.of("compaction", e);
    } finally {
      lifetime.readLock().unlock();
    }
  }

  /** What was done since it was opened. */
  public StoreCounts counts() {
    return counts;
  }

  @Override
  public StoreState state() {
    return state;
  }

  /** The handle of a table, and proof that the store is open while the lifetime lock is held. */
  private ColumnFamilyHandle handle(Table table) {
    ColumnFamilyHandle handle = tables.get(table);
    if (handle == null) {
      throw new IllegalStateException("the store is closed");
    }
    return handle;
  }

  /** Keeps the first failure: later ones are its consequences. */
  private StoreFailure failed(StoreFailure failure) {
    synchronized (states) {
      if (state.status() == StoreState.Status.OPEN) {
        state = StoreState.failed(failure);
      }
    }
    return failure;
  }

  @Override
  public void close() {
    endReclaiming();
    lifetime.writeLock().lock();
    try {
      StoreState before = state;
      synchronized (states) {
        state = StoreState.CLOSED;
      }
      if (before.status() != StoreState.Status.CLOSED) {
        List.copyOf(scans).forEach(RocksScan::close);
        close(!readOnly && before.status() == StoreState.Status.OPEN);
      }
    } finally {
      lifetime.writeLock().unlock();
    }
  }

  /** Cancels a running compaction, which holds the lock while it lasts. */
  private void endReclaiming() {
    lifetime.readLock().lock();
    try {
      if (reclaiming.get() && !tables.isEmpty()) {
        database.cancelAllBackgroundWork(false);
      }
    } finally {
      lifetime.readLock().unlock();
    }
  }

  private void close(boolean sync) {
    try {
      if (sync) {
        database.flushWal(true);
      }
    } catch (RocksDBException e) {
      throw RocksFailureMapper.of("sync while closing", e);
    } finally {
      new ArrayList<>(tables.values()).forEach(ColumnFamilyHandle::close);
      tables.clear();
      database.close();
      resources.close();
    }
  }
}
