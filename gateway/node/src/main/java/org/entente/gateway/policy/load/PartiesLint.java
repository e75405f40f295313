package org.entente.gateway.policy.load;

import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.entente.gateway.model.AgencyName;
import org.entente.gateway.model.InvalidValue;
import org.entente.gateway.model.NameSuggestion;
import org.entente.gateway.policy.codes.FileLint;
import org.entente.gateway.policy.subject.CodedText;
import org.entente.gateway.policy.terms.Agreement;
import org.entente.gateway.policy.terms.AgreementFile.Between;
import org.entente.gateway.policy.terms.AgreementFile.Direction;
import org.entente.gateway.policy.terms.Membership;
import org.entente.gateway.policy.terms.Party;
import org.jspecify.annotations.Nullable;

/** Checks the parties of an agreement. */
record PartiesLint(FileLint file, Membership membership) {
  private static final int MAX_PARTIES = 64;

  Agreement.Parties lint(Between between) {
    if (between.direction() == Direction.BOTH) {
      absent("between.from", between.from());
      absent("between.to", between.to());
      List<Party> parties = parties("between.parties", between.parties());
      if (parties.size() == 1 && !parties.get(0).among()) {
        file.wrong("between.parties", "one party", "two or more, or among_themselves: true");
      }
      common(parties);
      return Agreement.Parties.bothWays(parties);
    }
    absent("between.parties", between.parties());
    return Agreement.Parties.oneWay(
        parties("between.from", between.from()), parties("between.to", between.to()));
  }

  /** Only a warning: the next trust bundle may bring such an agency. */
  private void common(List<Party> parties) {
    Set<AgencyName> seen = new HashSet<>();
    parties.stream()
        .flatMap(party -> party.resolve(membership).stream())
        .filter(agency -> !seen.add(agency))
        .findFirst()
        .ifPresent(
            agency ->
                file.warn(
                    "between.parties",
                    agency + " is in several parties, and may send and receive as each of them",
                    "parties without a common member, if those of one party must not share"));
  }

  private void absent(String field, @Nullable List<Party> parties) {
    if (parties != null) {
      file.wrong(field, "does not go with this direction", "BOTH: parties; ONE_WAY: from and to");
    }
  }

  private List<Party> parties(String field, @Nullable List<Party> parties) {
    if (parties == null || parties.isEmpty() || parties.size() > MAX_PARTIES) {
      file.wrong(field, "no party or too many", "1 to " + MAX_PARTIES + " parties");
      return List.of();
    }
    for (int i = 0; i < parties.size(); i++) {
      if (parties.get(i) == null) {
        file.wrong(field + "[" + i + "]", "nothing", "a party");
        return List.of();
      }
      party(field + "[" + i + "]", parties.get(i));
    }
    return parties;
  }

  private void party(String field, Party party) {
    if (party.named() != 1) {
      file.wrong(
          field,
          party.named() + " ways of naming a party",
          "exactly one of agency, jurisdiction, group, all_members: true");
      return;
    }
    if (party.authorities() != null && party.authorities().isEmpty()) {
      file.wrong(field + ".authorities", "an empty list", "leave it out for any authority");
    }
    if (party.group() != null && !CodedText.JURISDICTION_OR_GROUP.valid(party.group())) {
      file.wrong(
          field + ".group",
          "\"" + InvalidValue.printable(party.group()) + "\"",
          "2 to 32 characters of A-Z 0-9 and -, the first a letter");
      return;
    }
    if (party.group() != null && !membership.groups().contains(party.group())) {
      file.ofMembers(
          field + ".group",
          "unknown group \"" + InvalidValue.printable(party.group()) + "\"",
          membership.groups().isEmpty()
              ? "none, since the trust bundle in force names no groups"
              : NameSuggestion.oneOf(party.group(), new TreeSet<>(membership.groups())));
      return;
    }
    if (party.jurisdiction() != null && !CodedText.COUNTRY.valid(party.jurisdiction())) {
      file.wrong(
          field + ".jurisdiction",
          "\"" + InvalidValue.printable(party.jurisdiction()) + "\"",
          stateOr(party.jurisdiction()));
      return;
    }
    if (party.jurisdiction() != null && membership.groups().contains(party.jurisdiction())) {
      // Only a warning: the rulebook must load before the group is founded.
      file.warn(
          field + ".jurisdiction",
          party.jurisdiction() + " is a group; it covers every agency of that group",
          "group: " + party.jurisdiction());
    }
    if (party.resolve(membership).isEmpty()) {
      // Only a warning: an agency that leaves the federation must not make the rulebook invalid.
      file.warn(
          field,
          party.words() + " contains no member agency",
          "a member of the federation" + nearest(party.agency()));
    }
  }

  private String nearest(@Nullable AgencyName written) {
    return written == null
        ? ""
        : NameSuggestion.behind(
            written.value(), membership.agencies().stream().map(AgencyName::value).toList());
  }

  /** The valid form for a code that is not a state's. */
  private String stateOr(String written) {
    if (membership.groups().contains(written)) {
      return "group: " + written;
    }
    return CodedText.JURISDICTION.valid(written)
        ? CodedText.COUNTRY.form() + "; the authorities of a part of a state by name, agency: …"
        : CodedText.COUNTRY.form();
  }
}
