package org.entente.gateway.retention;

import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;
import org.entente.gateway.ledger.table.RetentionTable;
import org.entente.gateway.model.AgencyName;
import org.entente.gateway.model.MessageId;
import org.jspecify.annotations.Nullable;

/**
 * Erasures that failed alone, so that each pass over the pending ones tries each once. Remembers at
 * most {@value #MOST} of an origin. Once that many failed in a pass, the origin's others wait for
 * the next pass, which begins behind them. So one origin neither fills the memory nor keeps its own
 * later erasures from being tried. Safe for many threads.
 */
final class FailedErasures implements RetentionTable.ErasureFilter {
  /** Erasures of one origin that are remembered. */
  static final int MOST = 1_000;

  private final Map<AgencyName, OfOrigin> origins = new HashMap<>();

  private static final class OfOrigin {
    /** Those that failed when they were last tried, with what failed. */
    final Map<MessageId, String> failed = new LinkedHashMap<>();

    /** Those that failed in this pass. */
    final TreeSet<MessageId> passed = new TreeSet<>();

    /** The message behind which this pass began. */
    @Nullable MessageId behind;

    boolean isFull() {
      return passed.size() >= MOST;
    }
  }

  /** Notes a failure; returns whether it is remembered until the erasure is finished. */
  synchronized boolean add(AgencyName origin, MessageId id, String what) {
    OfOrigin of = origins.computeIfAbsent(origin, unused -> new OfOrigin());
    of.passed.add(id);
    if (of.failed.size() < MOST || of.failed.containsKey(id)) {
      of.failed.put(id, what);
      return true;
    }
    return false;
  }

  /** Forgets a message whose erasure is finished. */
  synchronized void remove(AgencyName origin, MessageId id) {
    OfOrigin of = origins.get(origin);
    if (of != null) {
      of.failed.remove(id);
    }
  }

  /** Begins another pass. */
  synchronized void retry() {
    origins.values().removeIf(of -> of.failed.isEmpty() && of.passed.isEmpty());
    for (OfOrigin of : origins.values()) {
      of.behind = of.isFull() ? of.passed.last() : null;
      of.passed.clear();
    }
  }

  /** How many are remembered. */
  synchronized int count() {
    return origins.values().stream().mapToInt(of -> of.failed.size()).sum();
  }

  /** One of them, with what failed. */
  synchronized Optional<Map.Entry<MessageId, String>> any() {
    return origins.values().stream()
        .flatMap(of -> of.failed.entrySet().stream())
        .findFirst()
        .map(one -> Map.entry(one.getKey(), one.getValue()));
  }

  @Override
  public synchronized @Nullable MessageId behind(AgencyName origin) {
    OfOrigin of = origins.get(origin);
    return of == null ? null : of.behind;
  }

  @Override
  public synchronized boolean excludes(AgencyName origin, MessageId id) {
    OfOrigin of = origins.get(origin);
    return of != null && (of.isFull() || of.passed.contains(id));
  }
}
