package org.entente.gateway.intake;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.protobuf.ByteString;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.entente.gateway.audit.AuditRecord;
import org.entente.gateway.audit.AuditType;
import org.entente.gateway.crypto.SecretBytes;
import org.entente.gateway.ledger.AtRest;
import org.entente.gateway.ledger.Ledger;
import org.entente.gateway.model.Code;
import org.entente.gateway.model.MessageId;
import org.entente.gateway.model.NodeName;
import org.entente.gateway.policy.Policy;
import org.entente.gateway.policy.PolicyFixture;
import org.entente.gateway.testkit.IntakeKit;
import org.entente.gateway.testkit.MemoryStorageKeys;
import org.entente.gateway.testkit.MemoryStore;
import org.entente.gateway.testkit.QuietLedger;
import org.entente.gateway.testkit.RecordedLeaves;
import org.entente.proto.v1.Draft;
import org.entente.proto.v1.Label;
import org.entente.proto.v1.OnBehalfOf;
import org.entente.proto.v1.Outcome;
import org.entente.proto.v1.Verdict;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Drafts that pass on what this agency received, over a real ledger, policy and sealing. */
class PassingTest {
  private static final NodeName CLIENT = new NodeName("declarations");
  private static final Instant NOW = PolicyFixture.NOW;

  private final SecureRandom random = new SecureRandom();
  private final RecordedLeaves journal = new RecordedLeaves();
  private final Map<MessageId, Label> received = new HashMap<>();
  private final MessageId source = MessageId.fresh(NOW.toEpochMilli(), random);
  private final Ledger ledger;
  private final IntakeKit kit;

  PassingTest(@TempDir Path folder) {
    ledger = QuietLedger.started(new MemoryStore(new MemoryStore.Disk()), () -> NOW, journal);
    Policy policy = policy(folder);
    kit =
        new IntakeKit(
            ledger,
            new AtRest(new MemoryStorageKeys(), random),
            () -> policy,
            () -> NOW,
            SecretBytes.random(random, 32),
            /* mostHeld= */ 2);
    kit.receives(id -> Optional.ofNullable(received.get(id)));
    receive("among");
  }

  @AfterEach
  void close() {
    kit.close();
    ledger.close();
  }

  /** Singapore sends to France under {@code among}, which lets the United States have it too. */
  private static Policy policy(Path folder) {
    String parties = "    - agency: sg.police\n";
    return PolicyFixture.policy(
        folder,
        Map.of(
            "among.yaml",
            PolicyFixture.sample(
                "id: sample",
                "id: among",
                parties,
                parties + "    - agency: us.cbp\n",
                "onward_transfer: NONE",
                "onward_transfer: WITHIN_PARTIES"),
            "eyes.yaml",
            PolicyFixture.sample(
                "id: sample",
                "id: eyes",
                "agency: sg.police",
                "agency: de.customs",
                "onward_transfer: NONE",
                "onward_transfer: NONE\n  four_eyes: true")));
  }

  private void receive(String agreement) {
    received.put(
        source, PolicyFixture.label().setOrigin("sg.police").setAgreement(agreement).build());
  }

  private Draft draft(MessageId from, String to) {
    return PolicyFixture.draft(PolicyFixture.label(), to)
        .setOnBehalfOf(OnBehalfOf.newBuilder().setOfficer("FR-1").setJustification("case"))
        .addDerivedFrom(ByteString.copyFrom(from.bytes()))
        .build();
  }

  private Outcome publish(Draft draft) {
    return kit.intake().publish(CLIENT, draft).join();
  }

  @Test
  void permitted_standsInTheAuditLog_withWhatItCameFromAndWhoItWentTo() {
    Outcome outcome = publish(draft(source, "us.cbp"));
    assertTrue(outcome.hasAccepted(), outcome.toString());
    AuditRecord leaf = journal.only(AuditType.PASSED_ON);
    assertEquals(
        List.of(source, MessageId.of(outcome.getMessageId().toByteArray())),
        leaf.subject().messages());
    assertEquals(
        List.of("us.cbp"), leaf.subject().agencies().stream().map(Object::toString).toList());
    assertEquals("among", leaf.basis().agreement());
  }

  @Test
  void messageThatIsNotHere_isInvalid_andNothingChanges() {
    MessageId unknown = MessageId.fresh(NOW.toEpochMilli(), random);
    Outcome outcome = publish(draft(unknown, "us.cbp"));
    assertEquals(Code.NOT_FOUND.name(), outcome.getInvalid().getCode());
    assertEquals("derived_from[0]", outcome.getInvalid().getField());
    assertEquals(List.of(), journal.types());
    Draft malformed =
        draft(source, "us.cbp").toBuilder()
            .addDerivedFrom(ByteString.copyFrom(new byte[15]))
            .build();
    assertEquals("derived_from[1]", publish(malformed).getInvalid().getField());
  }

  @Test
  void refusedOnward_saysSoOfTheRecipient() {
    receive("eyes");
    Outcome outcome = publish(draft(source, "us.cbp"));
    assertEquals(Code.ONWARD_REFUSED.name(), outcome.getRefused().getRefusals(0).getCode());
  }

  /** What was erased or recalled while its successor waited is not let go by the second person. */
  @Test
  void heldDraft_whoseSourceIsGone_isNotReleased() {
    received.put(
        source, PolicyFixture.label().setOrigin("de.customs").setAgreement("eyes").build());
    Outcome held = publish(draft(source, "de.customs"));
    assertTrue(held.hasHeld(), held.toString());
    received.clear();
    Outcome released =
        kit.releases()
            .decide(
                CLIENT,
                MessageId.of(held.getMessageId().toByteArray()),
                Verdict.VERDICT_RELEASE,
                OnBehalfOf.newBuilder().setOfficer("FR-2").build())
            .join();
    assertEquals(Code.NOT_FOUND.name(), released.getRefused().getRefusals(0).getCode());
  }
}
