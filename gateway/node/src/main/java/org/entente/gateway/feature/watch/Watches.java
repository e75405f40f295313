package org.entente.gateway.feature.watch;

import com.google.protobuf.ByteString;
import com.google.protobuf.util.Timestamps;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import org.entente.gateway.account.SharedRoom;
import org.entente.gateway.audit.record.AuditActor;
import org.entente.gateway.audit.record.AuditRecord;
import org.entente.gateway.audit.record.AuditSubject;
import org.entente.gateway.audit.record.AuditType;
import org.entente.gateway.audit.record.LawCategory;
import org.entente.gateway.ledger.commit.Transaction;
import org.entente.gateway.ledger.record.RecordSeal;
import org.entente.gateway.model.Code;
import org.entente.gateway.model.Lane;
import org.entente.gateway.model.NodeName;
import org.entente.gateway.model.Problem;
import org.entente.gateway.model.Result;
import org.entente.gateway.rpc.server.PageLimits;
import org.entente.proto.store.v1.WatchContent;
import org.entente.proto.store.v1.WatchRecord;
import org.entente.proto.v1.AddWatchRequest;
import org.entente.proto.v1.AddWatchResponse;
import org.entente.proto.v1.ListHitsRequest;
import org.entente.proto.v1.ListHitsResponse;
import org.entente.proto.v1.ListWatchesRequest;
import org.entente.proto.v1.ListWatchesResponse;
import org.entente.proto.v1.OnBehalfOf;
import org.entente.proto.v1.RemoveWatchRequest;
import org.entente.proto.v1.RemoveWatchResponse;
import org.entente.proto.v1.WatchState;
import org.entente.proto.v1.WatchTerms;

/**
 * The watch lists of an agency's clients: each client sees only its own watches and their hits.
 *
 * <p>An added or ended watch is durable, and recorded with person and reason, when the call
 * returns. Calls block; safe for use by several threads. One thread calls {@link #round} and {@link
 * #upkeep} regularly.
 */
public final class Watches {
  /** Most watches of one client. */
  public static final int MAX_OF_A_CLIENT = 1_000;

  /** Most watches of all clients. */
  public static final int MAX_OF_ALL = 10_000;

  private static final SharedRoom ROOM = new SharedRoom(MAX_OF_ALL);

  /** How long a hit is kept. */
  public static final Duration HITS_KEPT = Duration.ofDays(90);

  private static final int PRUNED_AT_ONCE = 1_000;
  private static final int ENDED_AT_ONCE = 1_000;

  private final WatchParts parts;
  private final StandingWatches standing;
  private final WatchFollower follower;
  private final HitPages pages;

  /**
   * The watches in a ledger.
   *
   * @param atRest seals watches at rest
   * @param mayWatch whether a client has the scope; a client that lost it gets no more hits
   */
  public Watches(WatchParts parts, RecordSeal atRest, Predicate<String> mayWatch) {
    this.parts = parts;
    this.standing = new StandingWatches(WatchTable.of(parts.ledger()), atRest, parts.desks());
    this.follower = new WatchFollower(parts, standing, mayWatch);
    this.pages = new HitPages(parts, standing);
  }

  // Watches --------------------------------------------------------------------------------------

  /** Adds a watch of a client. */
  public Result<AddWatchResponse> add(NodeName client, AddWatchRequest request) {
    Optional<Problem> problem = person(request.getOnBehalfOf());
    if (problem.isPresent()) {
      return Result.refused(problem.get());
    }
    return WatchQuery.read(request, parts.clock().millis())
        .then(query -> add(client, query.untilMillis(), content(client, request, query)));
  }

  /** What is refused takes no time of the writer. */
  private Result<AddWatchResponse> add(NodeName client, long untilMillis, WatchContent content) {
    return Result.unless(
        beyond(client),
        () -> parts.ledger().commit(Lane.ROUTINE, tx -> add(tx, client, untilMillis, content)));
  }

  private Optional<Problem> beyond(NodeName client) {
    int own = standing.count(client.value());
    return own < MAX_OF_A_CLIENT && ROOM.fits(own, standing.count())
        ? Optional.empty()
        : Optional.of(
            new Problem(
                Code.LIMIT_REACHED,
                "",
                "a client may have at most %d watches, and no more than are free of the %d of all"
                    .formatted(MAX_OF_A_CLIENT, MAX_OF_ALL)));
  }

  private static WatchContent content(
      NodeName client, AddWatchRequest request, WatchQuery.ValidQuery query) {
    return WatchContent.newBuilder()
        .setClient(client.value())
        .addAllTerms(query.terms())
        .setFilter(request.getTerms().getFilter().toByteString())
        .setTitle(request.getTerms().getTitle())
        .setOnBehalfOf(request.getOnBehalfOf().toByteString())
        .build();
  }

  private Result<AddWatchResponse> add(
      Transaction tx, NodeName client, long untilMillis, WatchContent content) {
    Optional<StandingWatch> same = same(tx, client, content);
    if (same.isPresent()) {
      return Result.refused(
          Code.INVALID_FIELD,
          "terms",
          "watch %d of this client has the same subjects and filter"
              .formatted(same.get().number()));
    }
    Optional<Problem> beyond = beyond(client);
    if (beyond.isPresent()) {
      return Result.refused(beyond.get());
    }
    WatchRecord.Builder record =
        WatchRecord.newBuilder()
            .setAfterPosition(parts.ledger().inbox().nextPosition(tx))
            .setAddedAtMs(tx.nowMillis())
            .setUntilMs(untilMillis);
    long number = WatchTable.of(parts.ledger()).nextNumber(tx);
    record.setSealedContent(ByteString.copyFrom(standing.seal(number, content, record)));
    WatchRecord kept = record.build();
    WatchTable.of(parts.ledger()).put(tx, number, kept);
    StandingWatch watch = StandingWatch.of(number, kept, content, parts.desks());
    tx.audit(leaf(tx, AuditType.WATCH_ADDED, client(client, watch.person()), watch));
    // Add it before the commit, so that every message committed later is matched against it. A hit
    // is committed after the watch, and only if the watch exists.
    standing.add(watch);
    return Result.done(AddWatchResponse.newBuilder().setWatch(state(watch)).build());
  }

  /** Equal watches would multiply each hit. */
  private Optional<StandingWatch> same(Transaction tx, NodeName client, WatchContent content) {
    return standing
        .same(client.value(), Set.copyOf(content.getTermsList()), content.getFilter())
        .stream()
        .filter(watch -> !watch.isOver(parts.ending().millis()))
        .filter(watch -> WatchTable.of(parts.ledger()).read(tx, watch.number()) != null)
        .findFirst();
  }

  /** Ends a watch of a client. */
  public Result<RemoveWatchResponse> remove(NodeName client, RemoveWatchRequest request) {
    Optional<Problem> problem = person(request.getOnBehalfOf());
    if (problem.isPresent()) {
      return Result.refused(problem.get());
    }
    AuditActor actor = client(client, request.getOnBehalfOf());
    return parts
        .ledger()
        .commit(
            Lane.ROUTINE,
            tx ->
                standing
                    .of(client.value(), request.getWatch())
                    .filter(watch -> end(tx, actor, watch))
                    .map(
                        watch ->
                            Result.done(
                                RemoveWatchResponse.newBuilder().setWatch(watch.number()).build()))
                    .orElseGet(
                        () ->
                            Result.refused(
                                Code.NOT_FOUND,
                                "watch",
                                "this client has no watch " + request.getWatch())));
  }

  private boolean end(Transaction tx, AuditActor actor, StandingWatch watch) {
    WatchTable book = WatchTable.of(parts.ledger());
    if (book.read(tx, watch.number()) == null) {
      return false;
    }
    book.remove(tx, watch.number());
    tx.audit(leaf(tx, AuditType.WATCH_ENDED, actor, watch));
    tx.afterCommit(() -> standing.remove(watch.number()));
    return true;
  }

  /** Watches of a client. */
  public Result<ListWatchesResponse> list(NodeName client, ListWatchesRequest request) {
    Optional<Problem> problem = PageLimits.MESSAGES.problem(request.getPageSize());
    if (problem.isPresent()) {
      return Result.refused(problem.get());
    }
    int size = PageLimits.MESSAGES.size(request.getPageSize());
    // No number has the uppermost bit.
    long after = request.getAfter() < 0 ? Long.MAX_VALUE : request.getAfter();
    List<StandingWatch> found = standing.of(client.value(), after, size + 1);
    return Result.done(
        ListWatchesResponse.newBuilder()
            .addAllWatches(found.stream().limit(size).map(Watches::state).toList())
            .setMore(found.size() > size)
            .build());
  }

  private static WatchState state(StandingWatch watch) {
    return WatchState.newBuilder()
        .setWatch(watch.number())
        .setTerms(
            WatchTerms.newBuilder()
                .addAllSubjects(watch.terms().stream().sorted().toList())
                .setFilter(watch.filter())
                .setTitle(watch.title()))
        .setAddedAt(Timestamps.fromMillis(watch.record().getAddedAtMs()))
        .setExpiresAt(Timestamps.fromMillis(watch.record().getUntilMs()))
        .setOnBehalfOf(watch.person())
        .build();
  }

  // Hits -----------------------------------------------------------------------------------------

  /** Hits of a client's watches. */
  public Result<ListHitsResponse> hits(NodeName client, ListHitsRequest request) {
    Optional<Problem> problem =
        person(request.getOnBehalfOf())
            .or(() -> PageLimits.MESSAGES.problem(request.getPageSize()))
            .or(() -> ahead(client, request.getAfter()));
    return problem.isPresent()
        ? Result.refused(problem.get())
        : Result.done(
            pages.page(
                client,
                request.getAfter(),
                PageLimits.MESSAGES.size(request.getPageSize()),
                client(client, request.getOnBehalfOf())));
  }

  /** A client ahead of a restored ledger would wait for numbers that are assigned a second time. */
  private Optional<Problem> ahead(NodeName client, long after) {
    long last = WatchTable.of(parts.ledger()).span(client.value()).getLast();
    return Long.compareUnsigned(after, last) > 0
        ? Optional.of(
            new Problem(
                Code.CURSOR_AHEAD,
                "after",
                "the last hit is %d; the ledger was restored from a copy, or the number is invalid"
                    .formatted(last)))
        : Optional.empty();
  }

  /** Matches some of the received messages against the watches. */
  public void round() {
    follower.round();
  }

  /** Removes ended watches and old hits. */
  public void upkeep() {
    long now = parts.ending().millis();
    List<StandingWatch> over = standing.over(now, ENDED_AT_ONCE);
    long before = now - HITS_KEPT.toMillis();
    if (over.isEmpty() && !WatchTable.of(parts.ledger()).holdsBefore(before)) {
      return;
    }
    AuditActor self = AuditActor.gateway(parts.self());
    parts
        .ledger()
        .commit(
            Lane.ROUTINE,
            tx -> {
              List<Long> ended = new ArrayList<>();
              for (StandingWatch watch : over) {
                if (end(tx, self, watch)) {
                  ended.add(watch.number());
                }
              }
              return ended.size() + WatchTable.of(parts.ledger()).prune(tx, before, PRUNED_AT_ONCE);
            });
  }

  /** The number of watches. */
  public int count() {
    return standing.count();
  }

  private Optional<Problem> person(OnBehalfOf person) {
    return parts.check().decision(person);
  }

  private AuditActor client(NodeName client, OnBehalfOf person) {
    return AuditActor.client(parts.self(), client, person);
  }

  /**
   * Names the schemes but not the values: the log is kept for ten years and must not name people.
   */
  private static AuditRecord leaf(
      Transaction tx, AuditType type, AuditActor actor, StandingWatch watch) {
    String schemes =
        watch.terms().stream()
            .map(term -> term.substring(0, term.indexOf(':')))
            .distinct()
            .sorted()
            .collect(Collectors.joining(", "));
    return AuditRecord.of(
            type,
            LawCategory.NONE,
            Instant.ofEpochMilli(tx.nowMillis()),
            actor,
            new AuditSubject(null, List.of(), List.of(), null))
        .saying("watch " + watch.number() + " of " + watch.client() + " by " + schemes);
  }
}
