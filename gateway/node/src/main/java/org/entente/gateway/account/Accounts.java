package org.entente.gateway.account;

import java.util.Map;
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
  /** What each caller may always have buffered, whatever others have. */
  public static final int OWN_BYTES = 1 << 20;

  /** Agencies whose notices one transit can pass on at their full rate at the same time. */
  public static final int AGENCIES_AT_ONCE = 10;

  /** Seconds' worth of notices that may come at once, as after a link came up. */
  public static final int NOTICE_BURST_SECONDS = 10;

  private static final int FRAME_BURST_SECONDS = 10;
  private static final int BURST_SECONDS = 2;

  /** Incomplete messages on streams of all clients may add half of what all may buffer. */
  private static final int INCOMPLETE_SHARE = 2;

  private final AccountLimits limits;
  private final ConcurrentMap<String, Account> accounts = new ConcurrentHashMap<>();

  /**
   * Accounts with these limits; what has none is not counted.
   *
   * @param nanos as {@link System#nanoTime}
   */
  public Accounts(
      Map<Holding, AccountLimits.Limit> limits,
      Map<Work, AccountLimits.Rate> rates,
      LongSupplier nanos) {
    this.limits = new AccountLimits(limits, rates, nanos);
  }

  /** Accounts of other agencies. */
  public static Accounts ofAgencies(NodeConfig.Limits limits, LongSupplier nanos) {
    NodeConfig.PerAgency each = limits.perAgencyInForce();
    return new Accounts(
        Map.of(
            Holding.CONNECTIONS,
            AccountLimits.Limit.ofOne(each.connections()),
            Holding.CALLS,
            AccountLimits.Limit.ofOne(each.streams()),
            Holding.BUFFERED_BYTES,
            new AccountLimits.Limit(each.bufferedBytes(), limits.bufferedBytes(), OWN_BYTES)),
        Map.of(
            Work.CONTROL_FRAMES,
            controlFrames(limits),
            Work.DELIVERIES,
            AccountLimits.Rate.bursting(each.deliveries(), BURST_SECONDS),
            Work.NOTICES,
            AccountLimits.Rate.bursting(
                (double) each.notices() * AGENCIES_AT_ONCE, NOTICE_BURST_SECONDS),
            Work.VERIFICATIONS,
            AccountLimits.Rate.bursting(each.verifications(), BURST_SECONDS),
            Work.COMMITS,
            AccountLimits.Rate.bursting(each.commits(), BURST_SECONDS),
            Work.MESSAGES,
            AccountLimits.Rate.bursting(each.messages(), BURST_SECONDS)),
        nanos);
  }

  /** Accounts of the agency's own clients. */
  public static Accounts ofClients(NodeConfig.Limits limits, LongSupplier nanos) {
    NodeConfig.PerClient each = limits.perClientInForce();
    return new Accounts(
        Map.of(
            Holding.CONNECTIONS,
            AccountLimits.Limit.ofOne(each.connections()),
            Holding.CALLS,
            AccountLimits.Limit.ofOne(limits.streamsPerClient()),
            Holding.BUFFERED_BYTES,
            new AccountLimits.Limit(each.bufferedBytes(), limits.bufferedBytes(), OWN_BYTES),
            Holding.INCOMPLETE_BYTES,
            new AccountLimits.Limit(
                each.bufferedBytes(), limits.bufferedBytes() / INCOMPLETE_SHARE, OWN_BYTES),
            Holding.DRAFTS,
            AccountLimits.Limit.ofOne(each.waitingDrafts()),
            Holding.DRAFT_BYTES,
            new AccountLimits.Limit(each.waitingDraftBytes(), limits.waitingDraftBytes(), 0)),
        Map.of(
            Work.CONTROL_FRAMES,
            controlFrames(limits),
            Work.CALL_COST,
            AccountLimits.Rate.bursting(each.callCost(), BURST_SECONDS),
            Work.REQUESTS,
            AccountLimits.Rate.bursting(each.requests(), BURST_SECONDS)),
        nanos);
  }

  private static AccountLimits.Rate controlFrames(NodeConfig.Limits limits) {
    return AccountLimits.Rate.bursting(
        (double) limits.controlFrames() / FRAME_BURST_SECONDS, FRAME_BURST_SECONDS);
  }

  /** The account of a caller, which its certificate or the configuration has named. */
  public Account of(String caller) {
    return accounts.computeIfAbsent(caller, name -> new Account(limits));
  }

  /** The most that one caller may hold. */
  public long mostOfOne(Holding what) {
    return limits.limit(what).ofOne();
  }

  /** What all callers hold. */
  public long total(Holding what) {
    return limits.total(what);
  }

  /** The accounts by their callers' names. */
  Map<String, Account> byCaller() {
    return new TreeMap<>(accounts);
  }
}
