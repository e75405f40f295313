package org.entente.gateway.account;

import java.util.EnumMap;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.function.LongSupplier;
import org.entente.gateway.config.NodeConfig;

/**
 * The accounts of one kind of callers, with the limits of each and of all together. Callers are
 * known by the names that the trust bundle or the configuration gives them, so there are few; an
 * account stays when its caller leaves, so that coming again renews nothing. Safe for many threads.
 */
public final class Accounts {
  /** What each agency may always have buffered, whatever others have. */
  public static final int OWN_BYTES = 1 << 20;

  /** Agencies whose notices one transit can pass on at their full rate at the same time. */
  public static final int AGENCIES_AT_ONCE = 10;

  /** Seconds' worth of notices that may come at once, as after a link came up. */
  public static final int NOTICE_BURST_SECONDS = 10;

  private static final int FRAME_BURST_SECONDS = 10;
  private static final int BURST_SECONDS = 2;

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
  private final ConcurrentMap<String, Account> accounts = new ConcurrentHashMap<>();
  private final Map<Holding, Long> totals = new EnumMap<>(Holding.class);

  /**
   * Accounts with these limits; what has none is not counted.
   *
   * @param nanos as {@link System#nanoTime}
   */
  public Accounts(Map<Holding, Limit> limits, Map<Work, Rate> rates, LongSupplier nanos) {
    this.limits = Map.copyOf(limits);
    this.rates = Map.copyOf(rates);
    this.nanos = nanos;
  }

  /** Accounts of other agencies. */
  public static Accounts ofAgencies(NodeConfig.Limits limits, LongSupplier nanos) {
    NodeConfig.PerAgency each = limits.perAgencyInForce();
    return new Accounts(
        Map.of(
            Holding.CONNECTIONS,
            Limit.ofOne(each.connections()),
            Holding.CALLS,
            Limit.ofOne(each.streams()),
            Holding.BUFFERED_BYTES,
            new Limit(each.bufferedBytes(), limits.bufferedBytes(), OWN_BYTES)),
        Map.of(
            Work.CONTROL_FRAMES,
            controlFrames(limits),
            Work.DELIVERIES,
            Rate.bursting(each.deliveries(), BURST_SECONDS),
            Work.NOTICES,
            Rate.bursting((double) each.notices() * AGENCIES_AT_ONCE, NOTICE_BURST_SECONDS),
            Work.VERIFICATIONS,
            Rate.bursting(each.verifications(), BURST_SECONDS),
            Work.COMMITS,
            Rate.bursting(each.commits(), BURST_SECONDS)),
        nanos);
  }

  /** Accounts of the agency's own clients. */
  public static Accounts ofClients(NodeConfig.Limits limits, LongSupplier nanos) {
    NodeConfig.PerClient each = limits.perClientInForce();
    return new Accounts(
        Map.of(
            Holding.CONNECTIONS,
            Limit.ofOne(each.connections()),
            Holding.CALLS,
            Limit.ofOne(limits.streamsPerClient()),
            Holding.DRAFTS,
            Limit.ofOne(each.waitingDrafts()),
            Holding.DRAFT_BYTES,
            new Limit(each.waitingDraftBytes(), limits.waitingDraftBytes(), 0)),
        Map.of(Work.CONTROL_FRAMES, controlFrames(limits)),
        nanos);
  }

  private static Rate controlFrames(NodeConfig.Limits limits) {
    return Rate.bursting(
        (double) limits.controlFrames() / FRAME_BURST_SECONDS, FRAME_BURST_SECONDS);
  }

  /** The account of a caller, which its certificate or the configuration has named. */
  public Account of(String caller) {
    return accounts.computeIfAbsent(caller, name -> new Account(this));
  }

  /** The most that one caller may hold. */
  public long mostOfOne(Holding what) {
    return limit(what).ofOne();
  }

  private Limit limit(Holding what) {
    return Objects.requireNonNull(limits.get(what), what::name);
  }

  /** The accounts by their callers' names. */
  Map<String, Account> byCaller() {
    return new TreeMap<>(accounts);
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
  public synchronized long total(Holding what) {
    return totals.getOrDefault(what, 0L);
  }
}
