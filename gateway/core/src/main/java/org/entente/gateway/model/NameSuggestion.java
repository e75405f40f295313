package org.entente.gateway.model;

import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.TreeSet;

/**
 * Suggests a known name for an unknown one: the nearest by edit distance (Levenshtein), or, if none
 * or several are equally close, the list of known names. Upper and lower case count as equal. Pure.
 */
public final class NameSuggestion {
  /** Most names that are listed. */
  private static final int LISTED = 20;

  /** Longest unknown name that is compared with known ones, characters. */
  private static final int LONGEST = 64;

  private record RankedName(String name, int edits) {}

  private NameSuggestion() {}

  /** The end of an error message: {@code did you mean "fr.customs"?} or the known names. */
  public static String of(String found, Collection<String> known) {
    return nearest(found, known)
        .map(name -> "did you mean \"" + name + "\"?")
        .orElseGet(() -> listed(known));
  }

  /** What stands behind the known names: {@code ; did you mean "fr.customs"?}, or nothing. */
  public static String behind(String found, Collection<String> known) {
    return nearest(found, known).map(name -> "; did you mean \"" + name + "\"?").orElse("");
  }

  /**
   * What stands behind an unknown name of a closed list: {@code is none of HIT, NO_HIT; did you
   * mean "NO_HIT"?}.
   */
  public static String noneOf(String found, Collection<String> known) {
    return "is none of " + String.join(", ", known) + behind(found, known);
  }

  /** What is valid in place of an unknown name of a closed list: {@code one of HIT, NO_HIT}. */
  public static String oneOf(String found, Collection<String> known) {
    return "one of " + String.join(", ", known) + behind(found, known);
  }

  /** The known name that is nearest to an unknown one, if exactly one is nearest, and near. */
  public static Optional<String> nearest(String found, Collection<String> known) {
    if (found.length() > LONGEST) {
      return Optional.empty();
    }
    int most = Math.max(1, found.length() / 6);
    String plain = found.toLowerCase(Locale.ROOT);
    List<RankedName> near =
        known.stream()
            .distinct()
            .filter(name -> Math.abs(name.length() - found.length()) <= most)
            .map(name -> new RankedName(name, distance(plain, name.toLowerCase(Locale.ROOT))))
            .filter(one -> one.edits() <= most)
            .sorted(Comparator.comparingInt(RankedName::edits))
            .toList();
    // To pick one of several would be a guess: of H9, none of H0 to H3 is meant more than another.
    boolean guess = near.size() > 1 && near.get(0).edits() == near.get(1).edits();
    return guess ? Optional.empty() : near.stream().findFirst().map(RankedName::name);
  }

  private static String listed(Collection<String> known) {
    if (known.isEmpty()) {
      return "there are none";
    }
    List<String> names = List.copyOf(new TreeSet<>(known));
    String more = names.size() > LISTED ? ", and " + (names.size() - LISTED) + " more" : "";
    return "known are " + String.join(", ", names.stream().limit(LISTED).toList()) + more;
  }

  private static int distance(String one, String other) {
    int[] earlier = new int[other.length() + 1];
    int[] before = new int[other.length() + 1];
    for (int j = 0; j < before.length; j++) {
      before[j] = j;
    }
    for (int i = 1; i <= one.length(); i++) {
      int[] row = new int[before.length];
      row[0] = i;
      for (int j = 1; j < row.length; j++) {
        int changed = before[j - 1] + (one.charAt(i - 1) == other.charAt(j - 1) ? 0 : 1);
        row[j] = Math.min(changed, 1 + Math.min(before[j], row[j - 1]));
        if (i > 1
            && j > 1
            && one.charAt(i - 1) == other.charAt(j - 2)
            && one.charAt(i - 2) == other.charAt(j - 1)) {
          row[j] = Math.min(row[j], earlier[j - 2] + 1);
        }
      }
      earlier = before;
      before = row;
    }
    return before[other.length()];
  }
}
