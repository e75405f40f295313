package org.entente.loadtests.scenario;

import static org.junit.jupiter.api.Assertions.assertEquals;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/**
 * Drafts of agreements are whole files beside those that they would replace: they differ from them
 * where that is meant, and nowhere else.
 */
class DraftsTest {
  private static final Path SCENARIOS = Path.of("..", "..", "config", "scenarios");

  private static final List<String> AMENDED =
      List.of(
          "/covers/categories/2: nothing -> NARCOTICS",
          "/law/reference: Agreement EE-LV-LT on mutual assistance in controls of goods (sample)"
              + " -> Agreement EE-LV-LT on mutual assistance in controls of goods, as amended"
              + " (sample)");

  /** By draft, what it has otherwise: the place, what is in force, what is drafted. */
  private static final Map<String, List<String>> MEANT =
      Map.ofEntries(
          Map.entry(
              "customs-police/drafts/police/nl-customs-to-police.yaml",
              List.of("/covers/categories/2: nothing -> CASH")),
          Map.entry(
              "customs-police/drafts/customs/nl-customs-to-police.yaml",
              List.of(
                  "/covers/categories/2: nothing -> CASH",
                  "/covers/kinds/1: INTELLIGENCE -> nothing")),
          Map.entry(
              "eu-members/drafts/protocol/eu-ch-customs.yaml",
              List.of("/covers/handling/0: H1 -> nothing")),
          Map.entry(
              "eu-members/drafts/consolidated/common-transit.yaml",
              List.of(
                  "/between/parties/0/group: COMMON-TRANSIT -> EU",
                  "/between/parties/1/authorities/0: nothing -> CUSTOMS",
                  "/between/parties/1/jurisdiction: nothing -> CH")),
          Map.entry("amended-agreement/drafts/amended/baltic-controls.yaml", AMENDED),
          Map.entry("amended-agreement/drafts/lithuania/baltic-controls.yaml", AMENDED),
          Map.entry(
              "amended-agreement/drafts/lithuania/baltic-fuel.yaml",
              List.of("/redactions/0: nothing -> body.alert.subjects.company")),
          Map.entry(
              "amended-agreement/drafts/broken/baltic-fuel.yaml",
              List.of("/covers/condition: nothing -> label.jurisdictions[0] == \"LV\"")),
          Map.entry(
              "amended-agreement/drafts/narrower/baltic-controls.yaml",
              Stream.concat(
                      AMENDED.stream(),
                      Stream.of(
                          "/covers/condition: nothing -> label.severity in"
                              + " [Severity.SEVERITY_SEVERE, Severity.SEVERITY_EXTREME]"))
                  .sorted()
                  .toList()),
          Map.entry(
              "amended-agreement/drafts/narrower/baltic-fuel.yaml",
              List.of("/valid/until: nothing -> 2025-12-31")),
          Map.entry(
              "amended-agreement/drafts/numbered/baltic-fuel.yaml",
              List.of("/covers/condition: nothing -> int(label.case_ref) >= 1000")),
          Map.entry(
              "amended-agreement/drafts/controls/baltic-controls.yaml",
              List.of(
                  "/covers/categories/0: EXCISE -> WASTE",
                  "/covers/categories/1: WASTE -> nothing")));

  private final YAMLMapper yaml = new YAMLMapper();

  @Test
  void eachDraft_differsFromWhatIsInForce_whereItIsMeantTo() throws IOException {
    Map<String, List<String>> found = new TreeMap<>();
    for (Path draft : drafts()) {
      String name = SCENARIOS.relativize(draft).toString().replace('\\', '/');
      found.put(name, differences(inForce(draft), draft));
    }

    assertEquals(new TreeMap<>(MEANT), found);
  }

  private static List<Path> drafts() throws IOException {
    try (Stream<Path> all = Files.walk(SCENARIOS)) {
      return all.filter(file -> file.toString().contains("drafts"))
          .filter(Files::isRegularFile)
          .sorted()
          .toList();
    }
  }

  private static Path inForce(Path draft) {
    Path scenario = SCENARIOS.resolve(SCENARIOS.relativize(draft).getName(0));
    return scenario.resolve("agreements").resolve(draft.getFileName());
  }

  private List<String> differences(Path inForce, Path draft) throws IOException {
    Map<String, String> before = values(inForce);
    Map<String, String> after = values(draft);
    TreeSet<String> places = new TreeSet<>(before.keySet());
    places.addAll(after.keySet());
    return places.stream()
        .filter(place -> !Objects.equals(before.get(place), after.get(place)))
        .map(place -> place + ": " + word(before, place) + " -> " + word(after, place))
        .toList();
  }

  private static String word(Map<String, String> values, String place) {
    return values.getOrDefault(place, "nothing");
  }

  private Map<String, String> values(Path file) throws IOException {
    Map<String, String> values = new TreeMap<>();
    add("", yaml.readTree(Files.readString(file)), values);
    return values;
  }

  private static void add(String place, JsonNode node, Map<String, String> values) {
    if (node.isValueNode()) {
      values.put(place, node.asText());
    }
    for (int i = 0; node.isArray() && i < node.size(); i++) {
      add(place + "/" + i, node.get(i), values);
    }
    node.properties().forEach(it -> add(place + "/" + it.getKey(), it.getValue(), values));
  }
}
