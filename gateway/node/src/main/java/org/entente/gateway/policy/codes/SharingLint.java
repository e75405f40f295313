package org.entente.gateway.policy.codes;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.entente.gateway.config.FieldPositions;
import org.entente.gateway.model.InvalidValue;

/**
 * What files of code lists say about the order of sharing markings. Looked at last: a set may name
 * markings of other files.
 */
final class SharingLint {
  private final LintReport report;
  private final Map<String, PlacedSet> written = new LinkedHashMap<>();

  /** A set and where it stands. */
  private record PlacedSet(CodeFile.Sharing it, FieldPositions positions) {}

  SharingLint(LintReport report) {
    this.report = report;
  }

  void add(String name, CodeFile.Sharing set, FieldPositions positions) {
    String at = "sharing." + name;
    if (!CodeLists.SCHEME.matcher(name).matches()) {
      wrong(positions, at, quoted(name), "1 to 16 characters of A-Z 0-9 -, a letter first");
    }
    if (written.putIfAbsent(name, new PlacedSet(set, positions)) != null) {
      wrong(positions, at, quoted(name) + " is in another file, too", "each once");
    }
  }

  /** The sets together, held against the markings that there are. */
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
      wrong(set.positions(), at, "an empty list", "one marking or more");
    }
    for (int i = 0; i < order.size(); i++) {
      String marking = order.get(i);
      String place = at + "[" + i + "]";
      if (!markings.contains(marking)) {
        wrong(set.positions(), place, quoted(marking), "one of " + String.join(", ", markings));
      } else if (!placed.add(marking)) {
        wrong(set.positions(), place, marking + " a second time", "each in one set only, once");
      }
    }
    return order;
  }

  private List<String> asking(PlacedSet set, String at) {
    List<String> order = names(set.it().strictestFirst());
    List<String> given = set.it().consentToPassOn();
    List<String> asking = given == null ? List.of() : names(given);
    for (int i = 0; i < asking.size(); i++) {
      // Were a stricter one free, whoever passes on could mark it so and would not have to ask.
      int place = order.indexOf(asking.get(i));
      boolean stricterAsk = place >= 0 && asking.containsAll(order.subList(0, place));
      if (!stricterAsk) {
        wrong(
            set.positions(),
            at + "[" + i + "]",
            place < 0
                ? quoted(asking.get(i))
                : quoted(asking.get(i)) + ", and a stricter one is not there",
            "the first of strictest_first: " + String.join(", ", order));
      }
    }
    return asking;
  }

  /** As text, whatever the file has there. */
  private static List<String> names(List<String> written) {
    return written.stream().map(String::valueOf).toList();
  }

  private void wrong(FieldPositions positions, String field, String wrong, String valid) {
    report.problem(positions.problem(field, wrong, valid));
  }

  private static String quoted(String text) {
    return "\"" + InvalidValue.printable(text) + "\"";
  }
}
