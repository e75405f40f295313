package org.entente.gateway.feature.operation;

import com.google.protobuf.ByteString;
import com.google.protobuf.DiscardUnknownFieldsParser;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.Parser;
import com.google.protobuf.util.Timestamps;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.entente.gateway.audit.record.AuditActor;
import org.entente.gateway.audit.record.AuditRecord;
import org.entente.gateway.audit.record.AuditSubject;
import org.entente.gateway.audit.record.AuditType;
import org.entente.gateway.audit.record.LawCategory;
import org.entente.gateway.deliver.MessageFilter;
import org.entente.gateway.ledger.DeskVisibility;
import org.entente.gateway.ledger.Desks;
import org.entente.gateway.ledger.Ledger;
import org.entente.gateway.ledger.commit.Transaction;
import org.entente.gateway.ledger.record.CorruptRecord;
import org.entente.gateway.ledger.record.RecordSeal;
import org.entente.gateway.ledger.table.EvidenceRecords;
import org.entente.gateway.ledger.table.InboxTable;
import org.entente.gateway.ledger.table.RetrievalRecords;
import org.entente.gateway.model.AgencyName;
import org.entente.gateway.model.Code;
import org.entente.gateway.model.ElementCount;
import org.entente.gateway.model.Lane;
import org.entente.gateway.model.MessageId;
import org.entente.gateway.model.NodeName;
import org.entente.gateway.model.OperationId;
import org.entente.gateway.model.Problem;
import org.entente.gateway.model.Result;
import org.entente.gateway.policy.check.LabelCheck;
import org.entente.gateway.receive.InboxOpener;
import org.entente.gateway.seal.statement.RosterStatement;
import org.entente.proto.store.v1.OwnOperationUpdate;
import org.entente.proto.v1.Body;
import org.entente.proto.v1.Filter;
import org.entente.proto.v1.Kind;
import org.entente.proto.v1.Label;
import org.entente.proto.v1.ListOperationsResponse;
import org.entente.proto.v1.OnBehalfOf;
import org.entente.proto.v1.Operation;
import org.entente.proto.v1.OperationEntry;
import org.entente.proto.v1.OperationMember;
import org.entente.proto.v1.OperationRole;
import org.entente.proto.v1.OperationState;
import org.entente.proto.v1.OperationUpdate;
import org.entente.proto.v1.ShowOperationResponse;
import org.jspecify.annotations.Nullable;

/**
 * Views of joint operations for people: the members, and the messages as far as they are stored
 * here. Recalled, restricted, erased and quarantined messages are left out; the access is recorded
 * first. Safe for use by several threads; showing blocks on the disk.
 */
public final class OperationView {
  private static final int MOST = 1_000;
  private static final int ENTRIES = 500;

  // Fields that this version does not know need many times their bytes in memory.
  private static final Parser<Label> LABELS = DiscardUnknownFieldsParser.wrap(Label.parser());
  private static final Parser<Body> BODIES = DiscardUnknownFieldsParser.wrap(Body.parser());

  /** Most bytes of a page, unless one message has more: gRPC's clients accept 4 MiB by default. */
  static final int PAGE_BYTES = 3 << 20;

  /** Bytes of messages opened for a page that its price covers, and each further price. */
  static final long OPENED_BYTES = 16L << 20;

  private final AgencyName self;
  private final Ledger ledger;
  private final RosterRecords rosters;
  private final Reading reading;
  private final LabelCheck check;
  private final RosterConfirmation confirmation;

  /** What opens the stored messages, and who may see them. */
  public record Reading(
      RecordSeal atRest, InboxOpener inbox, EvidenceRecords evidence, Desks desks) {}

  /** A message in the operation; {@code placed} is null if this agency sent it. */
  private record Entry(
      MessageId id, InboxTable.@Nullable PlacedRecord placed, Label label, Body body) {
    int bytes() {
      return label.getSerializedSize() + body.getSerializedSize();
    }

    boolean fits(ElementCount elements) {
      try {
        return elements.takes(Label.getDescriptor(), label.toByteArray())
            && elements.takes(Body.getDescriptor(), body.toByteArray());
      } catch (InvalidProtocolBufferException e) {
        throw new IllegalStateException("a message that was parsed does not parse again", e);
      }
    }
  }

  /**
   * Messages that are shown together.
   *
   * @param situation has seen the messages of the earlier pages
   * @param more whether there are older messages
   * @param next the last message before the next page; null if this is the last page
   */
  private record Page(
      List<Entry> entries, Situation situation, boolean more, @Nullable MessageId next) {}

  /** Views of the operations in a gateway's ledger. */
  public OperationView(
      AgencyName self, Ledger ledger, RosterRecords rosters, Reading reading, LabelCheck check) {
    this.self = self;
    this.ledger = ledger;
    this.rosters = rosters;
    this.reading = reading;
    this.check = check;
    this.confirmation = new RosterConfirmation(self, ledger.evidence(), reading.evidence());
  }

  /** The operations, newest first. */
  public ListOperationsResponse list() {
    List<OperationId> ids = rosters.list(MOST + 1);
    ListOperationsResponse.Builder out =
        ListOperationsResponse.newBuilder().setMore(ids.size() > MOST);
    for (OperationId id : ids.subList(0, Math.min(MOST, ids.size()))) {
      rosters.readable(id).ifPresent(held -> out.addOperations(operation(held)));
    }
    return out.build();
  }

  /**
   * An operation with a page of its messages.
   *
   * @param after the last message of the page before; null for the first page
   * @param further runs before each further {@link #OPENED_BYTES} that are opened, so that the
   *     caller pays; what it throws ends the page
   */
  public Result<ShowOperationResponse> show(
      NodeName client,
      OperationId id,
      @Nullable MessageId after,
      OnBehalfOf person,
      Runnable further) {
    Optional<Problem> problem = check.decision(person);
    if (problem.isPresent()) {
      return Result.refused(problem.get());
    }
    Optional<HeldRosters> held = rosters.held(id);
    if (held.isEmpty()) {
      return Result.refused(
          Code.NOT_FOUND, "operation_id", "no operation " + id + " is stored here");
    }
    boolean exercise = held.get().newest().content().terms().exercise();
    PageReader reader = new PageReader(reading.desks().sight(client), exercise, further);
    Page page = page(id, after, reader);
    AuditActor actor = AuditActor.client(self, client, person);
    List<Entry> shown =
        ledger.commit(Lane.ROUTINE, tx -> record(tx, actor, client, id, page.entries()));
    ShowOperationResponse.Builder response =
        ShowOperationResponse.newBuilder().setOperation(operation(held.get())).setMore(page.more());
    MessageId next = page.next();
    if (next != null) {
      response.setNext(ByteString.copyFrom(next.bytes()));
    }
    shown.forEach(entry -> add(response, page.situation(), entry));
    return Result.done(response.build());
  }

  /**
   * Opens one message after the other, since all of them can be larger than the memory. Of those of
   * the earlier pages, it opens what replaces parts of later ones.
   */
  private Page page(OperationId id, @Nullable MessageId after, PageReader reader) {
    OperationTable table = OperationTable.of(ledger);
    Situation situation = new Situation();
    List<Entry> entries = new ArrayList<>();
    long bytes = 0;
    ElementCount elements = new ElementCount(ElementCount.MOST);
    MessageId last = null;
    OperationTable.NewestUpdates newest = table.newest(id, ENTRIES);
    for (OperationTable.UpdateKey key : newest.keys()) {
      boolean earlier = after != null && key.message().compareTo(after) >= 0;
      OperationTable.StoredUpdate one = earlier && !key.standing() ? null : table.update(id, key);
      Entry entry = one == null ? null : reader.entry(one).orElse(null);
      if (entry != null && earlier) {
        situation.standing(origin(entry), entry.body().getOperationUpdate());
      } else if (entry != null) {
        bytes += entry.bytes();
        boolean fits = bytes <= PAGE_BYTES && entry.fits(elements);
        if (!entries.isEmpty() && !fits) {
          return new Page(entries, situation, true, last);
        }
        entries.add(entry);
      }
      last = key.message();
    }
    return new Page(entries, situation, newest.more(), null);
  }

  /** Opens the messages of one page for a client. */
  private final class PageReader {
    private final MessageFilter match;
    private final Runnable further;
    private long opened;
    private long paid = OPENED_BYTES;

    PageReader(DeskVisibility sight, boolean exercise, Runnable further) {
      this.match = new MessageFilter(Filter.newBuilder().setExercise(exercise).build(), sight);
      this.further = further;
    }

    /** A message, if it may be opened and still can. */
    Optional<Entry> entry(OperationTable.StoredUpdate said) {
      for (; opened >= paid; paid += OPENED_BYTES) {
        further.run();
      }
      try {
        return said.own() ? own(said) : received(said.id());
      } catch (CorruptRecord e) {
        // Delivery quarantines it.
        return Optional.empty();
      }
    }

    private Optional<Entry> own(OperationTable.StoredUpdate said) {
      opened += said.sealed().bytes().length;
      Optional<OwnOperationUpdate> own = SentOperationUpdates.open(reading.atRest(), said.sealed());
      if (own.isEmpty()) {
        return Optional.empty();
      }
      try {
        return Optional.of(
            new Entry(
                said.id(),
                null,
                LABELS.parseFrom(own.get().getLabel()),
                BODIES.parseFrom(own.get().getBody())));
      } catch (InvalidProtocolBufferException e) {
        throw new CorruptRecord("OPERATION", e);
      }
    }

    private Optional<Entry> received(MessageId id) {
      InboxTable.PlacedRecord placed = ledger.inbox().find(id);
      // Shown as long as it is kept, even if its delivery time has ended.
      if (placed == null
          || !match.mayOpen(placed, position -> ledger.quarantine().holds(position))) {
        return Optional.empty();
      }
      Optional<InboxOpener.Message> message =
          reading.inbox().knownFields(placed, OperationView::isUpdate);
      if (message.isPresent() && message.get().body() != null) {
        // As it is stored: fields that this version does not know are opened too.
        byte[] sealed = ledger.inbox().body(placed);
        opened += sealed == null ? 0 : sealed.length;
      }
      return message.map(it -> new Entry(id, placed, it.label(), shown(it.body())));
    }
  }

  private static boolean isUpdate(Label label) {
    return label.getKind() == Kind.KIND_OPERATION;
  }

  /** Only updates show their body. */
  private static Body shown(@Nullable Body body) {
    return body == null ? Body.getDefaultInstance() : body;
  }

  /**
   * Records the access, which the origins learn like any first retrieval; returns the entries that
   * may still be shown.
   */
  private List<Entry> record(
      Transaction tx, AuditActor actor, NodeName client, OperationId id, List<Entry> entries) {
    List<Entry> given = entries.stream().filter(entry -> isStillGiven(tx, entry.placed())).toList();
    List<Entry> received = given.stream().filter(entry -> entry.placed() != null).toList();
    tx.audit(
        AuditRecord.of(
                AuditType.OPENED,
                LawCategory.CONSULTATION,
                Instant.ofEpochMilli(tx.nowMillis()),
                actor,
                new AuditSubject(
                    null,
                    received.stream().map(Entry::id).toList(),
                    received.stream().map(OperationView::origin).distinct().toList(),
                    null))
            .saying("operation " + id + ": " + given.size() + " messages shown"));
    EvidenceRecords evidence = reading.evidence();
    for (Entry entry : received) {
      if (isFirst(tx, entry, client)) {
        evidence.owe(
            tx,
            ledger.evidence(),
            origin(entry),
            evidence.retrieval(entry.id(), client.value(), tx.nowMillis()));
      }
    }
    return given;
  }

  private boolean isFirst(Transaction tx, Entry entry, NodeName client) {
    InboxTable.PlacedRecord placed = entry.placed();
    return placed != null
        && reading.evidence().retrievals().note(tx, placed.retrieval(), client.value())
            == RetrievalRecords.RetrievalKind.FIRST;
  }

  private boolean isStillGiven(Transaction tx, InboxTable.@Nullable PlacedRecord seen) {
    if (seen == null) {
      return true;
    }
    InboxTable.PlacedRecord now = ledger.inbox().now(tx, seen);
    return now != null && !now.record().getRecalled() && !now.record().getRestricted();
  }

  private static AgencyName origin(Entry entry) {
    return new AgencyName(entry.label().getOrigin());
  }

  private static void add(
      ShowOperationResponse.Builder response, Situation situation, Entry entry) {
    OperationUpdate standing = situation.standing(origin(entry), entry.body().getOperationUpdate());
    if (isUpdate(entry.label()) && standing.equals(OperationUpdate.getDefaultInstance())) {
      return;
    }
    response.addEntries(
        OperationEntry.newBuilder()
            .setMessageId(ByteString.copyFrom(entry.id().bytes()))
            .setOrigin(entry.label().getOrigin())
            .setAt(entry.label().getCreatedAt())
            .setNumber(entry.label().getOperationEpoch())
            .setKind(entry.label().getKind())
            .setUpdate(standing));
  }

  /** An operation by its newest stored roster. */
  private Operation operation(HeldRosters held) {
    Operation.Builder out = operation(held.newest()).toBuilder();
    confirmation.missing(held).forEach(it -> out.addUnconfirmedBy(it.value()));
    Operation operation = out.build();
    return held.forked()
        ? operation.toBuilder().setState(OperationState.OPERATION_STATE_FORKED).build()
        : operation;
  }

  /** An operation by a roster. */
  public static Operation operation(RosterStatement roster) {
    RosterStatement.Content content = roster.content();
    RosterStatement.Terms terms = content.terms();
    Operation.Builder out =
        Operation.newBuilder()
            .setOperationId(ByteString.copyFrom(content.place().operation().bytes()))
            .setName(terms.name())
            .setNumber(roster.number())
            .setRosterHash(ByteString.copyFrom(roster.hash()))
            .setStartsAt(Timestamps.fromMillis(terms.startsAtMs()))
            .setEndsAt(Timestamps.fromMillis(terms.endsAtMs()))
            .setState(
                terms.closed()
                    ? OperationState.OPERATION_STATE_CLOSED
                    : OperationState.OPERATION_STATE_OPEN)
            .setExercise(terms.exercise())
            .setSignedBy(content.place().signer().value())
            .setSignedAt(Timestamps.fromMillis(content.place().issuedAtMs()));
    content
        .members()
        .forEach(
            member ->
                out.addMembers(
                    OperationMember.newBuilder()
                        .setAgency(member.agency().value())
                        .setRole(OperationRole.forNumber(member.role().number()))));
    return out.build();
  }
}
