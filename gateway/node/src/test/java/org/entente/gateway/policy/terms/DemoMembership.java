package org.entente.gateway.policy.terms;

import java.util.Collections;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import org.entente.gateway.model.AgencyName;
import org.entente.gateway.trust.AgencyKind;

/** The members of the demonstration's federation, with what a test adds or removes. */
public final class DemoMembership implements Membership {
  private record Entry(Optional<String> jurisdiction, AgencyKind kind) {}

  private final TreeMap<AgencyName, Entry> members = new TreeMap<>();
  private final Map<String, Set<String>> groups;
  private final Set<AgencyName> transits;

  private DemoMembership(Map<String, Set<String>> groups, Set<AgencyName> transits) {
    this.groups = groups;
    this.transits = transits;
  }

  /** fr.customs, de.customs, sg.police, us.cbp; the transit x.hub; the groups EU and APEC. */
  public static DemoMembership demo() {
    return new DemoMembership(
            Map.of("EU", Set.of("FR", "DE", "IT", "ES"), "APEC", Set.of("US", "SG")),
            Set.of(new AgencyName("x.hub")))
        .with("fr.customs", "FR", AgencyKind.CUSTOMS)
        .with("de.customs", "DE", AgencyKind.CUSTOMS)
        .with("sg.police", "SG", AgencyKind.POLICE)
        .with("us.cbp", "US", AgencyKind.CUSTOMS);
  }

  /** No members yet; these groups, and these transits. */
  static DemoMembership of(Map<String, Set<String>> groups, Set<AgencyName> transits) {
    return new DemoMembership(Map.copyOf(groups), Set.copyOf(transits));
  }

  /** This one with another member. */
  public DemoMembership with(String name, String jurisdiction, AgencyKind kind) {
    DemoMembership changed = copy();
    changed.members.put(new AgencyName(name), new Entry(Optional.of(jurisdiction), kind));
    return changed;
  }

  /** This one without a member. */
  public DemoMembership without(String name) {
    DemoMembership changed = copy();
    changed.members.remove(new AgencyName(name));
    return changed;
  }

  /** This one after a state has left all groups. */
  public DemoMembership outside(String jurisdiction) {
    Map<String, Set<String>> left = new TreeMap<>();
    groups.forEach(
        (name, states) -> {
          Set<String> others = new TreeSet<>(states);
          others.remove(jurisdiction);
          left.put(name, others);
        });
    DemoMembership changed = new DemoMembership(left, transits);
    changed.members.putAll(members);
    return changed;
  }

  private DemoMembership copy() {
    DemoMembership copy = new DemoMembership(groups, transits);
    copy.members.putAll(members);
    return copy;
  }

  @Override
  public SortedSet<AgencyName> agencies() {
    return Collections.unmodifiableSortedSet(new TreeSet<>(members.keySet()));
  }

  @Override
  public boolean isTransit(AgencyName agency) {
    return transits.contains(agency);
  }

  @Override
  public Optional<String> jurisdiction(AgencyName agency) {
    return Optional.ofNullable(members.get(agency)).flatMap(Entry::jurisdiction);
  }

  @Override
  public AgencyKind kind(AgencyName agency) {
    return Optional.ofNullable(members.get(agency)).map(Entry::kind).orElse(AgencyKind.OTHER);
  }

  @Override
  public Set<String> groups() {
    return groups.keySet();
  }

  @Override
  public SortedSet<AgencyName> agenciesIn(String jurisdictionOrGroup) {
    Set<String> codes = groups.getOrDefault(jurisdictionOrGroup, Set.of(jurisdictionOrGroup));
    SortedSet<AgencyName> there = new TreeSet<>();
    members.forEach(
        (name, entry) -> {
          if (entry.jurisdiction().map(codes::contains).orElse(false)) {
            there.add(name);
          }
        });
    return there;
  }
}
