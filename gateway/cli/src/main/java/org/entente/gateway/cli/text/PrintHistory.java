package org.entente.gateway.cli.text;

import java.util.LinkedHashSet;
import java.util.Set;

/**
 * What a command that follows a stream has printed, the latest {@value #MOST}: a gateway sends some
 * of it again after the connection was lost. Safe for many threads.
 */
public final class PrintHistory<T> {
  /** Most that are remembered. */
  static final int MOST = 100_000;

  private final Set<T> printed = new LinkedHashSet<>();
  private long count;

  /** Whether it is printed the first time, which is noted. */
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

  /** How many were printed. */
  public synchronized long count() {
    return count;
  }
}
