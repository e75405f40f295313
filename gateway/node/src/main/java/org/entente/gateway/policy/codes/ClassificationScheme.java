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
 * @param name as named in labels
 * @param title its title
 * @param usedBy jurisdictions and agencies that use it
 * @param levels the level of each marking as written, in the order of the list
 * @param meanings the meaning of each marking
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

  /** The markings in words. */
  public String markings() {
    return String.join(", ", levels.keySet());
  }

  /** A pair of schemes, from one to the other. */
  record Direction(String from, String to) {
    @Override
    public String toString() {
      return from + "-" + to;
    }
  }

  /**
   * The markings of another scheme that are equivalent to those of one scheme, in this direction
   * only.
   *
   * @param direction from the originator's scheme to the recipient's
   * @param basis the legal or other basis
   * @param markings the other scheme's equivalent of each marking
   */
  public record Equivalence(Direction direction, String basis, Map<String, String> markings) {
    public Equivalence {
      markings = Collections.unmodifiableMap(new LinkedHashMap<>(markings));
    }
  }
}
