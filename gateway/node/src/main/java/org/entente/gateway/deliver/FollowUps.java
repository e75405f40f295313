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
 * What an origin says later of a message: its recall, and what updates, cancels, rectifies or
 * restricts it. A subscription that lets the message through is given that as well, whatever its
 * filter says of the later message by itself: who has taken an alert by its category, severity or
 * lane must hear that it was taken back.
 *
 * <p>A recall is given to every subscription for which its origin's messages are: when it is to be
 * delivered nobody can read any more what it took back. It names a message and says why, and has no
 * other content. One of what was not here when it came concerns nobody: who asks for recalls is
 * given it. A change is given where what it changes is here and let through, or what that changes
 * in its turn, a few steps back; one that came before what it changes comes anew behind it ({@link
 * org.entente.gateway.ledger.Chains#arrived}). Immutable; safe for many threads.
 */
final class FollowUps {
  /** So far a chain is followed back: each step opens a label, for each subscription. */
  private static final int STEPS = Chains.STEPS;

  private final SubscriptionPorts ports;
  private final MessageFilter match;

  FollowUps(SubscriptionPorts ports, MessageFilter match) {
    this.ports = ports;
    this.match = match;
  }

  /** Whether a message may be one; opens nothing. Recalls come in FLASH, changes in any lane. */
  boolean mayBe(InboxTable.PlacedRecord placed) {
    return placed.lane() == Lane.FLASH || changedBy(origin(placed), id(placed)).isPresent();
  }

  /** Whether a message with this label is one about what the subscription lets through. */
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
   * What a message changes; nothing where the record of it is damaged: the message itself is not.
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
      // Delivery sets it aside.
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
