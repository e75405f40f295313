package org.entente.gateway.ledger.record;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * The newest committed entries of numbered lines, in memory, so that a reader at the end of a line
 * needs no iterator of the store. Bounded by bytes and count over all lines; the oldest entry is
 * evicted first, and readers behind what is held read the store.
 *
 * <p>Changes are passed on after each commit, in the order of commits; numbers of a line rise. So
 * from some number on, a line holds all that is committed, and an empty answer means that there is
 * nothing. Safe for many threads.
 *
 * @param <L> names a line
 * @param <V> an entry, which knows its own number
 */
public final class CommittedTail<L, V> {
  private final long mostBytes;
  private final int mostEntries;
  private final Map<L, Line<V>> lines = new HashMap<>();

  /** Entries in the order of their arrival, also those that were removed since. */
  private final Deque<Slot<L>> order = new ArrayDeque<>();

  private long bytes;

  private record Slot<L>(L line, long number) {}

  private record Entry<V>(V value, int bytes) {}

  private static final class Line<V> {
    private final NavigableMap<Long, Entry<V>> entries = new TreeMap<>();

    /** From this number on, every committed entry is held. */
    private long complete;

    Line(long complete) {
      this.complete = complete;
    }
  }

  /** An empty tail with these bounds. */
  public CommittedTail(long mostBytes, int mostEntries) {
    this.mostBytes = mostBytes;
    this.mostEntries = mostEntries;
  }

  /** Begins a line whose committed entries all have lower numbers than {@code next}. */
  public synchronized void begin(L line, long next) {
    lines.putIfAbsent(line, new Line<>(next));
  }

  /** Adds a committed entry, which has the greatest number of its line. */
  public synchronized void add(L line, long number, V value, int size) {
    lines
        .computeIfAbsent(line, l -> new Line<>(number))
        .entries
        .put(number, new Entry<>(value, size));
    order.add(new Slot<>(line, number));
    bytes += size;
    while (bytes > mostBytes || order.size() > mostEntries) {
      evict(order.remove());
    }
  }

  private void evict(Slot<L> oldest) {
    Line<V> line = lines.get(oldest.line());
    Entry<V> entry = line == null ? null : line.entries.remove(oldest.number());
    if (line != null && entry != null) {
      bytes -= entry.bytes();
      line.complete = oldest.number() + 1;
    }
  }

  /** Replaces an entry, if it is held. */
  public synchronized void replace(L line, long number, V value, int size) {
    Line<V> held = lines.get(line);
    Entry<V> before = held == null ? null : held.entries.get(number);
    if (held != null && before != null) {
      bytes += size - before.bytes();
      held.entries.put(number, new Entry<>(value, size));
    }
  }

  /** Removes an entry that is committed no longer. */
  public synchronized void remove(L line, long number) {
    Line<V> held = lines.get(line);
    Entry<V> entry = held == null ? null : held.entries.remove(number);
    if (entry != null) {
      bytes -= entry.bytes();
    }
  }

  /**
   * The committed entries of a line from a number on, in order, at most {@code most}; null if not
   * all of them are held.
   */
  public synchronized @Nullable List<V> from(L line, long number, int most) {
    Line<V> held = lines.get(line);
    if (held == null || number < held.complete) {
      return null;
    }
    // Subscribers look into every lane, and most are empty.
    if (held.entries.isEmpty() || held.entries.lastKey() < number) {
      return List.of();
    }
    List<V> out = new ArrayList<>();
    for (Entry<V> entry : held.entries.tailMap(number, true).values()) {
      if (out.size() == most) {
        break;
      }
      out.add(entry.value());
    }
    return out;
  }

  /** Bytes of the entries held. */
  public synchronized long bytes() {
    return bytes;
  }
}
