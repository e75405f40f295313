package org.entente.gateway.store;

import java.nio.file.Files;
import java.nio.file.Path;
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
import org.rocksdb.ColumnFamilyHandle;
import org.rocksdb.RocksDB;
import org.rocksdb.RocksDBException;
import org.rocksdb.WriteBatch;

/**
 * A {@link Store} in a directory of this machine, on RocksDB: a table is a column family, a commit
 * one record of the write-ahead log, a synced commit an fdatasync of that log.
 *
 * <p><b>What a crash leaves.</b> Opening replays the log in the mode {@code
 * kTolerateCorruptedTailRecords}: a last record that is cut short, which is what a crash in the
 * middle of a write leaves, is dropped, for its commit never returned; any other record whose
 * checksum does not fit makes the opening fail, since what follows it may have been acknowledged.
 * The alternatives are worse here: {@code kPointInTimeRecovery}, RocksDB's default, cuts the log at
 * the first damage and opens as if the rest had never been committed, and {@code
 * kAbsoluteConsistency} refuses the cut tail of every ordinary crash. Finished logs are named with
 * their length in the manifest, so that a missing or shortened one is refused too; logs are not
 * recycled, since in a recycled log damage cannot be told from the end. What no check can see, a
 * newest log cut exactly between two records, the ledger finds by comparing its commit number with
 * the last signed checkpoint. {@link #openCuttingLogAtDamage} is the operator's way out.
 *
 * <p><b>Failure.</b> After a failed write or sync nobody knows what is on the disk, so the store
 * takes no further commit. Opening it again tells: replay reads the log and writes it anew into
 * sorted files, synced, so that nothing rests on pages whose write once failed.
 *
 * <p>Checksums are verified on every read. Commits are taken one after another.
 */
public final class RocksStore implements Store {
  private final RocksResources resources;
  private final RocksDB database;
  private final Map<Table, ColumnFamilyHandle> tables;
  private final boolean readOnly;
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
    this.readOnly = readOnly;
  }

  /**
   * Whether there is a store in a folder; changes nothing.
   *
   * @throws StoreFailure if there are remains of one
   */
  public static boolean isIn(Path dir) {
    return RocksDirectory.holdsStore(dir);
  }

  /**
   * Opens the store in {@code dir}, making an empty one if there is none.
   *
   * @throws StoreFailure if the directory is locked, damaged, of a newer format, or the disk
   *     refuses
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
   * Opens a store whose log is damaged, giving up every commit from the damage on, acknowledged or
   * not. Only on an operator's word, after {@link #open} refused: peers and the audit log may hold
   * what is lost here.
   *
   * @throws StoreFailure as for {@link #open}, where more than the log is damaged
   */
  public static RocksStore openCuttingLogAtDamage(Path dir, RocksOptions options) {
    return new RocksOpener<>(dir, options, RocksStore::new).openCuttingLogAtDamage();
  }

  @Override
  public byte @Nullable [] get(Table table, byte[] key) {
    lifetime.readLock().lock();
    try {
      return database.get(handle(table), resources.read(), key);
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
      // One at a time, so that none slips in between a failure and the refusal of what follows.
      synchronized (commits) {
        requireCommits();
        write(batch, durability);
      }
    } finally {
      lifetime.readLock().unlock();
    }
  }

  private void write(Batch batch, Durability durability) {
    try (WriteBatch changes = new WriteBatch(batch.bytes() + 32 * (batch.size() + 1))) {
      batch.applyTo(new NativeBatch(changes));
      database.write(resources.write(durability), changes);
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
          "the store must be opened again after: " + now.failure().getMessage(),
          now.failure());
    }
  }

  /**
   * Reads everything and compares it with its checksums. Takes as long as reading the directory.
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

  /** Adds a copy of what is here now. That the copy fails says nothing of the store. */
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

  @Override
  public long freeBytes() {
    lifetime.readLock().lock();
    try {
      handle(Table.META);
      Path dir = Path.of(database.getName());
      long free = dir.toFile().getUsableSpace();
      if (free == 0 && !Files.isDirectory(dir)) {
        throw new StoreFailure(StoreFailure.Kind.IO, dir + " is not there any more", null);
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
      // Not a failed commit: whether commits still work is theirs to find out.
      throw RocksFailureMapper.of("writing anew without what was deleted", e);
    } finally {
      lifetime.readLock().unlock();
    }
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

  /** The first failure stands: later ones are its consequences. */
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

  /** What is written anew holds the lock for as long as it takes. */
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

  /** Puts the changes of a batch into RocksDB's own. */
  private final class NativeBatch implements Batch.Target {
    private final WriteBatch changes;

    NativeBatch(WriteBatch changes) {
      this.changes = changes;
    }

    @Override
    public void put(Table table, byte[] key, byte[] value) {
      adding(() -> changes.put(handle(table), key, value));
    }

    @Override
    public void delete(Table table, byte[] key) {
      adding(() -> changes.delete(handle(table), key));
    }

    @Override
    public void deleteRange(Table table, byte[] from, byte[] to) {
      adding(() -> changes.deleteRange(handle(table), from, to));
    }

    /** Filling a batch is memory only: the one way to fail is a bug. */
    private void adding(Change change) {
      try {
        change.run();
      } catch (RocksDBException e) {
        throw new IllegalStateException("a change was not taken", e);
      }
    }
  }

  @FunctionalInterface
  private interface Change {
    void run() throws RocksDBException;
  }
}
