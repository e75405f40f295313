package org.entente.gateway.search;

import com.google.protobuf.ByteString;
import java.util.ArrayList;
import java.util.List;
import org.entente.gateway.deliver.MessageFilter;
import org.entente.proto.v1.Filter;

/**
 * What is looked for, checked.
 *
 * @param filter as a subscriber's
 * @param match the same, compiled
 * @param fromMillis received then or later, milliseconds since 1970
 * @param toMillis received before then
 * @param inReplyTo the message that it must answer; empty for any
 * @param terms of subjects and case, each of which must be the message's
 * @param anyOf of which one at least must be the message's; empty for none
 * @param words each of which must be in a headline
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
   * By which fields it is looked for, and not for what: the values would name people in a log that
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
    return fields.isEmpty() ? "nothing in particular" : String.join(", ", fields);
  }

  private static void add(List<String> fields, boolean given, String name) {
    if (given) {
      fields.add(name);
    }
  }
}
