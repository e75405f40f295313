package org.entente.gateway.search;

import com.google.protobuf.ByteString;
import com.google.protobuf.util.Timestamps;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.entente.gateway.audit.record.AuditActor;
import org.entente.gateway.audit.record.AuditType;
import org.entente.gateway.deliver.Match;
import org.entente.gateway.ledger.Chains;
import org.entente.gateway.ledger.Sight;
import org.entente.gateway.ledger.commit.Transaction;
import org.entente.gateway.ledger.record.CorruptRecord;
import org.entente.gateway.ledger.table.InboxBook;
import org.entente.gateway.model.Lane;
import org.entente.gateway.model.MessageId;
import org.entente.gateway.model.NodeName;
import org.entente.gateway.model.Problem;
import org.entente.gateway.receive.InboxOpening;
import org.entente.proto.v1.Body;
import org.entente.proto.v1.Filter;
import org.entente.proto.v1.Label;
import org.entente.proto.v1.RelatedMessage;
import org.entente.proto.v1.RelatedRequest;
import org.entente.proto.v1.RelatedResponse;

/**
 * Walks from one received message to those that name the same. The message itself counts as opened,
 * since its identifiers are shown; of the others those alone are shown that it names too. What may
 * be given is asked as in {@link Searching}. Calls block; safe for many threads.
 */
final class Relating {
  /** Places of the index that one page may look at. */
  private static final int LOOKED_AT = 1_000;

  private final Searching.Parts parts;
  private final Givable given;
  private final Indexing indexing;

  Relating(Searching.Parts parts, Givable given, Indexing indexing) {
    this.parts = parts;
    this.given = given;
    this.indexing = indexing;
  }

  /** A message, and what it shares. */
  private record Link(Givable.Hit hit, List<String> shared) {
    RelatedMessage message(Chains chains) {
      return RelatedMessage.newBuilder()
          .setMessage(hit.found(chains))
          .addAllIdentifiers(shared)
          .build();
    }
  }

  private record Page(List<Link> links, String next) {}

  Searching.Answer<RelatedResponse> related(NodeName client, MessageId id, RelatedRequest request) {
    Question.Paging paging = Question.paging(request.getPageSize(), request.getPageToken());
    Problem wrong = paging.problem();
    if (wrong != null) {
      return new Searching.Answer.Refused<>(wrong);
    }
    Sight sight = parts.desks().sight(client);
    Searching.Answer<Givable.Opened> whole = given.whole(id, sight, request.getExercise());
    if (whole instanceof Searching.Answer.Refused<Givable.Opened> refused) {
      return new Searching.Answer.Refused<>(refused.problem());
    }
    Givable.Opened opened = ((Searching.Answer.Shown<Givable.Opened>) whole).response();
    List<String> named = Identifiers.of(opened.hit().label(), opened.body());
    Indexing.Ready ready = indexing.ready();
    Page page = page(ready.index(), opened, sought(opened, named, sight), paging);
    AuditActor actor = AuditActor.client(parts.self(), client, request.getOnBehalfOf());
    Optional<List<Link>> shown =
        parts
            .ledger()
            .commit(Lane.ROUTINE, tx -> record(tx, actor, client, opened.hit(), page.links()));
    if (shown.isEmpty()) {
      return Givable.notFound(id);
    }
    parts.meters().searched();
    Chains chains = parts.ledger().chains();
    RelatedResponse.Builder response =
        RelatedResponse.newBuilder()
            .setMessage(opened.hit().found(chains))
            .addAllIdentifiers(named)
            .addAllRelated(shown.get().stream().map(link -> link.message(chains)).toList())
            .setNextPageToken(page.next())
            .setComplete(ready.reachesBackTo().isEmpty() && ready.current());
    ready
        .reachesBackTo()
        .ifPresent(at -> response.setReachesBackTo(Timestamps.fromMillis(at.toEpochMilli())));
    return new Searching.Answer.Shown<>(response.build());
  }

  private Page page(MessageIndex index, Givable.Opened one, Sought sought, Question.Paging paging) {
    List<Link> links = new ArrayList<>();
    List<String> named = sought.anyOf();
    if (named.isEmpty()) {
      return new Page(links, "");
    }
    long before = paging.before();
    int looked = 0;
    List<Place> places = index.find(sought, before, paging.size() + 1);
    while (!places.isEmpty()) {
      for (Place place : places) {
        if (links.size() == paging.size() || looked == LOOKED_AT) {
          return new Page(links, Question.token(before));
        }
        link(one, named, sought.match(), place).ifPresent(links::add);
        before = place.number();
        looked++;
      }
      places = index.find(sought, before, paging.size() + 1);
    }
    return new Page(links, "");
  }

  private static Sought sought(Givable.Opened one, List<String> named, Sight sight) {
    boolean exercise = one.hit().placed().record().getExercise();
    Filter filter = Filter.newBuilder().setExercise(exercise).build();
    return new Sought(
        filter,
        new Match(filter, sight),
        0,
        Long.MAX_VALUE,
        ByteString.EMPTY,
        List.of(),
        named,
        List.of());
  }

  private Optional<Link> link(Givable.Opened one, List<String> named, Match match, Place place) {
    if (place.equals(Place.of(one.hit().placed()))) {
      return Optional.empty();
    }
    try {
      return given
          .placed(place, match)
          .flatMap(
              placed ->
                  given
                      .content(placed, match)
                      .flatMap(other -> link(one.hit().label(), named, placed, other)));
    } catch (CorruptRecord e) {
      // Delivery sets it aside.
      return Optional.empty();
    }
  }

  private static Optional<Link> link(
      Label one, List<String> named, InboxBook.Placed placed, InboxOpening.Message other) {
    Body body = other.body();
    List<String> shared =
        body == null ? List.of() : Identifiers.shared(one, named, other.label(), body);
    return shared.isEmpty()
        ? Optional.empty()
        : Optional.of(new Link(new Givable.Hit(placed, other.label()), shared));
  }

  /** What may still be shown, on record; empty if the message itself went. */
  private Optional<List<Link>> record(
      Transaction tx, AuditActor actor, NodeName client, Givable.Hit one, List<Link> links) {
    if (!given.recordOpening(tx, actor, client, one)) {
      return Optional.empty();
    }
    List<Link> shown =
        links.stream()
            .filter(link -> given.isStill(tx, link.hit().placed()))
            .filter(link -> !given.isRestricted(tx, link.hit().placed()))
            .toList();
    String schemes =
        shown.stream()
            .flatMap(link -> link.shared().stream())
            .map(term -> term.substring(0, term.indexOf(':')))
            .distinct()
            .sorted()
            .collect(Collectors.joining(", "));
    List<Givable.Hit> hits = Stream.concat(Stream.of(one), shown.stream().map(Link::hit)).toList();
    tx.audit(
        Givable.leaf(tx, AuditType.SEARCHED, actor, hits)
            .saying(
                "related to the first by "
                    + (schemes.isEmpty() ? "nothing" : schemes)
                    + ": "
                    + shown.size()
                    + " shown"));
    return Optional.of(shown);
  }
}
