package org.entente.gateway.feature.risk;

import java.util.Optional;
import org.entente.gateway.audit.record.AuditActor;
import org.entente.gateway.deliver.MessageFilter;
import org.entente.gateway.ledger.table.InboxTable;
import org.entente.gateway.model.Code;
import org.entente.gateway.model.MessageId;
import org.entente.gateway.model.NodeName;
import org.entente.gateway.model.Problem;
import org.entente.gateway.model.Result;
import org.entente.proto.v1.Filter;
import org.entente.proto.v1.FollowScoresRequest;
import org.entente.proto.v1.ListScoresRequest;
import org.entente.proto.v1.ListScoresResponse;
import org.entente.proto.v1.OnBehalfOf;
import org.entente.proto.v1.ScoreMessageRequest;
import org.entente.proto.v1.ScoreMessageResponse;
import org.entente.proto.v1.ShowScoresRequest;
import org.entente.proto.v1.ShowScoresResponse;

/**
 * Lets clients score messages that their agency received. A score is durable and recorded when the
 * call returns. It is kept as long as its message, sealed under a key derived from the message's
 * key, and shown as long as the message can be found. Calls block; safe for use by several threads.
 */
final class ScoreDesk {
  private final ScoreParts parts;
  private final ScoreCheck check;
  private final ScoreVisibility givable;
  private final ScoreIntake scoring;
  private final ScorePages pages;
  private final ScoreFollowers followers = new ScoreFollowers();

  /** The scores that a ledger holds. */
  ScoreDesk(ScoreParts parts, ScoreCheck check, ScoreBands bands) {
    this.parts = parts;
    this.check = check;
    this.givable = new ScoreVisibility(parts.ledger());
    this.scoring = new ScoreIntake(parts, check, bands, givable, followers);
    this.pages = new ScorePages(parts.ledger(), parts.opening(), givable);
  }

  /** Stores a client's score of a message. */
  Result<ScoreMessageResponse> score(NodeName client, ScoreMessageRequest request) {
    return scoring.score(client, request);
  }

  /** The scores of one message. */
  Result<ShowScoresResponse> show(NodeName client, ShowScoresRequest request) {
    Optional<Problem> problem =
        ScoreCheck.id(request.getMessageId().size())
            .or(() -> check.person(request.getOnBehalfOf()));
    if (problem.isPresent()) {
      return Result.refused(problem.get());
    }
    MessageFilter match =
        new MessageFilter(
            Filter.newBuilder().setExercise(request.getExercise()).build(),
            parts.desks().sight(client));
    InboxTable.PlacedRecord placed =
        givable.find(MessageId.of(request.getMessageId().toByteArray()), match);
    AuditActor actor = actor(client, request.getOnBehalfOf());
    return Optional.ofNullable(placed)
        .flatMap(it -> pages.of(it, request.getHistory(), actor))
        .map(
            it ->
                Result.done(
                    ShowScoresResponse.newBuilder()
                        .setMessage(it.message())
                        .addAllScores(it.scores())
                        .build()))
        .orElseGet(ScoreVisibility::notFound);
  }

  /** A page of scores of several messages. */
  Result<ListScoresResponse> list(NodeName client, ListScoresRequest request) {
    Optional<Problem> problem =
        ScoreQuery.problem(request).or(() -> check.person(request.getOnBehalfOf()));
    if (problem.isPresent()) {
      return Result.refused(problem.get());
    }
    ScorePages.Page page =
        pages.before(
            ScoreQuery.of(request, parts.desks().sight(client)),
            ScoreQuery.before(request.getPageToken()),
            ScoreQuery.pageSize(request),
            actor(client, request.getOnBehalfOf()));
    return Result.done(
        ListScoresResponse.newBuilder()
            .addAllScores(page.shown())
            .setNextPageToken(page.more() ? ScoreQuery.token(page.reached()) : "")
            .build());
  }

  /** Follows scores. The caller wakes the follower first, and ends it when the client is gone. */
  Result<ScoreFollower> follow(
      NodeName client, FollowScoresRequest request, ScoreFollower.ScoreSink out) {
    Optional<Problem> problem =
        ScoreQuery.problem(request.getTerms())
            .or(() -> check.person(request.getOnBehalfOf()))
            .or(() -> ahead(request));
    if (problem.isPresent()) {
      return Result.refused(problem.get());
    }
    ScoreFollower followed =
        new ScoreFollower(
            pages,
            ScoreQuery.of(request.getTerms(), parts.desks().sight(client)),
            request.hasAfter() ? request.getAfter() : parts.ledger().scores().last(),
            actor(client, request.getOnBehalfOf()),
            followers,
            out);
    return followers.add(client.value(), followed.waking())
        ? Result.done(followed)
        : Result.refused(
            Code.LIMIT_REACHED,
            "",
            "a client may follow scores at most %d times, all clients together %d"
                .formatted(ScoreFollowers.MAX_OF_A_CLIENT, ScoreFollowers.MAX));
  }

  /** A client ahead of a restored ledger would wait for numbers that are assigned a second time. */
  private Optional<Problem> ahead(FollowScoresRequest request) {
    long last = parts.ledger().scores().last();
    return Long.compareUnsigned(request.getAfter(), last) > 0
        ? Optional.of(
            new Problem(
                Code.CURSOR_AHEAD,
                "after",
                ("the last score is %d; the ledger was restored from a copy, or the number is "
                        + "invalid")
                    .formatted(last)))
        : Optional.empty();
  }

  private AuditActor actor(NodeName client, OnBehalfOf person) {
    return AuditActor.client(parts.self(), client, person);
  }
}
