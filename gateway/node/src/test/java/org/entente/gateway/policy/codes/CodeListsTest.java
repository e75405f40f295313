package org.entente.gateway.policy.codes;

import static java.util.Objects.requireNonNull;
import static org.entente.gateway.policy.decide.PolicyFixture.CONFIG;
import static org.entente.gateway.policy.decide.PolicyFixture.sample;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.entente.gateway.config.ConfigProblem;
import org.entente.gateway.policy.decide.PolicyFixture;
import org.entente.gateway.policy.terms.DemoMembership;
import org.entente.gateway.policy.terms.Rulebook;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;

class CodeListsTest {
  private static final String TEXT = "{ en: a, fr: b, es: c, de: d }";
  private static final String SCHEMES =
      "schemes: { A: { title: "
          + TEXT
          + ", used_by: [FR], markings: [{ marking: LOW, level: RESTRICTED, label: "
          + TEXT
          + " }, { marking: TOP, level: SECRET, label: "
          + TEXT
          + " }] },\n B: { title: "
          + TEXT
          + ", markings: [{ marking: SMALL, level: RESTRICTED, label: "
          + TEXT
          + " }] } }\n";

  @TempDir Path folder;

  private static CodeLists config() {
    return assertInstanceOf(
            CodeLists.LoadResult.Loaded.class, CodeFileReader.load(CONFIG.resolve("codes")))
        .lists();
  }

  /** With all four languages, which loading itself demands of each text. */
  @Test
  void everyValueOfTheProto_hasAText() {
    assertEquals(List.of(), config().wordless());
    assertEquals(List.of(), CodeFileReader.shipped().wordless());
  }

  @Test
  void shipped_areThoseOfConfig_withoutClassificationSchemes() {
    assertEquals(Set.of(), CodeFileReader.shipped().schemes());
    assertEquals(Set.of("DE", "EU", "FR", "SG", "US"), config().schemes());
    assertEquals(
        config().entries().stream()
            .filter(it -> !Set.of("classification_scheme", "indicators").contains(it.list()))
            .toList(),
        CodeFileReader.shipped().entries());
  }

  @Test
  void shipped_haveWhatReleasesBeforeHad() {
    MessageLimits limits = MessageLimits.defaults();
    assertEquals(
        Set.of("TLP:RED", "TLP:AMBER+STRICT", "TLP:AMBER", "TLP:GREEN", "TLP:CLEAR"),
        limits.markings());
    assertEquals(Set.of("4x4", "ADMIRALTY"), limits.evaluationSchemes().keySet());
    assertTrue(requireNonNull(limits.evaluationSchemes().get("4x4")).matcher("X4").matches());
    assertTrue(requireNonNull(limits.evaluationSchemes().get("ADMIRALTY")).matcher("F6").matches());
    assertTrue(
        !requireNonNull(limits.evaluationSchemes().get("4x4")).matcher("F6").matches(),
        "never mixed");
  }

  @Test
  void sharing_isTlp_andOfMarkingsWithoutASetEachStandsForItself() {
    SharingOrder order = CodeFileReader.shipped().sharing();
    assertEquals(List.of("TLP:RED"), order.atLeast("TLP:RED"));
    assertEquals(List.of("TLP:RED", "TLP:AMBER+STRICT", "TLP:AMBER"), order.atLeast("TLP:AMBER"));
    assertEquals(List.of("EYES"), order.atLeast("EYES"));
    assertEquals(
        Set.of("TLP:RED", "TLP:AMBER+STRICT"),
        CodeFileReader.shipped().entries().stream()
            .filter(it -> it.note().equals("passed on only with consent"))
            .map(CodeLists.Entry::code)
            .collect(Collectors.toSet()));
  }

  /** Its set and its markings may stand in different files. */
  @Test
  void sharing_twiceOfOneName_isRefused() throws IOException {
    String set = "sharing: { S: { strictest_first: [A] } }";
    Map<String, String> files = new HashMap<>();
    files.put("a.yaml", set);
    files.put("b.yaml", "markings: { A: " + TEXT + " }");
    files.put("c.yaml", set);
    List<String> problems = problems(files);
    assertEquals(1, problems.size(), problems.toString());
    assertTrue(problems.get(0).contains("\"S\" is also in another file"), problems.get(0));
  }

  @Test
  void entries_sayMeaningLevelUsersAndWhatOthersHandleItAs() {
    List<String> lines =
        config().entries().stream()
            .map(it -> it.list() + "|" + it.code() + "|" + it.note())
            .toList();
    assertTrue(lines.contains("classification_scheme|FR|used by FR"), lines.toString());
    assertTrue(
        lines.contains(
            "classification_scheme|FR: DIFFUSION RESTREINTE|RESTRICTED; in DE as VS-NUR FÜR DEN"
                + " DIENSTGEBRAUCH; in SG as RESTRICTED"),
        lines.toString());
    CodeLists.Entry ipr =
        config().entries().stream().filter(it -> it.code().equals("IPR")).findFirst().orElseThrow();
    Wording meaning = ipr.meaning();
    assertTrue(
        meaning != null && meaning.in(Wording.Language.FR).equals("Propriété intellectuelle"));
  }

  @TestFactory
  Stream<DynamicTest> list_wrong_isRefusedWithLineFieldAndCure() {
    return Stream.of(
        wrong(
            "words: { colour: { RED: " + TEXT + " } }",
            "words.colour: not the name of a " + "label field"),
        wrong(
            "words: { category: { DRUGS: " + TEXT + " } }",
            "words.category.DRUGS: \"DRUGS\"; valid: one of IPR, NARCOTICS"),
        wrong("words: { category: { UNSPECIFIED: " + TEXT + " } }", "\"UNSPECIFIED\""),
        wrong(
            "words: { category: { IPR: { en: a, fr: b, es: c } } }",
            "words.category.IPR.de: the field is missing"),
        wrong(
            "words: { category: { IPR: { en: a, fr: b, es: c, de: ' ' } } }",
            "words.category.IPR.de: no visible character, only such as U+0020 SPACE"),
        wrong("words: { category: { IPR: { en: a, fr: b, es: c, de: d, it: e } } }", "unknown"),
        wrong("markings: { tlp: " + TEXT + " }", "markings.tlp: \"tlp\""),
        sharing("strictest_first: [A, B, C]", "strictest_first[2]: \"C\"; valid: one of A, B"),
        wrong("sharing: { S: }", "sharing.S"),
        sharing("strictest_first: [~]", "strictest_first[0]"),
        sharing("strictest_first: []", "sharing.S.strictest_first: an empty list"),
        sharing("strictest_first: [A, A]", "strictest_first[1]: A a second time"),
        sharing("strictest_first: [A], consent_to_pass_on: [B]", "consent_to_pass_on[0]: \"B\""),
        sharing(
            "strictest_first: [A, B], consent_to_pass_on: [B]",
            "\"B\", but a stricter marking is missing"),
        sharing("strictest_first: [A] }, T: { strictest_first: [A]", "A a second time"),
        sharing("strictest_first: [A] }, t: { strictest_first: [B]", "sharing.t: \"t\""),
        wrong("indicators: { route: " + TEXT + " }", "indicators.route: \"route\""),
        wrong("indicators: { X_ROUTE: " + TEXT + " }", "X_ is for clients' own codes"),
        wrong(
            "evaluations: { S: { title: " + TEXT + ", source: {}, information: {} } }",
            "evaluations.S.source: 0 codes"),
        wrong(
            "evaluations: { S: { title: "
                + TEXT
                + ", source: { a: "
                + TEXT
                + " }, information: { '1': "
                + TEXT
                + " } } }",
            "evaluations.S.source.a: \"a\""),
        wrong(SCHEMES.replace("schemes: { A:", "schemes: { a:"), "schemes.a: \"a\""),
        wrong(SCHEMES.replace("level: SECRET", "level: TOP"), "level: \"TOP\"; valid: one of"),
        wrong(SCHEMES.replace("marking: TOP", "marking: LOW"), "\"LOW\" a second time"),
        wrong(SCHEMES.replace("used_by: [FR]", "used_by: [France]"), "used_by[0]: \"France\""),
        wrong(SCHEMES.replace("used_by: [FR]", "used_by: [FR, FR]"), "FR already has a scheme"),
        wrong(SCHEMES.replace("marking: TOP", "marking: ' TOP'"), "one line of 1 to 80"),
        equivalence("A", "C", "LOW", "SMALL", "equivalences[0].to: \"C\"; valid: one of A, B"),
        equivalence("A", "A", "LOW", "LOW", "the scheme itself"),
        equivalence("A", "B", "MID", "SMALL", "marking: \"MID\"; valid: one of LOW, TOP"),
        equivalence("A", "B", "LOW", "TINY", "handled_as: \"TINY\"; valid: one of SMALL"),
        equivalence("A", "B", "TOP", "SMALL", "has a lower level"));
  }

  private DynamicTest equivalence(
      String from, String to, String marking, String handledAs, String expected) {
    return wrong(
        SCHEMES
            + "equivalences: [{ from: "
            + from
            + ", to: "
            + to
            + ", basis: x, markings: [{ marking: "
            + marking
            + ", handled_as: "
            + handledAs
            + " }] }]",
        expected);
  }

  private DynamicTest sharing(String set, String expected) {
    return wrong(
        "markings: { A: " + TEXT + ", B: " + TEXT + " }\nsharing: { S: { " + set + " } }",
        expected);
  }

  private DynamicTest wrong(String file, String expected) {
    return DynamicTest.dynamicTest(
        expected,
        () -> {
          List<String> problems = problems(Map.of("a.yaml", file));
          assertTrue(problems.stream().anyMatch(it -> it.contains(expected)), problems.toString());
        });
  }

  @Test
  void sameCodeInTwoFiles_isRefused_andADirectionTwice() throws IOException {
    List<String> twice = problems(Map.of("a.yaml", SCHEMES, "b.yaml", SCHEMES));
    assertTrue(twice.toString().contains("\"A\" is also in another file"), twice.toString());
    String one = "{ from: A, to: B, basis: x, markings: [{ marking: LOW, handled_as: SMALL }] }";
    List<String> directions =
        problems(Map.of("a.yaml", SCHEMES + "equivalences: [" + one + ", " + one + "]"));
    assertTrue(directions.toString().contains("A-B a second time"), directions.toString());
  }

  @Test
  void folder_absentOrEmptyOrHidingSomething_isRefused() throws IOException {
    assertInstanceOf(
        CodeLists.LoadResult.Invalid.class, CodeFileReader.load(folder.resolve("none")));
    assertInstanceOf(CodeLists.LoadResult.Invalid.class, CodeFileReader.load(folder));
    Files.writeString(folder.resolve("a.yaml"), "# \u202e\n" + SCHEMES);
    var invalid = assertInstanceOf(CodeLists.LoadResult.Invalid.class, CodeFileReader.load(folder));
    assertTrue(invalid.problems().toString().contains("an invisible character"));
  }

  /** A condition that asks for a code that no list has would never hold, and nobody would know. */
  @TestFactory
  Stream<DynamicTest> codeThatNoListHas_inACondition_isRefusedWhenTheFileIsLoaded() {
    return Stream.of(
        condition("'TLP:PINK' in label.markings", "label.markings can never be \"TLP:PINK\""),
        condition("label.markings.exists(m, m == 'TLP:PINK')", "valid: one of TLP:RED"),
        condition("label.markings == ['TLP:RED', 'PINK']", "can never be \"PINK\""),
        condition(
            "label.source_evaluation == '4x4:Z9'",
            "label.source_evaluation can never be \"4x4:Z9\": no code list contains it; valid: one of"
                + " 4x4:[ABCX][1234], ADMIRALTY:[ABCDEF][123456]"),
        condition("label.source_evaluation in ['4x4:A1', 'A1']", "can never be \"A1\""),
        condition("label.classification_scheme != 'FR'", "valid: none: the code list is empty"),
        condition("'GEHEIM' == label.classification_marking", "can never be \"GEHEIM\""),
        condition(
            "label.personal_data || 'France' in label.jurisdictions",
            "line 1, column 24 of the expression: label.jurisdictions can never be \"France\": its "
                + "form is wrong; valid: an ISO 3166-1 or 3166-2 code, such as FR or US-CA"),
        condition("label.jurisdictions.all(j, j in ['FR', 'FRA'])", "can never be \"FRA\""),
        condition("label.jurisdictions == ['fr']", "label.jurisdictions can never be \"fr\""),
        condition(
            "size(label.jurisdictions) > 0 && label.jurisdictions[0] == 'MERCOSUR'",
            "label.jurisdictions can never be \"MERCOSUR\""),
        condition(
            "origin in ['fr.customs', 'French customs']",
            "column 26 of the expression: origin can never be \"French customs\": its form is "
                + "wrong; valid: an agency: a two-letter code or x, a dot and a lower-case name, such as"
                + " fr.customs"),
        condition("origin in {'France': true}", "origin can never be \"France\""),
        condition("'fr.customs/desk' != recipient", "recipient can never be \"fr.customs/desk\""),
        condition("recipient == 'fr.customs\u0430'", "recipient can never be"),
        // The name means another list in each: neither list lends the other its codes.
        condition(
            "label.markings.exists(x, x == 'FR') || label.jurisdictions.exists(x, x == 'FR')",
            "column 31 of the expression: label.markings can never be \"FR\""),
        condition(
            "label.markings.exists(origin, origin == 'fr.customs')",
            "label.markings can never be \"fr.customs\""));
  }

  private DynamicTest condition(String condition, String expected) {
    return DynamicTest.dynamicTest(
        condition,
        () -> {
          String agreement = withCondition(condition);
          String problem = PolicyFixture.onlyProblem(load(Map.of("a.yaml", agreement)));
          assertTrue(problem.contains("covers.condition: "), problem);
          assertTrue(problem.contains(expected), problem);
        });
  }

  @Test
  void codeThatAListHas_inACondition_loads_andWhatIsComputedIsLeftAlone() {
    for (String condition :
        List.of(
            "'TLP:RED' in label.markings || label.markings.size() == 0",
            "label.source_evaluation in ['', '4x4:A1', 'ADMIRALTY:B2']",
            "label.source_evaluation.startsWith('4x4:')",
            "label.case_ref != 'anything'",
            "label.jurisdictions.exists(x, x == 'FR') && !label.markings.exists(x, x == 'TLP:RED')",
            "label.markings.exists(x, x == 'TLP:RED') || label.jurisdictions.all(x, x == 'US-CA')",
            "label.jurisdictions.exists(j, j.startsWith('France'))",
            "recipient in ['x.hub', 'zz.unheard-of'] || origin != ''",
            "origin.startsWith('fr.')",
            "origin == 'fr.customs'")) {
      assertInstanceOf(
          Rulebook.LoadResult.Loaded.class,
          load(Map.of("a.yaml", withCondition(condition))),
          condition);
    }
  }

  @Test
  void nodeRule_withACodeThatNoListHas_isRefused() {
    String rules =
        "rules: [ { id: r, when: BOTH, deny_if: \"'PINK' in label.markings\", reason: why } ]";
    String problem = PolicyFixture.onlyProblem(load(Map.of("node-rules.yaml", rules)));
    assertTrue(
        problem.contains(
            "rules[0].deny_if: line 1, column 1 of the expression: label.markings can never be"
                + " \"PINK\": no code list contains it"),
        problem);
  }

  @Test
  void ownLists_replaceThoseOfTheRelease() {
    Map<String, String> files = new HashMap<>();
    files.put("codes/a.yaml", "markings: { PINK: " + TEXT + " }\n" + SCHEMES);
    files.put("a.yaml", withCondition("'PINK' in label.markings"));
    var loaded = assertInstanceOf(Rulebook.LoadResult.Loaded.class, load(files));
    assertEquals(Set.of("PINK"), MessageLimits.of(loaded.rulebook().codes(), 1).markings());
    files.put("a.yaml", withCondition("'TLP:RED' in label.markings"));
    assertTrue(PolicyFixture.onlyProblem(load(files)).contains("valid: one of PINK"));
  }

  @Test
  void version_followsTheListsToo() {
    Map<String, String> files = new HashMap<>(Map.of("a.yaml", sample()));
    files.put("codes/a.yaml", SCHEMES);
    String before = PolicyFixture.rulebook(load(files)).version();
    assertEquals(before, PolicyFixture.rulebook(load(files)).version());
    files.put("codes/a.yaml", SCHEMES.replace("used_by: [FR]", "used_by: [DE]"));
    assertNotEquals(before, PolicyFixture.rulebook(load(files)).version());
  }

  private static String withCondition(String condition) {
    return sample(
        "  personal_data: false", "  personal_data: false\n  condition: >-\n    " + condition);
  }

  private Rulebook.LoadResult load(Map<String, String> files) {
    return PolicyFixture.load(folder, files, DemoMembership.demo());
  }

  private List<String> problems(Map<String, String> files) throws IOException {
    Path lists = Files.createTempDirectory(folder, "codes");
    for (Map.Entry<String, String> file : files.entrySet()) {
      Files.writeString(lists.resolve(file.getKey()), file.getValue());
    }
    return assertInstanceOf(CodeLists.LoadResult.Invalid.class, CodeFileReader.load(lists))
        .problems()
        .stream()
        .map(ConfigProblem::toString)
        .collect(Collectors.toList());
  }
}
