package org.entente.gateway.policy.codes;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.entente.gateway.model.InvalidValue;
import org.entente.gateway.model.NameSuggestion;

/**
 * Checks the order of sharing markings in files of code lists. Runs last, since a set may name
 * markings of other files.
 */
final class SharingLint {
  private final Map<String, PlacedSet> written = new LinkedHashMap<>();

  /** A set with its position in a file. */
  private record PlacedSet(CodeFile.Sharing it, FileLint file) {}

  void add(String name, CodeFile.Sharing set, FileLint file) {
    String at = "sharing." + name;
    if (!CodeLists.SCHEME.matcher(name).matches()) {
      file.wrong(at, quoted(name), "1 to 16 characters of A-Z 0-9 -, a letter first");
    }
    if (written.putIfAbsent(name, new PlacedSet(set, file)) != null) {
      file.wrong(at, quoted(name) + " is also in another file", "each once");
    }
  }

  /** The merged sets, checked against the known markings. */
  SharingOrder order(Set<String> markings) {
    List<List<String>> sets = new ArrayList<>();
    Set<String> placed = new LinkedHashSet<>();
    Set<String> asking = new LinkedHashSet<>();
    written.forEach(
        (name, set) -> {
          String at = "sharing." + name;
          sets.add(ordered(set, at + ".strictest_first", markings, placed));
          asking.addAll(asking(set, at + ".consent_to_pass_on"));
        });
    return new SharingOrder(sets, asking);
  }

  private List<String> ordered(PlacedSet set, String at, Set<String> markings, Set<String> placed) {
    List<String> order = names(set.it().strictestFirst());
    if (order.isEmpty()) {
      set.file().wrong(at, "an empty list", "one marking or more");
    }
    for (int i = 0; i < order.size(); i++) {
      String marking = order.get(i);
      String place = at + "[" + i + "]";
      if (!markings.contains(marking)) {
        set.file().wrong(place, quoted(marking), NameSuggestion.oneOf(marking, markings));
      } else if (!placed.add(marking)) {
        set.file().wrong(place, marking + " a second time", "each in one set only, once");
      }
    }
    return order;
  }

  private List<String> asking(PlacedSet set, String at) {
    List<String> order = names(set.it().strictestFirst());
    List<String> given = set.it().consentToPassOn();
    List<String> asking = given == null ? List.of() : names(given);
    for (int i = 0; i < asking.size(); i++) {
      // If a stricter marking needed no consent, an agency could avoid asking by choosing it.
      int place = order.indexOf(asking.get(i));
      boolean stricterAsk = place >= 0 && asking.containsAll(order.subList(0, place));
      if (!stricterAsk) {
        set.file()
            .wrong(
                at + "[" + i + "]",
                place < 0
                    ? quoted(asking.get(i))
                    : quoted(asking.get(i)) + ", but a stricter marking is missing",
                "the first of strictest_first: " + String.join(", ", order));
      }
    }
    return asking;
  }

  /** The written values as text, whatever their type. */
  private static List<String> names(List<String> written) {
    return written.stream().map(String::valueOf).toList();
  }

  private static String quoted(String text) {
    return "\"" + InvalidValue.printable(text) + "\"";
  }
}
