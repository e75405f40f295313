package org.entente.gateway.bridge.mapping;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.entente.gateway.bridge.format.AlertItem;
import org.entente.gateway.bridge.format.BadRecord;
import org.entente.gateway.bridge.format.FeedFixture;
import org.entente.gateway.bridge.format.SourceRecord;
import org.entente.gateway.config.ConfigProblem;
import org.entente.proto.v1.Category;
import org.entente.proto.v1.Draft;
import org.entente.proto.v1.Handling;
import org.entente.proto.v1.Subject;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

class RecordMappingTest {
  /** 13 lines; further fields begin on line 14. */
  private static final String HEAD =
      """
      name: test
      input: json_lines
      publisher: { constant: fr.customs }
      fields:
        idempotency_key: { constant: k-1 }
        label.kind: { constant: ALERT }
        label.category: { constant: CATEGORY_IPR }
        label.purpose: { constant: IPR_ENFORCEMENT }
        label.classification: { constant: UNCLASSIFIED }
        body.alert.texts[0].language: { constant: en }
        body.alert.texts[0].headline: source.title
        to.agencies: { constant: [sg.police] }
        label.status: { constant: TEST }
      """;

  private static AlertItem apply(String fields, Map<String, Object> source) {
    return FeedFixture.mapping(HEAD + fields.indent(2))
        .apply(new SourceRecord("f.jsonl", 7, source));
  }

  private static Draft draft(String fields, Map<String, Object> source) {
    return FeedFixture.draft(apply(fields, source)).draft();
  }

  @Test
  void mapping_minimal_makesADraft() {
    Draft draft = draft("", Map.of("title", "Bags"));

    assertEquals("k-1", draft.getIdempotencyKey());
    assertEquals(Category.CATEGORY_IPR, draft.getLabel().getCategory());
    assertEquals("Bags", draft.getBody().getAlert().getTexts(0).getHeadline());
    assertEquals(List.of("sg.police"), draft.getTo().getAgenciesList());
  }

  @Test
  void targets_ofEveryKind_areSet() {
    String fields =
        """
        label.handling: "['H1', 'HANDLING_H2']"
        label.personal_data: source.flag
        label.expires_at: source.until
        label.in_reply_to: { constant: "AAECAwQFBgcICQoLDA0ODw==" }
        body.alert.onset_at: timestamp(source.until) - duration('1h')
        body.alert.subjects: "source.boxes.map(b, {'container': b}) + [{'commodity': {'hs_code': '42'}}]"
        body.alert.extra: "{'a': source.number, 'b': 'x'}"
        """;
    Draft draft =
        draft(
            fields,
            Map.of(
                "title",
                "t",
                "flag",
                true,
                "until",
                "2026-05-01T12:00:00+02:00",
                "boxes",
                List.of("CSQU3054383", "ENTU4021176"),
                "number",
                5L));

    assertEquals(
        List.of(Handling.HANDLING_H1, Handling.HANDLING_H2), draft.getLabel().getHandlingList());
    assertTrue(draft.getLabel().getPersonalData());
    assertEquals(1_777_629_600, draft.getLabel().getExpiresAt().getSeconds());
    assertEquals(1_777_626_000, draft.getBody().getAlert().getOnsetAt().getSeconds());
    assertEquals(16, draft.getLabel().getInReplyTo().size());
    List<Subject> subjects = draft.getBody().getAlert().getSubjectsList();
    assertEquals("ENTU4021176", subjects.get(1).getContainer());
    assertEquals("42", subjects.get(2).getCommodity().getHsCode());
    assertEquals(Map.of("a", "5", "b", "x"), draft.getBody().getAlert().getExtraMap());
  }

  @Test
  void guard_false_leavesNoHoleInTheList() {
    String fields =
        """
        body.alert.subjects[0].commodity.brand: { cel: source.brand, when: has(source.brand) }
        body.alert.subjects[1].container: source.?box
        body.alert.subjects[2].place: source.place
        body.alert.subjects[2]: { constant: {} }
        """;

    assertEquals(1, FeedFixture.problems(HEAD + fields.indent(2)).size());
    Draft draft =
        draft(
            fields.lines().limit(3).reduce("", (a, b) -> a + b + "\n"),
            Map.of("title", "t", "place", "SGSIN"));
    assertEquals(1, draft.getBody().getAlert().getSubjectsCount());
    assertEquals("SGSIN", draft.getBody().getAlert().getSubjects(0).getPlace());
  }

  @Test
  void otherwise_standsWhereNothingIs() {
    String fields =
        """
        label.severity: { cel: 'source.?grade', otherwise: MINOR }
        label.urgency: { constant: PAST, when: has(source.old), otherwise: FUTURE }
        """;

    assertEquals(
        "SEVERITY_MINOR", draft(fields, Map.of("title", "t")).getLabel().getSeverity().name());
    Draft old = draft(fields, Map.of("title", "t", "old", 1L, "grade", "SEVERE"));
    assertEquals("SEVERITY_SEVERE", old.getLabel().getSeverity().name());
    assertEquals("URGENCY_PAST", old.getLabel().getUrgency().name());
  }

  @Test
  void cut_shortensATextThatIsTooLong() {
    String fields = "body.alert.texts[0].event: { cel: source.event, cut: true }\n";
    String exact = "e".repeat(200);

    assertEquals(exact, event(fields, exact));
    assertEquals("e".repeat(199) + "…", event(fields, exact + "e"));
    assertEquals("e".repeat(198) + "…", event(fields, "e".repeat(198) + "\uD83D\uDE00e"));
  }

  private static String event(String fields, String event) {
    Map<String, Object> source = Map.of("title", "t", "event", event);
    return draft(fields, source).getBody().getAlert().getTexts(0).getEvent();
  }

  /** Each row: further fields, the record's extra value, field and a piece of the message. */
  @TestFactory
  Stream<DynamicTest> record_atFault_isReportedByField() {
    return Stream.of(
            new Object[][] {
              {
                "label.case_ref: source.x",
                "c".repeat(81),
                "label.case_ref",
                "81 characters; at most 80"
              },
              {"label.case_ref: source.x", 5L, "label.case_ref", "the required type is TEXT"},
              {"label.severity: source.x", "BAD", "label.severity", "one of UNKNOWN, MINOR"},
              {"label.handling: source.x", List.of("H9"), "label.handling[0]", "one of H0, H1"},
              {"label.expires_at: source.x", "tomorrow", "label.expires_at", "RFC 3339"},
              {"label.in_reply_to: source.x", "AAAA", "label.in_reply_to", "16 bytes"},
              {"label.in_reply_to: source.x", "*", "label.in_reply_to", "base64"},
              {
                "label.jurisdictions: source.x", List.of("france"), "label.jurisdictions[0]", "form"
              },
              {"label.markings: source.x", List.of(7L), "label.markings[0]", "must be text"},
              {
                "body.alert.subjects: source.x",
                List.of(Map.of("boat", "1")),
                "body.alert.subjects[0].boat",
                "is an unknown field; valid are container"
              },
              {
                "body.alert.subjects: source.x",
                List.of(Map.of("place", "SGSIN", "vessel", "1")),
                "body.alert.subjects[0]",
                "only one of them"
              },
              {
                "body.alert.subjects: source.x", List.of("y"), "body.alert.subjects[0]", "an object"
              },
              {"body.alert.extra.k: source.x", List.of(), "body.alert.extra.k", "text, a number"},
              {"body.alert.texts[0].web: source.x", "ftp://a", "body.alert.texts[0].web", "form"},
              {"label.case_ref: source.absent", "x", "label.case_ref", "cannot be computed"},
              {"label.source_ref: source.x", "\uD800", "label.source_ref", "surrogate"},
              {"label.handling: \"['H3']\"", "x", "label.handling_text", "required with"},
            })
        .map(
            row ->
                DynamicTest.dynamicTest(
                    row[0] + " " + row[3],
                    () -> {
                      Map<String, Object> source = Map.of("title", "t", "x", row[1]);
                      BadRecord bad = FeedFixture.bad(apply(row[0] + "\n", source));
                      assertEquals("f.jsonl", bad.file());
                      assertEquals(7, bad.line());
                      assertTrue(bad.field().startsWith((String) row[2]), bad::toString);
                      assertTrue(bad.message().contains((String) row[3]), bad::toString);
                    }));
  }

  @Test
  void headline_missingOrTooLong_isReported() {
    assertEquals("body.alert.texts[0].headline", FeedFixture.bad(apply("", Map.of())).field());
    assertTrue(FeedFixture.bad(apply("", Map.of("title", ""))).message().contains("is required"));
    assertTrue(
        FeedFixture.bad(apply("", Map.of("title", "\u200B")))
            .message()
            .startsWith("found U+200B ZERO"));
    assertTrue(
        FeedFixture.bad(apply("", Map.of("title", "h".repeat(201))))
            .message()
            .contains("at most 200"));
    assertTrue(FeedFixture.bad(apply("", Map.of("title", "a\nb"))).message().contains("one line"));
  }

  @Test
  void oneof_setTwiceByGuards_isReported() {
    String fields =
        """
        body.alert.subjects[0].place: { cel: source.place, when: has(source.place) }
        body.alert.subjects[0].vessel: { cel: source.ship, when: has(source.ship) }
        """;

    Map<String, Object> both = Map.of("title", "t", "place", "SGSIN", "ship", "9074729");
    assertTrue(
        FeedFixture.bad(apply(fields, both)).message().contains("cannot be combined with place"));
    Draft one = draft(fields, Map.of("title", "t", "ship", "9074729"));
    assertEquals("9074729", one.getBody().getAlert().getSubjects(0).getVessel());
  }

  @Test
  void publisher_thatIsNone_isReported() {
    String yaml = HEAD.replace("publisher: { constant: fr.customs }", "publisher: source.who");
    RecordMapping mapping = FeedFixture.mapping(yaml);

    AlertItem bad = mapping.apply(new SourceRecord("f", 1, Map.of("title", "t", "who", "FR")));
    assertEquals("publisher", FeedFixture.bad(bad).field());
    AlertItem good =
        mapping.apply(new SourceRecord("f", 1, Map.of("title", "t", "who", "de.customs")));
    assertEquals("de.customs", FeedFixture.draft(good).publisher().value());
  }

  /**
   * Each row: further fields, field of the problem, pieces of what is wrong and of what is valid.
   */
  @TestFactory
  Stream<DynamicTest> mapping_atFault_isReportedByLineAndField() {
    return Stream.of(
            new String[][] {
              {
                "label.colour: source.x",
                "fields.label.colour",
                "not a field of a draft",
                "message_id"
              },
              {"label.origin: source.x", "fields.label.origin", "set by the gateway", ""},
              {
                "body.alert.texts.headline: source.x",
                "fields.body.alert.texts.headline",
                "a list",
                "texts[0]"
              },
              {"label.lane.x: source.x", "fields.label.lane.x", "has no fields", "label.lane"},
              {
                "label.markings[0]: source.x",
                "fields.label.markings[0]",
                "cannot have this index",
                "list of messages"
              },
              {
                "body.alert.texts[999].web: source.x",
                "fields.body.alert.texts[999].web",
                "cannot have this index",
                "255"
              },
              {"label.lane: { constant: FAST }", "fields.label.lane.constant", "one of FLASH", ""},
              {
                "label.case_ref: { constant: 5 }",
                "fields.label.case_ref.constant",
                "must be text",
                ""
              },
              {
                "label.lane: { cel: source.x, otherwise: 7 }",
                "fields.label.lane.otherwise",
                "one of",
                ""
              },
              {
                "label.personal_data: \"'yes'\"",
                "fields.label.personal_data",
                "the required type is BOOL",
                "BOOL"
              },
              {"label.case_ref: source.x +", "fields.label.case_ref", "column", "CEL expression"},
              {"label.case_ref: sauce.x", "fields.label.case_ref", "undeclared", ""},
              {
                "label.case_ref: { cel: source.x, when: \"'a'\" }",
                "fields.label.case_ref.when",
                "BOOL",
                ""
              },
              {
                "label.case_ref: { cel: source.x, constant: y }",
                "fields.label.case_ref",
                "both",
                "either"
              },
              {"label.case_ref: { when: \"true\" }", "fields.label.case_ref", "neither", "either"},
              {
                "label.lane: { cel: source.x, cut: true }",
                "fields.label.lane.cut",
                "no maximum length",
                ""
              },
              {
                "body.alert.texts: source.x",
                "fields.body.alert.texts",
                "sets the same field as body.alert.texts[0]",
                ""
              },
              {
                "body.document.name: source.x",
                "fields.body.document.name",
                "cases of one oneof",
                "when"
              },
              {
                "label.case_ref: { col: source.x }",
                "fields.label.case_ref.col",
                "unknown field",
                "cel"
              },
              {"label.case_ref: [x]", "fields.label.case_ref", "a list", ""},
              {"label.case_ref:", "fields.label.case_ref", "nothing", "leave the field out"},
            })
        .map(
            row ->
                DynamicTest.dynamicTest(
                    row[0],
                    () -> {
                      List<ConfigProblem> problems =
                          FeedFixture.problems(HEAD + "  " + row[0] + "\n");
                      ConfigProblem problem = problems.get(0);
                      assertEquals(1, problems.size(), problems::toString);
                      assertEquals("m.yaml", problem.file());
                      assertEquals(14, problem.line(), problem::toString);
                      assertEquals(row[1], problem.field(), problem::toString);
                      assertTrue(problem.wrong().contains(row[2]), problem::toString);
                      assertTrue(problem.valid().contains(row[3]), problem::toString);
                    }));
  }

  @Test
  void mapping_withSeveralFaults_reportsThemAll() {
    String yaml =
        HEAD.replace("constant: fr.customs", "constant: FRANCE")
            .replace("{ constant: CATEGORY_IPR }", "{ constant: IPRX }")
            .replace("  to.agencies: { constant: [sg.police] }\n", "");

    List<ConfigProblem> problems = FeedFixture.problems(yaml);

    assertEquals(
        List.of("publisher", "fields.label.category.constant", "fields"),
        problems.stream().map(ConfigProblem::field).toList());
    assertEquals(List.of(3, 7, 4), problems.stream().map(ConfigProblem::line).toList());
    assertTrue(problems.get(2).wrong().contains("no rule sets to,"));
  }

  @Test
  void expression_overSeveralLines_isReportedOnItsOwnLine() {
    String yaml = HEAD + "  label.case_ref: |\n    source.a\n    + sauce.b\n";

    ConfigProblem problem = FeedFixture.problems(yaml).get(0);

    assertEquals(16, problem.line(), problem::toString);
  }

  @Test
  void problems_inText_areOneLineEach() {
    String text = FeedFixture.problems(HEAD + "  label.colour: source.x\n").get(0).toString();

    assertTrue(text.startsWith("m.yaml:14:3: fields.label.colour: "), text);
    assertFalse(text.contains("\n"), text);
  }

  @Test
  void path_inCamelCase_isNoTarget() {
    assertEquals(1, FeedFixture.problems(HEAD + "  label.caseRef: source.x\n").size());
  }
}
