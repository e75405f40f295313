package org.entente.gateway.command;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.entente.gateway.federation.RunningFederation.DE;
import static org.entente.gateway.federation.RunningFederation.FR;
import static org.entente.gateway.federation.RunningFederation.SG;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import javax.xml.parsers.DocumentBuilderFactory;
import org.entente.gateway.cli.CommandFixture;
import org.entente.gateway.cli.call.OptionFile;
import org.entente.gateway.crypto.Sha256;
import org.entente.gateway.federation.RunningFederation;
import org.entente.gateway.model.MessageId;
import org.entente.gateway.policy.load.PolicySchemas;
import org.entente.proto.v1.Lane;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.w3c.dom.Document;

/** The commands about policy, over a node's real configuration and trust bundle. */
final class PolicyCommandsTest {
  private static final String EXPECTATIONS =
      """
      expectations:
        - name: a warning
          from: de.customs
          to: [fr.customs, sg.police]
          label:
            kind: ALERT
            category: PUBLIC_WARNING
            purpose: PUBLIC_SAFETY
            classification: UNCLASSIFIED
          expect: { outcome: PERMITTED, agreement: warnings }
      """;

  @RegisterExtension final RunningFederation federation = new RunningFederation();
  private String out = "";
  private String err = "";

  private int policy(String command, String... more) {
    return run(command, List.of("--config", federation.config(FR).toString()), more);
  }

  /** The same of the gateway that runs. */
  private int asked(String command, String... more) {
    return run(command, CommandFixture.client(federation, FR), more);
  }

  private int run(String command, List<String> where, String... more) {
    List<String> args = new ArrayList<>(List.of("policy", command));
    args.addAll(where);
    args.addAll(List.of(more));
    CommandFixture ran = new CommandFixture();
    int exit = ran.run(args);
    out = ran.out();
    err = ran.err();
    return exit;
  }

  private JsonNode json() throws IOException {
    return new ObjectMapper().readTree(out);
  }

  @Test
  void test_expectationsMetAndNot_exitsZeroAndOne() throws IOException {
    Path file = federation.folder().resolve("expectations.yaml");
    Files.writeString(file, EXPECTATIONS);
    assertEquals(0, policy("test", file.toString(), "--coverage"), () -> out + err);
    assertTrue(out.contains("2 of 2 expectations met by policy sha256:"), out);
    assertTrue(out.matches("(?s).*warnings/kinds +2 fulfilled +0 failed +never failed\n.*"), out);

    Files.writeString(file, EXPECTATIONS.replace("UNCLASSIFIED", "SECRET"));
    assertEquals(1, policy("test", file.toString()));
    assertTrue(out.contains(file + ":2: a warning: de.customs to sg.police"), out);
    assertTrue(out.contains("expected  PERMITTED under warnings"), out);
    assertTrue(out.contains("found     REFUSED ABOVE_CEILING by warnings/classification"), out);
    assertEquals(1, policy("test", file.toString(), "--json", "--coverage"));
    assertEquals(2, json().path("not_met").asInt());
    assertEquals("sg.police", json().path("results").path(1).path("to").asText());
    assertEquals("warnings/between", json().path("clauses").path(0).path("clause").asText());

    Path more = Files.createDirectory(federation.folder().resolve("more"));
    Files.writeString(more.resolve("a.yaml"), EXPECTATIONS);
    assertEquals(1, policy("test", file.toString(), more.toString()), () -> err);
    assertTrue(out.contains("2 of 4 expectations met by policy sha256:"), out);

    Files.writeString(file, EXPECTATIONS.replace("kind: ALERT", "kind: NEWS"));
    assertEquals(1, policy("test", file.toString()));
    assertTrue(err.contains("expectations.yaml:6:7: expectations[0].label.kind: \"NEWS\""), err);
    Path agreement = federation.folder().resolve("agreements").resolve("warnings.yaml");
    String good = Files.readString(agreement);
    Files.writeString(agreement, good.replace("personal_data: false", "personal_data: true"));
    assertEquals(1, policy("test", file.toString()));
    assertTrue(err.contains("expectations[0].label.kind: \"NEWS\""), err);
    assertTrue(err.contains("covers.personal_data: personal data under a memorandum"), err);
  }

  @Test
  void explain_decidesByOtherAgreements_beforeTheyAreInForce() {
    Path candidate = federation.folder().resolve("candidate");
    Path file = candidate.resolve("new.yaml");
    assertTrue(candidate.toFile().mkdir());
    run("new", List.of(), "fr-de-new", "--party", FR, "--party", DE, "--out", file.toString());
    List<String> message = new ArrayList<>(List.of("--to", DE, "--category", "OTHER"));
    message.addAll(List.of("--purpose", "CUSTOMS_CONTROL", "--at", "2100-01-02T00:00:00Z"));
    List<String> config = List.of("--config", federation.config(FR).toString());
    message.addAll(config);
    String[] own = message.toArray(String[]::new);
    message.addAll(List.of("--agreements", candidate.toString()));
    assertEquals(0, run("explain", List.of(), message.toArray(String[]::new)), () -> out + err);
    assertTrue(out.contains("de.customs: permitted by fr-de-new"), out);
    assertEquals(3, run("explain", List.of(), own));
    assertFalse(out.contains("fr-de-new"), out);
  }

  /** What a lawyer starts from: it loads beside the others, and shows all that can be said. */
  @Test
  void newAgreement_loads_namesEveryField_andReplacesNoFile() throws IOException {
    Path file = federation.folder().resolve("agreements").resolve("new.yaml");
    String[] words = {"fr-de-new", "--party", FR, "--party", DE, "--out", file.toString()};
    assertEquals(0, run("new", List.of(), words), () -> err);
    assertEquals(0, policy("lint"), () -> out + err);
    assertTrue(out.contains("0 errors"), out);
    assertTrue(out.contains("title: \"fr-de-new\", as the id; valid: a title"), out);
    assertTrue(out.contains("law.reference: to be completed"), out);
    assertTrue(out.contains("valid.from: begins on 2100-01-01"), out);
    String text = Files.readString(file);
    Set<String> fields = new TreeSet<>();
    fields(new ObjectMapper().readTree(PolicySchemas.all().get("agreement.json")), fields);
    assertTrue(fields.containsAll(Set.of("covers", "retention_days", "until")), fields::toString);
    fields.removeIf(field -> text.contains(field + ": ") || text.contains(field + ":\n"));
    assertEquals(Set.of(), fields);

    assertEquals(0, policy("prose", file.toString()));
    assertTrue(err.contains("warning: " + file + ":"), err);
    assertTrue(err.contains("law.reference: to be completed"), err);
    assertTrue(err.contains("valid.from: begins on 2100-01-01"), err);
    assertFalse(out.contains("warning"), out);

    assertEquals(1, run("new", List.of(), words));
    assertTrue(err.contains("exists"), err);
    assertEquals(text, Files.readString(file));
    assertEquals(2, run("new", List.of(), "one", "two", "--party", FR, "--out", "x"));
    assertTrue(
        err.contains(
            "unexpected argument \"two\"; valid: options and ID; a value with spaces needs quotes"),
        err);
    assertEquals(2, run("new", List.of(), "One", "--party", FR, "--party", DE, "--out", "x"));
    assertEquals(2, run("new", List.of(), "one", "--party", FR, "--party", FR, "--out", "x"));
  }

  /** What people sign: the file in articles, as text and as a page, bound to it by its hash. */
  @Test
  void prose_saysTheFile_withItsHash_orNamesWhatHasNoWords() throws Exception {
    Path file = federation.folder().resolve("agreements").resolve("warnings.yaml");
    String hash = HexFormat.of().formatHex(Sha256.hash(Files.readAllBytes(file)));
    assertEquals(0, policy("prose", file.toString()), () -> err);
    assertEquals("", err);
    for (String said :
        List.of(
            "SHA-256 of the file: " + hash,
            "Article 1  Legal basis",
            "  1.1  Sharing rests on a memorandum of understanding, which the file names:",
            "Article 8  Effect",
            "    Signature        ____")) {
      assertTrue(out.contains(said), () -> said + " in " + out);
    }
    assertTrue(out.lines().allMatch(line -> line.length() <= 88), out);

    Path page = federation.folder().resolve("warnings.html");
    assertEquals(0, policy("prose", file.toString(), "--html", "--out", page.toString()));
    String html = Files.readString(page);
    Document parsed =
        DocumentBuilderFactory.newInstance().newDocumentBuilder().parse(page.toFile());
    assertEquals(9, parsed.getElementsByTagName("h2").getLength(), html);
    assertEquals(0, parsed.getElementsByTagName("script").getLength());
    assertTrue(html.contains(hash), html);
    assertFalse(html.contains("src=") || html.contains("href="), html);

    Files.writeString(
        file,
        Files.readString(file)
            .replace(
                "personal_data: false",
                "personal_data: false\n  condition: int(label.case_ref) > 3"));
    assertEquals(1, policy("prose", file.toString()));
    assertTrue(err.contains("warnings.yaml: covers.condition: line 1, column "), err);
    assertTrue(err.contains("the function int cannot be put into words"), err);
    assertEquals("", out);
  }

  /** As from {@code <(git show …)}: what is read a second time has other content, or none. */
  @Test
  void prose_fromAPipe_isReadOnce_andItsLettersGoOnAfterZ() throws Exception {
    StringBuilder parties = new StringBuilder("parties:\n");
    for (char state = 'a'; state <= 'z'; state++) {
      parties.append("    - agency: q").append(state).append(".customs\n");
    }
    byte[] content =
        Files.readString(federation.folder().resolve("agreements").resolve("warnings.yaml"))
            .replace("parties:\n", parties)
            .getBytes(UTF_8);
    Path pipe = federation.folder().resolve("pipe");
    assertEquals(0, new ProcessBuilder("mkfifo", pipe.toString()).start().waitFor());
    CompletableFuture<Path> written =
        CompletableFuture.supplyAsync(
            () -> OptionFile.access("the pipe", () -> Files.write(pipe, content)));
    assertTimeoutPreemptively(
        Duration.ofMinutes(1), () -> assertEquals(0, policy("prose", pipe.toString()), () -> err));
    assertEquals(pipe, written.join());
    String hash = HexFormat.of().formatHex(Sha256.hash(content));
    assertTrue(out.contains("SHA-256 of the file: " + hash), out);
    assertTrue(out.contains("(z) the agency qz.customs"), out);
    assertTrue(out.contains("(aa) "), out);
  }

  /** The names of all fields of a schema. */
  private static void fields(JsonNode schema, Set<String> names) {
    schema.path("properties").fieldNames().forEachRemaining(names::add);
    schema.forEach(part -> fields(part, names));
  }

  @Test
  void lint_cleanOddAndWrong_exitsZeroOneWithStrictAndOne() throws IOException {
    assertEquals(0, policy("lint", "--strict"), () -> out + err);
    assertTrue(out.contains("0 errors, 0 warnings"), out);

    Path agreement = federation.folder().resolve("agreements").resolve("warnings.yaml");
    String good = Files.readString(agreement);
    Files.writeString(agreement, good + "  until: 2025-12-31\n");
    assertEquals(0, policy("lint"), () -> out + err);
    assertTrue(out.contains("warning: " + agreement + ":"), out);
    assertTrue(out.contains("valid.until: ended on 2025-12-31"), out);
    assertEquals(1, policy("lint", "--strict", "--json"));
    assertEquals("valid.until", json().path("warnings").path(0).path("field").asText());

    Files.writeString(
        agreement,
        good.replace("personal_data: false", "personal_data: true") + "  until: 2025-12-31\n");
    assertEquals(1, policy("lint"));
    assertTrue(out.contains("error: "), out);
    assertTrue(out.contains("valid.until: ended on 2025-12-31"), out);
    assertTrue(out.contains(", 1 warning"), out);
    assertTrue(out.contains("personal data under a memorandum of understanding alone"), out);
  }

  @Test
  void agreements_thatAreMisspelt_areSuggested() throws IOException {
    Path misspelt = federation.folder().resolve("agreement");
    assertEquals(1, policy("lint", "--agreements", misspelt.toString()), () -> out + err);
    assertEquals(
        "entente: --agreements: "
            + misspelt
            + ": there is no such file or folder; did you mean \"agreements\"?"
            + System.lineSeparator(),
        err);
  }

  /** Nobody corrects one error to meet the next: also those of files that cannot be read whole. */
  @Test
  void lint_severalWrongFiles_namesAllErrorsOfAll() throws IOException {
    Path agreements = federation.folder().resolve("agreements");
    Path agreement = agreements.resolve("warnings.yaml");
    String good = Files.readString(agreement);
    Files.writeString(
        agreement,
        good.replace("personal_data: false", "personal_data: perhaps")
            .replace("four_eyes: false", "four_eyes: no"));
    Files.writeString(
        agreements.resolve("second.yaml"),
        good.replaceFirst("id: .*", "id: second\ntitel: x")
            .replace(
                "personal_data: false",
                "personal_data: false\n  condition: label.severity == Severity.SEVERITY_EXTREM")
            .replaceFirst("retention_days: .*", "retention_days: 0"));
    assertEquals(1, policy("lint"), () -> out + err);
    for (String one :
        List.of(
            "covers.personal_data: \"perhaps\"; valid: true or false",
            "obligations.four_eyes: \"no\"; valid: true or false; did you mean false?",
            "unknown value Severity.SEVERITY_EXTREM; valid: one of",
            "titel: unknown field; valid: one of",
            "did you mean \"title\"?",
            "obligations.retention_days: 0; valid: 1 to 36500",
            "5 errors, 0 warnings")) {
      assertTrue(out.contains(one), () -> one + " in " + out);
    }
  }

  @Test
  void test_ofARunningGateway_saysTheSameAsOfItsFiles_andIsOneOfTheTwo() throws IOException {
    federation.start(FR);
    Path more = Files.createDirectories(federation.folder().resolve("expectations"));
    Files.writeString(more.resolve("a.yaml"), EXPECTATIONS);
    Files.writeString(more.resolve("b.yaml"), EXPECTATIONS.replace("UNCLASSIFIED", "SECRET"));

    assertEquals(1, policy("test", more.toString(), "--coverage", "--json"), () -> err);
    JsonNode files = json();
    assertEquals(1, asked("test", more.toString(), "--coverage", "--json"), () -> err);
    assertEquals(files, json());
    String first = more.resolve("a.yaml").toString();
    assertEquals(0, asked("test", first, first), () -> err);
    assertTrue(out.contains("4 of 4 expectations met"), out);
    assertEquals(1, asked("test", more.toString()), () -> err);
    assertTrue(out.contains("NOT MET  " + more.resolve("b.yaml") + ":2: a warning: "), out);
    assertTrue(out.contains("2 of 4 expectations met by policy sha256:"), out);

    Files.writeString(more.resolve("b.yaml"), EXPECTATIONS.replace("ALERT", "NEWS"));
    assertEquals(3, asked("test", more.toString()));
    assertTrue(err.contains("b.yaml: the gateway answered INVALID_FIELD"), err);
    assertTrue(err.contains("expectations[0].label.kind"), err);
    assertEquals(1, asked("test", federation.folder().resolve("none").toString()));
    assertTrue(err.contains("none: cannot be read"), err);
    assertEquals(2, asked("test", "--config", "node.yaml", more.toString()));
    assertEquals(2, run("test", List.of(), more.toString()));
    assertEquals(2, asked("test", "--agreements", federation.folder().toString(), more.toString()));
  }

  /** The files are in force, and the gateway refuses the transfers that the error concerns. */
  @Test
  void lint_ofAnErrorThatDependsOnTheMembers_saysThatTheFilesAreInForce() throws IOException {
    Path agreement = federation.folder().resolve("agreements").resolve("warnings.yaml");
    Files.writeString(
        agreement, Files.readString(agreement).replace("  purpose_change: true\n", ""));
    federation.start(FR);
    assertEquals(1, asked("lint"), () -> out + err);
    assertTrue(out.contains("law.purpose_change: customs may share with police"), out);
    assertTrue(out.contains("that of the files is the same"), out);
  }

  @Test
  void lint_ofARunningGateway_saysWhetherItsFilesAreInForce() throws IOException {
    federation.start(FR);
    assertEquals(0, asked("lint", "--strict"), () -> out + err);
    assertTrue(out.contains("0 errors, 0 warnings"), out);
    assertTrue(out.contains("is in force; that of the files is the same"), out);

    Path agreement = federation.folder().resolve("agreements").resolve("warnings.yaml");
    String good = Files.readString(agreement);
    Files.writeString(agreement, good + "  until: 2025-12-31\n");
    assertEquals(1, asked("lint", "--strict", "--json"), () -> out + err);
    assertEquals("valid.until", json().path("warnings").path(0).path("field").asText());
    assertEquals("warnings.yaml", json().path("warnings").path(0).path("file").asText());
    // The gateway takes up good files at its own pace, and wrong ones never.
    Files.writeString(
        agreement,
        good.replace("personal_data: false", "personal_data: true") + "  until: 2025-12-31\n");
    assertEquals(1, asked("lint"));
    assertTrue(out.contains("error: warnings.yaml:"), out);
    assertTrue(out.contains("warning: warnings.yaml:"), out);
    assertTrue(out.contains("that of the files is another"), out);
    assertEquals(1, asked("lint", "--json"));
    assertFalse(json().path("in_force").asBoolean(true));
  }

  @Test
  void codes_ofARunningGateway_areThoseInForce() throws IOException {
    federation.start(FR);
    assertEquals(0, asked("codes", "--lang", "fr", "--list", "category"), () -> err);
    String there = out;
    assertEquals(0, run("codes", List.of(), "--lang", "fr", "--list", "category"), () -> err);
    assertEquals(out, there);
    assertTrue(there.contains("WASTE           Transferts de"), there);
    assertEquals(2, asked("codes", "--list", "colours"));
    assertTrue(err.contains("--list: colours is none of "), err);
    assertEquals(1, asked("codes", "--config", federation.config(FR).toString()));
    assertTrue(
        err.contains(
            "--gateway: excludes --config and --codes, since a running gateway has its own lists"),
        err);
  }

  /** What was sent is asked about by what is kept of it, and it is said what is not. */
  @Test
  void diff_ledger_replaysWhatTheStoppedNodeHasSent() throws IOException {
    federation.start(FR, DE);
    MessageId first = federation.send(FR, "first", Duration.ofDays(3), DE);
    federation.receive(DE, 1);
    federation.stop(DE);
    MessageId second = federation.send(FR, "second", Duration.ofDays(3), DE, SG);
    federation.stop(FR);

    Path candidate = candidate("[PUBLIC_SAFETY]", "[BORDER_MANAGEMENT]");
    assertEquals(1, policy("diff", "--candidate", candidate.toString(), "--ledger"), () -> err);
    for (MessageId id : List.of(first, second)) {
      assertTrue(out.contains(id + "  fr.customs to de.customs"), out);
    }
    assertTrue(out.contains(second + "  fr.customs to sg.police"), out);
    assertFalse(out.contains(first + "  fr.customs to sg.police"), out);
    assertTrue(
        out.contains("PERMITTED under warnings -> REFUSED NOT_COVERED by warnings/purposes"), out);
    assertTrue(out.contains("2 of 2 messages in the ledger would be decided differently"), out);
    assertTrue(
        out.contains(
            "2 of them were sent: evaluated with empty bodies, by the parts of their labels that"
                + " are kept\n"),
        out);

    candidate =
        candidate(
            "  personal_data: false\n",
            "  personal_data: false\n  condition: label.severity != Severity.SEVERITY_MINOR\n");
    assertEquals(
        0, policy("diff", "--candidate", candidate.toString(), "--ledger"), () -> out + err);
    assertTrue(out.contains("are kept, without severity, which conditions read"), out);
    assertEquals(
        0, policy("diff", "--candidate", candidate.toString(), "--ledger", "--json"), () -> err);
    assertEquals(2, json().path("sent").asInt());
    assertEquals("severity", json().path("not_kept_of_sent").path(0).asText());
  }

  @Test
  void diff_search_answersWithAnExample() throws IOException {
    Path candidate = candidate("", "");
    assertEquals(0, policy("diff", "--candidate", candidate.toString()), () -> out + err);
    assertTrue(out.startsWith("equivalent: "), out);
    assertTrue(out.contains(", all that the rules can distinguish"), out);

    candidate = candidate("[PUBLIC_WARNING]", "[PUBLIC_WARNING, WASTE]");
    assertEquals(1, policy("diff", "--candidate", candidate.toString()), () -> out + err);
    assertTrue(out.startsWith("wider: "), out);
    assertTrue(out.contains("permits more, for example, fr.customs to"), out);
    assertTrue(out.contains("category WASTE"), out);
    assertEquals(1, policy("diff", "--candidate", candidate.toString(), "--json"));
    assertEquals("WIDER", json().path("relation").asText());
    assertTrue(json().path("exhaustive").asBoolean());
    assertEquals("WASTE", json().path("wider").path("label").path("category").asText());
    assertEquals(
        1, policy("diff", "--candidate", federation.folder().resolve("absent").toString()));
    assertTrue(err.contains("cannot be listed"), err);
  }

  /** A candidate may speak of what only its own lists have; then it is said what is no proof. */
  @Test
  void diff_codes_ofTheCandidateCountForIt() throws IOException {
    Path candidate =
        candidate(
            "  personal_data: false\n",
            "  personal_data: false\n  condition: label.classification_scheme != 'FR'\n");
    assertEquals(1, policy("diff", "--candidate", candidate.toString()));
    assertTrue(err.contains("label.classification_scheme can never be \"FR\""), err);
    Path codes = Path.of("..", "..", "config", "codes").toAbsolutePath();
    assertEquals(
        0,
        policy("diff", "--candidate", candidate.toString(), "--candidate-codes", codes.toString()),
        () -> err);
    assertTrue(out.startsWith("equivalent: ") && out.contains("not exhaustive: "), out);
    assertTrue(out.contains("the code lists differ"), out);
  }

  @Test
  void diff_ledger_replaysWhatTheStoppedNodeHasReceived() throws IOException {
    federation.start(FR, DE);
    MessageId first = federation.send(DE, "first", Duration.ofDays(3), FR);
    federation.send(DE, "second", Lane.LANE_FLASH, Duration.ofDays(3), FR);
    federation.receive(FR, 2);
    Path candidate = candidate("", "");
    assertEquals(1, policy("diff", "--candidate", candidate.toString(), "--ledger"));
    assertTrue(err.contains("is already open"), err);
    federation.stop(DE);
    federation.stop(FR);

    assertEquals(0, policy("diff", "--candidate", candidate.toString(), "--ledger"), () -> err);
    assertTrue(out.contains("0 of 2 messages in the ledger would be decided differently"), out);

    // A rule about what the label says and no header does.
    Path rules = federation.folder().resolve("candidate-rules.yaml");
    Files.writeString(
        rules,
        """
        rules:
          - id: no-flash
            when: INGRESS
            deny_if: label.lane == Lane.LANE_FLASH
            reason: not by this lane
        """);
    String[] replay = {
      "--candidate", candidate.toString(), "--candidate-rules", rules.toString(), "--ledger"
    };
    assertEquals(1, policy("diff", replay), () -> err);
    assertTrue(out.contains("de.customs to fr.customs"), out);
    assertTrue(out.contains("PERMITTED under warnings -> REFUSED NODE_RULE by node/no-flash"), out);
    assertFalse(out.contains(first.toString()), out);
    assertTrue(out.contains("1 of 2 messages in the ledger would be decided differently"), out);

    // Nothing was changed: it starts and goes on.
    federation.start(FR);
    federation.send(FR, "third", Duration.ofDays(3), DE);
  }

  private Path candidate(String old, String changed) throws IOException {
    Path candidate = Files.createTempDirectory(federation.folder(), "candidate");
    String now =
        Files.readString(federation.folder().resolve("agreements").resolve("warnings.yaml"));
    Files.writeString(
        candidate.resolve("warnings.yaml"), old.isEmpty() ? now : now.replace(old, changed));
    return candidate;
  }
}
