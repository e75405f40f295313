package org.entente.gateway.account;

import java.util.EnumMap;
import java.util.Map;
import java.util.Objects;
import java.util.function.LongSupplier;

/**
 * The limits of one kind of callers, and what all of them hold. Its lock is that of their accounts.
 */
public final class AccountLimits {
  /**
   * A limit on what callers hold.
   *
   * @param ofOne most of one caller
   * @param ofAll most of all callers
   * @param own what each may hold whatever others hold
   */
  public record Limit(long ofOne, long ofAll, long own) {
    /** A limit on each alone. */
    public static Limit ofOne(long most) {
      return new Limit(most, Long.MAX_VALUE, 0);
    }
  }

  /** A limit on a caller's work: its rate, and how much may come at once. */
  public record Rate(double perSecond, long atOnce) {
    static Rate bursting(double perSecond, int seconds) {
      return new Rate(perSecond, (long) (perSecond * seconds));
    }
  }

  private final Map<Holding, Limit> limits;
  private final Map<Work, Rate> rates;
  private final LongSupplier nanos;
  private final Map<Holding, Long> totals = new EnumMap<>(Holding.class);

  AccountLimits(Map<Holding, Limit> limits, Map<Work, Rate> rates, LongSupplier nanos) {
    this.limits = Map.copyOf(limits);
    this.rates = Map.copyOf(rates);
    this.nanos = nanos;
  }

  /** The limit on one thing. */
  Limit limit(Holding what) {
    return Objects.requireNonNull(limits.get(what), what::name);
  }

  Map<Holding, Limit> limits() {
    return limits;
  }

  Map<Work, Rate> rates() {
    return rates;
  }

  long nanos() {
    return nanos.getAsLong();
  }

  /** Whether one caller may hold more; the account holds the lock. */
  boolean fits(Holding what, long own, long more) {
    Limit limit = limit(what);
    long total = totals.getOrDefault(what, 0L);
    boolean ofOne = own == 0 || own + more <= limit.ofOne();
    boolean ofAll = total == 0 || own + more <= limit.own() || total + more <= limit.ofAll();
    return ofOne && ofAll;
  }

  /** Counts what all hold; the account holds the lock. */
  void add(Holding what, long more) {
    totals.merge(what, more, Long::sum);
  }

  /** What all callers hold. */
  synchronized long total(Holding what) {
    return totals.getOrDefault(what, 0L);
  }
}
