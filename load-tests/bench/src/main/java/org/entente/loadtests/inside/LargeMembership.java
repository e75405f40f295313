package org.entente.loadtests.inside;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.NavigableSet;
import java.util.Optional;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import org.entente.certsdev.FederationSpec;
import org.entente.gateway.cli.failure.CommandFailure;
import org.entente.gateway.config.YamlReadResult;
import org.entente.gateway.model.AgencyName;
import org.entente.gateway.policy.terms.Membership;
import org.entente.gateway.trust.AgencyKind;

/**
 * A federation larger than the demonstration's: its agencies, and a customs and a police authority
 * of each jurisdiction in its groups. Immutable.
 */
final class LargeMembership implements Membership {
  private static final String CUSTOMS = ".customs";
  private static final String POLICE = ".police";

  private final Map<String, List<String>> groups;
  private final NavigableSet<AgencyName> agencies = new TreeSet<>();
  private final NavigableSet<String> jurisdictions = new TreeSet<>();

  private LargeMembership(LargeMembership some, List<String> further) {
    groups = some.groups;
    jurisdictions.addAll(some.jurisdictions);
    agencies.addAll(some.agencies);
    further.forEach(name -> agencies.add(new AgencyName(name)));
  }

  private LargeMembership(FederationSpec spec) {
    groups = spec.groups() == null ? Map.of() : new TreeMap<>(spec.groups());
    groups.values().forEach(jurisdictions::addAll);
    for (String jurisdiction : jurisdictions) {
      agencies.add(new AgencyName(lower(jurisdiction) + CUSTOMS));
      agencies.add(new AgencyName(lower(jurisdiction) + POLICE));
    }
    spec.agencies().stream()
        .filter(agency -> agency.jurisdiction() != null)
        .forEach(agency -> agencies.add(agency.name()));
  }

  /** The members that the groups of a specification give. */
  static LargeMembership in(Path specification) {
    if (FederationSpec.read(specification) instanceof YamlReadResult.Read<FederationSpec> read) {
      return new LargeMembership(read.value());
    }
    throw new CommandFailure(specification + " cannot be read");
  }

  /** The same with further customs authorities. */
  LargeMembership with(List<String> further) {
    return new LargeMembership(this, further);
  }

  /** Parties of a bilateral agreement. */
  record Pair(String customs, String police) {}

  /** Pairs of a customs and a police authority of two jurisdictions. */
  List<Pair> pairs() {
    List<Pair> pairs = new ArrayList<>();
    for (String one : jurisdictions) {
      for (String other : jurisdictions) {
        if (!one.equals(other)) {
          pairs.add(new Pair(lower(one) + CUSTOMS, lower(other) + POLICE));
        }
      }
    }
    return pairs;
  }

  private static String lower(String jurisdiction) {
    return jurisdiction.toLowerCase(Locale.ROOT);
  }

  @Override
  public SortedSet<AgencyName> agencies() {
    return agencies;
  }

  @Override
  public boolean isTransit(AgencyName agency) {
    return false;
  }

  @Override
  public Optional<String> jurisdiction(AgencyName agency) {
    return agencies.contains(agency) ? Optional.of(jurisdictionOf(agency)) : Optional.empty();
  }

  static String jurisdictionOf(AgencyName agency) {
    String name = agency.value();
    return name.substring(0, name.indexOf('.')).toUpperCase(Locale.ROOT);
  }

  @Override
  public AgencyKind kind(AgencyName agency) {
    if (!agencies.contains(agency)) {
      return AgencyKind.OTHER;
    }
    return agency.value().endsWith(POLICE) ? AgencyKind.POLICE : AgencyKind.CUSTOMS;
  }

  @Override
  public Set<String> groups() {
    return groups.keySet();
  }

  @Override
  public SortedSet<AgencyName> agenciesIn(String jurisdictionOrGroup) {
    List<String> members = groups.getOrDefault(jurisdictionOrGroup, List.of(jurisdictionOrGroup));
    NavigableSet<AgencyName> found = new TreeSet<>();
    for (AgencyName agency : agencies) {
      if (jurisdiction(agency).filter(members::contains).isPresent()) {
        found.add(agency);
      }
    }
    return found;
  }
}
