package org.entente.loadtests.tiers;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.entente.loadtests.federation.ConfigurationHome;
import org.entente.loadtests.tiers.TestTiers.TestMethod;
import org.junit.jupiter.api.Test;

/** What the fast tier must hold, by the tags of all modules' tests. */
final class TestTiersTest {
  private static final Pattern ROW = Pattern.compile("(?m)^\\| (\\d+) \\|.*$");
  private static final Pattern CITED = Pattern.compile("`([A-Z]\\w*(?:Test|IT))(?:#(\\w+))?`");
  private static final int THREATS = 68;

  private static final List<TestMethod> ALL = TestTiers.all();

  @Test
  void threat_ofEachRow_hasATestInTheFastTier() throws IOException {
    Set<String> fast =
        ALL.stream()
            .filter(one -> !one.isExtended())
            .map(one -> one.simpleClass() + "#" + one.name())
            .collect(Collectors.toSet());
    Set<String> fastClasses =
        fast.stream().map(one -> one.substring(0, one.indexOf('#'))).collect(Collectors.toSet());
    List<String> uncovered = new ArrayList<>();
    int rows = 0;
    Matcher row =
        ROW.matcher(
            Files.readString(
                ConfigurationHome.find().folder().resolve("docs/security/threats.md")));
    while (row.find()) {
      rows++;
      boolean covered =
          CITED
              .matcher(row.group())
              .results()
              .anyMatch(
                  cited ->
                      cited.group(2) == null
                          ? fastClasses.contains(cited.group(1))
                          : fast.contains(cited.group(1) + "#" + cited.group(2)));
      if (!covered) {
        uncovered.add(row.group(1));
      }
    }
    assertEquals(
        List.of(), uncovered, "rows of docs/security/threats.md without a test in the fast tier");
    assertTrue(rows >= THREATS, rows + " rows: the page is not as it was");
  }

  @Test
  void fastTier_holdsNineOfTenTestMethods() {
    long fast = ALL.stream().filter(one -> !one.isExtended()).count();
    assertTrue(fast * 10 >= ALL.size() * 9L, fast + " of " + ALL.size());
  }

  @Test
  void tags_areThatOfTheTierAndOneTopic_orNone() {
    Set<String> odd = new TreeSet<>();
    for (TestMethod one : ALL) {
      if (one.topics().size() != (one.isExtended() ? 1 : 0)) {
        odd.add(one.testClass() + " " + one.tags());
      }
    }
    assertEquals(Set.of(), odd);
  }

  /** Surefire and Failsafe look for classes by their names. */
  @Test
  void testClass_isNamedSoThatTheBuildFindsIt() {
    Set<String> unfound =
        ALL.stream()
            .map(TestMethod::testClass)
            .filter(name -> !name.endsWith("Test") && !name.endsWith("IT"))
            .collect(Collectors.toCollection(TreeSet::new));
    assertEquals(Set.of(), unfound);
  }

  @Test
  void whatARunLeavesOut_isListedByTopic_orCounted() {
    TestMethod fast = new TestMethod("org.example.FastTest", "quick", Set.of());
    TestMethod kill = new TestMethod("org.example.KillIT", "kill", Set.of("extended", "chaos"));
    List<TestMethod> all = List.of(fast, kill);
    assertEquals(
        List.of(
            "1 of 2 test methods are left to `mvn -B verify -Pextended`:",
            "     1  chaos          KillIT"),
        new TestTiers.Found(all, List.of(kill)).lines());
    assertEquals(
        List.of("1 of 2 test methods are left to `mvn -B verify`; classes: 1."),
        new TestTiers.Found(all, List.of(fast)).lines());
    assertEquals(List.of(), new TestTiers.Found(all, List.of()).lines());
  }
}
