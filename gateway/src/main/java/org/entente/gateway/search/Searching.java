package org.entente.gateway.search;

import com.google.protobuf.util.Timestamps;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.entente.gateway.audit.AuditActor;
import org.entente.gateway.audit.AuditRecord;
import org.entente.gateway.audit.AuditSubject;
import org.entente.gateway.audit.AuditType;
import org.entente.gateway.audit.LawCategory;
import org.entente.gateway.deliver.Match;
import org.entente.gateway.ledger.Chains;
import org.entente.gateway.ledger.CorruptRecord;
import org.entente.gateway.ledger.EvidenceRecords;
import org.entente.gateway.ledger.InboxBook;
import org.entente.gateway.ledger.Ledger;
import org.entente.gateway.ledger.Transaction;
import org.entente.gateway.meter.Meters;
import org.entente.gateway.model.AgencyName;
import org.entente.gateway.model.Code;
import org.entente.gateway.model.Lane;
import org.entente.gateway.model.MessageId;
import org.entente.gateway.model.NodeName;
import org.entente.gateway.model.Problem;
import org.entente.gateway.policy.LabelCheck;
import org.entente.gateway.receive.InboxOpening;
import org.entente.proto.v1.Body;
import org.entente.proto.v1.Filter;
import org.entente.proto.v1.FoundMessage;
import org.entente.proto.v1.Label;
import org.entente.proto.v1.OnBehalfOf;
import org.entente.proto.v1.OpenRequest;
import org.entente.proto.v1.OpenResponse;
import org.entente.proto.v1.SearchRequest;
import org.entente.proto.v1.SearchResponse;

/**
 * Finds received messages for a person, and opens them.
 *
 * <p>The index only says where to look: each message is read from the ledger, passes what delivery
 * asks ({@link Match}, not set aside) and is opened by its key at that moment, and the commit that
 * puts the search on record leaves out what went meanwhile. So nothing is shown that a subscriber
 * would not be given. Calls block; safe for many threads.
 */
public final class Searching {
  /** Places of the index that one page may look at. */
  private static final int LOOKED_AT = 1_000;

  private final Parts parts;
  private final Indexing indexing;

  /** What it works with. */
  public record Parts(
      AgencyName self,
      Ledger ledger,
      InboxOpening opening,
      EvidenceRecords evidence,
      LabelCheck check,
      InstantSource clock,
      Meters meters) {}

  /** Searches over an index. */
  public Searching(Parts parts, Indexing indexing) {
    this.parts = parts;
    this.indexing = indexing;
  }

  /** What came of a request. */
  public sealed interface Answer<T> {
    /** It is on record, and this may be shown. */
    record Shown<T>(T response) implements Answer<T> {
      /** Names nothing of what is shown. */
      @Override
      public String toString() {
        return "shown";
      }
    }

    /** Nothing was shown. */
    record Refused<T>(Problem problem) implements Answer<T> {}
  }

  /** A message that may be shown. */
  private record Hit(InboxBook.Placed placed, Label label) {
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

  private record Page(List<Hit> hits, String next) {}

  // Searching ------------------------------------------------------------------------------------

  /** A page of what is sought. */
  public Answer<SearchResponse> search(NodeName client, SearchRequest request) {
    Optional<Problem> problem = problem(request.getOnBehalfOf());
    if (problem.isPresent()) {
      return new Answer.Refused<>(problem.get());
    }
    Question.Reading reading = Question.read(request);
    if (reading instanceof Question.Reading.Wrong wrong) {
      return new Answer.Refused<>(wrong.problem());
    }
    Question.Reading.Clear clear = (Question.Reading.Clear) reading;
    Indexing.Ready ready = indexing.ready();
    Page page = page(ready.index(), clear);
    AuditActor actor = AuditActor.client(parts.self(), client, request.getOnBehalfOf());
    List<Hit> shown =
        parts.ledger().commit(Lane.ROUTINE, tx -> record(tx, actor, clear.sought(), page.hits()));
    parts.meters().searched();
    List<FoundMessage> found =
        shown.stream().map(hit -> hit.found(parts.ledger().chains())).toList();
    return new Answer.Shown<>(response(ready, clear.sought(), found, page.next()));
  }

  private Page page(MessageIndex index, Question.Reading.Clear clear) {
    List<Hit> hits = new ArrayList<>();
    long before = clear.before();
    int looked = 0;
    List<Place> places = index.find(clear.sought(), before, clear.pageSize() + 1);
    while (!places.isEmpty()) {
      for (Place place : places) {
        if (hits.size() == clear.pageSize() || looked == LOOKED_AT) {
          return new Page(hits, Question.token(before));
        }
        hit(clear.sought(), place).ifPresent(hits::add);
        before = place.number();
        looked++;
      }
      places = index.find(clear.sought(), before, clear.pageSize() + 1);
    }
    return new Page(hits, "");
  }

  private Optional<Hit> hit(Sought sought, Place place) {
    InboxBook.Placed placed = parts.ledger().inbox().place(place.lane(), place.position());
    if (placed == null || !mayBeGiven(placed, sought.match())) {
      return Optional.empty();
    }
    try {
      return parts
          .opening()
          .label(placed)
          .filter(sought.match()::matches)
          .map(label -> new Hit(placed, label));
    } catch (CorruptRecord e) {
      // Delivery sets it aside.
      return Optional.empty();
    }
  }

  /** What delivery asks before it opens anything. */
  private boolean mayBeGiven(InboxBook.Placed placed, Match match) {
    return !placed.isDamaged()
        && match.mayMatch(placed, parts.clock().millis())
        && !parts.ledger().quarantine().holds(placed.position());
  }

  private List<Hit> record(Transaction tx, AuditActor actor, Sought sought, List<Hit> hits) {
    List<Hit> shown = hits.stream().filter(hit -> isStillGiven(tx, hit.placed())).toList();
    tx.audit(
        leaf(
                tx,
                AuditType.SEARCHED,
                actor,
                shown.stream().map(Hit::id).toList(),
                shown.stream().map(Hit::origin).distinct().toList())
            .saying("by " + sought.fields() + ": " + shown.size() + " shown"));
    return shown;
  }

  private boolean isStillGiven(Transaction tx, InboxBook.Placed seen) {
    InboxBook.Placed now = parts.ledger().inbox().place(tx, seen.lane(), seen.position());
    return now != null
        && !now.record().getRecalled()
        && now.record().getMessageId().equals(seen.record().getMessageId());
  }

  private static AuditRecord leaf(
      Transaction tx,
      AuditType type,
      AuditActor actor,
      List<MessageId> messages,
      List<AgencyName> origins) {
    return AuditRecord.of(
        type,
        LawCategory.CONSULTATION,
        Instant.ofEpochMilli(tx.nowMillis()),
        actor,
        new AuditSubject(null, messages, origins, null));
  }

  private static SearchResponse response(
      Indexing.Ready ready, Sought sought, List<FoundMessage> found, String next) {
    SearchResponse.Builder response =
        SearchResponse.newBuilder().addAllMessages(found).setNextPageToken(next);
    Optional<Instant> reach = ready.reachesBackTo();
    reach.ifPresent(at -> response.setReachesBackTo(Timestamps.fromMillis(at.toEpochMilli())));
    boolean reaches = reach.isEmpty() || sought.fromMillis() > reach.get().toEpochMilli();
    return response.setComplete(reaches && ready.current()).build();
  }

  // Opening --------------------------------------------------------------------------------------

  /** A message whole. */
  public Answer<OpenResponse> open(NodeName client, MessageId id, OpenRequest request) {
    Optional<Problem> problem = problem(request.getOnBehalfOf());
    if (problem.isPresent()) {
      return new Answer.Refused<>(problem.get());
    }
    try {
      InboxBook.Placed placed = parts.ledger().inbox().find(id);
      Match match = new Match(Filter.newBuilder().setExercise(request.getExercise()).build());
      return placed == null ? notFound(id) : open(client, id, placed, match, request);
    } catch (CorruptRecord e) {
      return new Answer.Refused<>(damaged(id));
    }
  }

  private Answer<OpenResponse> open(
      NodeName client, MessageId id, InboxBook.Placed placed, Match match, OpenRequest request) {
    if (!match.mayMatch(placed, parts.clock().millis())) {
      return notFound(id);
    }
    if (placed.record().getRestricted()) {
      return new Answer.Refused<>(
          new Problem(
              Code.RESTRICTED,
              "message_id",
              "the originator of message " + id + " restricts its processing"));
    }
    if (parts.ledger().quarantine().holds(placed.position())) {
      return new Answer.Refused<>(
          new Problem(
              Code.QUARANTINED,
              "message_id",
              "message " + id + " did not open and is set aside; an operator decides"));
    }
    Optional<InboxOpening.Message> opened = parts.opening().message(placed, match::matches);
    Body body = opened.map(InboxOpening.Message::body).orElse(null);
    if (opened.isEmpty() || body == null) {
      return parts.opening().isDamaged(placed) ? new Answer.Refused<>(damaged(id)) : notFound(id);
    }
    Hit hit = new Hit(placed, opened.get().label());
    AuditActor actor = AuditActor.client(parts.self(), client, request.getOnBehalfOf());
    boolean given =
        parts.ledger().commit(Lane.ROUTINE, tx -> recordOpening(tx, actor, client, hit));
    if (!given) {
      return notFound(id);
    }
    parts.meters().openedByPerson();
    return new Answer.Shown<>(
        OpenResponse.newBuilder()
            .setMessage(hit.found(parts.ledger().chains()))
            .setBody(body)
            .build());
  }

  /** On record, and known to the origin as any first retrieval is. */
  private boolean recordOpening(Transaction tx, AuditActor actor, NodeName client, Hit hit) {
    if (!isStillGiven(tx, hit.placed()) || isRestricted(tx, hit.placed())) {
      return false;
    }
    tx.audit(leaf(tx, AuditType.OPENED, actor, List.of(hit.id()), List.of(hit.origin())));
    EvidenceRecords evidence = parts.evidence();
    if (parts.ledger().evidence().firstRetrieval(tx, hit.id(), client.value())) {
      evidence.owe(
          tx,
          parts.ledger().evidence(),
          hit.origin(),
          evidence.retrieval(hit.id(), client.value(), tx.nowMillis()));
    }
    return true;
  }

  private boolean isRestricted(Transaction tx, InboxBook.Placed seen) {
    InboxBook.Placed now = parts.ledger().inbox().place(tx, seen.lane(), seen.position());
    return now != null && now.record().getRestricted();
  }

  private Optional<Problem> problem(OnBehalfOf person) {
    return parts.check().decision(person).stream().findFirst();
  }

  private static Problem damaged(MessageId id) {
    return new Problem(
        Code.DAMAGED, "message_id", "message " + id + " is stored here and does not open any more");
  }

  private static <T> Answer<T> notFound(MessageId id) {
    return new Answer.Refused<>(
        new Problem(
            Code.NOT_FOUND, "message_id", "no message " + id + " is here that may be given"));
  }
}
