package org.entente.gateway.policy.decide;

import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.entente.gateway.model.AgencyName;
import org.entente.gateway.model.Code;
import org.entente.gateway.model.InvalidValue;
import org.entente.gateway.model.NameSuggestion;
import org.entente.gateway.model.Problem;
import org.entente.gateway.model.Refusal;
import org.entente.gateway.policy.terms.Membership;
import org.entente.proto.v1.Addressing;
import org.entente.proto.v1.DeskAddress;
import org.entente.proto.v1.InformationAddressees;

/**
 * The agencies that an addressing leads to.
 *
 * @param asked agencies addressed by name, by one of their desks, or through a jurisdiction or
 *     group; their refusals are reported
 * @param information agencies addressed in the same way for information only, and not for action
 * @param others the other members, if the addressing says "whom the agreements allow"; their
 *     refusals are not reported, since none was addressed by name
 * @param refusals parts of the addressing that lead to no agency
 */
public record RecipientSet(
    List<AgencyName> asked,
    List<AgencyName> information,
    List<AgencyName> others,
    List<Refusal> refusals) {

  /** Most refusals with a suggested name, since a draft may name many agencies. */
  private static final int SUGGESTED = 16;

  /** Most names that nobody knows in one addressing: each that is refused is on record. */
  static final int MOST_UNKNOWN = 16;

  /** Why a draft with these refusals is invalid as a whole; empty if it is not. */
  public static Optional<Problem> tooManyUnknown(List<Refusal> refusals) {
    if (refusals.size() <= MOST_UNKNOWN) {
      return Optional.empty();
    }
    List<Refusal> unknown =
        refusals.stream().filter(one -> one.code() == Code.UNKNOWN_RECIPIENT).toList();
    return unknown.size() <= MOST_UNKNOWN
        ? Optional.empty()
        : Optional.of(
            new Problem(
                Code.UNKNOWN_RECIPIENT,
                "to",
                "%d names that are not in the federation, such as %s; at most %d may be unknown"
                    .formatted(unknown.size(), unknown.get(0).recipient(), MOST_UNKNOWN)));
  }

  public static RecipientSet expand(Addressing to, AgencyName self, Membership membership) {
    List<Refusal> refusals = new ArrayList<>();
    Set<AgencyName> asked =
        named(
            with(to.getAgenciesList(), to.getDesksList()),
            to.getJurisdictionsList(),
            self,
            membership,
            refusals);
    InformationAddressees some = to.getInformation();
    Set<AgencyName> information =
        named(
            with(some.getAgenciesList(), some.getDesksList()),
            some.getJurisdictionsList(),
            self,
            membership,
            refusals);
    information.removeAll(asked);
    SortedSet<AgencyName> others = new TreeSet<>();
    if (to.getWhomAgreementsAllow()) {
      others.addAll(membership.agencies());
      others.removeAll(asked);
      others.removeAll(information);
      others.remove(self);
    }
    return new RecipientSet(
        List.copyOf(asked), List.copyOf(information), List.copyOf(others), List.copyOf(refusals));
  }

  /** All agencies that it leads to. */
  public List<AgencyName> all() {
    return Stream.of(asked, information, others).flatMap(List::stream).toList();
  }

  /** Agencies and the agencies of desks, each once, so that a refusal is reported once. */
  private static Collection<String> with(List<String> agencies, List<DeskAddress> desks) {
    if (desks.isEmpty() && agencies.size() < 2) {
      return agencies;
    }
    Set<String> all = new LinkedHashSet<>(agencies);
    desks.forEach(desk -> all.add(desk.getAgency()));
    return all;
  }

  private static Set<AgencyName> named(
      Collection<String> agencies,
      List<String> places,
      AgencyName self,
      Membership membership,
      List<Refusal> refusals) {
    Set<AgencyName> named = new LinkedHashSet<>();
    for (String name : agencies) {
      agency(name, self, membership, named, refusals);
    }
    for (String place : places) {
      place(place, membership, named, refusals);
    }
    named.remove(self);
    return named;
  }

  private static void agency(
      String name,
      AgencyName self,
      Membership membership,
      Set<AgencyName> asked,
      List<Refusal> refusals) {
    AgencyName agency;
    try {
      agency = new AgencyName(name);
    } catch (InvalidValue e) {
      refuse(refusals, name, Code.UNKNOWN_RECIPIENT, String.valueOf(e.getMessage()));
      return;
    }
    if (agency.equals(self)) {
      refuse(refusals, name, Code.NO_RECIPIENT, "the sender cannot be its own recipient");
    } else if (membership.agencies().contains(agency)) {
      asked.add(agency);
    } else if (membership.isTransit(agency)) {
      refuse(
          refusals,
          name,
          Code.UNKNOWN_RECIPIENT,
          "a transit only forwards; it cannot be a recipient");
    } else {
      String why = "no member of the federation";
      refuse(
          refusals,
          name,
          Code.UNKNOWN_RECIPIENT,
          refusals.size() < SUGGESTED
              ? why + "; " + NameSuggestion.of(name, names(membership))
              : why);
    }
  }

  private static void place(
      String place, Membership membership, Set<AgencyName> asked, List<Refusal> refusals) {
    SortedSet<AgencyName> there = membership.agenciesIn(place);
    if (!there.isEmpty()) {
      asked.addAll(there);
    } else if (membership.groups().contains(place) || place.length() == 2) {
      refuse(refusals, place, Code.NO_RECIPIENT, "no member agency there");
    } else {
      refuse(
          refusals,
          place,
          Code.UNKNOWN_RECIPIENT,
          "no group of this name; " + NameSuggestion.of(place, membership.groups()));
    }
  }

  private static List<String> names(Membership membership) {
    return membership.agencies().stream().map(AgencyName::value).toList();
  }

  private static void refuse(List<Refusal> refusals, String asked, Code code, String reason) {
    refusals.add(new Refusal(InvalidValue.printable(asked), code, "", reason));
  }
}
