package org.entente.gateway.policy.subject;

import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.entente.gateway.model.InvalidValue;
import org.entente.proto.v1.Body;
import org.entente.proto.v1.Commodity;
import org.entente.proto.v1.Label;
import org.entente.proto.v1.Route;
import org.entente.proto.v1.Subject;

/**
 * Index terms of received messages: the persons and things that they are about ({@link
 * SubjectTerms}), and routes, which the ledger does not look up by.
 *
 * <pre>
 *   brand:NAME      hs:DIGITS, 2 to 10, each message by its whole code and by what it begins with
 *   place:UN/LOCODE, also those of a route
 *   route:UN/LOCODE/UN/LOCODE...  the whole route in the order of travel, and each stretch of it of
 *                   2 to 4 places that follow each other; of the first 16 routes of a message
 * </pre>
 *
 * A route back is a different route. Pure.
 */
public final class IndexTerms {
  private static final Set<String> SCHEMES = Set.of("brand", "hs", "place", "route");

  /** Most places in a part of a route that is indexed; longer parts would make too many terms. */
  private static final int LONGEST_STRETCH = 4;

  /** Most routes of a message whose parts are indexed, so that a sender cannot fill the index. */
  private static final int MOST_STRETCHED = 16;

  /** Most places in a route. */
  private static final int MAX_PLACES = 64;

  /** Most terms of a message that an index holds. */
  public static final int MOST_TERMS = 1_024;

  /** Most characters of those terms. */
  public static final int MOST_CHARACTERS = 1 << 16;

  private IndexTerms() {}

  /** The terms of a message, each once: identifiers first, stretches of routes last. */
  public static List<String> of(Label label, Body body) {
    Set<String> terms = new LinkedHashSet<>(SubjectTerms.of(label, body));
    SubjectTerms.subjects(body).forEach(subject -> add(terms, subject));
    place(terms, body.getFeedback().getPlace());
    body.getFeedback().getGoodsList().forEach(goods -> commodity(terms, goods));
    terms.addAll(routes(body));
    SubjectTerms.subjects(body).stream()
        .filter(Subject::hasRoute)
        .limit(MOST_STRETCHED)
        .forEach(subject -> stretches(terms, places(subject.getRoute())));
    return List.copyOf(terms);
  }

  /**
   * The terms of a message that an index holds: the first ones, at most {@value #MOST_TERMS} with
   * {@value #MOST_CHARACTERS} characters, so that no message takes the place of many.
   */
  public static List<String> indexed(Label label, Body body) {
    List<String> terms = of(label, body);
    int characters = 0;
    int count = 0;
    while (count < Math.min(terms.size(), MOST_TERMS)
        && characters + terms.get(count).length() <= MOST_CHARACTERS) {
      characters += terms.get(count).length();
      count++;
    }
    return terms.subList(0, count);
  }

  /** The whole routes that a message names, each once; a term of only one route. */
  public static List<String> routes(Body body) {
    return SubjectTerms.subjects(body).stream()
        .map(subject -> places(subject.getRoute()))
        .filter(places -> places.size() >= 2)
        .map(IndexTerms::route)
        .distinct()
        .toList();
  }

  private static void add(Set<String> terms, Subject subject) {
    place(terms, subject.getPlace());
    subject.getRoute().getPlacesList().forEach(place -> place(terms, place));
    if (subject.hasCommodity()) {
      commodity(terms, subject.getCommodity());
    }
  }

  private static void stretches(Set<String> terms, List<String> places) {
    for (int from = 0; from < places.size(); from++) {
      int last = Math.min(places.size(), from + LONGEST_STRETCH);
      for (int to = from + 2; to <= last; to++) {
        terms.add(route(places.subList(from, to)));
      }
    }
  }

  private static List<String> places(Route route) {
    return route.getPlacesList().stream().map(SubjectTerms::plain).toList();
  }

  private static String route(List<String> places) {
    return "route:" + String.join("/", places);
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
   * Parses an officer's search term.
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
      throw SubjectTerms.tooLong(text);
    }
    if (scheme.equals("route")) {
      return parseRoute(text.substring(colon + 1));
    }
    String value = text.substring(colon + 1);
    return scheme
        + ':'
        + switch (scheme) {
          case "hs" -> SubjectTerms.coded(scheme, CodedText.HS_CODE, "", value);
          case "place" -> SubjectTerms.coded(scheme, CodedText.PLACE, "", value);
          default -> SubjectTerms.required(value);
        };
  }

  private static String parseRoute(String value) {
    List<String> places = Stream.of(value.split("/", -1)).map(SubjectTerms::plain).toList();
    if (places.size() < 2
        || places.size() > MAX_PLACES
        || !places.stream().allMatch(CodedText.PLACE::valid)) {
      throw new InvalidValue(
          "a route is 2 to "
              + MAX_PLACES
              + " UN/LOCODEs in the order of travel, such as CNSHA/SGSIN/FRLEH",
          value);
    }
    return route(places);
  }

  private static List<String> schemes() {
    return Stream.concat(SCHEMES.stream(), SubjectTerms.SCHEMES.stream()).sorted().toList();
  }
}
