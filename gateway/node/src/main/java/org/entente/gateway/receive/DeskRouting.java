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
 * Routes arriving messages to desks of this agency: to those named in the label. A message that
 * names none and concerns an earlier message of its origin goes to that message's desks. These are
 * unknown for a recall, change or reminder without its target, and for a consent message. Such a
 * message goes only to clients without desks, since it mentions another message that not every
 * client may read.
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

  /** Adds to the record of an arriving message the desks to which it is directed. */
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

  /** Whether a message mentions another one that not every client may have been given. */
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

  /** The message of the same origin, still here, that this one concerns. */
  private InboxTable.@Nullable PlacedRecord before(
      Transaction tx, InboxRecord record, FreshContent.Content content) {
    Label label = content.label();
    Body body = content.body();
    if (!body.hasRecall() && label.getReferences().isEmpty() && label.getInReplyTo().isEmpty()) {
      return null;
    }
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
      // Delivery quarantines it.
      return Optional.empty();
    }
  }
}
