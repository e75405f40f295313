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
 * What time that has passed means for a message whose recipients have said nothing. Pure: no clock,
 * no ledger.
 *
 * <pre>
 * open by              nobody opened it: NonRetrieval, and it is listed as unopened
 * expiry + GRACE       no word of its delivery: NonDelivery
 * open by + LISTED     it is listed no more
 * </pre>
 *
 * <p>Nothing of it is said of a recipient that has opened the message or answered its recall, and
 * no second time. Nobody needs to open one that was taken back, whether its recall was answered or
 * not. A recipient that refused it has not opened it either: it is listed, without further
 * evidence.
 */
final class TimeoutRules {
  /** What is under way when a message expires may still arrive, and the word of it. */
  static final Duration GRACE = Duration.ofMillis(OutboxMaintenance.UNDER_WAY_MILLIS);

  /** How long an unopened message is listed. */
  static final Duration LISTED = Duration.ofDays(7);

  private TimeoutRules() {}

  /**
   * What is to be done about one recipient.
   *
   * @param undelivered to be stated: no evidence of delivery came in time
   * @param unopened to be stated: nobody opened it in time
   * @param list it becomes one of the unopened messages
   * @param unlist it is one of them no more
   */
  record Step(boolean undelivered, boolean unopened, boolean list, boolean unlist) {
    boolean isNothing() {
      return !undelivered && !unopened && !list && !unlist;
    }
  }

  /**
   * What is to be done now.
   *
   * @param steps by recipient; only those about whom something is
   * @param next when to look again, milliseconds since 1970; 0 for never
   */
  record Assessment(Map<String, Step> steps, long next) {}

  /** Where a recipient stands. */
  record Recipient(DeliveryStatus stand, ListingState listing) {}

  /** When a message that was accepted just now is to be looked at first. */
  static long first(SentFacts facts) {
    long opened = facts.getOpenByMs();
    return opened > 0 ? Math.min(opened, lost(facts)) : lost(facts);
  }

  /** What is to be done at a time about a message. */
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
    boolean gone = now >= openBy + LISTED.toMillis();
    return new Step(
        undelivered,
        late && !undelivered && !stand.ended() && !stand.overdue(),
        late && !gone && recipient.listing() == ListingState.NEVER,
        recipient.listing() == ListingState.LISTED && (gone || takenBack || stand.seenTo()));
  }

  private static LongStream later(SentFacts facts, Recipient recipient, Step step) {
    DeliveryStatus stand = recipient.stand();
    boolean listed = step.list() || (recipient.listing() == ListingState.LISTED && !step.unlist());
    return LongStream.of(
        !stand.seenTo() && recipient.listing() == ListingState.NEVER ? facts.getOpenByMs() : 0,
        stand.answered() || step.undelivered() ? 0 : lost(facts),
        listed ? facts.getOpenByMs() + LISTED.toMillis() : 0);
  }

  private static long lost(SentFacts facts) {
    return facts.getExpiresAtMs() + GRACE.toMillis();
  }
}
