package org.entente.gateway.receive;

import com.google.protobuf.ByteString;
import java.util.List;
import java.util.stream.Stream;
import org.entente.gateway.ledger.CorruptRecord;
import org.entente.gateway.ledger.Desks;
import org.entente.gateway.ledger.FreshContent;
import org.entente.gateway.ledger.InboxBook;
import org.entente.gateway.ledger.Transaction;
import org.entente.gateway.meter.Meters;
import org.entente.gateway.model.MessageId;
import org.entente.proto.store.v1.InboxRecord;
import org.entente.proto.v1.Body;
import org.entente.proto.v1.Label;
import org.jspecify.annotations.Nullable;

/**
 * To which desks of this agency what arrives is directed: those that its label names. What names
 * none and speaks of an earlier message of its origin goes where that went. Where that cannot be
 * said, of a recall whose target is not here and of what is said of consents, it is for clients
 * that sit at no desk: such a message has words about another that not everybody may read.
 */
final class Directing {
  private final Desks desks;
  private final InboxBook inbox;
  private final Meters meters;

  Directing(Desks desks, InboxBook inbox, Meters meters) {
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
    InboxBook.Placed before = before(tx, record, content);
    if (before != null) {
      return following(record, before.record());
    }
    return content.body().hasRecall() || content.body().hasConsent()
        ? desks.directed(record, List.of())
        : record;
  }

  private InboxRecord following(InboxRecord record, InboxRecord before) {
    return before.getSealedDesks().isEmpty()
        ? record
        : desks.directed(record, desks.of(before).orElse(List.of()));
  }

  /** The message of the same origin, still here, that this one is about. */
  private InboxBook.@Nullable Placed before(
      Transaction tx, InboxRecord record, FreshContent.Content content) {
    Label label = content.label();
    Body body = content.body();
    return Stream.of(body.getRecall().getMessageId(), label.getReferences(), label.getInReplyTo())
        .filter(id -> id.size() == MessageId.SIZE)
        .findFirst()
        .map(id -> find(tx, id))
        .filter(found -> found.record().getOrigin().equals(record.getOrigin()))
        .orElse(null);
  }

  private InboxBook.@Nullable Placed find(Transaction tx, ByteString id) {
    try {
      return inbox.find(tx, MessageId.of(id.toByteArray()));
    } catch (CorruptRecord e) {
      // Delivery sets it aside.
      return null;
    }
  }
}
