package org.entente.gateway;

import static org.entente.gateway.RunningFederation.DE;
import static org.entente.gateway.RunningFederation.FR;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import org.entente.gateway.cli.RootCommand;
import org.entente.gateway.model.MessageId;
import org.entente.gateway.testkit.SettableClock;
import org.entente.proto.v1.Lane;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

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

  @TempDir private Path folder;
  private RunningFederation federation;
  private String out = "";
  private String err = "";

  @BeforeEach
  void mint() throws IOException {
    SettableClock clock = new SettableClock(Instant.now().truncatedTo(ChronoUnit.SECONDS));
    federation = new RunningFederation(folder, clock, Duration.ofDays(20));
  }

  @AfterEach
  void end() {
    federation.close();
  }

  private int policy(String command, String... more) {
    List<String> args =
        new ArrayList<>(
            List.of("policy", command, "--config", folder.resolve(FR + ".yaml").toString()));
    args.addAll(List.of(more));
    StringWriter printed = new StringWriter();
    StringWriter told = new StringWriter();
    CommandLine line = RootCommand.commandLine();
    line.setOut(new PrintWriter(printed, true));
    line.setErr(new PrintWriter(told, true));
    int exit = line.execute(args.toArray(String[]::new));
    out = printed.toString();
    err = told.toString();
    return exit;
  }

  private JsonNode json() throws IOException {
    return new ObjectMapper().readTree(out);
  }

  @Test
  void test_expectationsMetAndNot_exitsZeroAndOne() throws IOException {
    Path file = folder.resolve("expectations.yaml");
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

    Files.writeString(file, EXPECTATIONS.replace("kind: ALERT", "kind: NEWS"));
    assertEquals(1, policy("test", file.toString()));
    assertTrue(err.contains("expectations.yaml:6:7: expectations[0].label.kind: \"NEWS\""), err);
  }

  @Test
  void lint_cleanOddAndWrong_exitsZeroOneWithStrictAndOne() throws IOException {
    assertEquals(0, policy("lint", "--strict"), () -> out + err);
    assertTrue(out.contains("0 errors, 0 warnings"), out);

    Path agreement = folder.resolve("agreements").resolve("warnings.yaml");
    String good = Files.readString(agreement);
    Files.writeString(agreement, good + "  until: 2025-12-31\n");
    assertEquals(0, policy("lint"), () -> out + err);
    assertTrue(out.contains("warning: " + agreement + ":"), out);
    assertTrue(out.contains("valid.until: ended on 2025-12-31"), out);
    assertEquals(1, policy("lint", "--strict", "--json"));
    assertEquals("valid.until", json().path("warnings").path(0).path("field").asText());

    Files.writeString(agreement, good.replace("personal_data: false", "personal_data: true"));
    assertEquals(1, policy("lint"));
    assertTrue(out.contains("error: "), out);
    assertTrue(out.contains("personal data under a memorandum of understanding alone"), out);
  }

  @Test
  void diff_search_answersWithAnExample() throws IOException {
    Path candidate = candidate("", "");
    assertEquals(0, policy("diff", "--candidate", candidate.toString()), () -> out + err);
    assertTrue(out.startsWith("equivalent: "), out);
    assertTrue(out.contains("which are all that the rules can tell apart"), out);

    candidate = candidate("[PUBLIC_WARNING]", "[PUBLIC_WARNING, WASTE]");
    assertEquals(1, policy("diff", "--candidate", candidate.toString()), () -> out + err);
    assertTrue(out.startsWith("wider: "), out);
    assertTrue(out.contains("lets go, for example, fr.customs to"), out);
    assertTrue(out.contains("category WASTE"), out);
    assertEquals(1, policy("diff", "--candidate", candidate.toString(), "--json"));
    assertEquals("WIDER", json().path("relation").asText());
    assertTrue(json().path("exhaustive").asBoolean());
    assertEquals("WASTE", json().path("wider").path("label").path("category").asText());
    assertEquals(1, policy("diff", "--candidate", folder.resolve("absent").toString()));
    assertTrue(err.contains("cannot be listed"), err);
  }

  @Test
  void diff_ledger_replaysWhatTheStoppedNodeHasReceived() throws IOException {
    federation.start(FR, DE);
    MessageId first = federation.send(DE, "first", Duration.ofDays(3), FR);
    federation.send(DE, "second", Lane.LANE_FLASH, Duration.ofDays(3), FR);
    federation.receive(FR, 2);
    Path candidate = candidate("", "");
    assertEquals(1, policy("diff", "--candidate", candidate.toString(), "--ledger"));
    assertTrue(err.contains("open elsewhere"), err);
    federation.stop(DE);
    federation.stop(FR);

    assertEquals(0, policy("diff", "--candidate", candidate.toString(), "--ledger"), () -> err);
    assertTrue(out.contains("0 of 2 messages in the ledger would be decided differently"), out);

    // A rule about what the label says and no header does.
    Path rules = folder.resolve("candidate-rules.yaml");
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
    Path candidate = Files.createTempDirectory(folder, "candidate");
    String now = Files.readString(folder.resolve("agreements").resolve("warnings.yaml"));
    Files.writeString(
        candidate.resolve("warnings.yaml"), old.isEmpty() ? now : now.replace(old, changed));
    return candidate;
  }
}
