package org.entente.gateway.policy.subject;

import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.entente.gateway.model.InvalidValue;
import org.entente.proto.v1.Body;
import org.entente.proto.v1.Commodity;
import org.entente.proto.v1.Label;
import org.entente.proto.v1.Subject;

/**
 * What received messages are found by: whom and what they are about ({@link SubjectTerms}), and
 * what nobody is looked up by in the ledger, but traffic is:
 *
 * <pre>
 *   brand:NAME      hs:DIGITS, 2 to 10, each message by its whole code and by what it begins with
 *   place:UN/LOCODE, also those of a route
 * </pre>
 *
 * Pure.
 */
public final class IndexTerms {
  private static final Set<String> SCHEMES = Set.of("brand", "hs", "place");

  private IndexTerms() {}

  /** The terms of a message, each once. */
  public static List<String> of(Label label, Body body) {
    Set<String> terms = new LinkedHashSet<>(SubjectTerms.of(label, body));
    body.getAlert().getSubjectsList().forEach(subject -> add(terms, subject));
    body.getIntelligence().getSubjectsList().forEach(subject -> add(terms, subject));
    body.getRequest().getSubjectsList().forEach(subject -> add(terms, subject));
    body.getAnswer().getSubjectsList().forEach(subject -> add(terms, subject));
    place(terms, body.getFeedback().getPlace());
    body.getFeedback().getGoodsList().forEach(goods -> commodity(terms, goods));
    return List.copyOf(terms);
  }

  private static void add(Set<String> terms, Subject subject) {
    place(terms, subject.getPlace());
    subject.getRoute().getPlacesList().forEach(place -> place(terms, place));
    if (subject.hasCommodity()) {
      commodity(terms, subject.getCommodity());
    }
  }

  private static void commodity(Set<String> terms, Commodity commodity) {
    SubjectTerms.add(terms, "brand", commodity.getBrand());
    String code = commodity.getHsCode();
    for (int digits = 2; digits <= code.length(); digits++) {
      terms.add("hs:" + code.substring(0, digits));
    }
  }

  private static void place(Set<String> terms, String place) {
    SubjectTerms.add(terms, "place", place);
  }

  /**
   * Reads what an officer asks for.
   *
   * @throws InvalidValue saying what would be valid
   */
  public static String parse(String text) {
    int colon = text.indexOf(':');
    String scheme = colon < 0 ? "" : text.substring(0, colon);
    if (!SCHEMES.contains(scheme)) {
      return SubjectTerms.parse(text, schemes());
    }
    if (text.length() > SubjectTerms.MAX_TERM) {
      throw new InvalidValue("a subject has at most " + SubjectTerms.MAX_TERM + " characters", "");
    }
    String value = SubjectTerms.required(text.substring(colon + 1));
    if (scheme.equals("hs") && !CodedText.HS_CODE.valid(value)) {
      throw new InvalidValue("hs is " + CodedText.HS_CODE.form(), value);
    }
    return scheme + ':' + value;
  }

  private static List<String> schemes() {
    return Stream.concat(SCHEMES.stream(), SubjectTerms.SCHEMES.stream()).sorted().toList();
  }
}
