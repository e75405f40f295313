package org.entente.gateway.feature.risk;

import com.google.protobuf.util.Timestamps;
import org.entente.gateway.deliver.MessageFilter;
import org.entente.gateway.ledger.Ledger;
import org.entente.gateway.ledger.commit.Transaction;
import org.entente.gateway.ledger.record.CorruptRecord;
import org.entente.gateway.ledger.table.InboxTable;
import org.entente.gateway.model.AgencyName;
import org.entente.gateway.model.Code;
import org.entente.gateway.model.MessageId;
import org.entente.gateway.model.Result;
import org.entente.proto.v1.FoundMessage;
import org.entente.proto.v1.Label;
import org.jspecify.annotations.Nullable;

/**
 * Decides which received messages may be scored and have their scores shown: those that the client
 * can find at that moment, while they are kept. Safe for use by several threads.
 */
final class ScoreVisibility {
  private final Ledger ledger;

  ScoreVisibility(Ledger ledger) {
    this.ledger = ledger;
  }

  /** The check before anything is opened; null for a message that may not be shown. */
  InboxTable.@Nullable PlacedRecord find(MessageId id, MessageFilter match) {
    try {
      InboxTable.PlacedRecord placed = ledger.inbox().find(id);
      return placed != null
              && match.mayOpen(placed, position -> ledger.quarantine().holds(position))
          ? placed
          : null;
    } catch (CorruptRecord e) {
      // Delivery quarantines it.
      return null;
    }
  }

  /** Whether a message is still stored, at any place, and neither recalled nor restricted. */
  boolean isStill(Transaction tx, InboxTable.PlacedRecord seen) {
    InboxTable.PlacedRecord now = ledger.inbox().now(tx, seen);
    return now != null && !now.record().getRecalled() && !now.record().getRestricted();
  }

  /** A message without its content. */
  FoundMessage found(InboxTable.PlacedRecord placed, Label label) {
    FoundMessage.Builder found =
        FoundMessage.newBuilder()
            .setMessageId(placed.record().getMessageId())
            .setLabel(label)
            .setPosition(placed.position())
            .setReceivedAt(Timestamps.fromMillis(placed.record().getReceivedAtMs()));
    if (placed.record().getChanged()) {
      found.setStanding(
          ledger
              .chains()
              .standing(
                  new AgencyName(placed.record().getOrigin()),
                  MessageId.of(placed.record().getMessageId().toByteArray())));
    }
    return found.build();
  }

  /** The one answer for every message that is not shown, so that it reveals no reason. */
  static <T> Result<T> notFound() {
    return Result.refused(Code.NOT_FOUND, "message_id", "not found, or access not permitted");
  }
}
