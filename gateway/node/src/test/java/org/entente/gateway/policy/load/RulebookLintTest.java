package org.entente.gateway.policy.load;

import static org.entente.gateway.policy.decide.PolicyFixture.CONFIG;
import static org.entente.gateway.policy.decide.PolicyFixture.NOW;
import static org.entente.gateway.policy.decide.PolicyFixture.sample;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.entente.gateway.config.ConfigProblem;
import org.entente.gateway.policy.decide.PolicyFixture;
import org.entente.gateway.policy.terms.DemoMembership;
import org.entente.gateway.policy.terms.Rulebook;
import org.entente.gateway.testkit.BlankText;
import org.entente.gateway.text.TextRule;
import org.entente.gateway.trust.AgencyKind;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RulebookLintTest {
  private static final String NO_DATA = "  personal_data: false";

  @TempDir Path folder;

  @Test
  void shippedFiles_areClean() {
    Rulebook.LoadResult loading =
        RulebookReader.lint(
            CONFIG.resolve("agreements"),
            CONFIG.resolve("node-rules.yaml"),
            CONFIG.resolve("codes"),
            DemoMembership.demo(),
            NOW);
    var loaded = assertInstanceOf(Rulebook.LoadResult.Loaded.class, loading, loading::toString);
    assertEquals(List.of(), loaded.warnings());
  }

  @Test
  void condition_thatNoCoveredLabelFulfils_isAlwaysFalse() throws IOException {
    // Kinds and categories are enums: every label that the agreement covers is tried.
    assertWarns(
        condition("label.category == Category.CATEGORY_CASH"),
        "covers.condition: is false for every label that the agreement covers");
    assertWarns(
        condition("label.case_ref == 'A' && label.case_ref == 'B'"),
        "covers.condition: was true for none of the 4 labels tried, which are not all");
    assertEquals(List.of(), lint(Map.of("a.yaml", condition("label.case_ref == 'A'"))));
    assertEquals(List.of(), lint(Map.of("a.yaml", condition("recipient == 'fr.customs'"))));
  }

  @Test
  void condition_onAnAgencyThatIsNone_isOdd() throws IOException {
    assertWarns(
        condition("label.personal_data || recipient in ['fr.customs', 'fr.custom']"),
        "covers.condition: recipient is compared with fr.custom, which is not a member agency;"
            + " valid: a member of the federation");
    assertWarns(
        Map.of(
            "a.yaml",
            sample(),
            "node-rules.yaml",
            "rules: [ { id: r, when: EGRESS, deny_if: \"label.personal_data && origin =="
                + " 'zz.gone'\", reason: why } ]"),
        "rules[0].deny_if: origin is compared with zz.gone, which is not a member agency");
    assertEquals(
        List.of(), lint(Map.of("a.yaml", condition("recipient in ['fr.customs', 'sg.police']"))));
  }

  /** It would refuse such messages one by one, when it is too late. */
  @Test
  void condition_thatCannotBeEvaluatedOfSomeLabel_isFound() throws IOException {
    assertWarns(condition("int(label.case_ref) == 7"), "covers.condition: cannot be evaluated (");
    assertWarns(
        condition("int(label.case_ref) == 7"),
        "so it refuses a label with nothing in case_ref; valid: a condition that first tests");
    assertWarns(
        condition("label.case_ref == '' || int(label.case_ref) == 7"),
        "so it refuses a label with case_ref something else; valid: a condition that first tests");
    assertEquals(
        List.of(),
        lint(
            Map.of(
                "a.yaml",
                condition(
                    "label.case_ref == '7' || (label.case_ref.matches('^[0-9]{1,9}$') &&"
                        + " int(label.case_ref) > 7)"))));
    assertWarns(
        Map.of(
            "a.yaml",
            sample(),
            "node-rules.yaml",
            "rules: [ { id: r, when: EGRESS, deny_if: \"int(label.case_ref) == 7 &&"
                + " label.personal_data\", reason: why } ]"),
        "rules[0].deny_if: cannot be evaluated (");
  }

  private static String condition(String source) {
    return sample(NO_DATA, NO_DATA + "\n  condition: \"" + source + "\"");
  }

  @Test
  void agreement_behindAWiderOne_isNeverChosen() throws IOException {
    String wide = sample("id: sample", "id: a-wide");
    String narrow = sample("id: sample", "id: narrow", "[H1]", "[]", "RESTRICTED", "UNCLASSIFIED");
    assertTrue(
        lint(Map.of("a.yaml", wide, "b.yaml", narrow)).stream()
            .anyMatch(
                it ->
                    it.contains("b.yaml")
                        && it.contains(
                            "between: is never chosen unless a message names it: a-wide")));
    // The wide one ends first: then the narrow one has its time.
    String ending = wide.replace("2026-12-31", "2026-11-30");
    assertEquals(List.of(), lint(Map.of("a.yaml", ending, "b.yaml", narrow)));
  }

  @Test
  void agreements_ofOneRankOnOtherTerms_conflict() throws IOException {
    String one = sample("id: sample", "id: one", "[IPR]", "[IPR, CASH]");
    String other =
        sample("id: sample", "id: two", "[IPR]", "[IPR, WEAPONS]", "days: 90", "days: 30");
    List<String> warnings = lint(Map.of("a.yaml", one, "b.yaml", other));
    assertEquals(1, warnings.size(), warnings::toString);
    assertTrue(
        warnings.get(0).contains("b.yaml:1:1: id: conflicts with one: for fr.customs to sg.police"),
        warnings::toString);
    assertEquals(
        List.of(), lint(Map.of("a.yaml", one, "b.yaml", other.replace("days: 30", "days: 90"))));
    assertEquals(List.of(), lint(Map.of("a.yaml", one, "b.yaml", other.replace("IPR,", "WASTE,"))));
  }

  /** A warning of a conflict that cannot be would have operators change sound agreements. */
  @Test
  void agreements_whoseConditionsExcludeEachOther_doNotConflict() throws IOException {
    String open = "label.classification == Classification.CLASSIFICATION_UNCLASSIFIED";
    assertEquals(List.of(), conflicts(open, open.replace("==", "!=")));
    assertEquals(List.of(), conflicts("recipient == 'fr.customs'", "origin == 'fr.customs'"));
    List<String> both = conflicts(open, "recipient == 'fr.customs'");
    assertEquals(1, both.size(), both::toString);
    assertTrue(
        both.get(0)
            .contains(
                "id: conflicts with one: for sg.police to fr.customs both permit a message with"
                    + " kind ALERT, category IPR"),
        both::toString);
  }

  @Test
  void agreements_whoseConditionsAreOnTexts_mayConflict() throws IOException {
    String one = "label.case_ref == 'A'";
    List<String> maybe = conflicts(one, "label.case_ref == 'B'");
    assertEquals(1, maybe.size(), maybe::toString);
    assertTrue(
        maybe.get(0).contains("id: may conflict with one: for fr.customs to sg.police both may"),
        maybe::toString);
    List<String> both = conflicts(one, "label.case_ref != 'B'");
    assertEquals(1, both.size(), both::toString);
    assertTrue(both.get(0).contains("case_ref A"), both::toString);
  }

  private List<String> conflicts(String one, String other) throws IOException {
    return lint(
        Map.of(
            "a.yaml",
            condition(one).replace("id: sample", "id: one"),
            "b.yaml",
            condition(other).replace("id: sample", "id: two").replace("days: 90", "days: 30")));
  }

  @Test
  void nodeRules_thatLeaveOrDoNothing_areFound() throws IOException {
    assertWarns(
        rules("deny_if: label.kind == Kind.KIND_ALERT"), "covers: the node's rules refuse all");
    assertWarns(
        rules(
            "deny_if: label.kind in [Kind.KIND_ALERT, Kind.KIND_INTELLIGENCE,"
                + " Kind.KIND_REQUEST, Kind.KIND_ANSWER, Kind.KIND_FEEDBACK, Kind.KIND_OPERATION]"),
        "rules[0].deny_if: refuses every label, so that no message passes");
    assertWarns(
        rules("allow_only_if: label.kind != Kind.KIND_RECALL"),
        "rules[0].allow_only_if: lets every label pass, so that it has no effect");
    String twice =
        """
        rules:
          - { id: a, when: EGRESS, deny_if: label.personal_data, reason: why }
          - { id: b, when: EGRESS, deny_if: label.personal_data, reason: why }
        """;
    assertWarns(
        Map.of("a.yaml", sample(), "node-rules.yaml", twice),
        "rules[1].deny_if: is never reached: an earlier rule is the same");
  }

  @Test
  void nodeRule_thatEarlierOnesLeaveNothing_isNeverReached() throws IOException {
    String secret = "label.classification == Classification.CLASSIFICATION_SECRET";
    String confidential = "label.classification == Classification.CLASSIFICATION_CONFIDENTIAL";
    String never = "is never reached: of every label, earlier rules refuse all that it would";
    assertWarns(
        three(
            "EGRESS",
            "label.personal_data",
            "label.severity == Severity.SEVERITY_MINOR",
            secret + " && label.personal_data"),
        "rules[2].deny_if: " + never);
    assertWarns(
        three("EGRESS", secret, confidential, secret + " || " + confidential),
        "rules[2].deny_if: " + never);
    // What is received, the others do not refuse.
    assertEquals(
        List.of(), lint(three("BOTH", secret, confidential, secret + " || " + confidential)));
    assertEquals(
        List.of(), lint(three("EGRESS", secret, confidential, secret + " || label.personal_data")));
    assertWarns(
        three(
            "EGRESS",
            "label.case_ref == 'A'",
            secret,
            "label.case_ref == 'A' && !label.personal_data"),
        "rules[2].deny_if: is never reached: of all ");
  }

  private static Map<String, String> three(String when, String first, String second, String third) {
    String rules =
        """
        rules:
          - { id: a, when: EGRESS, deny_if: "%s", reason: why }
          - { id: b, when: EGRESS, deny_if: "%s", reason: why }
          - { id: c, when: %s, deny_if: "%s", reason: why }
        """;
    return Map.of(
        "a.yaml", sample(), "node-rules.yaml", rules.formatted(first, second, when, third));
  }

  private static Map<String, String> rules(String test) {
    return Map.of(
        "a.yaml",
        sample(),
        "node-rules.yaml",
        "rules:\n  - id: r\n    when: BOTH\n    " + test + "\n    reason: why\n");
  }

  @Test
  void agreement_endingWithinThirtyDays_isAWarning() throws IOException {
    assertEquals(List.of(), lint(Map.of("a.yaml", sample("2026-12-31", "2026-07-01"))));
    assertWarns(
        sample("2026-12-31", "2026-06-30"),
        "a.yaml:28:3: valid.until: ends on 2026-06-30, within 30 days");
  }

  @Test
  void characters_thatDoNotShow_areRefusedWhereverTheyStand() throws IOException {
    for (String hidden : BlankText.all().filter(it -> !it.equals(" ")).toList()) {
      assertRefused(
          sample("title: Sample", "title: Sam" + hidden + "ple"),
          "a.yaml:2:11: an invisible character: " + TextRule.name(hidden.codePointAt(0)));
    }
    String comment = "# for \u202Eall\n" + PolicyFixture.SAMPLE;
    assertTrue(
        PolicyFixture.onlyProblem(
                PolicyFixture.load(folder, Map.of("a.yaml", comment), DemoMembership.demo()))
            .contains("a.yaml:1:7: an invisible character: U+202E RIGHT-TO-LEFT OVERRIDE"));
  }

  /** Written as an escape, a character is in the value and not in the file. */
  @Test
  void texts_thatDoNotShow_areRefused_alsoAsEscapes() throws IOException {
    for (String text : Stream.concat(BlankText.all(), Stream.of("Sa\u202Emple")).toList()) {
      String escaped =
          text.codePoints()
              .mapToObj("\\U%08X"::formatted)
              .collect(Collectors.joining("", "\"", "\""));
      String hidden = TextRule.name(text.codePointAt(text.length() > 2 ? 2 : 0));
      String all = assertRefused(sample("title: Sample", "title: " + escaped), "a.yaml:2:1: title");
      assertTrue(all.contains(hidden), all);
    }
  }

  private String assertRefused(String agreement, String problem) throws IOException {
    Rulebook.LoadResult loading =
        PolicyFixture.load(folder, Map.of("a.yaml", agreement), DemoMembership.demo());
    String all = assertInstanceOf(Rulebook.LoadResult.Invalid.class, loading).problems().toString();
    assertTrue(all.contains(problem), all);
    return all;
  }

  @Test
  void words_ofSeveralScripts_areAWarning() throws IOException {
    // A Cyrillic letter that looks like the Latin one.
    assertWarns(
        sample("title: Sample", "title: S\u0430mple"),
        "a.yaml:2:8: the word \"S\u0430mple\" mixes");
    assertEquals(
        List.of(),
        lint(
            Map.of(
                "a.yaml",
                sample(
                    "title: Sample", "title: Zoll\u00FCbereinkommen \u0422\u0430\u043C\u043E"))));
  }

  /** A group that is written as a jurisdiction: no reader would expect it to mean all of them. */
  @Test
  void jurisdiction_thatIsAGroup_isAWarning() throws IOException {
    assertWarns(
        sample("- agency: sg.police", "- jurisdiction: EU"),
        "between.parties[1].jurisdiction: EU is a group; it covers every agency of that group;"
            + " valid: group: EU");
  }

  @Test
  void party_thatIsNoMember_isAWarning_withTheNearestName() throws IOException {
    assertWarns(
        sample("- agency: sg.police", "- agency: sg.polise"),
        "between.parties[1]: sg.polise contains no member agency; valid: a member of the"
            + " federation; did you mean \"sg.police\"?");
    assertWarns(
        sample("- agency: sg.police", "- agency: zz.gone"),
        "between.parties[1]: zz.gone contains no member agency; valid: a member of the federation");
  }

  /** Else a partner's condition would keep lint busy for hours in a large federation. */
  @Test
  void condition_thatReadsAgenciesInALargeFederation_isTriedWithinABudget() throws IOException {
    DemoMembership members = DemoMembership.demo();
    for (int i = 0; i < 40; i++) {
      members = members.with("fr.office-" + i, "FR", AgencyKind.CUSTOMS);
    }
    Path agreements = Files.createTempDirectory(folder, "agreements");
    Files.writeString(
        agreements.resolve("a.yaml"),
        sample(
            "    - agency: fr.customs\n    - agency: sg.police\n",
            "    - all_members: true\n      among_themselves: true\n",
            NO_DATA,
            NO_DATA
                + "\n  condition: origin == recipient && label.urgency == label.urgency"
                + " && label.severity == label.severity && label.certainty == label.certainty"
                + " && label.lane == label.lane && label.status == label.status"));
    Rulebook.LoadResult loading = RulebookReader.lint(agreements, null, null, members, NOW);
    var loaded = assertInstanceOf(Rulebook.LoadResult.Loaded.class, loading, loading::toString);
    assertTrue(
        loaded.warnings().toString().contains("was not tried with all labels and members"),
        loading::toString);
  }

  /** Rules that refuse one direction leave the other. */
  @Test
  void nodeRule_thatReadsTheOrigin_isTriedForEachPairOfTheAgreement() throws IOException {
    String rules =
        "rules:\n  - id: one\n    when: EGRESS\n    deny_if: origin == '%s'\n    reason: no\n";
    for (String origin : List.of("fr.customs", "sg.police")) {
      assertEquals(
          List.of(), lint(Map.of("a.yaml", sample(), "node-rules.yaml", rules.formatted(origin))));
    }
  }

  /** Only customs are members of the party today; police that join would be refused their mail. */
  @Test
  void party_withoutAuthorities_isOddWherePoliceMayJoin() throws IOException {
    String open =
        sample("  purpose_change: true\n", "", "- agency: sg.police", "- jurisdiction: DE");
    assertWarns(
        open,
        "between.parties[1]: DE includes police that join later; what customs send to them is"
            + " refused; valid: authorities without POLICE");
    String narrow =
        sample(
            "  purpose_change: true\n", "",
            "- agency: sg.police", "- { jurisdiction: DE, authorities: [CUSTOMS] }");
    assertEquals(List.of(), lint(Map.of("a.yaml", narrow)));
  }

  @Test
  void agency_inSeveralParties_isAWarning() throws IOException {
    assertWarns(
        sample("- agency: sg.police", "- group: EU"),
        "between.parties: fr.customs is in several parties, and may send and receive as each of"
            + " them; valid: parties without a common member");
  }

  private void assertWarns(String agreement, String expected) throws IOException {
    assertWarns(Map.of("a.yaml", agreement), expected);
  }

  private void assertWarns(Map<String, String> files, String expected) throws IOException {
    List<String> warnings = lint(files);
    assertTrue(warnings.stream().anyMatch(it -> it.contains(expected)), warnings::toString);
  }

  private List<String> lint(Map<String, String> files) throws IOException {
    Path agreements = Files.createTempDirectory(folder, "agreements");
    Path rules = null;
    for (Map.Entry<String, String> file : files.entrySet()) {
      boolean nodeRules = file.getKey().equals("node-rules.yaml");
      Path path = nodeRules ? Files.createTempFile(folder, "rules", ".yaml") : null;
      path = path == null ? agreements.resolve(file.getKey()) : path;
      Files.writeString(path, file.getValue());
      rules = nodeRules ? path : rules;
    }
    Rulebook.LoadResult loading =
        RulebookReader.lint(agreements, rules, null, DemoMembership.demo(), NOW);
    return assertInstanceOf(Rulebook.LoadResult.Loaded.class, loading, loading::toString)
        .warnings()
        .stream()
        .map(ConfigProblem::toString)
        .toList();
  }
}
