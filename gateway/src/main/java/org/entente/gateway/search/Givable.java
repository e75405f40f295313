package org.entente.gateway.search;

import com.google.protobuf.util.Timestamps;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.entente.gateway.audit.record.AuditActor;
import org.entente.gateway.audit.record.AuditRecord;
import org.entente.gateway.audit.record.AuditSubject;
import org.entente.gateway.audit.record.AuditType;
import org.entente.gateway.audit.record.LawCategory;
import org.entente.gateway.deliver.Match;
import org.entente.gateway.ledger.Chains;
import org.entente.gateway.ledger.Sight;
import org.entente.gateway.ledger.commit.Transaction;
import org.entente.gateway.ledger.record.CorruptRecord;
import org.entente.gateway.ledger.table.EvidenceRecords;
import org.entente.gateway.ledger.table.InboxBook;
import org.entente.gateway.ledger.table.RetrievalRecords;
import org.entente.gateway.model.AgencyName;
import org.entente.gateway.model.Code;
import org.entente.gateway.model.MessageId;
import org.entente.gateway.model.NodeName;
import org.entente.gateway.model.Problem;
import org.entente.gateway.receive.InboxOpening;
import org.entente.proto.v1.Body;
import org.entente.proto.v1.Filter;
import org.entente.proto.v1.FoundMessage;
import org.entente.proto.v1.Label;

/**
 * What may be given to a person at this moment: what is kept, was not recalled and is not set
 * aside, whether or not it is still to be delivered; read from the ledger, and asked once more in
 * the commit that puts it on record.
 */
final class Givable {
  private final Searching.Parts parts;

  Givable(Searching.Parts parts) {
    this.parts = parts;
  }

  /** A message that may be shown. */
  record Hit(InboxBook.Placed placed, Label label) {
    MessageId id() {
      return MessageId.of(placed.record().getMessageId().toByteArray());
    }

    AgencyName origin() {
      return new AgencyName(placed.record().getOrigin());
    }

    FoundMessage found(Chains chains) {
      FoundMessage.Builder found =
          FoundMessage.newBuilder()
              .setMessageId(placed.record().getMessageId())
              .setLabel(label)
              .setPosition(placed.position())
              .setReceivedAt(Timestamps.fromMillis(placed.record().getReceivedAtMs()));
      if (placed.record().getChanged()) {
        found.setStanding(chains.standing(origin(), id()));
      }
      return found.build();
    }
  }

  /** The same with its content. */
  record Opened(Hit hit, Body body) {
    /** Names nothing of the content. */
    @Override
    public String toString() {
      return "opened " + hit.id();
    }
  }

  /** What stands at a place, if it may be given. */
  Optional<InboxBook.Placed> placed(Place place, Match match) {
    return Optional.ofNullable(parts.ledger().inbox().place(place.lane(), place.position()))
        .filter(placed -> mayBeGiven(placed, match));
  }

  /**
   * What is asked before anything is said of a message: its label is found while it is restricted.
   */
  private boolean mayBeGiven(InboxBook.Placed placed, Match match) {
    return match.mayGive(placed) && !isAside(placed.position());
  }

  private boolean isAside(long position) {
    return parts.ledger().quarantine().holds(position);
  }

  /** The content of what stands at a place, if that may be opened. */
  Optional<InboxOpening.Message> content(InboxBook.Placed placed, Match match) {
    return match.mayOpen(placed, this::isAside)
        ? parts.opening().message(placed, label -> true)
        : Optional.empty();
  }

  /** Whether a message is still here, wherever it stands by now, and was not recalled since. */
  boolean isStill(Transaction tx, InboxBook.Placed seen) {
    InboxBook.Placed now = parts.ledger().inbox().now(tx, seen);
    return now != null && !now.record().getRecalled();
  }

  /** Whether the originator of a message restricts its processing by now. */
  boolean isRestricted(Transaction tx, InboxBook.Placed seen) {
    InboxBook.Placed now = parts.ledger().inbox().now(tx, seen);
    return now != null && now.record().getRestricted();
  }

  /** A message whole, or why it may not be given. */
  Searching.Answer<Opened> whole(MessageId id, Sight sight, boolean exercise) {
    try {
      InboxBook.Placed placed = parts.ledger().inbox().find(id);
      Match match = new Match(Filter.newBuilder().setExercise(exercise).build(), sight);
      return placed == null ? notFound(id) : whole(id, placed, match);
    } catch (CorruptRecord e) {
      return new Searching.Answer.Refused<>(damaged(id));
    }
  }

  /** The same of one that was seen, which may have come anew meanwhile. */
  Searching.Answer<Opened> whole(MessageId id, InboxBook.Placed placed, Match match) {
    if (!match.mayOpen(placed, this::isAside)) {
      return unopened(id, placed, match);
    }
    Optional<InboxOpening.Message> opened = parts.opening().message(placed, match::matches);
    Body body = opened.map(InboxOpening.Message::body).orElse(null);
    if (opened.isEmpty() || body == null) {
      if (parts.opening().isDamaged(placed)) {
        return new Searching.Answer.Refused<>(damaged(id));
      }
      InboxBook.Placed now = parts.ledger().inbox().find(id);
      // Places only rise, and seldom: it ends.
      return now != null && now.position() > placed.position()
          ? whole(id, now, match)
          : notFound(id);
    }
    return new Searching.Answer.Shown<>(new Opened(new Hit(placed, opened.get().label()), body));
  }

  /** Who may be given it is told why it is not opened; to others it is not here. */
  private static Searching.Answer<Opened> unopened(
      MessageId id, InboxBook.Placed placed, Match match) {
    if (!match.mayGive(placed)) {
      return notFound(id);
    }
    return new Searching.Answer.Refused<>(
        placed.record().getRestricted()
            ? new Problem(
                Code.RESTRICTED,
                "message_id",
                "the originator of message " + id + " restricts its processing")
            : new Problem(
                Code.QUARANTINED,
                "message_id",
                "message " + id + " did not open and is set aside; an operator decides"));
  }

  /** On record, and known to the origin as any first retrieval is; whether it may be given. */
  boolean recordOpening(Transaction tx, AuditActor actor, NodeName client, Hit hit) {
    if (!isStill(tx, hit.placed()) || isRestricted(tx, hit.placed())) {
      return false;
    }
    tx.audit(leaf(tx, AuditType.OPENED, actor, List.of(hit)));
    EvidenceRecords evidence = parts.evidence();
    if (isFirst(tx, hit, client)) {
      evidence.owe(
          tx,
          parts.ledger().evidence(),
          hit.origin(),
          evidence.retrieval(hit.id(), client.value(), tx.nowMillis()));
    }
    return true;
  }

  private boolean isFirst(Transaction tx, Hit hit, NodeName client) {
    long bucket = hit.placed().record().getBucketDay();
    return parts
            .evidence()
            .retrievals()
            .note(tx, parts.ledger().retrievals(), hit.id(), bucket, client.value())
        == RetrievalRecords.Noted.FIRST;
  }

  /** A leaf about messages that a person was shown. */
  static AuditRecord leaf(Transaction tx, AuditType type, AuditActor actor, List<Hit> shown) {
    return AuditRecord.of(
        type,
        LawCategory.CONSULTATION,
        Instant.ofEpochMilli(tx.nowMillis()),
        actor,
        new AuditSubject(
            null,
            shown.stream().map(Hit::id).toList(),
            shown.stream().map(Hit::origin).distinct().toList(),
            null));
  }

  private static Problem damaged(MessageId id) {
    return new Problem(
        Code.DAMAGED, "message_id", "message " + id + " is stored here and does not open any more");
  }

  static <T> Searching.Answer<T> notFound(MessageId id) {
    return new Searching.Answer.Refused<>(
        new Problem(
            Code.NOT_FOUND, "message_id", "no message " + id + " is here that may be given"));
  }
}
