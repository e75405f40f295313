package org.entente.gateway.deliver;

import com.google.protobuf.util.Timestamps;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.entente.gateway.audit.record.AuditActor;
import org.entente.gateway.audit.record.AuditRecord;
import org.entente.gateway.audit.record.AuditSubject;
import org.entente.gateway.audit.record.AuditType;
import org.entente.gateway.audit.record.LawCategory;
import org.entente.gateway.ledger.Chains;
import org.entente.gateway.ledger.DeskVisibility;
import org.entente.gateway.ledger.Ledger;
import org.entente.gateway.ledger.commit.Transaction;
import org.entente.gateway.ledger.record.CorruptRecord;
import org.entente.gateway.ledger.table.EvidenceRecords;
import org.entente.gateway.ledger.table.InboxTable;
import org.entente.gateway.ledger.table.RetrievalRecords;
import org.entente.gateway.model.AgencyName;
import org.entente.gateway.model.Code;
import org.entente.gateway.model.Lane;
import org.entente.gateway.model.MessageId;
import org.entente.gateway.model.NodeName;
import org.entente.gateway.model.Problem;
import org.entente.gateway.model.Result;
import org.entente.gateway.receive.InboxOpener;
import org.entente.proto.v1.Body;
import org.entente.proto.v1.Filter;
import org.entente.proto.v1.FoundMessage;
import org.entente.proto.v1.Label;

/**
 * Decides which messages a person may see now: those that are kept, not recalled and not
 * quarantined, whether or not they are still to be delivered. It reads the ledger, and checks again
 * in the commit that records the access.
 */
public final class MessageVisibility {
  private final Ledger ledger;
  private final InboxOpener opener;
  private final EvidenceRecords evidence;

  /** Visibility of the messages of a ledger. */
  public MessageVisibility(Ledger ledger, InboxOpener opener, EvidenceRecords evidence) {
    this.ledger = ledger;
    this.opener = opener;
    this.evidence = evidence;
  }

  /** A message that may be shown. */
  public record Hit(InboxTable.PlacedRecord placed, Label label) {
    /** Its id. */
    public MessageId id() {
      return MessageId.of(placed.record().getMessageId().toByteArray());
    }

    /** The agency that sent it. */
    public AgencyName origin() {
      return new AgencyName(placed.record().getOrigin());
    }

    /** Its entry in a list. */
    public FoundMessage found(Chains chains) {
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

  /** A visible message with its content. */
  public record OpenedHit(Hit hit, Body body) {
    /** Shows none of the content. */
    @Override
    public String toString() {
      return "opened " + hit.id();
    }
  }

  /** The message at a place, if it may be shown. */
  public Optional<InboxTable.PlacedRecord> placed(Lane lane, long position, MessageFilter match) {
    return Optional.ofNullable(ledger.inbox().place(lane, position))
        .filter(placed -> mayBeGiven(placed, match));
  }

  /**
   * The check before anything is shown of a message. A restricted message's label can still be
   * found.
   */
  private boolean mayBeGiven(InboxTable.PlacedRecord placed, MessageFilter match) {
    return match.mayGive(placed) && !isQuarantined(placed.position());
  }

  private boolean isQuarantined(long position) {
    return ledger.quarantine().holds(position);
  }

  /** The content of the message at a place, if it may be opened. */
  public Optional<InboxOpener.Message> content(
      InboxTable.PlacedRecord placed, MessageFilter match) {
    return match.mayOpen(placed, this::isQuarantined)
        ? opener.message(placed, label -> true)
        : Optional.empty();
  }

  /** Whether a message is still stored, possibly at another place, and has not been recalled. */
  public boolean isStill(Transaction tx, InboxTable.PlacedRecord seen) {
    InboxTable.PlacedRecord now = ledger.inbox().now(tx, seen);
    return now != null && !now.record().getRecalled();
  }

  /** Whether the originator of a message now restricts its processing. */
  public boolean isRestricted(Transaction tx, InboxTable.PlacedRecord seen) {
    InboxTable.PlacedRecord now = ledger.inbox().now(tx, seen);
    return now != null && now.record().getRestricted();
  }

  /** A message with its content, or why it may not be opened. */
  public Result<OpenedHit> open(MessageId id, DeskVisibility sight, boolean exercise) {
    try {
      InboxTable.PlacedRecord placed = ledger.inbox().find(id);
      MessageFilter match =
          new MessageFilter(Filter.newBuilder().setExercise(exercise).build(), sight);
      return placed == null ? notFound(id) : open(id, placed, match);
    } catch (CorruptRecord e) {
      return new Result.Refused<>(damaged(id));
    }
  }

  /** The same for a message that was read before and may have been redelivered meanwhile. */
  public Result<OpenedHit> open(MessageId id, InboxTable.PlacedRecord placed, MessageFilter match) {
    if (!match.mayOpen(placed, this::isQuarantined)) {
      return unopened(id, placed, match);
    }
    Optional<InboxOpener.Message> opened = opener.message(placed, match::matches);
    Body body = opened.map(InboxOpener.Message::body).orElse(null);
    if (opened.isEmpty() || body == null) {
      if (opener.isDamaged(placed)) {
        return new Result.Refused<>(damaged(id));
      }
      InboxTable.PlacedRecord now = ledger.inbox().find(id);
      // Places only rise, and seldom, so this ends.
      return now != null && now.position() > placed.position()
          ? open(id, now, match)
          : notFound(id);
    }
    return new Result.Done<>(new OpenedHit(new Hit(placed, opened.get().label()), body));
  }

  /** Who may be given it is told why it is not opened; to others it is not here. */
  private static Result<OpenedHit> unopened(
      MessageId id, InboxTable.PlacedRecord placed, MessageFilter match) {
    if (!match.mayGive(placed)) {
      return notFound(id);
    }
    return new Result.Refused<>(
        placed.record().getRestricted()
            ? new Problem(
                Code.RESTRICTED,
                "message_id",
                "the originator of message " + id + " restricts its processing")
            : new Problem(
                Code.QUARANTINED,
                "message_id",
                "message " + id + " could not be opened and is quarantined; an operator decides"));
  }

  /**
   * Records the opening, which the origin learns like any first retrieval; returns whether the
   * message may be shown.
   */
  public boolean recordOpening(Transaction tx, AuditActor actor, NodeName client, Hit hit) {
    if (!isStill(tx, hit.placed()) || isRestricted(tx, hit.placed())) {
      return false;
    }
    tx.audit(leaf(tx, AuditType.OPENED, actor, List.of(hit)));
    if (isFirst(tx, hit, client)) {
      evidence.owe(
          tx,
          ledger.evidence(),
          hit.origin(),
          evidence.retrieval(hit.id(), client.value(), tx.nowMillis()));
    }
    return true;
  }

  private boolean isFirst(Transaction tx, Hit hit, NodeName client) {
    return evidence.retrievals().note(tx, hit.placed().retrieval(), client.value())
        == RetrievalRecords.RetrievalKind.FIRST;
  }

  /** An audit leaf about messages that were shown to a person. */
  public static AuditRecord leaf(
      Transaction tx, AuditType type, AuditActor actor, List<Hit> shown) {
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
        Code.DAMAGED,
        "message_id",
        "message " + id + " is stored here but can no longer be opened");
  }

  public static <T> Result<T> notFound(MessageId id) {
    return new Result.Refused<>(
        new Problem(
            Code.NOT_FOUND,
            "message_id",
            "message " + id + " was not found, or access is not permitted"));
  }
}
