package org.entente.gateway.policy.codes;

import java.util.List;
import java.util.Set;

/**
 * Which sharing markings are stricter than which, and which of them let nothing be passed on
 * without the originator's consent. Immutable.
 *
 * @param sets the markings of each set, the strictest first; none is in two
 * @param askingConsent markings whose originator is asked
 */
public record SharingOrder(List<List<String>> sets, Set<String> askingConsent) {
  public SharingOrder {
    sets = sets.stream().map(List::copyOf).toList();
    askingConsent = Set.copyOf(askingConsent);
  }

  /**
   * The markings of which one is to be on what passes on something with this marking: those of its
   * set that are stricter, the strictest first, and itself. A marking of no set is alone.
   */
  public List<String> atLeast(String marking) {
    return sets.stream()
        .filter(set -> set.contains(marking))
        .findFirst()
        .map(set -> set.subList(0, set.indexOf(marking) + 1))
        .orElse(List.of(marking));
  }

  /** Whether what is so marked is passed on with its originator's consent only. */
  public boolean asksConsent(String marking) {
    return askingConsent.contains(marking);
  }
}
