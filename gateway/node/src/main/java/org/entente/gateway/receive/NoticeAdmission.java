package org.entente.gateway.receive;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.LongSupplier;
import java.util.function.Predicate;
import org.entente.gateway.account.Account;
import org.entente.gateway.account.Accounts;
import org.entente.gateway.account.TokenBucket;
import org.entente.gateway.account.Work;
import org.entente.gateway.link.FrameCost;
import org.entente.gateway.model.AgencyName;
import org.entente.gateway.model.Code;
import org.entente.gateway.model.InvalidValue;
import org.entente.proto.link.v1.Notice;

/**
 * Decides which notices of a neighbour this gateway reads, before it verifies any signature. Only a
 * transit may pass on notices of others. Each agency has a rate for its notices through a
 * neighbour, and the neighbour's account bounds those of all agencies together. Notices beyond a
 * rate are dropped: their senders repeat them until they take effect. A neighbour that uses another
 * agency's name uses up only the rate of that agency through this neighbour. Safe for many threads.
 */
public final class NoticeAdmission {
  private record Path(AgencyName neighbour, AgencyName from) {}

  /**
   * In the place of the agency that a notice came through, which nothing says; no agency's name.
   */
  private static final String NOTICES = "notices";

  private final AgencyName self;
  private final Predicate<AgencyName> transit;
  private final Predicate<AgencyName> member;
  private final int perSecond;
  private final LongSupplier nanos;
  private final Map<Path, TokenBucket> paths = new HashMap<>();
  private final Function<AgencyName, Account> accounts;

  /**
   * What may come.
   *
   * @param self this agency; notices to others are only passed on
   * @param transit whether an agency may pass on what others say
   * @param member whether an agency is a member; others say nothing here
   * @param perSecond notices a second of one agency through one neighbour
   * @param accounts those of neighbours
   * @param nanos as {@link System#nanoTime}
   */
  public NoticeAdmission(
      AgencyName self,
      Predicate<AgencyName> transit,
      Predicate<AgencyName> member,
      int perSecond,
      Function<AgencyName, Account> accounts,
      LongSupplier nanos) {
    this.self = self;
    this.transit = transit;
    this.member = member;
    this.perSecond = perSecond;
    this.accounts = accounts;
    this.nanos = nanos;
  }

  /** Why a notice is not read; empty if it is. */
  public Optional<Code> refusal(AgencyName neighbour, Notice notice) {
    AgencyName from;
    try {
      from = new AgencyName(notice.getFrom());
    } catch (InvalidValue e) {
      return Optional.of(Code.MALFORMED);
    }
    if (!from.equals(neighbour) && !transit.test(neighbour)) {
      return Optional.of(Code.IDENTITY_MISMATCH);
    }
    if (!member.test(from)) {
      return Optional.of(Code.UNKNOWN_PEER);
    }
    return spend(neighbour, from) && pay(neighbour, from, FrameCost.of(notice, self))
        ? Optional.empty()
        : Optional.of(Code.OVERLOADED);
  }

  /**
   * Pays for a notice that is read. The neighbour's own are paid on credit, for which its next
   * frame waits; those of others come out of the share that all of them have beside the mail.
   */
  private boolean pay(AgencyName neighbour, AgencyName from, FrameCost cost) {
    Account account = accounts.apply(neighbour);
    if (!from.equals(neighbour)) {
      return cost.charge(account, List.of(NOTICES, from.value()));
    }
    var unused = cost.charge(account);
    return true;
  }

  private synchronized boolean spend(AgencyName neighbour, AgencyName from) {
    // Former members leave their buckets behind; a federation has few.
    long now = nanos.getAsLong();
    TokenBucket path =
        paths.computeIfAbsent(
            new Path(neighbour, from),
            unknown ->
                new TokenBucket(perSecond, (long) perSecond * Accounts.NOTICE_BURST_SECONDS, now));
    return path.take(1, now) && accounts.apply(neighbour).spend(Work.NOTICES, 1);
  }
}
