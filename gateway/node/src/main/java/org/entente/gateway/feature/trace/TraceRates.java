package org.entente.gateway.feature.trace;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.entente.gateway.account.TokenBucket;
import org.entente.gateway.meter.Meters;

/**
 * How many messages of one client, and of one other agency, are traced each second, so that none
 * uses up the queue of spans. Names are those of known clients and members. Safe for use by several
 * threads.
 */
final class TraceRates {
  private final int perSecond;
  private final Meters meters;
  private final Map<String, TokenBucket> buckets = new ConcurrentHashMap<>();

  TraceRates(int perSecond, Meters meters) {
    this.perSecond = perSecond;
    this.meters = meters;
  }

  /** Whether one more message of a client or agency is traced now; counts it if not. */
  boolean take(Meters.Side side, String name) {
    long now = System.nanoTime();
    TokenBucket bucket =
        buckets.computeIfAbsent(
            side + "/" + name, unused -> new TokenBucket(perSecond, perSecond, now));
    boolean taken;
    synchronized (bucket) {
      taken = bucket.take(1, now);
    }
    if (!taken) {
      meters.untraced(side);
    }
    return taken;
  }
}
