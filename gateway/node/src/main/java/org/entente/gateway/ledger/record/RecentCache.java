package org.entente.gateway.ledger.record;

import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What was last put here, up to so many bytes and entries; the oldest goes first. A cache that
 * admits by how often something is asked for would turn away what is new, and all that is asked for
 * here is new. Safe for many threads.
 *
 * @param <K> names an entry
 * @param <V> its value
 */
public final class RecentCache<K, V> {
  private final long mostBytes;
  private final int mostEntries;
  private final Map<K, Entry<V>> entries = new LinkedHashMap<>();
  private long bytes;

  private record Entry<V>(V value, int bytes, long atMillis) {}

  /** An empty one that holds so many bytes and entries at most. */
  public RecentCache(long mostBytes, int mostEntries) {
    this.mostBytes = mostBytes;
    this.mostEntries = mostEntries;
  }

  /** Adds an entry of a size, as the newest. */
  public synchronized void put(K key, V value, int size, long nowMillis) {
    remove(key);
    entries.put(key, new Entry<>(value, size, nowMillis));
    bytes += size;
    Iterator<Entry<V>> oldest = entries.values().iterator();
    while (oldest.hasNext() && (bytes > mostBytes || entries.size() > mostEntries)) {
      bytes -= oldest.next().bytes();
      oldest.remove();
    }
  }

  synchronized @Nullable public V get(K key) {
    Entry<V> entry = entries.get(key);
    return entry == null ? null : entry.value();
  }

  synchronized void remove(K key) {
    Entry<V> entry = entries.remove(key);
    if (entry != null) {
      bytes -= entry.bytes();
    }
  }

  /** Removes what was put before a time. */
  synchronized void removeBefore(long millis) {
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
