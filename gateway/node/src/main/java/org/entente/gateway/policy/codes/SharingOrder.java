package org.entente.gateway.policy.codes;

import java.util.List;
import java.util.Set;

/**
 * The order of strictness of sharing markings, and those that require the originator's consent for
 * onward transfer. Immutable.
 *
 * @param sets the markings of each set, strictest first; no marking is in two sets
 * @param askingConsent markings that require the originator's consent
 */
public record SharingOrder(List<List<String>> sets, Set<String> askingConsent) {
  public SharingOrder {
    sets = sets.stream().map(List::copyOf).toList();
    askingConsent = Set.copyOf(askingConsent);
  }

  /**
   * The markings of which a message needs one if it passes on content with this marking: the
   * stricter ones of its set, strictest first, and itself. A marking that is in no set stands
   * alone.
   */
  public List<String> atLeast(String marking) {
    return sets.stream()
        .filter(set -> set.contains(marking))
        .findFirst()
        .map(set -> set.subList(0, set.indexOf(marking) + 1))
        .orElse(List.of(marking));
  }

  /** Whether content with this marking may be passed on only with the originator's consent. */
  public boolean asksConsent(String marking) {
    return askingConsent.contains(marking);
  }
}
