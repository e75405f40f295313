package org.entente.gateway.receive;

import com.google.protobuf.ByteString;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.entente.gateway.ledger.Desks;
import org.entente.gateway.ledger.commit.Transaction;
import org.entente.gateway.ledger.record.CorruptRecord;
import org.entente.gateway.ledger.record.FreshContent;
import org.entente.gateway.ledger.table.InboxTable;
import org.entente.gateway.meter.Meters;
import org.entente.gateway.model.MessageId;
import org.entente.proto.store.v1.InboxRecord;
import org.entente.proto.v1.Body;
import org.entente.proto.v1.Label;
import org.entente.proto.v1.MessageType;
import org.jspecify.annotations.Nullable;

/**
 * To which desks of this agency what arrives is directed: those that its label names. What names
 * none and speaks of an earlier message of its origin goes where that went. Where that cannot be
 * said, of a recall, a change or a reminder whose target is not here and of what is said of
 * consents, it is for clients that sit at no desk: such a message has words about another that not
 * everybody may read.
 */
final class DeskRouting {
  private static final Set<MessageType> CHANGES =
      Set.of(
          MessageType.MESSAGE_TYPE_UPDATE,
          MessageType.MESSAGE_TYPE_CANCEL,
          MessageType.MESSAGE_TYPE_RECTIFICATION,
          MessageType.MESSAGE_TYPE_RESTRICTION);

  private final Desks desks;
  private final InboxTable inbox;
  private final Meters meters;

  DeskRouting(Desks desks, InboxTable inbox, Meters meters) {
    this.desks = desks;
    this.inbox = inbox;
    this.meters = meters;
  }

  /** The record of a message that is about to be kept, with the desks to which it is directed. */
  InboxRecord directed(Transaction tx, InboxRecord record, FreshContent.Content content) {
    List<String> named = content.label().getDesksList();
    if (!named.isEmpty()) {
      if (!desks.isStaffed(named)) {
        tx.afterCommit(meters::noDesk);
      }
      return desks.directed(record, named);
    }
    InboxTable.PlacedRecord before = before(tx, record, content);
    if (before != null) {
      return following(record, before.record());
    }
    return speaksOfAnother(content) ? desks.directed(record, List.of()) : record;
  }

  /** What has words about a message that not everybody may have been given. */
  private static boolean speaksOfAnother(FreshContent.Content content) {
    Label label = content.label();
    Body body = content.body();
    return body.hasRecall()
        || body.hasConsent()
        || body.getRequest().getReminder()
        || !label.getReferences().isEmpty()
        || CHANGES.contains(label.getMessageType());
  }

  private InboxRecord following(InboxRecord record, InboxRecord before) {
    return before.getSealedDesks().isEmpty()
        ? record
        : desks.directed(record, desks.of(before).orElse(List.of()));
  }

  /** The message of the same origin, still here, that this one is about. */
  private InboxTable.@Nullable PlacedRecord before(
      Transaction tx, InboxRecord record, FreshContent.Content content) {
    Label label = content.label();
    Body body = content.body();
    return Stream.of(body.getRecall().getMessageId(), label.getReferences(), label.getInReplyTo())
        .filter(id -> id.size() == MessageId.SIZE)
        .map(id -> find(tx, id))
        .flatMap(Optional::stream)
        .filter(found -> found.record().getOrigin().equals(record.getOrigin()))
        .findFirst()
        .orElse(null);
  }

  private Optional<InboxTable.PlacedRecord> find(Transaction tx, ByteString id) {
    try {
      return Optional.ofNullable(inbox.find(tx, MessageId.of(id.toByteArray())));
    } catch (CorruptRecord e) {
      // Delivery sets it aside.
      return Optional.empty();
    }
  }
}
