package org.entente.loadtests;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import org.entente.loadtests.federation.ConfigurationHome;
import org.entente.loadtests.federation.Federation;
import org.entente.loadtests.testkit.Child;
import org.entente.loadtests.testkit.Patience;
import org.entente.loadtests.testkit.SharedFederation;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** What a data-protection officer is told about a subject, at the sender and at the recipient. */
final class ExportIT {
  private static final String FR = "fr.customs";
  private static final String DE = "de.customs";

  /** Of the sample, and as no other test has it. */
  private static final String DECLARATION = "26FRD3040080HT31P0";

  private static final String OWN_DECLARATION = "26FRD3040080HT31P1";
  private static final String SUBJECT = "declaration:" + OWN_DECLARATION;

  @RegisterExtension final SharedFederation sharedFederation = new SharedFederation();
  @TempDir private Path folder;

  private static Child call(
      Federation federation, String agency, String client, String... command) {
    return Child.of(federation, agency, client, command);
  }

  private static List<JsonNode> lines(Child child) throws IOException {
    assertEquals(0, child.code(), child.err());
    List<JsonNode> out = new ArrayList<>();
    for (String line : child.out().lines().toList()) {
      out.add(new ObjectMapper().readTree(line));
    }
    return out;
  }

  private static List<JsonNode> export(Federation federation, String agency, String... more)
      throws IOException {
    List<String> command =
        new ArrayList<>(
            List.of("audit", "export", "--officer=DPO-1", "--justification=access request 12/26"));
    command.addAll(List.of(more));
    return lines(call(federation, agency, "auditor", command.toArray(String[]::new)));
  }

  private static JsonNode of(List<JsonNode> lines, String type) {
    return lines.stream()
        .filter(line -> line.path("type").asText().equals(type))
        .findFirst()
        .orElseThrow(() -> new AssertionError("no " + type + " in " + lines));
  }

  private void send(Federation federation) throws IOException {
    String alerts = Files.readString(ConfigurationHome.find().samples().resolve("hazardous.jsonl"));
    assertTrue(alerts.contains(DECLARATION), alerts);
    Path own =
        Files.writeString(
            folder.resolve("own.jsonl"),
            alerts
                .replace(DECLARATION, OWN_DECLARATION)
                .replace("\"idempotencyKey\": \"", "\"idempotencyKey\": \"export-"));
    Child sent = call(federation, FR, "declarations", "send", "--alerts", own.toString());
    assertTrue(sent.out().contains(DE), sent.out() + sent.err());
  }

  private static void awaitDelivery(Federation federation, String message) {
    Patience.untilSaid(
        () -> call(federation, FR, "supervisor", "track", message).out(),
        "DELIVERY               by de.customs");
  }

  @Test
  void subject_isFoundAtBothEnds_alsoWhenTheContentIsErased() throws IOException {
    Federation federation = sharedFederation.running(FR, DE);
    send(federation);
    JsonNode accepted = of(export(federation, FR, "--subject", SUBJECT), "ACCEPTED");
    JsonNode shared = accepted.path("messages").path(0);
    String message = shared.path("id").asText();
    awaitDelivery(federation, message);

    accepted = awaitProof(federation);
    shared = accepted.path("messages").path(0);
    assertEquals("DISCLOSURE", accepted.path("law_category").asText());
    assertEquals("declarations", accepted.path("by").path("client").asText());
    assertTrue(accepted.path("proof").asText().startsWith("c2sp.org/tlog-proof@v1\n"));
    assertEquals("SENT", shared.path("content").asText());
    JsonNode terms = shared.path("terms").path(0);
    assertEquals(accepted.path("agreement"), terms.path("agreement"));
    assertFalse(terms.path("legal_basis").asText().isEmpty(), terms::toString);
    assertTrue(terms.path("retention_days").asInt() > 0, terms::toString);
    assertTrue(terms.path("recipients").toString().contains(DE), terms::toString);
    assertTrue(shared.path("evidence").toString().contains("\"DELIVERY\""), shared::toString);

    JsonNode received = of(export(federation, DE, "--subject", SUBJECT), "RECEIVED");
    JsonNode kept =
        java.util.stream.StreamSupport.stream(received.path("messages").spliterator(), false)
            .filter(one -> one.path("id").asText().equals(message))
            .findFirst()
            .orElseThrow();
    assertEquals("KEPT", kept.path("content").asText());
    int days = terms.path("retention_days").asInt();
    assertTrue(days > 400, "a retention that ends with a month: " + days);
    assertEquals(
        LocalDate.now(ZoneOffset.UTC).plusDays(days + 1L).withDayOfMonth(1) + "T00:00:00Z",
        kept.path("kept_until").asText());
    Child erased =
        call(
            federation,
            DE,
            "records",
            "erase",
            message,
            "--officer=DE-7",
            "--justification=art. 16(2)");
    assertEquals(0, erased.code(), erased.err());
    List<JsonNode> after = export(federation, DE, "--subject", SUBJECT);
    assertTrue(of(after, "RECEIVED").toString().contains("\"content\":\"ERASED\""));
    assertTrue(of(after, "RECEIVED").toString().contains("\"erasure_cause\":\"PERSON\""));
    assertEquals("ERASURE", of(after, "ERASED").path("law_category").asText());

    assertEquals(List.of(), export(federation, DE, "--subject", "person:NOBODY/AT ALL"));
  }

  /** A line has its proof once a checkpoint covers the leaf and the witnesses have cosigned it. */
  private static JsonNode awaitProof(Federation federation) throws IOException {
    long end = System.nanoTime() + Duration.ofSeconds(60).toNanos();
    JsonNode accepted = of(export(federation, FR, "--subject", SUBJECT, "--proofs"), "ACCEPTED");
    while (accepted.path("proof").asText().isEmpty() && System.nanoTime() < end) {
      Patience.pause();
      accepted = of(export(federation, FR, "--subject", SUBJECT, "--proofs"), "ACCEPTED");
    }
    return accepted;
  }

  @Test
  void period_isExportedFromRunningAndStoppedNodes_andEachExportIsOnRecord() throws IOException {
    try (Federation federation = Federation.mint(ConfigurationHome.find(), folder)) {
      federation.start(List.of(FR, DE));
      send(federation);
      String today = LocalDate.now(ZoneOffset.UTC).toString();
      List<JsonNode> first = export(federation, FR, "--from", today);
      assertEquals("NODE_START", first.get(0).path("type").asText());
      of(first, "ACCEPTED");
      assertEquals(List.of(), export(federation, FR, "--to", "2026-01-01"));

      JsonNode own = of(export(federation, FR, "--from", today), "OPERATOR_ACTION");
      assertTrue(own.path("detail").asText().startsWith("export of a period from " + today));
      assertEquals("DPO-1", own.path("by").path("officer").asText());
      assertEquals("access request 12/26", own.path("by").path("justification").asText());

      Child stranger =
          call(
              federation,
              FR,
              "desk",
              "audit",
              "export",
              "--officer=X",
              "--justification=curiosity");
      assertTrue(stranger.err().contains("SCOPE_MISSING"), stranger.err());
      Child unsaid =
          call(federation, FR, "auditor", "audit", "export", "--officer=X", "--justification=");
      assertTrue(unsaid.err().contains("give a reason"), unsaid.err());
      Child unknown =
          call(
              federation,
              FR,
              "auditor",
              "audit",
              "export",
              "--officer=X",
              "--justification=y",
              "--subject=x:y");
      assertTrue(unknown.err().contains("a subject is scheme:value"), unknown.err());

      assertEquals(List.of(), federation.stop());
      List<JsonNode> atRest =
          lines(
              Child.here(
                  "audit",
                  "export",
                  "--officer=DPO-1",
                  "--justification=access request 12/26",
                  "--config",
                  federation.plan(FR).config().toString()));
      assertTrue(atRest.size() > first.size());
      assertEquals("NODE_STOP", atRest.get(atRest.size() - 1).path("type").asText());
    }
  }
}
