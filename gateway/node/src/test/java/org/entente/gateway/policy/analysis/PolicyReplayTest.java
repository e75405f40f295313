package org.entente.gateway.policy.analysis;

import static org.entente.gateway.policy.decide.PolicyFixture.NOW;
import static org.entente.gateway.testkit.Agencies.FR;
import static org.entente.gateway.testkit.Agencies.SG;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.List;
import java.util.Map;
import org.entente.gateway.model.MessageId;
import org.entente.gateway.policy.decide.PolicyFixture;
import org.entente.proto.v1.Category;
import org.entente.proto.v1.Kind;
import org.entente.proto.v1.Label;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What was sent, put to two policies by what is kept of it. */
class PolicyReplayTest {
  private static final String NO_DATA = "  personal_data: false";

  @TempDir Path folder;

  private PolicyReplay replay(String candidate) throws IOException {
    Path now = Files.createDirectories(folder.resolve("now"));
    Path then = Files.createDirectories(folder.resolve("then"));
    return new PolicyReplay(
        PolicyFixture.policy(now, Map.of("a.yaml", PolicyFixture.sample())),
        PolicyFixture.policy(then, Map.of("a.yaml", candidate)).rulebook());
  }

  private MessageId id() {
    return MessageId.fresh(NOW.toEpochMilli(), new SecureRandom());
  }

  private void sent(PolicyReplay replay, MessageId id, Label label) {
    replay.sent(id, List.of(new PolicyReplay.SentPart(label, List.of(SG))), FR, NOW);
  }

  @Test
  void sent_isAskedAboutAtEachRecipient_andWhatGatewaysSendIsNot() throws IOException {
    PolicyReplay replay = replay(PolicyFixture.sample("[IPR]", "[CASH]"));
    MessageId first = id();
    sent(replay, first, PolicyFixture.label().build());
    sent(replay, id(), PolicyFixture.label().setCategory(Category.CATEGORY_WASTE).build());
    sent(replay, id(), PolicyFixture.label().setKind(Kind.KIND_RECALL).build());
    replay.sent(id(), List.of(), FR, NOW);

    assertEquals(2, replay.messages());
    assertEquals(2, replay.sent());
    assertEquals(1, replay.differing());
    PolicyReplay.ChangedOutcome changed = replay.changed().get(0);
    assertEquals(first, changed.message());
    assertEquals(SG, changed.recipient());
    assertEquals("PERMITTED under sample", changed.current().words());
    assertEquals(List.of(), replay.notKept());
  }

  @Test
  void fieldsThatConditionsRead_andThatAreNotKept_areNamed() throws IOException {
    PolicyReplay replay =
        replay(
            PolicyFixture.sample(
                NO_DATA,
                NO_DATA
                    + "\n  condition: label.case_ref != 'A' && 'TLP:RED' in label.markings"
                    + " && label.severity == Severity.SEVERITY_MINOR"));

    assertEquals(List.of("markings", "severity"), replay.notKept());
  }

  /** A year of messages does not have to fit into memory. */
  @Test
  void listOfDifferences_isBounded_andTheRestCounted() throws IOException {
    PolicyReplay replay = replay(PolicyFixture.sample("[IPR]", "[CASH]"));
    MessageId id = id();
    List<PolicyReplay.SentPart> parts =
        List.of(new PolicyReplay.SentPart(PolicyFixture.label().build(), List.of(SG, SG)));
    for (int i = 0; i < PolicyReplay.MOST_LISTED / 2 + 5; i++) {
      replay.sent(i == 0 ? id : id(), parts, FR, NOW);
    }

    assertEquals(PolicyReplay.MOST_LISTED, replay.changed().size());
    assertEquals(10, replay.notListed());
    assertEquals(PolicyReplay.MOST_LISTED / 2 + 5, replay.differing());
  }
}
