package org.entente.gateway.rpc.server;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
import java.util.function.Supplier;
import java.util.regex.Pattern;
import org.entente.gateway.cel.ComparedText;
import org.entente.gateway.cel.Condition;
import org.entente.gateway.model.AgencyName;
import org.entente.gateway.model.Code;
import org.entente.gateway.model.InvalidValue;
import org.entente.gateway.model.NameSuggestion;
import org.entente.gateway.model.Problem;
import org.entente.gateway.policy.terms.Membership;
import org.entente.proto.v1.Filter;

/**
 * Checks names in clients' calls. An unknown name is refused with the most similar known one: an
 * empty answer, or a stream without deliveries, would look like a quiet day.
 *
 * <p>Known agencies are the members of the trust bundle in force, and agencies from which this
 * gateway has received messages, so that messages of former members can still be found. Safe for
 * many threads.
 */
public final class KnownNames {
  /** User-assigned codes of ISO 3166-1, and {@code EU}, which it reserves. */
  private static final Pattern BESIDE_STATES = Pattern.compile("AA|EU|Q[M-Z]|X[A-Z]|ZZ");

  private static final Set<String> STATES =
      Locale.getISOCountries(Locale.IsoCountryCode.PART1_ALPHA2);

  private final Supplier<Membership> membership;
  private final Supplier<? extends Collection<AgencyName>> origins;
  private final Supplier<Set<String>> desks;

  /**
   * Creates the known names of a gateway.
   *
   * @param membership the members of the trust bundle in force
   * @param origins agencies from which anything was ever received
   * @param desks desks of this agency that have clients now
   */
  public KnownNames(
      Supplier<Membership> membership,
      Supplier<? extends Collection<AgencyName>> origins,
      Supplier<Set<String>> desks) {
    this.membership = membership;
    this.origins = origins;
    this.desks = desks;
  }

  /**
   * The problem with the names in a filter, if any.
   *
   * @param field the field of the request that holds it
   */
  public Optional<Problem> filter(String field, Filter filter) {
    return agencies(field + ".origins", filter.getOriginsList())
        .or(() -> jurisdictions(field + ".jurisdictions", filter.getJurisdictionsList()))
        .or(() -> desks(field + ".desks", filter.getDesksList()));
  }

  /**
   * The problem with the names that a condition compares with agencies, jurisdictions or desks, if
   * any.
   *
   * @param field the field of the request that holds it
   */
  public Optional<Problem> condition(String field, Condition condition) {
    return condition.compared().stream()
        .flatMap(
            text ->
                compared(field, text.with(), List.of(text.text()))
                    .map(problem -> at(text, problem))
                    .stream())
        .findFirst();
  }

  private Optional<Problem> compared(String field, String with, List<String> text) {
    return switch (with) {
      case "origin", "recipient", "label.origin" -> agencies(field, text);
      case "label.jurisdictions" -> jurisdictions(field, text);
      case "label.desks" -> desks(field, text);
      default -> Optional.empty();
    };
  }

  private static Problem at(ComparedText text, Problem problem) {
    return new Problem(
        problem.code(),
        problem.field(),
        "line %d, column %d of the expression: %s"
            .formatted(text.line(), text.column(), problem.message()));
  }

  /** The problem with a field that may name an agency, if any. */
  public Optional<Problem> agency(String field, String name) {
    return name.isEmpty() ? Optional.empty() : agencies(field, List.of(name));
  }

  /** The problem with a field that names agencies, if any. */
  public Optional<Problem> agencies(String field, List<String> names) {
    Set<AgencyName> members = membership.get().agencies();
    return first(names, name -> isAmong(members, name) || isAmong(origins.get(), name))
        .map(name -> unknown(field, "unknown agency", name, words(members)));
  }

  /** The problem with a field that names jurisdictions of member agencies, if any. */
  public Optional<Problem> memberJurisdictions(String field, List<String> codes) {
    Membership members = membership.get();
    return first(codes, code -> !members.agenciesIn(code).isEmpty())
        .map(code -> unknown(field, "no member agency is in", code, jurisdictions(members)));
  }

  private Optional<Problem> jurisdictions(String field, List<String> codes) {
    return first(codes, KnownNames::isJurisdiction)
        .map(
            code ->
                unknown(
                    field,
                    "not an ISO 3166 code of a state:",
                    code,
                    jurisdictions(membership.get())));
  }

  private Optional<Problem> desks(String field, List<String> names) {
    Set<String> staffed = names.isEmpty() ? Set.of() : desks.get();
    return first(names, staffed::contains)
        .map(name -> unknown(field, "no client of this agency has the desk", name, staffed));
  }

  /** Whether a code is a jurisdiction; the check of its form reports codes that are too short. */
  private static boolean isJurisdiction(String code) {
    String state = code.substring(0, Math.min(2, code.length()));
    return STATES.contains(state) || BESIDE_STATES.matcher(state).matches();
  }

  private static Collection<String> jurisdictions(Membership members) {
    return members.agencies().stream()
        .map(members::jurisdiction)
        .flatMap(Optional::stream)
        .distinct()
        .toList();
  }

  private static boolean isAmong(Collection<AgencyName> agencies, String name) {
    return agencies.stream().anyMatch(agency -> agency.value().equals(name));
  }

  private static Collection<String> words(Collection<AgencyName> agencies) {
    List<String> words = new ArrayList<>();
    agencies.forEach(agency -> words.add(agency.value()));
    return words;
  }

  private static Optional<String> first(List<String> names, Predicate<String> known) {
    return names.stream().filter(known.negate()).findFirst();
  }

  private static Problem unknown(String field, String what, String name, Collection<String> known) {
    return new Problem(
        Code.INVALID_FIELD,
        field,
        "%s \"%s\"; %s"
            .formatted(what, InvalidValue.printable(name), NameSuggestion.of(name, known)));
  }
}
