package org.entente.gateway.account;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/**
 * A rate that parties share in equal parts. A party is named by those through whom it comes, the
 * nearest first; each of these divides its own part among those behind it. So an agency that makes
 * up names divides only what it has. Parties that used nothing lately have no part. Not safe for
 * many threads.
 */
public final class RateShares {
  /** Seconds' worth of its part that a party may use at once. */
  private static final double BURST_SECONDS = 0.25;

  private static final double NANOS_A_SECOND = 1e9;
  private static final long SWEEP_NANOS = TimeUnit.SECONDS.toNanos(1);

  /** Parts of one part. Those beyond have one together. */
  static final int MOST_PARTS = 1_024;

  private static final String OTHERS = "…";

  private final Map<String, RateShares> parts = new HashMap<>();
  private double used;
  private long then;
  private long swept;

  /** Shares that nobody uses yet; the time is as {@link System#nanoTime}. */
  public RateShares(long now) {
    then = now;
    swept = now;
  }

  /**
   * Takes from a party's part; false, and nothing taken, if it is used up. A single thing may be
   * larger than what is left, so that the smallest part lets it pass at times.
   *
   * @param perSecond the rate that all share now
   * @param most the rate that all share at best
   * @param now as {@link System#nanoTime}
   */
  public boolean take(List<String> party, long amount, double perSecond, double most, long now) {
    if (now - swept >= SWEEP_NANOS) {
      swept = now;
      forgetPaid(most, now);
    }
    return take(party, 0, amount, perSecond, now);
  }

  private boolean take(List<String> party, int depth, long amount, double perSecond, long now) {
    // What an agency sends itself is one part beside those that it passes on.
    String name = depth == party.size() ? "" : party.get(depth);
    boolean fits = parts.size() < MOST_PARTS || parts.containsKey(name);
    RateShares part = parts.computeIfAbsent(fits ? name : OTHERS, first -> new RateShares(now));
    double each = perSecond / parts.size();
    part.recover(each, now);
    if (part.used > 0 && part.used >= each * BURST_SECONDS) {
      return false;
    }
    if (depth < party.size() && !part.take(party, depth + 1, amount, each, now)) {
      return false;
    }
    part.used += amount;
    return true;
  }

  /** How many parts there are, with those of parts. */
  int size() {
    return parts.size() + parts.values().stream().mapToInt(RateShares::size).sum();
  }

  private void recover(double perSecond, long now) {
    used = Math.max(0, used - Math.max(0, now - then) / NANOS_A_SECOND * perSecond);
    then = now;
  }

  /**
   * Removes the parts of those that have paid at the best rate what they used: while there is a
   * debt, all share nothing, and none would ever end. Whether nothing is left.
   */
  private boolean forgetPaid(double most, long now) {
    double each = most / Math.max(1, parts.size());
    parts.values().removeIf(part -> part.forgetPaid(each, now));
    return parts.isEmpty() && used <= Math.max(0, now - then) / NANOS_A_SECOND * most;
  }
}
