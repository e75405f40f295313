package org.entente.gateway.deliver;

import java.util.Optional;
import org.entente.gateway.ledger.Chains;
import org.entente.gateway.ledger.record.CorruptRecord;
import org.entente.gateway.ledger.table.InboxTable;
import org.entente.gateway.model.AgencyName;
import org.entente.gateway.model.Lane;
import org.entente.gateway.model.MessageId;
import org.entente.proto.v1.Kind;
import org.entente.proto.v1.Label;

/**
 * Follow-ups of a message by its origin: its recall, and updates, cancellations, rectifications and
 * restrictions. A subscription that matches the message gets them too, even if its filter does not
 * match the follow-up itself. A client that received an alert by category, severity or lane must
 * learn of its recall.
 *
 * <p>A recall goes to every subscription that matches its origin, as its target can no longer be
 * read at delivery. It names a message and a reason, and has no other content. A recall whose
 * target was not here on arrival goes only to subscriptions that request recalls. A change is
 * delivered if its target, or a target a few steps back, is here and matches; one that arrived
 * before its target is redelivered after it ({@link org.entente.gateway.ledger.Chains#arrived}).
 * Immutable; safe for many threads.
 */
final class FollowUps {
  /** Steps for which a chain is followed back; each opens a label, for each subscription. */
  private static final int STEPS = Chains.STEPS;

  private final SubscriptionPorts ports;
  private final MessageFilter match;

  FollowUps(SubscriptionPorts ports, MessageFilter match) {
    this.ports = ports;
    this.match = match;
  }

  /**
   * Whether a message may be a follow-up; opens nothing. Recalls come in FLASH, changes in any
   * lane.
   */
  boolean mayBe(InboxTable.PlacedRecord placed) {
    return placed.lane() == Lane.FLASH || changedBy(origin(placed), id(placed)).isPresent();
  }

  /** Whether a message with this label is a follow-up of one that the subscription matches. */
  boolean is(InboxTable.PlacedRecord placed, Label label) {
    return (label.getKind() == Kind.KIND_RECALL && !placed.record().getWithoutTarget())
        || (!label.getReferences().isEmpty() && changesWhatIsLetThrough(placed));
  }

  private boolean changesWhatIsLetThrough(InboxTable.PlacedRecord placed) {
    AgencyName origin = origin(placed);
    Optional<MessageId> target = changedBy(origin, id(placed));
    for (int step = 0; target.isPresent() && step < STEPS; step++) {
      if (isLetThrough(origin, target.get())) {
        return true;
      }
      target = changedBy(origin, target.get());
    }
    return false;
  }

  /**
   * The target of a change; empty if the chain's record is damaged, which does not affect the
   * message itself.
   */
  private Optional<MessageId> changedBy(AgencyName origin, MessageId id) {
    try {
      return ports.chains().changedBy(origin, id);
    } catch (CorruptRecord e) {
      return Optional.empty();
    }
  }

  private boolean isLetThrough(AgencyName origin, MessageId target) {
    try {
      return Optional.ofNullable(ports.inbox().find(target))
          .filter(placed -> placed.record().getOrigin().equals(origin.value()))
          .flatMap(ports.opening()::label)
          .filter(match::matches)
          .isPresent();
    } catch (CorruptRecord e) {
      // Delivery quarantines it.
      return false;
    }
  }

  private static AgencyName origin(InboxTable.PlacedRecord placed) {
    return new AgencyName(placed.record().getOrigin());
  }

  private static MessageId id(InboxTable.PlacedRecord placed) {
    return MessageId.of(placed.record().getMessageId().toByteArray());
  }
}
