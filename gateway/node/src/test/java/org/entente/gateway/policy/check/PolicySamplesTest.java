package org.entente.gateway.policy.check;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.google.protobuf.util.JsonFormat;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.entente.gateway.model.AgencyName;
import org.entente.gateway.model.Refusal;
import org.entente.gateway.policy.codes.MessageLimits;
import org.entente.gateway.policy.decide.Policy;
import org.entente.gateway.policy.decide.PolicyDecision;
import org.entente.gateway.policy.decide.PolicyFixture;
import org.entente.proto.v1.Draft;
import org.junit.jupiter.api.Test;

/** The samples that are shipped, under the agreements that are shipped. */
class PolicySamplesTest {
  private static final ObjectMapper JSON = new ObjectMapper();

  @Test
  void samples_underTheDemosAgreements_areRefusedWhereTheirReadmeSaysSo() throws IOException {
    Policy policy = PolicyFixture.demo();
    Map<String, String> refused = new TreeMap<>();
    int permitted = 0;
    for (String line : lines()) {
      JsonNode sample = JSON.readTree(line);
      Draft.Builder draft = Draft.newBuilder();
      JsonFormat.parser().merge(sample.get("draft").toString(), draft);
      DraftCheck check =
          new LabelCheck(MessageLimits.defaults()).draft(draft.build(), PolicyFixture.NOW);
      CheckedDraft checked = assertInstanceOf(CheckedDraft.class, check, check.toString());
      PolicyDecision decision =
          policy
              .egress()
              .decide(checked, new AgencyName(sample.get("publisher").asText()), PolicyFixture.NOW);
      permitted += decision.permits().size();
      for (Refusal refusal : decision.refusals()) {
        refused.put(
            checked.idempotencyKey() + " to " + refusal.recipient(),
            refusal.code() + " " + refusal.rule());
      }
    }
    assertEquals(
        Map.of(
            "haz-2026-0003 to sg.police", "NOT_COVERED fr-sg-ipr/categories",
            "ipr-2026-0004 to sg.police", "NOT_COVERED public-warnings/categories",
            "ipr-2026-0006 to us.cbp", "NOT_COVERED fr-us-imminent-threat/categories",
            "ipr-2026-0008 to sg.police", "NOT_COVERED fr-sg-ipr/purposes",
            "nar-2026-0003 to sg.police", "NOT_COVERED fr-sg-controlled-delivery/kinds",
            "wil-2026-0003 to us.cbp", "NOT_COVERED eu-us-narcotics-hazardous/categories"),
        refused);
    assertEquals(20, permitted);
  }

  private static List<String> lines() throws IOException {
    List<String> lines = new ArrayList<>();
    try (Stream<Path> files = Files.list(PolicyFixture.CONFIG.resolve("samples"))) {
      for (Path file : files.filter(it -> it.toString().endsWith(".jsonl")).sorted().toList()) {
        Files.readAllLines(file).stream().filter(it -> !it.isBlank()).forEach(lines::add);
      }
    }
    return lines;
  }
}
