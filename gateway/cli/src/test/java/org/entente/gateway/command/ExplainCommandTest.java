package org.entente.gateway.command;

import static org.entente.gateway.federation.RunningFederation.DE;
import static org.entente.gateway.federation.RunningFederation.FR;
import static org.entente.gateway.federation.RunningFederation.HUB;
import static org.entente.gateway.federation.RunningFederation.SG;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.entente.gateway.cli.CommandFixture;
import org.entente.gateway.federation.RunningFederation;
import org.entente.gateway.model.MessageId;
import org.entente.gateway.testkit.RequestSamples;
import org.entente.proto.v1.Category;
import org.entente.proto.v1.Purpose;
import org.entente.proto.v1.Wanted;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** {@code policy explain} of all that a draft can have, by a node's files and by its gateway. */
class ExplainCommandTest {
  private static final Duration DEADLINE = Duration.ofDays(3);
  private static final String[] WARNING = {
    "--category", "PUBLIC_WARNING", "--purpose", "PUBLIC_SAFETY"
  };
  private static final String GOOD =
      "{\"publisher\": \"fr.customs\", \"draft\": {\"idempotencyKey\": \"w-1\", \"label\":"
          + " {\"kind\": \"KIND_ALERT\", \"category\": \"CATEGORY_PUBLIC_WARNING\", \"purpose\":"
          + " \"PURPOSE_PUBLIC_SAFETY\", \"classification\": \"CLASSIFICATION_UNCLASSIFIED\"},"
          + " \"body\": {\"alert\": {\"texts\": [{\"language\": \"en\", \"headline\":"
          + " \"Flood\"}]}}, \"to\": {\"agencies\": [\"de.customs\", \"sg.police\"]}}}\n";
  private static final String PERSON =
      GOOD.replace("w-1", "w-2")
          .replace(
              "\"headline\": \"Flood\"}]",
              "\"headline\": \"Flood\"}], \"subjects\": [{\"person\": {\"role\":"
                  + " \"PERSON_ROLE_VICTIM\", \"familyName\": \"Muster\"}}]");

  @RegisterExtension final RunningFederation federation = new RunningFederation();
  private String out = "";
  private String err = "";

  private void agreement(String old, String changed) throws IOException {
    Path file = federation.folder().resolve("agreements").resolve("warnings.yaml");
    String text = Files.readString(file);
    assertTrue(text.contains(old), text);
    Files.writeString(file, text.replace(old, changed));
  }

  private String[] files() {
    return new String[] {"--config", federation.config(FR).toString()};
  }

  private String[] gateway() {
    return CommandFixture.client(federation, FR).toArray(String[]::new);
  }

  private int explain(String[] where, String[] some, String... more) {
    List<String> args = new ArrayList<>(List.of("policy", "explain"));
    args.addAll(List.of(where));
    args.addAll(List.of(some));
    args.addAll(List.of(more));
    return run(args);
  }

  private int run(List<String> args) {
    CommandFixture command = new CommandFixture();
    int exit = command.run(args);
    out = command.out();
    err = command.err();
    return exit;
  }

  /** An agreement that is in force only later is explained before it begins. */
  @Test
  void explain_ofAnotherTime_decidesByWhatIsInForceThen() throws IOException {
    agreement("from: 2025-01-01", "from: 2200-01-01");
    assertEquals(3, explain(files(), WARNING, "--to", DE));
    assertEquals(0, explain(files(), WARNING, "--to", DE, "--at", "2200-01-01"), () -> out + err);
    assertEquals(3, explain(files(), WARNING, "--to", DE, "--at", "2199-12-31T23:59:59Z"));
    federation.start(FR);
    assertEquals(2, explain(gateway(), WARNING, "--to", DE, "--at", "2200-01-01"));
    assertTrue(err.contains("--at: needs --config"), err);
  }

  /** Each of these decides, and is left out once. */
  @Test
  void whatConditionsRead_canBeSaid_andCounts() throws IOException {
    agreement(
        "  personal_data: false\n",
        """
          personal_data: false
          handling: [H3]
          condition: >-
            label.urgency == Urgency.URGENCY_IMMEDIATE
            && label.severity == Severity.SEVERITY_SEVERE
            && label.certainty == Certainty.CERTAINTY_OBSERVED
            && label.requested_action == RequestedAction.REQUESTED_ACTION_CHECK
            && label.markings.exists(it, it == "TLP:AMBER")
            && label.lane == Lane.LANE_FLASH
            && label.precedence == Precedence.PRECEDENCE_OVERRIDE
            && label.status == Status.STATUS_TEST
            && label.statement == Statement.STATEMENT_FACT
            && label.source_evaluation == "4x4:A1"
            && label.jurisdictions.exists(it, it == "US-CA")
            && label.case_ref == "K-1" && label.source_ref == "S-1"
            && label.legal_basis == "Act" && label.handling_text == "Call first"
        """);
    federation.start(FR);
    List<String> all =
        List.of(
            "--urgency=IMMEDIATE",
            "--severity=SEVERE",
            "--certainty=OBSERVED",
            "--requested-action=CHECK",
            "--marking=TLP:AMBER",
            "--precedence=OVERRIDE",
            "--status=TEST",
            "--statement=FACT",
            "--source-evaluation=4x4:A1",
            "--jurisdiction=US-CA",
            "--case=K-1",
            "--source-ref=S-1",
            "--legal-basis=Act",
            "--handling-text=Call first");
    for (String[] where : List.of(files(), gateway())) {
      List<String> whole = new ArrayList<>(all);
      whole.addAll(List.of("--handling=H3", "--to=" + DE));
      assertEquals(0, explain(where, WARNING, whole.toArray(String[]::new)), () -> out + err);
      assertTrue(out.contains("de.customs: permitted by warnings"), out);
      for (String one : all.subList(0, all.size() - 1)) {
        List<String> less = new ArrayList<>(whole);
        less.remove(one);
        assertEquals(3, explain(where, WARNING, less.toArray(String[]::new)), one);
        assertTrue(out.contains("CONDITION_FALSE by warnings/condition"), one + out);
      }
      whole.remove("--handling-text=Call first");
      assertEquals(1, explain(where, WARNING, whole.toArray(String[]::new)), () -> out);
      assertTrue(err.contains("label.handling_text"), err);
    }
  }

  /** An answer, feedback and what is said in an operation, none of them with a body. */
  @Test
  void kindsThatAnswerOrBelongSomewhere_areAskedAbout() {
    federation.start(FR, DE);
    MessageId asked = ask();
    MessageId warned = federation.send(DE, "warning", DEADLINE, FR);
    federation.receive(FR, 2);
    String[] answer = {"--kind", "ANSWER", "--in-reply-to", asked.toString()};
    assertEquals(0, explain(gateway(), WARNING, with(answer, "--to", DE)), () -> out + err);
    assertTrue(out.contains("de.customs: permitted by warnings"), out);
    assertEquals(1, explain(gateway(), WARNING, with(answer, "--to", SG)));
    assertTrue(err.contains("must contain only the requesting agency, de.customs"), err);
    assertEquals(0, explain(files(), WARNING, with(answer, "--to", SG)), () -> err);

    String[] feedback = {"--kind", "FEEDBACK", "--to", DE, "--in-reply-to"};
    assertEquals(3, explain(gateway(), WARNING, with(feedback, warned.toString())));
    assertTrue(out.contains("refused (NOT_COVERED by warnings/kinds)"), out + err);
    assertEquals(1, explain(gateway(), WARNING, with(feedback, "00".repeat(16))));
    assertTrue(
        err.contains("--in-reply-to (label.in_reply_to): there is no message with this id here"),
        err);

    String[] said = {"--kind", "OPERATION", "--operation"};
    assertEquals(1, explain(gateway(), WARNING, with(said, "00".repeat(16))));
    assertTrue(err.contains("ROSTER_UNKNOWN"), err);
    assertEquals(0, explain(gateway(), WARNING, with(said, created())), () -> out + err);
    assertTrue(out.contains("de.customs: permitted by warnings"), out);
    assertFalse(out.contains("sg.police"), out);
    for (String[] where : List.of(files(), gateway())) {
      assertEquals(0, explain(where, WARNING, "--kind", "OPERATION", "--to", SG), () -> out + err);
      assertTrue(out.contains("sg.police: permitted by warnings"), out);
    }
  }

  private static String[] with(String[] some, String... more) {
    List<String> all = new ArrayList<>(List.of(some));
    all.addAll(List.of(more));
    return all.toArray(String[]::new);
  }

  /** Germany asks France. */
  private MessageId ask() {
    return federation.accepted(
        DE,
        RequestSamples.draft(
                "asked",
                RequestSamples.asks()
                    .setCategory(Category.CATEGORY_PUBLIC_WARNING)
                    .setPurpose(Purpose.PURPOSE_PUBLIC_SAFETY),
                RequestSamples.request(
                    Wanted.WANTED_HIT_NO_HIT, federation.clock.instant().plus(Duration.ofHours(1))),
                FR)
            .build());
  }

  private String created() {
    List<String> args =
        new ArrayList<>(List.of("operation", "create", "--name", "CALM", "--participant", DE));
    Instant ends = federation.clock.instant().plus(Duration.ofDays(10));
    args.addAll(List.of("--ends", ends.toString().substring(0, 10), "--officer", "FR-1"));
    args.addAll(List.of("--justification", "joint inspection"));
    args.addAll(List.of(gateway()));
    assertEquals(0, run(args), () -> out + err);
    Matcher id = Pattern.compile("(?m)^([0-9a-f]{32}) ").matcher(out);
    assertTrue(id.find(), out);
    return id.group(1);
  }

  /** Several drafts, with their bodies, and one that is none. */
  @Test
  void drafts_ofAFile_areEachAnswered_asSendWouldBe() throws IOException {
    federation.start(FR);
    Path drafts = federation.folder().resolve("drafts.jsonl");
    Files.writeString(drafts, GOOD + PERSON + "{\"publisher\": \"fr.customs\"}\n");
    String[] alerts = {"--alerts", drafts.toString()};
    for (String[] where : List.of(files(), gateway())) {
      assertEquals(1, explain(where, alerts), () -> err);
      assertTrue(out.contains(drafts + ":1: w-1\npolicy sha256:"), out);
      assertTrue(out.contains("sg.police: permitted by warnings"), out);
      assertTrue(out.contains(drafts + ":2: w-2\n"), out);
      assertTrue(out.contains("PERSONAL_DATA_REFUSED by warnings/personal_data"), out);
      assertTrue(err.contains(drafts + ":3: draft: must be an entente.v1.Draft"), err);
      assertTrue(err.contains("would be accepted: 1, held: 0, refused: 1; bad records: 1"), err);

      assertEquals(1, explain(where, alerts, "--json"));
      List<String> lines = out.lines().toList();
      assertEquals(2, lines.size(), out);
      JsonNode second = new ObjectMapper().readTree(lines.get(1));
      assertEquals("w-2", second.path("key").asText());
      assertEquals(2, second.path("line").asInt());
      assertEquals("EXPLAINED_OUTCOME_REFUSED", second.path("explained").path("outcome").asText());
    }
    Files.writeString(drafts, GOOD + PERSON);
    for (String[] where : List.of(files(), gateway())) {
      assertEquals(3, explain(where, alerts), () -> err);
      assertTrue(err.contains("would be accepted: 1, held: 0, refused: 1; bad records: 0"), err);
    }
  }

  /** What nobody sends from files can be asked about in them. */
  @Test
  void drafts_withoutKeyOrBody_andRequests_canBeAskedAbout() throws IOException {
    federation.start(FR);
    Path drafts = federation.folder().resolve("drafts.jsonl");
    String bare = GOOD.replace("\"idempotencyKey\": \"w-1\", ", "");
    int body = bare.indexOf("\"body\"");
    int to = bare.indexOf("\"to\"");
    String request =
        GOOD.replace("KIND_ALERT", "KIND_REQUEST")
            .replace(
                "{\"alert\": {\"texts\": [{\"language\": \"en\", \"headline\": \"Flood\"}]}}",
                "{\"request\": {\"question\": \"Is the lock open?\", \"language\": \"en\","
                    + " \"wanted\": \"WANTED_DETAILS\", \"answerBy\": \""
                    + federation.clock.instant().plus(Duration.ofHours(2))
                    + "\"}}");
    Files.writeString(drafts, bare.substring(0, body) + bare.substring(to) + request);
    String[] alerts = {"--alerts", drafts.toString()};
    for (String[] where : List.of(files(), gateway())) {
      assertEquals(1, explain(where, alerts), () -> err);
      assertTrue(err.contains(":2: "), err);
      assertTrue(err.contains("on_behalf_of.officer"), "who asks is missing: " + err);
      String[] person = {"--officer", "FR-3", "--justification", "case 12/26"};
      assertEquals(0, explain(where, alerts, person), () -> out + err);
      assertTrue(err.contains("would be accepted: 2, held: 0, refused: 0"), err);
    }
  }

  /** Options that hold for all drafts of a call hold here, too. */
  @Test
  void drafts_withTheOptionsOfSend_areAskedAboutAsTheyWouldGo() throws IOException {
    federation.start(FR, DE, HUB, SG);
    Path drafts = federation.folder().resolve("drafts.jsonl");
    Files.writeString(drafts, GOOD.replace(", \"sg.police\"", ""));
    String[] alerts = {"--alerts", drafts.toString()};
    assertEquals(0, explain(gateway(), alerts, "--info", SG), () -> out + err);
    assertTrue(out.contains("sg.police: permitted by warnings"), out);
    MessageId free = federation.send(DE, "free", DEADLINE, FR);
    federation.receive(FR, 1);
    assertEquals(0, explain(gateway(), alerts, "--derived-from", free.toString()), () -> err);
    assertEquals(1, explain(gateway(), alerts, "--derived-from", "00".repeat(16)));
    assertTrue(err.contains(drafts + ":1: the gateway answered NOT_FOUND"), err);
    MessageId own = federation.send(FR, "own", DEADLINE, DE);
    assertEquals(
        0, explain(gateway(), WARNING, "--updates", own.toString(), "--to", DE), () -> err);
    assertEquals(3, explain(gateway(), WARNING, "--updates", own.toString(), "--to", SG));
    assertTrue(out.contains("REFERENCE_REFUSED"), out);
    assertEquals(2, explain(files(), alerts, "--derived-from", free.toString()));
    assertTrue(
        err.contains("--derived-from: needs --gateway, since only a gateway knows its messages"),
        err);
  }

  @Test
  void cap_isAskedAboutOnTerms() {
    federation.start(FR);
    Path fire = Path.of("..", "..", "config", "samples", "cap", "quay-fire.cap").toAbsolutePath();
    String[] alerts = {"--alerts", fire.toString()};
    String[] terms = with(WARNING, "--classification", "UNCLASSIFIED", "--marking", "TLP:CLEAR");
    for (String[] where : List.of(files(), gateway())) {
      assertEquals(0, explain(where, alerts, terms), () -> out + err);
      assertTrue(out.contains("de.customs: permitted by warnings"), out);
      assertTrue(out.contains("sg.police: permitted by warnings"), out);
      assertEquals(0, explain(where, alerts, with(terms, "--to", SG)), () -> out + err);
      assertFalse(out.contains("de.customs"), out);
    }
    assertEquals(2, explain(files(), alerts, WARNING));
    assertTrue(err.contains("classification is required"), err);
    assertEquals(2, explain(files(), alerts, with(terms, "--severity", "SEVERE")));
    assertTrue(err.contains("severity comes from the document"), err);
  }

  @Test
  void wrongCalls_endWithTwo_andSayWhatToDo() throws IOException {
    Path drafts = federation.folder().resolve("drafts.jsonl");
    Files.writeString(drafts, GOOD);
    String[] alerts = {"--alerts", drafts.toString()};
    assertEquals(2, explain(files(), new String[] {"--to", DE}));
    assertTrue(err.contains("--category: is required, unless --alerts"), err);
    assertEquals(2, explain(files(), alerts, "--to", DE));
    assertTrue(err.contains("--to: the drafts of --alerts name their recipients"), err);
    assertEquals(2, explain(files(), WARNING, "--operation", "00".repeat(16)));
    assertTrue(
        err.contains("--operation: needs --gateway, since only a gateway knows its members"), err);
    assertEquals(2, explain(files(), WARNING, "--mapping", "m.yaml"));
    assertTrue(err.contains("--mapping: needs --alerts"), err);
    assertEquals(2, explain(files(), WARNING, "--urgency", "SOON"));
    assertTrue(err.contains("option '--urgency': 'SOON' is none of UNKNOWN"), err);
    assertEquals(2, explain(files(), WARNING, "--severity", "SEVRE"));
    assertTrue(err.contains("; did you mean \"SEVERE\"?"), err);
    assertEquals(1, explain(files(), new String[] {"--alerts", "none.jsonl"}));
    assertTrue(err.contains("none.jsonl: cannot be read"), err);
  }

  /** The node's own rule for training binds here as it does when it runs. */
  @Test
  void exercise_isKeptNoLongerThanTheNodeSays_byFilesToo() throws IOException {
    Path config = federation.config(FR);
    Files.writeString(config, Files.readString(config) + "exercise_retention_days: 2\n");
    federation.start(FR);
    for (String[] where : List.of(files(), gateway())) {
      assertEquals(0, explain(where, WARNING, "--to", DE, "--exercise"), () -> err);
      assertTrue(out.contains("kept for 2 days"), out);
      assertEquals(0, explain(where, WARNING, "--to", DE), () -> err);
      assertTrue(out.contains("kept for 5 days"), out);
    }
  }
}
