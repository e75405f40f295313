package org.entente.gateway.feature.search;

import com.google.protobuf.ByteString;
import com.google.protobuf.util.Timestamps;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.entente.gateway.audit.record.AuditActor;
import org.entente.gateway.audit.record.AuditType;
import org.entente.gateway.deliver.MessageFilter;
import org.entente.gateway.deliver.MessageVisibility;
import org.entente.gateway.ledger.Chains;
import org.entente.gateway.ledger.DeskVisibility;
import org.entente.gateway.ledger.commit.Transaction;
import org.entente.gateway.ledger.record.CorruptRecord;
import org.entente.gateway.ledger.table.InboxTable;
import org.entente.gateway.model.Lane;
import org.entente.gateway.model.MessageId;
import org.entente.gateway.model.NodeName;
import org.entente.gateway.model.Result;
import org.entente.gateway.receive.InboxOpener;
import org.entente.proto.v1.Body;
import org.entente.proto.v1.Filter;
import org.entente.proto.v1.Label;
import org.entente.proto.v1.RelatedMessage;
import org.entente.proto.v1.RelatedRequest;
import org.entente.proto.v1.RelatedResponse;

/**
 * Finds the messages that share identifiers with a received message. The message itself counts as
 * opened, since its identifiers are shown. Of the other messages, only shared identifiers are
 * shown. Visibility is checked as in {@link MessageSearch}. Calls block; safe for use by several
 * threads.
 */
final class RelatedMessages {
  /** Bytes of messages opened for one page, after which it ends. */
  static final long OPENED_BYTES = 16L << 20;

  private final SearchParts parts;
  private final MessageVisibility given;
  private final SearchIndex indexing;

  RelatedMessages(SearchParts parts, MessageVisibility given, SearchIndex indexing) {
    this.parts = parts;
    this.given = given;
    this.indexing = indexing;
  }

  /** A message with the shared identifiers. */
  private record Link(MessageVisibility.Hit hit, List<String> shared) {
    RelatedMessage message(Chains chains) {
      return RelatedMessage.newBuilder()
          .setMessage(hit.found(chains))
          .addAllIdentifiers(shared)
          .build();
    }
  }

  private record Page(List<Link> links, String next) {}

  /** What one page has opened. */
  private static final class Opened {
    private long bytes;

    void add(InboxOpener.Message message) {
      Body body = message.body();
      bytes += message.label().getSerializedSize() + (body == null ? 0 : body.getSerializedSize());
    }
  }

  Result<RelatedResponse> related(NodeName client, MessageId id, RelatedRequest request) {
    DeskVisibility sight = parts.desks().sight(client);
    return SearchQuery.paging(request.getPageSize(), request.getPageToken())
        .then(
            paging ->
                given
                    .open(id, sight, request.getExercise())
                    .then(opened -> related(client, opened, sight, request, paging)));
  }

  private Result<RelatedResponse> related(
      NodeName client,
      MessageVisibility.OpenedHit opened,
      DeskVisibility sight,
      RelatedRequest request,
      SearchQuery.PageSpec paging) {
    List<String> named = Identifiers.of(opened.hit().label(), opened.body());
    SearchIndex.ReadyIndex ready = indexing.ready();
    Page page = page(ready.index(), opened, sought(opened, named, sight), paging);
    AuditActor actor = AuditActor.client(parts.self(), client, request.getOnBehalfOf());
    Optional<List<Link>> shown =
        parts
            .ledger()
            .commit(Lane.ROUTINE, tx -> record(tx, actor, client, opened.hit(), page.links()));
    if (shown.isEmpty()) {
      return MessageVisibility.notFound(opened.hit().id());
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
    return Result.done(response.build());
  }

  private Page page(
      MessageIndex index,
      MessageVisibility.OpenedHit one,
      SearchCriteria sought,
      SearchQuery.PageSpec paging) {
    List<Link> links = new ArrayList<>();
    Set<String> named = new HashSet<>(sought.anyOf());
    if (named.isEmpty()) {
      return new Page(links, "");
    }
    FoundPlaces places =
        new FoundPlaces((before, most) -> index.find(sought, before, most), paging.before());
    Opened opened = new Opened();
    while (places.hasNext()) {
      if (links.size() == paging.size() || places.isFull() || opened.bytes >= OPENED_BYTES) {
        return new Page(links, places.token());
      }
      link(one, named, sought.match(), places.next(), opened).ifPresent(links::add);
    }
    return new Page(links, "");
  }

  private static SearchCriteria sought(
      MessageVisibility.OpenedHit one, List<String> named, DeskVisibility sight) {
    boolean exercise = one.hit().placed().record().getExercise();
    Filter filter = Filter.newBuilder().setExercise(exercise).build();
    return new SearchCriteria(
        filter,
        new MessageFilter(filter, sight),
        0,
        Long.MAX_VALUE,
        ByteString.EMPTY,
        List.of(),
        named,
        List.of());
  }

  private Optional<Link> link(
      MessageVisibility.OpenedHit one,
      Set<String> named,
      MessageFilter match,
      InboxPosition place,
      Opened opened) {
    if (place.equals(InboxPosition.of(one.hit().placed()))) {
      return Optional.empty();
    }
    try {
      return given
          .placed(place.lane(), place.position(), match)
          .flatMap(
              placed ->
                  given
                      .content(placed, match)
                      .flatMap(
                          other -> {
                            opened.add(other);
                            return link(one.hit().label(), named, placed, other);
                          }));
    } catch (CorruptRecord e) {
      // Delivery quarantines it.
      return Optional.empty();
    }
  }

  private static Optional<Link> link(
      Label one, Set<String> named, InboxTable.PlacedRecord placed, InboxOpener.Message other) {
    Body body = other.body();
    List<String> shared =
        body == null ? List.of() : Identifiers.shared(one, named, other.label(), body);
    return shared.isEmpty()
        ? Optional.empty()
        : Optional.of(new Link(new MessageVisibility.Hit(placed, other.label()), shared));
  }

  /**
   * The messages that may still be shown, after recording the access; empty if the first message
   * was removed.
   */
  private Optional<List<Link>> record(
      Transaction tx,
      AuditActor actor,
      NodeName client,
      MessageVisibility.Hit one,
      List<Link> links) {
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
    List<MessageVisibility.Hit> hits =
        Stream.concat(Stream.of(one), shown.stream().map(Link::hit)).toList();
    tx.audit(
        MessageVisibility.leaf(tx, AuditType.SEARCHED, actor, hits)
            .saying(
                "related to the first by "
                    + (schemes.isEmpty() ? "no identifier" : schemes)
                    + ": "
                    + shown.size()
                    + " shown"));
    return Optional.of(shown);
  }
}
