package org.entente.gateway.intake;

import static org.entente.gateway.policy.decide.PolicyFixture.NOW;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.entente.gateway.crypto.SecretBytes;
import org.entente.gateway.ledger.Ledger;
import org.entente.gateway.ledger.record.RecordSeal;
import org.entente.gateway.ledger.table.EvidenceRecords;
import org.entente.gateway.model.Code;
import org.entente.gateway.model.MessageId;
import org.entente.gateway.model.NodeName;
import org.entente.gateway.policy.decide.Policy;
import org.entente.gateway.policy.decide.PolicyFixture;
import org.entente.gateway.testkit.IntakeKit;
import org.entente.gateway.testkit.MemoryStorageKeys;
import org.entente.gateway.testkit.MemoryStore;
import org.entente.gateway.testkit.QuietLedger;
import org.entente.proto.store.v1.SentFacts;
import org.entente.proto.v1.Draft;
import org.entente.proto.v1.EvidenceItem;
import org.entente.proto.v1.Label;
import org.entente.proto.v1.Lane;
import org.entente.proto.v1.Outcome;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What submission leaves behind: evidence, and what is awaited from then on. */
class SubmissionEvidenceTest {
  private static final NodeName CLIENT = new NodeName("declarations");
  private static final String SG = "sg.police";
  private static final String US = "us.cbp";

  private final RecordSeal atRest = new RecordSeal(new MemoryStorageKeys(), new SecureRandom());
  private final EvidenceRecords records = new EvidenceRecords(atRest, IntakeKit.SELF);
  private final Ledger ledger = QuietLedger.started(new MemoryStore(), () -> NOW);

  @AutoClose("closeWithLedger")
  private final IntakeKit kit;

  SubmissionEvidenceTest(@TempDir Path folder) {
    Policy policy = PolicyFixture.policy(folder, Map.of("a.yaml", PolicyFixture.sample()));
    kit =
        new IntakeKit(
            ledger,
            atRest,
            () -> policy,
            () -> NOW,
            SecretBytes.random(new SecureRandom(), 32),
            /* mostHeld= */ 2);
  }

  private Outcome publish(Draft.Builder draft) {
    return kit.intake().publish(CLIENT, draft.build()).join();
  }

  private static Draft.Builder draft(Label.Builder label, String key, String... to) {
    return PolicyFixture.draft(label, to).setIdempotencyKey(key);
  }

  private static MessageId id(Outcome outcome) {
    return MessageId.of(outcome.getMessageId().toByteArray());
  }

  private List<String> known(Outcome outcome) {
    return records.known(ledger.evidence(), id(outcome)).stream()
        .map(SubmissionEvidenceTest::words)
        .toList();
  }

  private static String words(EvidenceItem item) {
    String kind = item.getKind().name().replace("EVIDENCE_KIND_SUBMISSION_", "");
    return (kind + " " + item.getRecipient() + " " + item.getCode()).strip();
  }

  private SentFacts facts(Outcome outcome) {
    return records.sent(ledger.evidence(), id(outcome)).orElseThrow();
  }

  @Test
  void acceptedForSome_isEvidenceForThoseItGoesTo_andForEachThatWasRefused() {
    Outcome outcome = publish(draft(PolicyFixture.label(), "k1", SG, US));
    assertTrue(outcome.hasAccepted(), outcome.toString());
    assertEquals(List.of("ACCEPTANCE", "REJECTION us.cbp NO_AGREEMENT"), known(outcome));
    assertEquals(List.of(SG), facts(outcome).getRecipientsList());
    publish(draft(PolicyFixture.label(), "k1", SG, US));
    assertEquals(2, known(outcome).size(), "a repeat of the draft states nothing again");
  }

  /** Before, a draft that was refused altogether left no evidence that anybody could ask for. */
  @Test
  void refusedAltogether_hasAnIdUnderWhichItsEvidenceIsFound() {
    Outcome outcome = publish(draft(PolicyFixture.label(), "k1", US));
    assertTrue(outcome.hasRefused(), outcome.toString());
    assertEquals(List.of("REJECTION us.cbp NO_AGREEMENT"), known(outcome));
    assertEquals(outcome, publish(draft(PolicyFixture.label(), "k1", US)));
    assertEquals(List.of(), ledger.awaited().due(Long.MAX_VALUE - 1, 10));
  }

  @Test
  void timeToOpen_isThatOfTheLane_unlessTheDraftSaysOtherwise() {
    Outcome flash = publish(draft(PolicyFixture.label().setLane(Lane.LANE_FLASH), "k1", SG));
    Outcome routine = publish(draft(PolicyFixture.label(), "k2", SG));
    Outcome own = publish(draft(PolicyFixture.label(), "k3", SG).setOpenWithinMinutes(90));
    assertOpenBy(Duration.ofMinutes(15), flash);
    assertOpenBy(Duration.ofDays(7), routine);
    assertOpenBy(Duration.ofMinutes(90), own);
    assertEquals(
        List.of(id(flash), id(own), id(routine)),
        ledger.awaited().due(Long.MAX_VALUE - 1, 10).stream()
            .flatMap(some -> some.ids().stream())
            .toList());
  }

  private void assertOpenBy(Duration within, Outcome outcome) {
    assertEquals(NOW.plus(within).toEpochMilli(), facts(outcome).getOpenByMs());
  }

  /** The sample's messages expire after ten days; nobody is given one after that. */
  @Test
  void timeToOpen_doesNotGoBeyondItsExpiry() {
    Outcome outcome = publish(draft(PolicyFixture.label(), "k1", SG).setOpenWithinMinutes(43_200));
    assertOpenBy(Duration.ofDays(10), outcome);
  }

  @Test
  void timeToOpen_beyondThirtyDays_isInvalid() {
    for (int minutes : List.of(43_201, -1)) {
      Outcome outcome =
          publish(draft(PolicyFixture.label(), "k1", SG).setOpenWithinMinutes(minutes));
      assertEquals(Code.INVALID_FIELD.name(), outcome.getInvalid().getCode());
      assertEquals("open_within_minutes", outcome.getInvalid().getField());
    }
  }
}
