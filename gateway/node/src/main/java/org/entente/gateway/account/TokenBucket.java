package org.entente.gateway.account;

/**
 * A rate with a burst: tokens come at a rate until the bucket is full, and each event takes some.
 * Not safe for many threads.
 */
public final class TokenBucket {
  private static final double NANOS_A_SECOND = 1e9;

  private final double perSecond;
  private final double most;
  private double tokens;
  private long then;

  /**
   * A full bucket.
   *
   * @param perSecond tokens that come each second
   * @param most tokens that it holds
   * @param now as {@link System#nanoTime}
   */
  public TokenBucket(double perSecond, long most, long now) {
    this.perSecond = perSecond;
    this.most = most;
    this.tokens = most;
    this.then = now;
  }

  /** Takes tokens if that many are left. */
  public boolean take(long count, long now) {
    fill(now);
    if (tokens < count) {
      return false;
    }
    tokens -= count;
    return true;
  }

  /**
   * Takes tokens, on credit if fewer are left.
   *
   * @return nanoseconds until the debt is paid; 0 if there is none
   */
  public long takeAndWait(long count, long now) {
    return takeAndWait(count, 0, now);
  }

  /** The same, but waits until the bucket holds {@code again} tokens. */
  long takeAndWait(long count, double again, long now) {
    fill(now);
    tokens -= count;
    return tokens >= again ? 0 : (long) ((again - tokens) / perSecond * NANOS_A_SECOND);
  }

  /** How many there are; negative if some are owed. */
  public double tokens(long now) {
    fill(now);
    return tokens;
  }

  /** Adds tokens, up to the most that it holds. */
  public void add(double more) {
    tokens = Math.min(most, tokens + more);
  }

  private void fill(long now) {
    add(Math.max(0, now - then) / NANOS_A_SECOND * perSecond);
    then = now;
  }
}
