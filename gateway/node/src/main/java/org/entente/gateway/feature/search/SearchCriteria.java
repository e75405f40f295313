package org.entente.gateway.feature.search;

import com.google.protobuf.ByteString;
import java.util.ArrayList;
import java.util.List;
import org.entente.gateway.deliver.MessageFilter;
import org.entente.proto.v1.Filter;

/**
 * Checked search criteria.
 *
 * @param filter as in a subscription
 * @param match the compiled filter
 * @param fromMillis earliest time of receipt, milliseconds since 1970
 * @param toMillis end of the time of receipt, exclusive
 * @param inReplyTo the message that a result must answer; empty for any
 * @param terms subject and case terms, all of which a message must have
 * @param anyOf terms of which a message must have at least one; empty for no condition
 * @param words words, all of which must be in a headline
 */
record SearchCriteria(
    Filter filter,
    MessageFilter match,
    long fromMillis,
    long toMillis,
    ByteString inReplyTo,
    List<String> terms,
    List<String> anyOf,
    List<String> words) {
  SearchCriteria {
    terms = List.copyOf(terms);
    anyOf = List.copyOf(anyOf);
    words = List.copyOf(words);
  }

  /**
   * The names of the fields searched, without their values: these would name people in a log that
   * is kept for ten years.
   */
  String fields() {
    List<String> fields = new ArrayList<>();
    add(fields, fromMillis > 0 || toMillis < Long.MAX_VALUE, "time");
    add(fields, filter.getKindsCount() > 0, "kind");
    add(fields, filter.getCategoriesCount() > 0, "category");
    add(fields, filter.getJurisdictionsCount() > 0, "jurisdiction");
    add(fields, filter.getOriginsCount() > 0, "origin");
    add(fields, filter.getLanesCount() > 0, "lane");
    add(fields, filter.getMinimumSeverityValue() > 0, "severity");
    add(fields, filter.getDesksCount() > 0, "desk");
    add(fields, !inReplyTo.isEmpty(), "in_reply_to");
    terms.forEach(term -> fields.add(term.substring(0, term.indexOf(':'))));
    add(fields, !words.isEmpty(), "headline");
    return fields.isEmpty() ? "no criteria" : String.join(", ", fields);
  }

  private static void add(List<String> fields, boolean given, String name) {
    if (given) {
      fields.add(name);
    }
  }
}
