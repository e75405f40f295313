package org.entente.gateway.policy.terms;

import static org.entente.gateway.policy.decide.PolicyFixture.CONFIG;
import static org.entente.gateway.policy.decide.PolicyFixture.NOW;
import static org.entente.gateway.policy.decide.PolicyFixture.SAMPLE;
import static org.entente.gateway.policy.decide.PolicyFixture.sample;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.entente.gateway.config.ConfigProblem;
import org.entente.gateway.model.AgencyName;
import org.entente.gateway.policy.decide.PolicyFixture;
import org.entente.gateway.policy.load.RulebookReader;
import org.entente.gateway.trust.AgencyKind;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;

class RulebookTest {
  @TempDir Path folder;

  @Test
  void config_everyFile_loadsWithoutWarning() {
    Rulebook.LoadResult loading =
        RulebookReader.load(
            CONFIG.resolve("agreements"),
            CONFIG.resolve("node-rules.yaml"),
            null,
            DemoMembership.demo(),
            NOW);
    var loaded = assertInstanceOf(Rulebook.LoadResult.Loaded.class, loading, loading.toString());
    assertEquals(List.of(), loaded.warnings());
    assertEquals(
        List.of(
            "de-us-order-ivory",
            "eu-customs-cooperation",
            "eu-product-safety",
            "eu-us-narcotics-hazardous",
            "fr-sg-controlled-delivery",
            "fr-sg-ipr",
            "fr-us-imminent-threat",
            "public-warnings"),
        loaded.rulebook().agreements().stream().map(Agreement::id).toList());
    assertEquals(3, loaded.rulebook().nodeRules().size());
    assertTrue(loaded.rulebook().version().matches("sha256:[0-9a-f]{16}"));
  }

  /**
   * Under the federation of each scenario; `policy lint` says of them all that it says to people.
   */
  @TestFactory
  Stream<DynamicTest> scenarios_everyAgreement_loadsWithoutWarning() throws IOException {
    List<Path> files;
    try (Stream<Path> all = Files.list(CONFIG.resolve("scenarios"))) {
      files = all.filter(file -> file.toString().endsWith(".yaml")).sorted().toList();
    }
    assertTrue(files.size() >= 5, files::toString);
    return files.stream()
        .map(file -> DynamicTest.dynamicTest(file.toString(), () -> lintsClean(file)));
  }

  private static void lintsClean(Path scenario) throws IOException {
    JsonNode federation =
        new ObjectMapper(new YAMLFactory()).readTree(scenario.toFile()).path("federation");
    Map<String, Set<String>> groups = new TreeMap<>();
    federation
        .path("groups")
        .properties()
        .forEach(group -> groups.put(group.getKey(), words(group.getValue())));
    Set<AgencyName> transits = new HashSet<>();
    for (JsonNode agency : federation.path("agencies")) {
      if (words(agency.path("roles")).contains("TRANSIT")) {
        transits.add(new AgencyName(agency.path("name").asText()));
      }
    }
    DemoMembership members = DemoMembership.of(groups, transits);
    for (JsonNode agency : federation.path("agencies")) {
      if (agency.has("jurisdiction")) {
        members =
            members.with(
                agency.path("name").asText(),
                agency.path("jurisdiction").asText(),
                AgencyKind.valueOf(agency.path("kind").asText()));
      }
    }
    Path folder = Path.of(scenario.toString().replaceFirst("\\.yaml$", ""));
    Path rules = folder.resolve("node-rules.yaml");
    Rulebook.LoadResult loading =
        RulebookReader.lint(
            folder.resolve("agreements"), Files.exists(rules) ? rules : null, null, members, NOW);
    var loaded = assertInstanceOf(Rulebook.LoadResult.Loaded.class, loading, loading.toString());
    assertEquals(List.of(), loaded.warnings());
    assertTrue(!loaded.rulebook().agreements().isEmpty());
  }

  private static Set<String> words(JsonNode list) {
    Set<String> words = new HashSet<>();
    list.forEach(word -> words.add(word.asText()));
    return words;
  }

  @TestFactory
  Stream<DynamicTest> agreement_wrong_isRefusedWithLineFieldAndCure() {
    return Stream.of(
        lint("id: sample", "id: Sample!", "1:1: id: \"Sample!\"; valid: 1 to 64"),
        lint("id: sample", "id: evidence", "1:1: id: \"evidence\""),
        lint("title: Sample", "title: ' '", "2:1: title: no visible character"),
        lint(
            "title: Sample",
            "title: Sample\nheading: x",
            "3:1: heading: unknown field; valid: one of"),
        lint(
            "instrument: TREATY",
            "instrument: PACT",
            "4:3: law.instrument: \"PACT\"; valid: one of TREATY, EU_ACT"),
        lint(
            "categories: [IPR]",
            "categories: [IPR, DRUGS]",
            "16:21: covers.categories[1]: \"DRUGS\"; valid: one of IPR, NARCOTICS"),
        lint("categories: [IPR]", "categories: [IPR, IPR]", "IPR a second time"),
        lint("categories: [IPR]", "categories: []", "covers.categories: an empty list"),
        lint("kinds: [ALERT]", "kinds: [ALERT, EVIDENCE]", "covers.kinds: EVIDENCE"),
        lint("ceiling: RESTRICTED", "ceiling: TOP", "covers.classification_ceiling: \"TOP\""),
        lint("handling: [H1]", "handling: [H9]", "covers.handling[0]: \"H9\""),
        lint(
            "retention_days: 90",
            "retention_days: 0",
            "obligations.retention_days: 0; valid: 1 to 36500"),
        lint(
            "retention_days: 90",
            "retention_days: ninety",
            "obligations.retention_days: \"ninety\""),
        lint(
            "max_message_bytes: 10000",
            "max_message_bytes: -1",
            "obligations.max_message_bytes: -1"),
        lint("deliver_within_days: 10", "deliver_within_days: 366", "valid: 1 to 365"),
        lint(
            "onward_transfer: NONE",
            "onward_transfer: MAYBE",
            "valid: one of NONE, WITH_CONSENT, WITHIN_PARTIES"),
        lint(
            "until: 2026-12-31",
            "until: 2025-12-31",
            "valid.until: 2025-12-31; valid: a day not before 2026-01-01"),
        lint("from: 2026-01-01", "from: yesterday", "valid.from: a date such as"),
        lint("from: 2026-01-01", "from: 1969-12-31", "valid.from: a date such as"),
        lint(
            "until: 2026-12-31",
            "until: +999999999-12-31",
            "valid.until: a date such as 2026-01-31, in the years 1970 to 9999"),
        lint(
            "- agency: sg.police",
            "- group: NATO",
            "13:7: between.parties[1].group: unknown group \"NATO\"; valid: one of APEC, EU"),
        lint("- agency: sg.police", "- group: nato", "between.parties[1].group: \"nato\""),
        lint("- agency: sg.police", "- jurisdiction: Singapore", "between.parties[1].jurisdiction"),
        lint(
            "- agency: sg.police",
            "- jurisdiction: APEC",
            "between.parties[1].jurisdiction: \"APEC\"; valid: group: APEC"),
        lint(
            "- agency: sg.police",
            "- jurisdiction: US-CA",
            "valid: an ISO 3166-1 alpha-2 code, such as FR; the authorities of a part of a state by"
                + " name, agency: …"),
        lint("- agency: sg.police", "- { agency: sg.police, group: EU }", "2 ways of naming"),
        lint("    - agency: sg.police\n", "", "between.parties: one party"),
        lint(
            "direction: BOTH",
            "direction: ONE_WAY",
            "11:3: between.parties: does not go with this direction"),
        lint(
            "  purpose_change: true\n",
            "",
            "law.purpose_change: customs may share with police (sg.police)"),
        lint("- agency: sg.police", "- agency: Singapore", "an agency name is"));
  }

  private DynamicTest lint(String line, String replacement, String expected) {
    return DynamicTest.dynamicTest(
        line + " -> " + replacement,
        () -> {
          List<String> problems = problems(Map.of("a.yaml", sample(line, replacement)));
          assertTrue(problems.stream().anyMatch(it -> it.contains(expected)), problems.toString());
          assertTrue(problems.stream().allMatch(it -> it.contains("/a.yaml:")));
        });
  }

  @Test
  void personalData_underMouAloneOrWithoutBasis_isRefused() {
    assertEquals(
        "a.yaml:20:3: covers.personal_data: personal data under a memorandum of understanding"
            + " alone; valid: false, or an instrument that binds in law: TREATY, EU_ACT,"
            + " NATIONAL_LAW, COURT_ORDER",
        only(sample("TREATY", "MOU", "personal_data: false", "personal_data: true")));
    String noBasis =
        sample("  transfer_basis: SAFEGUARDS\n", "", "personal_data: false", "personal_data: true");
    assertTrue(only(noBasis).contains("3:1: law.transfer_basis: personal data without a basis"));
    assertTrue(only(sample("SAFEGUARDS", "INTERNAL")).contains("several legal orders"));
    assertInstanceOf(
        Rulebook.LoadResult.Loaded.class, load(Map.of("a.yaml", sample("TREATY", "MOU"))));
  }

  @Test
  void criminalInvestigation_underAdministrativeAssistance_isRefused() {
    String text = sample("[IPR_ENFORCEMENT]", "[CRIMINAL_INVESTIGATION]");
    assertTrue(only(text).contains("6:3: law.regime: CRIMINAL_INVESTIGATION"), only(text));
    assertInstanceOf(
        Rulebook.LoadResult.Loaded.class,
        load(Map.of("a.yaml", text.replace("ADMINISTRATIVE", "CRIMINAL"))));
  }

  @Test
  void customsToPolice_throughAGroup_isAChangeOfPurpose() {
    String text =
        sample(
            "  purpose_change: true\n", "",
            "- agency: fr.customs", "- { group: EU, among_themselves: true }",
            "    - agency: sg.police\n", "");
    assertInstanceOf(Rulebook.LoadResult.Loaded.class, load(Map.of("a.yaml", text)));
    Membership withPolice = DemoMembership.demo().with("de.police", "DE", AgencyKind.POLICE);
    // A gateway loads it, since it refuses these transfers; its author reads of an error.
    var loaded =
        assertInstanceOf(
            Rulebook.LoadResult.Loaded.class,
            PolicyFixture.load(folder, Map.of("a.yaml", text), withPolice));
    assertEquals("law.purpose_change", loaded.ofMembers().get(0).field());
    assertEquals(
        "law.purpose_change",
        assertInstanceOf(Rulebook.LoadResult.Invalid.class, loaded.strict())
            .problems()
            .get(0)
            .field());
  }

  private static Rulebook.LoadResult strict(Rulebook.LoadResult loading) {
    return loading instanceof Rulebook.LoadResult.Loaded loaded ? loaded.strict() : loading;
  }

  @Test
  void condition_doesNotCompile_namesFileLineAndColumn() {
    String text =
        sample(
            "  personal_data: false",
            """
            personal_data: false
            condition: |
              label.kind == Kind.KIND_ALERT &&
              label.colour == 1\
            """
                .indent(2)
                .stripTrailing());
    String problem = only(text);
    assertTrue(problem.startsWith("a.yaml:23:"), problem);
    assertTrue(problem.contains("covers.condition: line 2, column 6"), problem);
    assertTrue(problem.contains("colour"), problem);
    String gatewayField =
        sample(
            "  personal_data: false",
            "  personal_data: false\n  condition: label.origin == 'fr.customs'");
    assertTrue(only(gatewayField).contains("fields that only gateways set: origin"));
  }

  @Test
  void condition_tooDear_namesFileLineColumnCostLimitAndCure() {
    String within = "label.redacted.exists(%s, ";
    String text =
        sample(
            "  personal_data: false",
            "  personal_data: false\n  condition: |\n    label.personal_data ||\n    "
                + within.formatted("a")
                + within.formatted("b")
                + "a.contains(b)))");
    String problem = only(text);
    assertTrue(
        problem.matches(
            "a.yaml:23:3: covers.condition: line 2, column 22 of the expression: can take [0-9]+"
                + " steps; the limit is 10000; most of them iterate over label.redacted"
                + " \\(64\\).*; valid: fewer nested lists, such as in instead of.*"),
        problem);
    String rule = "rules: [ { id: r, when: BOTH, deny_if: \"%s\", reason: why } ]";
    String path = "label.handling_text.matches('" + "(a|b)c".repeat(200) + "')";
    String ofNode =
        PolicyFixture.onlyProblem(load(Map.of("node-rules.yaml", rule.formatted(path))));
    assertTrue(ofNode.contains("rules[0].deny_if: line 1, column 28"), ofNode);
    assertTrue(ofNode.contains("the limit is 10000"), ofNode);
  }

  @Test
  void condition_takesWhatMayBeAbsent_namesFileLineColumnAndCure() {
    String condition = "  personal_data: false\n  condition: |\n    label.personal_data ||\n    ";
    String text = sample("  personal_data: false", condition + "label.jurisdictions[0] == 'FR'");
    assertEquals(
        "a.yaml:23:3: covers.condition: line 2, column 20 of the expression: label.jurisdictions[0]"
            + " may be absent, and nothing tests how long the list is; valid:"
            + " size(label.jurisdictions) > 0 && …, or label.jurisdictions.exists(it, …)",
        only(text));
    assertInstanceOf(
        Rulebook.LoadResult.Loaded.class,
        load(
            Map.of(
                "a.yaml",
                sample(
                    "  personal_data: false",
                    condition
                        + "size(label.jurisdictions) > 0 && label.jurisdictions[0] == 'FR'"))));
  }

  @Test
  void ids_twice_areRefusedNamingBothFiles() {
    List<String> problems = problems(Map.of("a.yaml", SAMPLE, "b.yaml", SAMPLE));
    assertEquals(1, problems.size());
    assertTrue(problems.get(0).contains("b.yaml:1:1: id: sample is also in a.yaml"));
  }

  @Test
  void severalFilesWrong_everyProblemIsReported() {
    List<String> problems =
        problems(
            Map.of(
                "a.yaml",
                sample("[IPR]", "[X]", "retention_days: 90", "retention_days: 0"),
                "b.yaml",
                "id: [",
                "c.yml",
                SAMPLE,
                "node-rules.yaml",
                "rules: [ { id: r } ]"));
    assertEquals(6, problems.size(), problems.toString());
  }

  /** Files that somebody meant as agreements are named; those of editors and people are not. */
  @Test
  void filesThatAreNotRead_areNamedIfTheyLookLikeAgreements() throws IOException {
    Path agreements = Files.createDirectory(folder.resolve("agreements-of-a-person"));
    Files.writeString(agreements.resolve("a.yaml"), SAMPLE);
    for (String other :
        List.of("README.md", ".gitkeep", ".a.yaml.swp", "a.yaml~", "a.yaml.bak", "#a.yaml#")) {
      Files.writeString(agreements.resolve(other), "not YAML: [");
    }
    Files.createSymbolicLink(agreements.resolve(".#a.yaml"), Path.of("user@machine.1"));
    Files.writeString(
        Files.createDirectory(agreements.resolve("notes")).resolve("minutes.txt"), "none");
    var clean =
        assertInstanceOf(
            Rulebook.LoadResult.Loaded.class,
            RulebookReader.load(agreements, null, DemoMembership.demo(), NOW));
    assertEquals(List.of(), clean.warnings());

    Path old = Files.createDirectory(agreements.resolve("old"));
    Files.writeString(old.resolve("b.yaml"), SAMPLE);
    var warned =
        assertInstanceOf(
            Rulebook.LoadResult.Loaded.class,
            RulebookReader.load(agreements, null, DemoMembership.demo(), NOW));
    assertEquals(
        List.of(
            old
                + ": a folder whose YAML files are not read; valid: agreements in the folder"
                + " above, and other files outside of it"),
        warned.warnings().stream().map(Object::toString).toList());

    Files.writeString(agreements.resolve("C.YAML"), SAMPLE);
    var invalid =
        assertInstanceOf(
            Rulebook.LoadResult.Invalid.class,
            RulebookReader.load(agreements, null, DemoMembership.demo(), NOW));
    assertEquals(
        List.of(agreements.resolve("C.YAML") + ": ends in .YAML; valid: a name in .yaml"),
        invalid.problems().stream().map(Object::toString).toList());
  }

  @Test
  void folder_absentOrEmpty_isAProblemOrAWarning() {
    assertInstanceOf(
        Rulebook.LoadResult.Invalid.class,
        RulebookReader.load(folder.resolve("absent"), null, DemoMembership.demo(), NOW));
    var loaded = assertInstanceOf(Rulebook.LoadResult.Loaded.class, load(Map.of()));
    assertTrue(loaded.warnings().get(0).toString().contains("every message is refused"));
  }

  @Test
  void agreement_endedOrOfNobody_isAWarning() {
    var ended =
        assertInstanceOf(
            Rulebook.LoadResult.Loaded.class,
            load(Map.of("a.yaml", sample("2026-12-31", "2026-05-31"))));
    assertEquals(28, warning(ended).line());
    assertEquals("valid.until", warning(ended).field());
    var nobody =
        assertInstanceOf(
            Rulebook.LoadResult.Loaded.class,
            load(Map.of("a.yaml", sample("agency: sg.police", "agency: sg.customs"))));
    assertEquals("between.parties[1]", warning(nobody).field());
  }

  private static ConfigProblem warning(Rulebook.LoadResult.Loaded loaded) {
    assertEquals(1, loaded.warnings().size());
    return loaded.warnings().get(0);
  }

  @TestFactory
  Stream<DynamicTest> nodeRule_wrong_isRefused() {
    String rule = "{ id: r, when: BOTH, deny_if: 'true', reason: why }";
    return Stream.of(
            List.of(rule.replace("id: r", "id: R"), "rules[0].id"),
            List.of(rule + ", " + rule, "rules[1].id"),
            List.of(rule.replace("BOTH", "ALWAYS"), "valid: one of EGRESS, INGRESS, BOTH"),
            List.of(rule.replace("'true'", "label.x"), "rules[0].deny_if"),
            List.of(rule.replace("deny_if: 'true', ", ""), "both or none"),
            List.of(rule.replace("reason", "allow_only_if: 'true', reason"), "both or none"),
            List.of(rule.replace("why", "''"), "rules[0].reason"),
            List.of(rule.replace("'true'", "label.agreement == ''"), "gateways set: agreement"))
        .map(
            it ->
                DynamicTest.dynamicTest(
                    it.get(1) + " " + it.get(0),
                    () -> {
                      List<String> problems =
                          problems(Map.of("node-rules.yaml", "rules: [ " + it.get(0) + " ]"));
                      assertEquals(1, problems.size(), problems.toString());
                      assertTrue(problems.get(0).contains(it.get(1)), problems.toString());
                      assertTrue(problems.get(0).contains("node-rules.yaml:1:"));
                    }));
  }

  @Test
  void version_followsContentNotOrder() {
    Map<String, String> one = new LinkedHashMap<>();
    one.put("a.yaml", SAMPLE);
    one.put("b.yaml", sample("id: sample", "id: b"));
    Map<String, String> two = new LinkedHashMap<>();
    two.put("b.yaml", one.get("b.yaml"));
    two.put("a.yaml", SAMPLE);
    String version = version(one);
    assertEquals(version, version(two));
    two.put("a.yaml", SAMPLE + "# comment\n");
    assertNotEquals(version, version(two));
    assertNotEquals(version, version(Map.of("a.yaml", SAMPLE)));
  }

  @Test
  void files_randomlyDamaged_neverThrow() {
    long seed = new Random().nextLong();
    Random random = PolicyFixture.random(seed);
    String signs = "{}[]:,-'\"#\n 0aZé";
    for (int i = 0; i < 100; i++) {
      StringBuilder text = new StringBuilder(SAMPLE);
      for (int n = random.nextInt(3); n >= 0; n--) {
        int at = random.nextInt(text.length());
        String sign = String.valueOf(signs.charAt(random.nextInt(signs.length())));
        text.replace(at, Math.min(text.length(), at + random.nextInt(6)), sign);
      }
      try {
        load(Map.of("a.yaml", text.toString()));
      } catch (RuntimeException e) {
        throw new AssertionError("seed " + seed + ":\n" + text, e);
      }
    }
  }

  private String version(Map<String, String> files) {
    return PolicyFixture.rulebook(load(files)).version();
  }

  private Rulebook.LoadResult load(Map<String, String> files) {
    return PolicyFixture.load(folder, files, DemoMembership.demo());
  }

  private String only(String agreement) {
    return PolicyFixture.onlyProblem(strict(load(Map.of("a.yaml", agreement))));
  }

  private List<String> problems(Map<String, String> files) {
    var invalid = assertInstanceOf(Rulebook.LoadResult.Invalid.class, strict(load(files)));
    return invalid.problems().stream().map(ConfigProblem::toString).toList();
  }
}
