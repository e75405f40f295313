package org.entente.gateway.feature.search;

import com.google.protobuf.util.Timestamps;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.entente.gateway.audit.record.AuditActor;
import org.entente.gateway.audit.record.AuditType;
import org.entente.gateway.deliver.MessageVisibility;
import org.entente.gateway.ledger.commit.Transaction;
import org.entente.gateway.ledger.record.CorruptRecord;
import org.entente.gateway.model.Lane;
import org.entente.gateway.model.MessageId;
import org.entente.gateway.model.NodeName;
import org.entente.gateway.model.Problem;
import org.entente.gateway.model.Result;
import org.entente.proto.v1.FoundMessage;
import org.entente.proto.v1.OnBehalfOf;
import org.entente.proto.v1.RelatedRequest;
import org.entente.proto.v1.RelatedResponse;
import org.entente.proto.v1.SearchRequest;
import org.entente.proto.v1.SearchResponse;

/**
 * Finds received messages for a person and opens them.
 *
 * <p>The index only gives places. Each message is read from the ledger, checked ({@link
 * Match#mayGive}, not quarantined) and opened with its key at that moment. The commit that records
 * the search leaves out messages that were removed meanwhile. So a message can be found exactly as
 * long as it is kept. Calls block; safe for use by several threads.
 */
public final class MessageSearch {
  private final SearchParts parts;
  private final SearchIndex indexing;
  private final MessageVisibility given;
  private final RelatedMessages relating;

  /** Searches over an index. */
  public MessageSearch(SearchParts parts, SearchIndex indexing) {
    this.parts = parts;
    this.indexing = indexing;
    this.given = new MessageVisibility(parts.ledger(), parts.opening(), parts.evidence());
    this.relating = new RelatedMessages(parts, given, indexing);
  }

  private record Page(List<MessageVisibility.Hit> hits, String next) {}

  // Searching ------------------------------------------------------------------------------------

  /** A page of what is sought. */
  public Result<SearchResponse> search(NodeName client, SearchRequest request) {
    Optional<Problem> problem = problem(request.getOnBehalfOf());
    return problem.isPresent()
        ? Result.refused(problem.get())
        : SearchQuery.read(request, parts.desks().sight(client))
            .map(query -> page(client, request.getOnBehalfOf(), query));
  }

  private SearchResponse page(NodeName client, OnBehalfOf person, SearchQuery.ValidQuery query) {
    SearchIndex.ReadyIndex ready = indexing.ready();
    Page page = page(ready.index(), query);
    AuditActor actor = AuditActor.client(parts.self(), client, person);
    List<MessageVisibility.Hit> shown =
        parts.ledger().commit(Lane.ROUTINE, tx -> record(tx, actor, query.sought(), page.hits()));
    parts.meters().searched();
    List<FoundMessage> found =
        shown.stream().map(hit -> hit.found(parts.ledger().chains())).toList();
    return response(ready, query.sought(), found, page.next());
  }

  private Page page(MessageIndex index, SearchQuery.ValidQuery query) {
    List<MessageVisibility.Hit> hits = new ArrayList<>();
    FoundPlaces places =
        new FoundPlaces((before, most) -> index.find(query.sought(), before, most), query.before());
    while (places.hasNext()) {
      if (hits.size() == query.pageSize() || places.isFull()) {
        return new Page(hits, places.token());
      }
      hit(query.sought(), places.next()).ifPresent(hits::add);
    }
    return new Page(hits, "");
  }

  private Optional<MessageVisibility.Hit> hit(SearchCriteria sought, InboxPosition place) {
    try {
      return given
          .placed(place.lane(), place.position(), sought.match())
          .flatMap(
              placed ->
                  parts
                      .opening()
                      .label(placed)
                      .filter(sought.match()::matches)
                      .map(label -> new MessageVisibility.Hit(placed, label)));
    } catch (CorruptRecord e) {
      // Delivery quarantines it.
      return Optional.empty();
    }
  }

  private List<MessageVisibility.Hit> record(
      Transaction tx, AuditActor actor, SearchCriteria sought, List<MessageVisibility.Hit> hits) {
    List<MessageVisibility.Hit> shown =
        hits.stream().filter(hit -> given.isStill(tx, hit.placed())).toList();
    tx.audit(
        MessageVisibility.leaf(tx, AuditType.SEARCHED, actor, shown)
            .saying("by " + sought.fields() + ": " + shown.size() + " shown"));
    return shown;
  }

  private static SearchResponse response(
      SearchIndex.ReadyIndex ready, SearchCriteria sought, List<FoundMessage> found, String next) {
    SearchResponse.Builder response =
        SearchResponse.newBuilder().addAllMessages(found).setNextPageToken(next);
    Optional<Instant> reach = ready.reachesBackTo();
    reach.ifPresent(at -> response.setReachesBackTo(Timestamps.fromMillis(at.toEpochMilli())));
    boolean reaches = reach.isEmpty() || sought.fromMillis() > reach.get().toEpochMilli();
    return response.setComplete(reaches && ready.current()).build();
  }

  /** The messages that name an identifier that one names. */
  public Result<RelatedResponse> related(NodeName client, MessageId id, RelatedRequest request) {
    return problem(request.getOnBehalfOf())
        .map(Result::<RelatedResponse>refused)
        .orElseGet(() -> relating.related(client, id, request));
  }

  private Optional<Problem> problem(OnBehalfOf person) {
    return parts.check().decision(person);
  }
}
