package org.entente.gateway.feature.search;

import com.google.protobuf.ByteString;
import com.google.protobuf.Timestamp;
import com.google.protobuf.util.Timestamps;
import java.util.ArrayList;
import java.util.List;
import org.entente.gateway.deliver.FilterLimits;
import org.entente.gateway.deliver.MessageFilter;
import org.entente.gateway.ledger.DeskVisibility;
import org.entente.gateway.model.Code;
import org.entente.gateway.model.InvalidValue;
import org.entente.gateway.model.MessageId;
import org.entente.gateway.model.Problem;
import org.entente.gateway.model.Result;
import org.entente.gateway.policy.subject.IndexTerms;
import org.entente.gateway.rpc.server.PageLimits;
import org.entente.proto.v1.Filter;
import org.entente.proto.v1.SearchRequest;

/** Parses a client's search request; every field is bounded. Pure; used once. */
final class SearchQuery {
  private static final int MAX_TEXT = 200;
  private static final int MAX_WORDS = 16;
  private static final int HEX = 16;

  private final List<Problem> problems = new ArrayList<>();

  /**
   * A valid request.
   *
   * @param pageSize most messages of the page
   * @param before the place after which the page begins, going back in time
   */
  record ValidQuery(SearchCriteria sought, int pageSize, long before) {}

  /**
   * The start and size of a page.
   *
   * @param size most messages of the page
   * @param before the place after which it begins, going back in time
   */
  record PageSpec(int size, long before) {}

  private SearchQuery() {}

  /** Parses the requested page. */
  static Result<PageSpec> paging(int size, String token) {
    SearchQuery question = new SearchQuery();
    return question.result(new PageSpec(question.pageSize(size), question.before(token)));
  }

  static Result<ValidQuery> read(SearchRequest request, DeskVisibility sight) {
    SearchQuery question = new SearchQuery();
    SearchCriteria sought = question.sought(request, sight);
    int size = question.pageSize(request.getPageSize());
    long before = question.before(request.getPageToken());
    return question.result(new ValidQuery(sought, size, before));
  }

  private <T> Result<T> result(T parsed) {
    return problems.isEmpty() ? Result.done(parsed) : Result.refused(problems.get(0));
  }

  private SearchCriteria sought(SearchRequest request, DeskVisibility sight) {
    Filter filter = checked(request.getFilter());
    long from = request.hasReceivedFrom() ? at("received_from", request.getReceivedFrom()) : 0;
    long to = request.hasReceivedTo() ? at("received_to", request.getReceivedTo()) : Long.MAX_VALUE;
    if (to <= from) {
      problem("received_to", "must be after received_from");
    }
    List<String> terms = new ArrayList<>();
    term(terms, "subject", "", request.getSubject());
    term(terms, "case_ref", "case:", request.getCaseRef());
    ByteString answered = request.getInReplyTo();
    if (!answered.isEmpty() && answered.size() != MessageId.SIZE) {
      problem("in_reply_to", "must have 16 bytes or be empty");
    }
    return new SearchCriteria(
        filter,
        new MessageFilter(filter, sight),
        from,
        to,
        answered,
        terms,
        List.of(),
        words(request.getHeadline()));
  }

  /** The filter, or an empty one if it is invalid. */
  private Filter checked(Filter filter) {
    List<Problem> found = FilterLimits.problems("filter", filter);
    problems.addAll(found);
    return found.isEmpty() ? filter : Filter.getDefaultInstance();
  }

  private long at(String field, Timestamp time) {
    if (!Timestamps.isValid(time) || time.getSeconds() < 0) {
      problem(field, "must be a time from 1970 on");
      return 0;
    }
    return Timestamps.toMillis(time);
  }

  private void term(List<String> terms, String field, String scheme, String value) {
    if (value.isEmpty()) {
      return;
    }
    try {
      terms.add(IndexTerms.parse(scheme + value));
    } catch (InvalidValue e) {
      problem(field, String.valueOf(e.getMessage()));
    }
  }

  private List<String> words(String text) {
    if (text.isEmpty()) {
      return List.of();
    }
    if (text.length() > MAX_TEXT) {
      problem("headline", "must have at most " + MAX_TEXT + " characters");
      return List.of();
    }
    List<String> words = WordTokenizer.of(text);
    if (words.isEmpty() || words.size() > MAX_WORDS) {
      problem("headline", "must have 1 to " + MAX_WORDS + " words");
    }
    return words;
  }

  private int pageSize(int asked) {
    PageLimits.MESSAGES.problem(asked).ifPresent(problems::add);
    return PageLimits.MESSAGES.size(asked);
  }

  private long before(String token) {
    if (token.isEmpty()) {
      return Long.MAX_VALUE;
    }
    try {
      long place = Long.parseLong(token, HEX);
      if (place > 0) {
        return place;
      }
    } catch (NumberFormatException e) {
      // Reported below, like any other invalid token.
    }
    problem("page_token", "must be the next_page_token of the previous page");
    return Long.MAX_VALUE;
  }

  /** The token of the page that begins after a place. */
  static String token(long place) {
    return Long.toString(place, HEX);
  }

  private void problem(String field, String message) {
    problems.add(new Problem(Code.INVALID_FIELD, field, message));
  }
}
