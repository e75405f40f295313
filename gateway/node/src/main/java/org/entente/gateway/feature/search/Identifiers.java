package org.entente.gateway.feature.search;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.entente.gateway.policy.subject.IndexTerms;
import org.entente.gateway.policy.subject.SubjectTerms;
import org.entente.proto.v1.Body;
import org.entente.proto.v1.Label;

/**
 * Extracts the identifiers that link messages: terms that identify exactly one thing or person, and
 * whole routes in one direction. The way back, a part of a route, or another way between the same
 * ports is a different route. Excluded are places, brands and kinds of goods; a person's name
 * without date of birth, which many share; and a firearm's number without its make. A case
 * reference links only messages of one origin, since agencies number their cases alike. Pure.
 */
final class Identifiers {
  private Identifiers() {}

  /** The identifiers that a message names. */
  static List<String> of(Label label, Body body) {
    return Stream.concat(
            SubjectTerms.of(label, body).stream().filter(term -> !isWeak(term)),
            IndexTerms.routes(body).stream())
        .toList();
  }

  /**
   * The identifiers of one message that another names too, in the order of the other.
   *
   * @param named by the one; a set, since each message of a page has a thousand to look up
   */
  static List<String> shared(Label one, Set<String> named, Label other, Body body) {
    List<String> shared = new ArrayList<>(of(other, body));
    shared.retainAll(named);
    if (!one.getOrigin().equals(other.getOrigin())) {
      shared.removeIf(term -> term.startsWith("case:"));
    }
    return shared;
  }

  private static boolean isWeak(String term) {
    return (term.startsWith("person:") && term.indexOf('/') == term.lastIndexOf('/'))
        || (term.startsWith("firearm:") && term.indexOf('/') < 0);
  }
}
