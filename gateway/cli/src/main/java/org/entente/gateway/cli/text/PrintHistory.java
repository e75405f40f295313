package org.entente.gateway.cli.text;

import java.util.LinkedHashSet;
import java.util.Set;

/**
 * The latest {@value #MOST} items that a command printed from a stream. After a lost connection the
 * gateway sends some of them again. Thread-safe.
 */
public final class PrintHistory<T> {
  /** Most items that are remembered. */
  static final int MOST = 100_000;

  private final Set<T> printed = new LinkedHashSet<>();
  private long count;

  /** Whether an item is new; notes it as printed. */
  public synchronized boolean isNew(T what) {
    if (!printed.add(what)) {
      return false;
    }
    count++;
    if (printed.size() > MOST) {
      printed.remove(printed.iterator().next());
    }
    return true;
  }

  /** Number of items printed. */
  public synchronized long count() {
    return count;
  }
}
