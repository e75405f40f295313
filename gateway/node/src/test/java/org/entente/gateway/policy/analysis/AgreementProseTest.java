package org.entente.gateway.policy.analysis;

import static org.entente.gateway.policy.decide.PolicyFixture.CONFIG;
import static org.entente.gateway.policy.decide.PolicyFixture.NOW;
import static org.entente.gateway.policy.decide.PolicyFixture.SAMPLE;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.entente.gateway.cel.Compilation;
import org.entente.gateway.policy.load.PolicySchemas;
import org.entente.gateway.policy.load.RulebookReader;
import org.entente.gateway.policy.terms.DemoMembership;
import org.entente.gateway.policy.terms.Rulebook;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Agreements as people read them before they sign. */
class AgreementProseTest {
  /** A full agreement, each field of which the next table changes. */
  private static final String FULL =
      SAMPLE
          .replace(
              "personal_data: false", "personal_data: false\n  condition: label.case_ref != ''")
          .replace(
              "deliver_within_days: 10\n",
              """
              deliver_within_days: 10
                no_export: false
                four_eyes: false
                person_required: false
              redactions: [label.source_ref]
              """);

  /** For each field of an agreement file, a change of the full agreement. */
  private static final Map<String, String[]> CHANGES =
      Map.ofEntries(
          Map.entry("instrument", change("instrument: TREATY", "instrument: NATIONAL_LAW")),
          Map.entry("reference", change("Sample treaty", "Another treaty")),
          Map.entry("regime", change("regime: ADMINISTRATIVE", "regime: CRIMINAL")),
          Map.entry(
              "transfer_basis", change("transfer_basis: SAFEGUARDS", "transfer_basis: ADEQUACY")),
          Map.entry(
              "purpose_change",
              change(
                  "purpose_change: true\n",
                  "purpose_change: false\n",
                  "agency: sg.police",
                  "agency: sg.customs")),
          Map.entry(
              "direction",
              change(
                  "direction: BOTH\n  parties:\n    - agency: fr.customs\n    - agency: sg.police",
                  "direction: ONE_WAY\n  from:\n    - agency: fr.customs\n  to:\n"
                      + "    - agency: sg.police")),
          Map.entry("parties", change("agency: fr.customs", "agency: de.customs")),
          Map.entry(
              "from",
              change(
                  "direction: BOTH\n  parties:\n    - agency: fr.customs\n    - agency: sg.police",
                  "direction: ONE_WAY\n  from:\n    - agency: de.customs\n  to:\n"
                      + "    - agency: sg.police")),
          Map.entry(
              "to",
              change(
                  "direction: BOTH\n  parties:\n    - agency: fr.customs\n    - agency: sg.police",
                  "direction: ONE_WAY\n  from:\n    - agency: fr.customs\n  to:\n"
                      + "    - agency: us.cbp")),
          Map.entry("agency", change("agency: sg.police", "agency: us.cbp")),
          Map.entry("jurisdiction", change("agency: sg.police", "jurisdiction: SG")),
          Map.entry("group", change("agency: fr.customs", "group: EU")),
          Map.entry("all_members", change("agency: sg.police", "all_members: true")),
          Map.entry(
              "authorities",
              change("agency: sg.police", "{ jurisdiction: SG, authorities: [POLICE] }")),
          Map.entry(
              "among_themselves",
              change("agency: sg.police", "{ jurisdiction: SG, among_themselves: true }")),
          Map.entry("kinds", change("kinds: [ALERT]", "kinds: [ALERT, INTELLIGENCE]")),
          Map.entry("categories", change("categories: [IPR]", "categories: [EXCISE]")),
          Map.entry("purposes", change("purposes: [IPR_ENFORCEMENT]", "purposes: [PUBLIC_SAFETY]")),
          Map.entry("classification_ceiling", change("ceiling: RESTRICTED", "ceiling: SECRET")),
          Map.entry("handling", change("handling: [H1]", "handling: [H1, H2]")),
          Map.entry("personal_data", change("personal_data: false", "personal_data: true")),
          Map.entry("condition", change("label.case_ref != ''", "label.case_ref == 'a'")),
          Map.entry("retention_days", change("retention_days: 90", "retention_days: 1")),
          Map.entry(
              "onward_transfer", change("onward_transfer: NONE", "onward_transfer: WITH_CONSENT")),
          Map.entry("no_export", change("no_export: false", "no_export: true")),
          Map.entry("four_eyes", change("four_eyes: false", "four_eyes: true")),
          Map.entry("person_required", change("person_required: false", "person_required: true")),
          Map.entry(
              "max_message_bytes", change("max_message_bytes: 10000", "max_message_bytes: 9")),
          Map.entry(
              "deliver_within_days", change("deliver_within_days: 10", "deliver_within_days: 9")),
          Map.entry("redactions", change("[label.source_ref]", "[body.alert.areas]")),
          Map.entry("until", change("until: 2026-12-31", "until: 2027-12-31")));

  /** What is not an article: the heading names it, or it only groups others. */
  private static final Set<String> NO_ARTICLE =
      Set.of("id", "title", "law", "between", "covers", "obligations", "valid");

  @TempDir Path folder;

  private static String[] change(String... pairs) {
    return pairs;
  }

  private static Rulebook load(Path file) throws IOException {
    Rulebook.LoadResult loading =
        RulebookReader.loadOne(
            file, Files.readAllBytes(file), CONFIG.resolve("codes"), DemoMembership.demo(), NOW);
    return assertInstanceOf(Rulebook.LoadResult.Loaded.class, loading, loading::toString)
        .rulebook();
  }

  private static String prose(Rulebook rulebook) {
    var articles =
        assertInstanceOf(
            Compilation.Compiled.class,
            AgreementProse.of(
                rulebook.agreements().get(0), rulebook.codes(), DemoMembership.demo()));
    return articles.expression().toString();
  }

  private String prose(String yaml) throws IOException {
    return prose(load(Files.writeString(folder.resolve("sample.yaml"), yaml)));
  }

  @Test
  void everyAgreementOfTheSamples_isSaid() throws IOException {
    try (Stream<Path> files = Files.list(CONFIG.resolve("agreements"))) {
      for (Path file : files.filter(it -> it.toString().endsWith(".yaml")).sorted().toList()) {
        Rulebook rulebook = load(file);
        String said = prose(rulebook);
        assertTrue(said.contains("Legal basis"), file::toString);
        assertTrue(
            said.contains(rulebook.agreements().get(0).law().reference().strip().substring(0, 20)),
            said);
      }
    }
  }

  @Test
  void wholeAgreement_isSaidInArticles() throws IOException {
    String said =
        prose(load(CONFIG.resolve("agreements").resolve("fr-sg-controlled-delivery.yaml")));
    for (String clause :
        List.of(
            "Sharing rests on a treaty or another international agreement, which the file names:",
            "[Arrangement FR-SG under article 11 of the UN Convention of 1988 (sample)]",
            "under the law on the prevention, investigation and prosecution of criminal offences",
            "subject to appropriate safeguards (Directive (EU) 2016/680, article 37)",
            "Police authorities may use what customs authorities collected.",
            "the agency fr.customs, the agency sg.police",
            "INTELLIGENCE (Intelligence)",
            "classified at most RESTRICTED (Restricted)",
            "It may contain personal data.",
            "the requested action is one of CONTROLLED_DELIVERY, DO_NOT_INTERVENE",
            "body.intelligence.subjects.phone (phone in subjects of each INTELLIGENCE), "
                + "label.source_evaluation (source evaluation of each label",
            "label.source_ref (source reference of each label)",
            "such as a document, is refused",
            "keeps the content for at most 365 days (UTC) after the day on which it received the",
            "The recipient passes nothing on.",
            "waits until a second officer of the sender releases it",
            "names the officer who sends it and the reason",
            "has at most 262,144 bytes",
            "gateway 7 days after the sender's gateway accepted it.",
            "from the beginning of 2025-01-01 (UTC)",
            "with the end of 2034-12-31 (UTC)")) {
      assertTrue(said.contains(clause), () -> clause + " in " + said);
    }
  }

  private List<AgreementProse.Clause> clauses(String yaml, int article) throws IOException {
    Rulebook rulebook = load(Files.writeString(folder.resolve("sample.yaml"), yaml));
    var compiled =
        assertInstanceOf(
            Compilation.Compiled.class,
            AgreementProse.of(
                rulebook.agreements().get(0), rulebook.codes(), DemoMembership.demo()));
    List<?> articles = assertInstanceOf(List.class, compiled.expression());
    return assertInstanceOf(AgreementProse.Article.class, articles.get(article - 1)).clauses();
  }

  @Test
  void clauseOnSendersOfOneParty_namesTheListOfParties() throws IOException {
    List<AgreementProse.Clause> second = clauses(FULL, 2);
    assertEquals("The parties are:", second.get(1 - 1).text());
    assertTrue(second.get(2 - 1).text().contains("except where clause 2.1 says so, or where"));
  }

  /** Both customs agencies of the Union may then send to each other. */
  @Test
  void agencyInSeveralParties_isSaidToSendAsEachOfThem() throws IOException {
    String second = clauses(FULL.replace("agency: sg.police", "group: EU"), 2).get(2 - 1).text();
    assertTrue(
        second.endsWith(
            "where one of them is in another party too: an agency that is in several parties may"
                + " send and receive as each of them."),
        second);
  }

  /** The key of the gateway ends; the recipient itself erases what it copied before. */
  @Test
  void clauseOnCopies_namesTheTimeThatHoldsForThemToo() throws IOException {
    List<AgreementProse.Clause> sixth = clauses(FULL, 6);
    assertTrue(sixth.get(1 - 1).text().contains("no copy in the gateway can be read any more"));
    assertTrue(sixth.get(3 - 1).text().contains("within the time of clause 6.1: no gateway does"));
  }

  /** A name that one kind of message does not bring can come with another. */
  @Test
  void whatIsWithheld_isInWords_andNamesTheKindsWhoseBodiesAreWhole() throws IOException {
    List<AgreementProse.Clause> fifth =
        clauses(
            FULL.replace("kinds: [ALERT]", "kinds: [ALERT, ANSWER, REQUEST]")
                .replace("[label.source_ref]", "[body.alert.subjects.person]"),
            5);
    assertEquals(
        List.of(
            "body.alert.subjects.person (person in subjects of each ALERT; with role, family name,"
                + " given names, birth date, document, nationality)"),
        fifth.get(0).items());
    assertEquals(
        "Nothing is withheld from the bodies of messages of these kinds:", fifth.get(2).text());
    List<String> whole = fifth.get(2).items();
    assertEquals(2, whole.size(), whole::toString);
    assertTrue(whole.get(0).startsWith("REQUEST"), whole::toString);
    assertTrue(whole.get(1).startsWith("ANSWER"), whole::toString);
    List<AgreementProse.Clause> every =
        clauses(FULL.replace("[label.source_ref]", "[body.alert.subjects.person]"), 5);
    assertTrue(
        every.stream().noneMatch(it -> it.text().startsWith("Nothing is withheld")),
        every::toString);
  }

  /** What a field changes, the text says: nobody signs what is not said. */
  @Test
  void everyFieldOfAnAgreement_changesTheText() throws IOException {
    Set<String> fields = new TreeSet<>();
    fields(new ObjectMapper().readTree(PolicySchemas.all().get("agreement.json")), fields);
    fields.removeAll(NO_ARTICLE);
    assertEquals(fields, new TreeSet<>(CHANGES.keySet()));
    Set<String> texts = new HashSet<>();
    String before = prose(FULL);
    for (String field : new TreeSet<>(CHANGES.keySet())) {
      String[] pairs = CHANGES.getOrDefault(field, change());
      String changed = FULL;
      for (int i = 0; i < pairs.length; i += 2) {
        assertTrue(changed.contains(pairs[i]), field + ": " + pairs[i]);
        changed = changed.replace(pairs[i], pairs[i + 1]);
      }
      String after = prose(changed);
      assertNotEquals(before, after, field);
      assertTrue(texts.add(after), field + " says the same as another change");
    }
  }

  private static void fields(JsonNode schema, Set<String> names) {
    schema.path("properties").fieldNames().forEachRemaining(names::add);
    schema.forEach(part -> fields(part, names));
  }

  @Test
  void signatories_areTheParties_eachOnce() throws IOException {
    assertEquals(
        List.of("the agency de.customs", "the agency us.cbp"),
        AgreementProse.signatories(
            load(CONFIG.resolve("agreements").resolve("de-us-order-ivory.yaml"))
                .agreements()
                .get(0)));
  }
}
