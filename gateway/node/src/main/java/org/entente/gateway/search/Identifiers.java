package org.entente.gateway.search;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.entente.gateway.policy.subject.IndexTerms;
import org.entente.gateway.policy.subject.SubjectTerms;
import org.entente.proto.v1.Body;
import org.entente.proto.v1.Label;

/**
 * By what messages are linked: terms that stand for one thing or person, and for no other, and the
 * whole route, in one direction: the way back, a part, or the same ports at both ends by another
 * way are other routes. Not for places, brands and kinds of goods; not for a person's name without
 * date of birth, which many bear; not for a firearm's number without its make; a case reference
 * only among messages of one origin, since agencies number their cases alike. Pure.
 */
final class Identifiers {
  private Identifiers() {}

  /** What a message names. */
  static List<String> of(Label label, Body body) {
    return Stream.concat(
            SubjectTerms.of(label, body).stream().filter(term -> !isWeak(term)),
            IndexTerms.routes(body).stream())
        .toList();
  }

  /** Which of what one names another names, in the order of the other. */
  static List<String> shared(Label one, List<String> named, Label other, Body body) {
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
