package org.entente.gateway.feature.watch;

import com.google.protobuf.util.Timestamps;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.entente.gateway.deliver.FilterLimits;
import org.entente.gateway.model.Code;
import org.entente.gateway.model.InvalidValue;
import org.entente.gateway.model.Problem;
import org.entente.gateway.model.Result;
import org.entente.gateway.policy.subject.IndexTerms;
import org.entente.gateway.text.TextRule;
import org.entente.proto.v1.AddWatchRequest;
import org.entente.proto.v1.WatchTerms;

/** Parses a client's request for a watch; every field is bounded. Pure; used once. */
final class WatchQuery {
  static final int MAX_SUBJECTS = 16;
  static final Duration LONGEST = Duration.ofDays(366);
  private static final int MAX_TITLE = 200;

  /** A chapter of the Harmonised System is not an identifier: all goods of its kind would match. */
  private static final int LEAST_HS = "hs:1234".length();

  private final List<Problem> problems = new ArrayList<>();

  private WatchQuery() {}

  /** A valid request: these terms, until this time in milliseconds since 1970. */
  record ValidQuery(Set<String> terms, long untilMillis) {}

  static Result<ValidQuery> read(AddWatchRequest request, long nowMillis) {
    WatchQuery query = new WatchQuery();
    Set<String> terms = query.terms(request.getTerms());
    query.problems.addAll(FilterLimits.problems("terms.filter", request.getTerms().getFilter()));
    query.title(request.getTerms().getTitle());
    long until = query.until(request, nowMillis);
    return query.problems.isEmpty()
        ? Result.done(new ValidQuery(terms, until))
        : Result.refused(query.problems.get(0));
  }

  private Set<String> terms(WatchTerms terms) {
    Set<String> out = new LinkedHashSet<>();
    int count = terms.getSubjectsCount();
    if (count == 0 || count > MAX_SUBJECTS) {
      problem("terms.subjects", "must have 1 to " + MAX_SUBJECTS + " entries");
      return out;
    }
    for (int i = 0; i < count; i++) {
      String field = "terms.subjects[" + i + "]";
      try {
        String term = IndexTerms.parse(terms.getSubjects(i));
        if (term.startsWith("hs:") && term.length() < LEAST_HS) {
          problem(field, "must have at least 4 digits in an hs code");
        }
        out.add(term);
      } catch (InvalidValue e) {
        problem(field, String.valueOf(e.getMessage()));
      }
    }
    return out;
  }

  private void title(String title) {
    if (title.length() > MAX_TITLE) {
      problem("terms.title", "must have at most " + MAX_TITLE + " characters");
    }
    TextRule.LINE.fault(title).ifPresent(fault -> problem("terms.title", fault.toString()));
  }

  private long until(AddWatchRequest request, long nowMillis) {
    long latest = nowMillis + LONGEST.toMillis();
    if (!request.hasExpiresAt()) {
      return latest;
    }
    if (!Timestamps.isValid(request.getExpiresAt())
        || Timestamps.toMillis(request.getExpiresAt()) <= nowMillis
        || Timestamps.toMillis(request.getExpiresAt()) > latest) {
      problem("expires_at", "must be within " + LONGEST.toDays() + " days from now");
      return latest;
    }
    return Timestamps.toMillis(request.getExpiresAt());
  }

  private void problem(String field, String message) {
    problems.add(new Problem(Code.INVALID_FIELD, field, message));
  }
}
