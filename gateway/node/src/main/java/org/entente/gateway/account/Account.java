package org.entente.gateway.account;

import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/**
 * What one caller of this gateway uses: an agency, whatever number of gateways it has, or a client.
 * Admission asks the account, which counts and limits. Safe for many threads: the lock is that of
 * all accounts, whose totals have limits too.
 */
public final class Account {
  private static final class Held {
    private long now;
    private long ever;
    private long refused;
  }

  private static final class Done {
    private final AccountLimits.Rate limit;
    private final TokenBucket rate;
    private final RateShares shares;
    private long ever;
    private long limited;

    Done(AccountLimits.Rate limit, long now) {
      this.limit = limit;
      this.rate = new TokenBucket(limit.perSecond(), limit.atOnce(), now);
      this.shares = new RateShares(now);
    }

    /**
     * The upper half of what may come at once is for all. The lower half is divided, the more
     * sparingly the less there is. Work of more than a second begins while half is left, and always
     * counts for its party, who owes what is not there.
     */
    boolean mayTake(List<String> party, long amount, long now) {
      double half = limit.atOnce() / 2.0;
      double left = rate.tokens(now);
      if (amount > limit.perSecond()) {
        return left >= half
            && shares.take(party, amount, limit.perSecond(), limit.perSecond(), now);
      }
      double share = limit.perSecond() * Math.max(0, Math.min(1, left / half));
      return left - amount >= half || shares.take(party, amount, share, limit.perSecond(), now);
    }

    /** Leaves no debt: all frames of the caller would wait for it, also those of others. */
    void takeWhatIsLeft(long amount, long now) {
      long left = (long) Math.max(0, rate.tokens(now));
      var unused = rate.takeAndWait(Math.min(amount, left), now);
    }
  }

  private final AccountLimits all;
  private final Map<Holding, Held> held = new EnumMap<>(Holding.class);
  private final Map<Work, Done> done = new EnumMap<>(Work.class);

  Account(AccountLimits all) {
    this.all = all;
    all.limits().keySet().forEach(what -> held.put(what, new Held()));
    all.rates().forEach((what, rate) -> done.put(what, new Done(rate, all.nanos())));
  }

  /**
   * Holds so much more, if a limit allows it. A single thing is always allowed to a caller that
   * holds none, whatever its size.
   */
  public boolean hold(Holding what, long amount) {
    synchronized (all) {
      Held own = of(what);
      if (!all.fits(what, own.now, amount)) {
        own.refused++;
        return false;
      }
      all.add(what, amount);
      own.now += amount;
      own.ever += amount;
      return true;
    }
  }

  /** Releases what was held. */
  public void release(Holding what, long amount) {
    synchronized (all) {
      Held own = of(what);
      if (amount > own.now) {
        throw new IllegalStateException(what + " were released that were not held");
      }
      all.add(what, -amount);
      own.now -= amount;
    }
  }

  /** How much is held. */
  public long held(Holding what) {
    synchronized (all) {
      return of(what).now;
    }
  }

  /** Counts work and takes it from the rate; false, and nothing taken, if it exceeds the rate. */
  public boolean spend(Work what, long amount) {
    synchronized (all) {
      Done own = of(what);
      if (!own.rate.take(amount, all.nanos())) {
        own.limited++;
        return false;
      }
      own.ever += amount;
      return true;
    }
  }

  /**
   * Counts work and takes it from the rate, on credit if it exceeds the rate.
   *
   * @return nanoseconds until the debt is paid, which the caller has to wait; 0 if there is none
   */
  public long charge(Work what, long amount) {
    return charge(what, amount, 0);
  }

  /**
   * Counts work that one of several streams does in turns, as {@link #charge}.
   *
   * @return nanoseconds until half of what may come at once is there, which the stream has to wait:
   *     so calls of the same caller, which do not wait, find some
   */
  public long pace(Work what, long amount) {
    return charge(what, amount, of(what).limit.atOnce() / 2.0);
  }

  private long charge(Work what, long amount, double again) {
    synchronized (all) {
      Done own = of(what);
      own.ever += amount;
      long wait = own.rate.takeAndWait(amount, again, all.nanos());
      if (wait > 0) {
        own.limited++;
      }
      return wait;
    }
  }

  /**
   * Counts work for what the caller carries for others, and takes it from the rate; false, and
   * nothing taken, if little is left and the party has used up its share.
   *
   * @param party the agencies that it came through before the caller, the nearest first
   */
  public boolean spendFor(List<String> party, Work what, long amount) {
    synchronized (all) {
      Done own = of(what);
      long now = all.nanos();
      if (!own.mayTake(party, amount, now)) {
        own.limited++;
        return false;
      }
      own.ever += amount;
      own.takeWhatIsLeft(amount, now);
      return true;
    }
  }

  /** Allows more work at once, because of what this gateway sends to the caller. */
  public void earn(Work what, double amount) {
    synchronized (all) {
      of(what).rate.add(amount);
    }
  }

  /** What it has used since the start: held at any time. */
  public long used(Holding what) {
    synchronized (all) {
      return of(what).ever;
    }
  }

  /** What it has used since the start: work done. */
  public long used(Work what) {
    synchronized (all) {
      return of(what).ever;
    }
  }

  /**
   * How one of its limits is used.
   *
   * @param what the name of the thing held, or of the work
   * @param held how much is held, of things that are
   * @param ever how much was held or done since the start
   * @param limited how often the limit refused or delayed something
   */
  record Use(String what, boolean isHeld, long held, long ever, long limited) {}

  /** How all its limits are used. */
  List<Use> uses() {
    synchronized (all) {
      List<Use> uses = new ArrayList<>();
      held.forEach(
          (what, own) -> uses.add(new Use(label(what), true, own.now, own.ever, own.refused)));
      done.forEach((what, own) -> uses.add(new Use(label(what), false, 0, own.ever, own.limited)));
      return uses;
    }
  }

  private static String label(Enum<?> what) {
    return what.name().toLowerCase(Locale.ROOT);
  }

  private Held of(Holding what) {
    return Optional.ofNullable(held.get(what)).orElseThrow(() -> unlimited(what));
  }

  private Done of(Work what) {
    return Optional.ofNullable(done.get(what)).orElseThrow(() -> unlimited(what));
  }

  /** Nothing is counted here without a limit. */
  private static IllegalArgumentException unlimited(Enum<?> what) {
    return new IllegalArgumentException(what + " have no limit in these accounts");
  }
}
