package org.entente.gateway.transmit;

import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.LongStream;
import org.entente.gateway.ledger.record.DeliveryStatus;
import org.entente.gateway.ledger.table.AwaitedEvidenceTable.ListingState;
import org.entente.proto.store.v1.SentFacts;

/**
 * The consequences of elapsed time for a message without statements from its recipients. Pure: no
 * clock, no ledger.
 *
 * <pre>
 * open by              not opened: NonRetrieval, and it is listed as unopened
 * expiry + GRACE       no evidence of delivery: NonDelivery
 * open by + LISTED     it is no longer listed
 * </pre>
 *
 * <p>If the evidence may have been lost, the recipient is asked first, and NonRetrieval and
 * NonDelivery wait until it had time to answer. The list does not wait: it makes a person call.
 *
 * <p>None of this applies to a recipient that has opened the message or answered its recall, and
 * each is stated only once. A recalled message need not be opened, whether or not its recall was
 * answered. For a recipient that refused it, the message is listed as unopened, without further
 * evidence.
 */
final class TimeoutRules {
  /** Time for a message in transit at its expiry to arrive, and for the evidence of it. */
  static final Duration GRACE = Duration.ofMillis(OutboxMaintenance.UNDER_WAY_MILLIS);

  /** How long an unopened message is listed. */
  static final Duration LISTED = Duration.ofDays(7);

  private TimeoutRules() {}

  /**
   * The actions for one recipient.
   *
   * @param undelivered state that no evidence of delivery arrived in time
   * @param unopened state that no client opened it in time
   * @param list add it to the unopened messages
   * @param unlist remove it from the unopened messages
   * @param ask ask the recipient for its evidence, before anything is stated
   */
  record Step(boolean undelivered, boolean unopened, boolean list, boolean unlist, boolean ask) {
    boolean isNothing() {
      return !undelivered && !unopened && !list && !unlist && !ask;
    }
  }

  /**
   * The actions due now.
   *
   * @param steps by recipient; only recipients with actions
   * @param next when to check again, in milliseconds since 1970; 0 for never
   */
  record Assessment(Map<String, Step> steps, long next) {}

  /**
   * The state of a recipient.
   *
   * @param countsFrom when the absence of its evidence counts, in milliseconds since 1970; 0 if
   *     none can be lost
   */
  record Recipient(DeliveryStatus stand, ListingState listing, long countsFrom) {}

  /** The first check of a newly accepted message. */
  static long first(SentFacts facts) {
    long opened = facts.getOpenByMs();
    return opened > 0 ? Math.min(opened, lost(facts)) : lost(facts);
  }

  /** The actions for a message at a time. */
  static Assessment look(SentFacts facts, Function<String, Recipient> recipients, long now) {
    Map<String, Step> steps = new LinkedHashMap<>();
    List<Long> later = new ArrayList<>();
    for (String name : facts.getRecipientsList()) {
      Recipient recipient = recipients.apply(name);
      Step step = step(facts, recipient, now);
      if (!step.isNothing()) {
        steps.put(name, step);
      }
      later(facts, recipient, step).filter(at -> at > now).forEach(later::add);
    }
    return new Assessment(steps, later.stream().mapToLong(at -> at).min().orElse(0));
  }

  private static Step step(SentFacts facts, Recipient recipient, long now) {
    DeliveryStatus stand = recipient.stand();
    long openBy = facts.getOpenByMs();
    boolean takenBack = !facts.getRecallId().isEmpty();
    boolean late = openBy > 0 && now >= openBy && !stand.seenTo() && !takenBack;
    boolean undelivered = now >= lost(facts) && !stand.answered();
    boolean unopened = late && !undelivered && !stand.ended() && !stand.overdue();
    boolean gone = now >= openBy + LISTED.toMillis();
    boolean counts = now >= recipient.countsFrom();
    return new Step(
        undelivered && counts,
        unopened && counts,
        late && !gone && recipient.listing() == ListingState.NEVER,
        recipient.listing() == ListingState.LISTED && (gone || takenBack || stand.seenTo()),
        (undelivered || unopened) && !counts);
  }

  private static LongStream later(SentFacts facts, Recipient recipient, Step step) {
    DeliveryStatus stand = recipient.stand();
    boolean listed = step.list() || (recipient.listing() == ListingState.LISTED && !step.unlist());
    return LongStream.of(
        !stand.seenTo() && recipient.listing() == ListingState.NEVER ? facts.getOpenByMs() : 0,
        stand.answered() || step.undelivered() ? 0 : lost(facts),
        step.ask() ? recipient.countsFrom() : 0,
        listed ? facts.getOpenByMs() + LISTED.toMillis() : 0);
  }

  private static long lost(SentFacts facts) {
    return facts.getExpiresAtMs() + GRACE.toMillis();
  }
}
