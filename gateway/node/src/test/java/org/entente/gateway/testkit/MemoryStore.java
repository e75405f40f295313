package org.entente.gateway.testkit;

import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Deque;
import java.util.EnumMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.NoSuchElementException;
import java.util.Set;
import java.util.TreeMap;
import org.entente.gateway.store.Batch;
import org.entente.gateway.store.Durability;
import org.entente.gateway.store.KeyValue;
import org.entente.gateway.store.Scan;
import org.entente.gateway.store.Store;
import org.entente.gateway.store.StoreFailure;
import org.entente.gateway.store.StoreState;
import org.entente.gateway.store.Table;
import org.jspecify.annotations.Nullable;

/**
 * A {@link Store} in memory, for simulators and tests: what is in it outlives it on its {@link
 * Disk}.
 *
 * <p>Fails on demand, and loses what a power cut loses, so that what stands above can be tried.
 */
public final class MemoryStore implements Store {
  /** What outlives a store: its tables, and how to undo what was not yet synced. */
  public static final class Disk {
    private final Map<Table, NavigableMap<byte[], byte[]>> tables = new EnumMap<>(Table.class);
    private final Deque<Runnable> undo = new ArrayDeque<>();
    private long free = Long.MAX_VALUE;

    /** A disk on which nothing is. */
    public Disk() {
      for (Table table : Table.values()) {
        tables.put(table, new TreeMap<>(Arrays::compareUnsigned));
      }
    }

    /**
     * Cuts the power: what was committed but not synced is gone. Stores on it are to be dropped.
     */
    public synchronized void cutPower() {
      while (!undo.isEmpty()) {
        undo.pop().run();
      }
    }

    /** What is on it now, synced or not, on a disk of its own. */
    public synchronized Disk copy() {
      Disk copy = new Disk();
      copy.become(this);
      return copy;
    }

    /** Holds from now on what another does. Stores on this one are to be dropped. */
    public synchronized void become(Disk other) {
      undo.clear();
      for (Table table : Table.values()) {
        table(table).clear();
        // Neither keys nor values are ever changed in place.
        table(table).putAll(other.table(table));
      }
    }

    /** Says how many bytes are free from now on; without any, commits fail. */
    public synchronized void free(long bytes) {
      free = bytes;
    }

    /** Bytes that are free. */
    public synchronized long free() {
      return free;
    }

    /** Bytes of all keys and values, as they are: no log, no index, not compressed. */
    public synchronized long contentBytes() {
      return tables.values().stream()
          .flatMap(table -> table.entrySet().stream())
          .mapToLong(entry -> (long) entry.getKey().length + entry.getValue().length)
          .sum();
    }

    private NavigableMap<byte[], byte[]> table(Table table) {
      NavigableMap<byte[], byte[]> entries = tables.get(table);
      if (entries == null) {
        throw new IllegalStateException("no table " + table);
      }
      return entries;
    }
  }

  private final Disk disk;
  private final Set<MemoryScan> scans = new HashSet<>();
  private StoreState state = StoreState.OPEN;
  private @Nullable StoreFailure next;
  private @Nullable Table unreadableTable;
  private byte[] unreadableKey = {};
  private long reads;
  private long commits;
  private volatile boolean current = true;
  private int maxBatchBytes = Batch.MAX_BYTES;
  private final Map<Table, Long> scanned = new EnumMap<>(Table.class);
  private final Map<String, Integer> calls = new TreeMap<>();

  /** A store on a disk of its own, empty. */
  public MemoryStore() {
    this(new Disk());
  }

  /** Opens the store that is on {@code disk}. */
  public MemoryStore(Disk disk) {
    this.disk = disk;
  }

  /** Another node may know more from now on, or not. */
  public void current(boolean now) {
    current = now;
  }

  @Override
  public boolean isCurrent() {
    return current;
  }

  /** Takes commits of at most so many bytes of keys and values, as a replicated store does. */
  public void takeBatchesUpTo(int bytes) {
    maxBatchBytes = bytes;
  }

  @Override
  public int maxBatchBytes() {
    return maxBatchBytes;
  }

  /** Makes the next commit fail, as a full disk or a failed sync does, without being applied. */
  public void failNextCommit(StoreFailure failure) {
    synchronized (disk) {
      next = failure;
    }
  }

  /** Makes look-ups of a key fail, as a damaged file does; of none for a null table. */
  public void failReads(@Nullable Table table, byte[] key) {
    synchronized (disk) {
      unreadableTable = table;
      unreadableKey = key.clone();
    }
  }

  /** How often a key was looked up. */
  public long reads() {
    synchronized (disk) {
      return reads;
    }
  }

  /** How many entries of a table scans have passed. */
  public long scanned(Table table) {
    synchronized (disk) {
      return scanned.getOrDefault(table, 0L);
    }
  }

  /** How many batches were committed. */
  public long commits() {
    synchronized (disk) {
      return commits;
    }
  }

  /**
   * What was called since this was last asked for, and how often: {@code get TABLE}, {@code scan
   * TABLE}, {@code put TABLE}, {@code delete TABLE}; and {@code absent} at the end of a get or
   * delete of a key that was not there.
   */
  public Map<String, Integer> calls() {
    synchronized (disk) {
      Map<String, Integer> since = new TreeMap<>(calls);
      calls.clear();
      return since;
    }
  }

  private void called(String what, Table table, boolean absent) {
    calls.merge(what + " " + table + (absent ? " absent" : ""), 1, Integer::sum);
  }

  @Override
  public byte @Nullable [] get(Table table, byte[] key) {
    synchronized (disk) {
      reads++;
      if (table == unreadableTable && Arrays.equals(key, unreadableKey)) {
        throw new StoreFailure(StoreFailure.Kind.CORRUPT, "a damaged file", null);
      }
      byte[] value = table(table).get(key);
      called("get", table, value == null);
      return value == null ? null : value.clone();
    }
  }

  @Override
  public Scan scan(Table table, byte[] fromInclusive, byte @Nullable [] toExclusive) {
    synchronized (disk) {
      called("scan", table, false);
      MemoryScan scan = new MemoryScan(table, range(table, fromInclusive, toExclusive));
      scans.add(scan);
      return scan;
    }
  }

  @Override
  public @Nullable KeyValue last(Table table, byte[] fromInclusive, byte @Nullable [] toExclusive) {
    synchronized (disk) {
      called("scan", table, false);
      Map.Entry<byte[], byte[]> last = range(table, fromInclusive, toExclusive).lastEntry();
      return last == null ? null : new KeyValue(last.getKey().clone(), last.getValue().clone());
    }
  }

  private NavigableMap<byte[], byte[]> range(
      Table table, byte[] fromInclusive, byte @Nullable [] toExclusive) {
    NavigableMap<byte[], byte[]> entries = table(table);
    if (toExclusive == null) {
      return entries.tailMap(fromInclusive, true);
    }
    return Arrays.compareUnsigned(fromInclusive, toExclusive) < 0
        ? entries.subMap(fromInclusive, true, toExclusive, false)
        : new TreeMap<>(Arrays::compareUnsigned);
  }

  private NavigableMap<byte[], byte[]> table(Table table) {
    requireOpen();
    return disk.table(table);
  }

  @Override
  public void commit(Batch batch, Durability durability) {
    if (batch.bytes() > maxBatchBytes) {
      throw new IllegalArgumentException("a batch of " + batch.bytes() + " bytes");
    }
    synchronized (disk) {
      requireCommits();
      scans.forEach(MemoryScan::detach);
      batch.applyTo(new Changes());
      commits++;
      if (durability == Durability.SYNCED) {
        disk.undo.clear();
      }
    }
  }

  private void requireCommits() {
    requireOpen();
    if (state.failure() != null) {
      throw new StoreFailure(StoreFailure.Kind.FAILED_EARLIER, "failed earlier", state.failure());
    }
    if (disk.free <= 0) {
      next = new StoreFailure(StoreFailure.Kind.DISK_FULL, "no space is left", null);
    }
    if (next != null) {
      StoreFailure failure = next;
      next = null;
      state = StoreState.failed(failure);
      throw failure;
    }
  }

  private void requireOpen() {
    if (state.status() == StoreState.Status.CLOSED) {
      throw new IllegalStateException("the store is closed");
    }
  }

  @Override
  public long freeBytes() {
    return disk.free();
  }

  @Override
  public void reclaim() {
    synchronized (disk) {
      requireOpen();
    }
  }

  @Override
  public StoreState state() {
    synchronized (disk) {
      return state;
    }
  }

  @Override
  public void close() {
    synchronized (disk) {
      if (state.status() == StoreState.Status.OPEN) {
        disk.undo.clear();
      }
      List.copyOf(scans).forEach(MemoryScan::close);
      state = StoreState.CLOSED;
    }
  }

  /** Applies changes and notes how to undo each. */
  private final class Changes implements Batch.Target {
    @Override
    public void put(Table table, byte[] key, byte[] value) {
      called("put", table, false);
      set(table(table), key.clone(), value.clone());
    }

    @Override
    public void delete(Table table, byte[] key) {
      called("delete", table, !table(table).containsKey(key));
      set(table(table), key.clone(), null);
    }

    @Override
    public void deleteRange(Table table, byte[] from, byte[] to) {
      List.copyOf(range(table, from, to).keySet()).forEach(key -> set(table(table), key, null));
    }

    private void set(NavigableMap<byte[], byte[]> entries, byte[] key, byte @Nullable [] value) {
      byte[] before = value == null ? entries.remove(key) : entries.put(key, value);
      disk.undo.push(
          () -> {
            if (before == null) {
              entries.remove(key);
            } else {
              entries.put(key, before);
            }
          });
    }
  }

  /**
   * A scan over the live table that copies what is left of its range before a commit changes it.
   */
  private final class MemoryScan implements Scan {
    private final Table table;
    private NavigableMap<byte[], byte[]> range;
    private boolean detached;
    private boolean closed;
    private Map.@Nullable Entry<byte[], byte[]> current;

    MemoryScan(Table table, NavigableMap<byte[], byte[]> range) {
      this.table = table;
      this.range = range;
    }

    void detach() {
      if (!detached) {
        range = new TreeMap<>(rest());
        detached = true;
      }
    }

    private NavigableMap<byte[], byte[]> rest() {
      return current == null ? range : range.tailMap(current.getKey(), false);
    }

    @Override
    public boolean hasNext() {
      synchronized (disk) {
        requireScanOpen();
        return !rest().isEmpty();
      }
    }

    @Override
    public void next() {
      synchronized (disk) {
        requireScanOpen();
        Map.Entry<byte[], byte[]> following = rest().firstEntry();
        if (following == null) {
          throw new NoSuchElementException("the scan has ended");
        }
        current = following;
        scanned.merge(table, 1L, Long::sum);
      }
    }

    @Override
    public byte[] key() {
      return current().getKey().clone();
    }

    @Override
    public byte[] value() {
      return current().getValue().clone();
    }

    private Map.Entry<byte[], byte[]> current() {
      synchronized (disk) {
        requireScanOpen();
        if (current == null) {
          throw new IllegalStateException("the scan is before its first entry");
        }
        return current;
      }
    }

    private void requireScanOpen() {
      if (closed) {
        throw new IllegalStateException("the scan is closed");
      }
    }

    @Override
    public void close() {
      synchronized (disk) {
        closed = true;
        scans.remove(this);
      }
    }
  }
}
