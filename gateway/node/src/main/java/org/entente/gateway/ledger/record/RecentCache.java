package org.entente.gateway.ledger.record;

import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Cache of the newest entries, bounded by bytes and count; the oldest is evicted first. A cache
 * that admits by frequency of access would reject new entries, and only new entries are read here.
 * Safe for many threads.
 *
 * @param <K> the key of an entry
 * @param <V> its value
 */
public final class RecentCache<K, V> {
  private final long mostBytes;
  private final int mostEntries;
  private final Map<K, Entry<V>> entries = new LinkedHashMap<>();
  private long bytes;

  private record Entry<V>(V value, int bytes, long atMillis) {}

  /** Creates an empty cache with these bounds. */
  public RecentCache(long mostBytes, int mostEntries) {
    this.mostBytes = mostBytes;
    this.mostEntries = mostEntries;
  }

  /** Adds an entry of a size, as the newest. */
  public synchronized void put(K key, V value, int size, long nowMillis) {
    V unused = remove(key);
    entries.put(key, new Entry<>(value, size, nowMillis));
    bytes += size;
    Iterator<Entry<V>> oldest = entries.values().iterator();
    while (oldest.hasNext() && (bytes > mostBytes || entries.size() > mostEntries)) {
      bytes -= oldest.next().bytes();
      oldest.remove();
    }
  }

  /** The entry of a key, or null. */
  public synchronized @Nullable V get(K key) {
    Entry<V> entry = entries.get(key);
    return entry == null ? null : entry.value();
  }

  /** Removes an entry; null if there is none. */
  public synchronized @Nullable V remove(K key) {
    Entry<V> entry = entries.remove(key);
    if (entry == null) {
      return null;
    }
    bytes -= entry.bytes();
    return entry.value();
  }

  /** Removes entries added before a time. */
  public synchronized void removeBefore(long millis) {
    Iterator<Entry<V>> oldest = entries.values().iterator();
    while (oldest.hasNext()) {
      Entry<V> entry = oldest.next();
      if (entry.atMillis() >= millis) {
        return;
      }
      bytes -= entry.bytes();
      oldest.remove();
    }
  }
}
