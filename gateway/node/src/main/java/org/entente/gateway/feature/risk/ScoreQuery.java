package org.entente.gateway.feature.risk;

import com.google.protobuf.Timestamp;
import com.google.protobuf.util.Timestamps;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.entente.gateway.deliver.FilterLimits;
import org.entente.gateway.deliver.MessageFilter;
import org.entente.gateway.ledger.DeskVisibility;
import org.entente.gateway.model.Problem;
import org.entente.gateway.rpc.server.PageLimits;
import org.entente.proto.v1.ListScoresRequest;
import org.entente.proto.v1.Score;
import org.entente.proto.v1.ScoreTerms;

/**
 * Criteria for scores. Immutable.
 *
 * @param minimum least score, in thousandths
 * @param models the models; empty for all
 * @param match the condition on the message
 * @param fromMillis earliest time of the score
 * @param toMillis end of the time, exclusive
 */
record ScoreQuery(
    int minimum, Set<String> models, MessageFilter match, long fromMillis, long toMillis) {
  private static final int MAX_MODELS = 16;
  private static final int RADIX = 16;

  ScoreQuery {
    models = Set.copyOf(models);
  }

  /** Criteria without limits on time, from valid terms. */
  static ScoreQuery of(ScoreTerms terms, DeskVisibility sight) {
    return new ScoreQuery(
        terms.getMinimumPerMille(),
        Set.copyOf(terms.getModelsList()),
        new MessageFilter(terms.getFilter(), sight),
        0,
        Long.MAX_VALUE);
  }

  /** Criteria from a valid request. */
  static ScoreQuery of(ListScoresRequest request, DeskVisibility sight) {
    ScoreQuery query = of(request.getTerms(), sight);
    return new ScoreQuery(
        query.minimum(),
        query.models(),
        query.match(),
        request.hasScoredFrom() ? Timestamps.toMillis(request.getScoredFrom()) : 0,
        request.hasScoredTo() ? Timestamps.toMillis(request.getScoredTo()) : Long.MAX_VALUE);
  }

  boolean isInTime(long atMillis) {
    return atMillis >= fromMillis && atMillis < toMillis;
  }

  boolean wants(Score score) {
    return score.getPerMille() >= minimum
        && (models.isEmpty() || models.contains(score.getModel()));
  }

  /** The first problem with terms; empty if they are valid. */
  static Optional<Problem> problem(ScoreTerms terms) {
    if (!ScoreCheck.isPerMille(terms.getMinimumPerMille())) {
      return ScoreCheck.problem(
          "terms.minimum_per_mille", "must be from 0 to " + ScoreCheck.MAX_PER_MILLE);
    }
    if (terms.getModelsCount() > MAX_MODELS) {
      return ScoreCheck.problem("terms.models", "must have at most " + MAX_MODELS + " entries");
    }
    List<String> models = terms.getModelsList();
    for (int i = 0; i < models.size(); i++) {
      Optional<Problem> problem = ScoreCheck.model("terms.models[" + i + "]", models.get(i));
      if (problem.isPresent()) {
        return problem;
      }
    }
    return FilterLimits.problems("terms.filter", terms.getFilter()).stream().findFirst();
  }

  /** The first problem with a request for a page; empty if it is valid. */
  static Optional<Problem> problem(ListScoresRequest request) {
    return problem(request.getTerms())
        .or(() -> time("scored_from", request.getScoredFrom()))
        .or(() -> time("scored_to", request.getScoredTo()))
        .or(() -> PageLimits.MESSAGES.problem(request.getPageSize()))
        .or(
            () ->
                before(request.getPageToken()) > 0
                    ? Optional.empty()
                    : ScoreCheck.problem(
                        "page_token", "must be the next_page_token of the previous page"));
  }

  private static Optional<Problem> time(String field, Timestamp time) {
    return Timestamps.isValid(time)
        ? Optional.empty()
        : ScoreCheck.problem(field, "must be a time");
  }

  static int pageSize(ListScoresRequest request) {
    return PageLimits.MESSAGES.size(request.getPageSize());
  }

  /** The number before which a page continues; 0 for an invalid token. */
  static long before(String token) {
    if (token.isEmpty()) {
      return Long.MAX_VALUE;
    }
    try {
      return Long.parseLong(token, RADIX);
    } catch (NumberFormatException e) {
      return 0;
    }
  }

  /** The token of the page that continues before a number. */
  static String token(long number) {
    return Long.toString(number, RADIX);
  }
}
