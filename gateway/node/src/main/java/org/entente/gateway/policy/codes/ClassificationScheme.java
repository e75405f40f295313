package org.entente.gateway.policy.codes;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.entente.proto.v1.Classification;

/**
 * A national or other scheme of classification. Immutable.
 *
 * @param name as labels name it
 * @param title what it is
 * @param usedBy jurisdictions, and names of agencies, that handle by it
 * @param levels the level of each marking, as written, in the order of the list
 * @param meanings what each marking means
 */
public record ClassificationScheme(
    String name,
    Wording title,
    Set<String> usedBy,
    Map<String, Classification> levels,
    Map<String, Wording> meanings) {

  public ClassificationScheme {
    usedBy = Set.copyOf(usedBy);
    levels = Collections.unmodifiableMap(new LinkedHashMap<>(levels));
    meanings = Collections.unmodifiableMap(new LinkedHashMap<>(meanings));
  }

  /** The level of a marking; empty if the scheme has no such marking. */
  public Optional<Classification> level(String marking) {
    return Optional.ofNullable(levels.get(marking));
  }

  /** The markings, as a reader would list them. */
  public String markings() {
    return String.join(", ", levels.keySet());
  }

  /** From one scheme to another. */
  record Direction(String from, String to) {
    @Override
    public String toString() {
      return from + "-" + to;
    }
  }

  /**
   * What the markings of one scheme are handled as under another, in this direction only.
   *
   * @param direction from the originator's scheme to the recipient's
   * @param basis on what that rests
   * @param markings the other scheme's marking for each
   */
  public record Equivalence(Direction direction, String basis, Map<String, String> markings) {
    public Equivalence {
      markings = Collections.unmodifiableMap(new LinkedHashMap<>(markings));
    }
  }
}
