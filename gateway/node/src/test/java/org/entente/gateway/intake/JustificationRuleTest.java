package org.entente.gateway.intake;

import static java.util.Objects.requireNonNull;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Instant;
import java.util.Map;
import org.entente.gateway.audit.record.AuditPerson;
import org.entente.gateway.audit.record.AuditRecord;
import org.entente.gateway.audit.record.AuditType;
import org.entente.gateway.crypto.SecretBytes;
import org.entente.gateway.feature.release.ReleaseDecisions;
import org.entente.gateway.ledger.Ledger;
import org.entente.gateway.ledger.record.RecordSeal;
import org.entente.gateway.model.Code;
import org.entente.gateway.model.MessageId;
import org.entente.gateway.model.NodeName;
import org.entente.gateway.model.Problem;
import org.entente.gateway.model.Result;
import org.entente.gateway.policy.decide.Policy;
import org.entente.gateway.policy.decide.PolicyFixture;
import org.entente.gateway.testkit.IntakeKit;
import org.entente.gateway.testkit.MemoryStorageKeys;
import org.entente.gateway.testkit.MemoryStore;
import org.entente.gateway.testkit.QuietLedger;
import org.entente.gateway.testkit.RecordedLeaves;
import org.entente.gateway.testkit.Results;
import org.entente.proto.v1.OnBehalfOf;
import org.entente.proto.v1.Outcome;
import org.entente.proto.v1.Verdict;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Who reads, releases or takes back what goes under an agreement that asks who acts and why. */
class JustificationRuleTest {
  private static final NodeName CLIENT = new NodeName("declarations");
  private static final NodeName DESK = new NodeName("supervisor");
  private static final String REASON = "the goods were genuine";
  private static final OnBehalfOf SILENT = person("");
  private static final OnBehalfOf SAYING = person("order of the prosecutor, 14/26");

  @TempDir private Path folder;
  private final RecordedLeaves journal = new RecordedLeaves();
  private final RecordSeal atRest = new RecordSeal(new MemoryStorageKeys(), new SecureRandom());
  private final Instant now = PolicyFixture.NOW;
  private final Ledger ledger = QuietLedger.started(new MemoryStore(), () -> now, journal);
  private @Nullable Policy policy;

  @AutoClose("closeWithLedger")
  private final IntakeKit kit =
      new IntakeKit(
          ledger,
          atRest,
          () -> requireNonNull(policy),
          () -> now,
          SecretBytes.random(new SecureRandom(), 32),
          /* mostHeld= */ 2);

  private static OnBehalfOf person(String why) {
    return OnBehalfOf.newBuilder()
        .setOfficer("FR-2")
        .setUnit("DNRED")
        .setJustification(why)
        .build();
  }

  private void agreement(String obligations) {
    policy =
        PolicyFixture.policy(
            folder,
            Map.of(
                "a.yaml",
                PolicyFixture.sample(
                    "onward_transfer: NONE", "onward_transfer: NONE" + obligations)));
  }

  private MessageId published(String key) {
    Outcome outcome =
        kit.intake()
            .publish(
                CLIENT,
                PolicyFixture.draft(PolicyFixture.label(), "sg.police")
                    .setIdempotencyKey(key)
                    .setOnBehalfOf(
                        OnBehalfOf.newBuilder().setOfficer("FR-1").setJustification("case 4/26"))
                    .build())
            .join();
    assertTrue(outcome.hasHeld() || outcome.hasAccepted(), outcome.toString());
    return MessageId.of(outcome.getMessageId().toByteArray());
  }

  private ReleaseDecisions.ReadResult read(MessageId id, OnBehalfOf person) {
    return kit.releases().read(DESK, id, person).join();
  }

  private Outcome release(MessageId id, OnBehalfOf person) {
    return kit.releases().decide(DESK, id, Verdict.VERDICT_RELEASE, person).join();
  }

  private Result<MessageRecall.Sent> recall(MessageId id, OnBehalfOf person) {
    return kit.recalling().recall(DESK, id, REASON, person, lookUps -> {}).join();
  }

  private static AuditPerson personOf(AuditRecord record) {
    return requireNonNull(record.actor().onBehalfOf());
  }

  /** Whatever the agreement asks: with another person's word a message leaves, or is read. */
  @ParameterizedTest
  @ValueSource(strings = {"", "\n  person_required: true"})
  void heldMessage_isNeitherShownNorReleased_withoutAJustification(String asked) {
    agreement("\n  four_eyes: true" + asked);
    MessageId id = published("k1");
    Problem unread =
        assertInstanceOf(ReleaseDecisions.ReadResult.Unreadable.class, read(id, SILENT)).problem();
    assertEquals(
        new Problem(
            Code.INVALID_FIELD, "on_behalf_of.justification", "must say why the message is read"),
        unread);
    Outcome refused = release(id, person(""));
    assertEquals("INVALID_FIELD", refused.getInvalid().getCode());
    assertEquals("on_behalf_of.justification", refused.getInvalid().getField());
    assertEquals("must say why the message may be released", refused.getInvalid().getMessage());
    assertEquals(1, kit.releases().count());
    assertTrue(journal.types().stream().noneMatch(AuditType.OPENED::equals));

    assertInstanceOf(ReleaseDecisions.ReadResult.Shown.class, read(id, SAYING));
    assertTrue(release(id, SAYING).hasAccepted());
    for (AuditType type : new AuditType[] {AuditType.OPENED, AuditType.RELEASED}) {
      AuditPerson person = personOf(journal.only(type));
      assertEquals("FR-2", person.officer());
      assertEquals("DNRED", person.unit());
      assertEquals("order of the prosecutor, 14/26", person.justification());
    }
  }

  @Test
  void recall_isOnRecord_withPersonJustificationAndWhatIsTold() {
    agreement("");
    MessageId id = published("k1");
    Results.value(recall(id, SAYING));
    AuditRecord recalled = journal.only(AuditType.RECALLED);
    assertEquals("order of the prosecutor, 14/26", personOf(recalled).justification());
    assertEquals(REASON, recalled.outcome().detail());
  }

  @Test
  void recall_needsAJustification_whereTheAgreementAsks_andElseSaysWhatIsTold() {
    agreement("\n  person_required: true");
    MessageId id = published("k1");
    Problem problem = Results.problem(recall(id, SILENT));
    assertEquals(Code.PERSON_REQUIRED, problem.code());
    assertEquals("on_behalf_of.justification", problem.field());
    assertTrue(journal.types().stream().noneMatch(AuditType.RECALLED::equals));

    // An agreement that asks no more binds nobody who acts now.
    agreement("");
    Results.value(recall(id, SILENT));
    AuditRecord recalled = journal.only(AuditType.RECALLED);
    assertNull(personOf(recalled).justification());
    assertEquals(REASON, recalled.outcome().detail());
  }
}
