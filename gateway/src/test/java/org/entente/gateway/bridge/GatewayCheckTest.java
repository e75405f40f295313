package org.entente.gateway.bridge;

import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import org.entente.gateway.policy.CheckedDraft;
import org.entente.gateway.policy.DraftCheck;
import org.entente.gateway.policy.LabelCheck;
import org.entente.gateway.policy.MessageLimits;
import org.entente.gateway.testkit.SharedFiles;
import org.junit.jupiter.api.Test;

/** What the bridge lets through, the gateway's own check of drafts takes. */
class GatewayCheckTest {
  private static final LabelCheck CHECK = new LabelCheck(MessageLimits.defaults());
  private static final Instant NOW = Instant.parse("2026-04-17T08:00:00Z");

  private static void assertTaken(List<AlertItem> items) {
    int drafts = 0;
    for (AlertItem item : items) {
      if (item instanceof AlertDraft draft) {
        DraftCheck check = CHECK.draft(draft.draft(), NOW);
        assertTrue(check instanceof CheckedDraft, () -> item + ": " + check);
        drafts++;
      }
    }
    assertTrue(drafts > 0);
  }

  @Test
  void samples_all_areTaken() {
    assertTaken(Feeds.all(Feeds.repository("config/samples"), null));
  }

  @Test
  void safetyGateAlerts_all_areTaken() {
    Path file = SharedFiles.require("data/safety-gate-alerts.jsonl");

    assertTaken(Feeds.all(file, Feeds.mappings().resolve("safety-gate.yaml")));
  }

  @Test
  void capFiles_all_areTaken() {
    assertTaken(Feeds.all(SharedFiles.require("data/cap"), null));
    assertTaken(Feeds.all(Feeds.repository("gateway/src/test/resources/cap"), null));
  }
}
