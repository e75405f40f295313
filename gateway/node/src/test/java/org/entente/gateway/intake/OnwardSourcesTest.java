package org.entente.gateway.intake;

import static org.entente.gateway.policy.decide.PolicyFixture.NOW;
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
import java.util.Set;
import java.util.stream.Collectors;
import org.entente.gateway.audit.record.AuditRecord;
import org.entente.gateway.audit.record.AuditType;
import org.entente.gateway.crypto.SecretBytes;
import org.entente.gateway.ledger.Ledger;
import org.entente.gateway.ledger.record.RecordSeal;
import org.entente.gateway.ledger.table.EvidenceRecords;
import org.entente.gateway.model.AgencyName;
import org.entente.gateway.model.Code;
import org.entente.gateway.model.MessageId;
import org.entente.gateway.model.NodeName;
import org.entente.gateway.policy.decide.ConsentGrant;
import org.entente.gateway.policy.decide.Policy;
import org.entente.gateway.policy.decide.PolicyFixture;
import org.entente.gateway.testkit.IntakeKit;
import org.entente.gateway.testkit.MemoryStorageKeys;
import org.entente.gateway.testkit.MemoryStore;
import org.entente.gateway.testkit.QuietLedger;
import org.entente.gateway.testkit.RecordedLeaves;
import org.entente.proto.v1.Draft;
import org.entente.proto.v1.EvidenceItem;
import org.entente.proto.v1.EvidenceKind;
import org.entente.proto.v1.Handling;
import org.entente.proto.v1.Label;
import org.entente.proto.v1.OnBehalfOf;
import org.entente.proto.v1.Outcome;
import org.entente.proto.v1.Purpose;
import org.entente.proto.v1.Verdict;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Drafts that pass on what this agency received, over a real ledger, policy and sealing. */
class OnwardSourcesTest {
  private static final NodeName CLIENT = new NodeName("declarations");
  private static final NodeName SUPERVISOR = new NodeName("supervisor");

  private final SecureRandom random = new SecureRandom();
  private final RecordedLeaves journal = new RecordedLeaves();
  private final Map<MessageId, Label> received = new HashMap<>();
  private final MessageId source = MessageId.fresh(NOW.toEpochMilli(), random);
  private final Ledger ledger;

  @AutoClose("closeWithLedger")
  private final IntakeKit kit;

  OnwardSourcesTest(@TempDir Path folder) {
    ledger = QuietLedger.started(new MemoryStore(new MemoryStore.Disk()), () -> NOW, journal);
    Policy policy = policy(folder);
    kit =
        new IntakeKit(
            ledger,
            new RecordSeal(new MemoryStorageKeys(), random),
            () -> policy,
            () -> NOW,
            SecretBytes.random(random, 32),
            /* mostHeld= */ 2);
    kit.receives(id -> Optional.ofNullable(received.get(id)));
    receive("among");
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
                "handling: [H1]",
                "handling: [H1, H2]",
                "onward_transfer: NONE",
                "onward_transfer: WITHIN_PARTIES"),
            "both.yaml",
            PolicyFixture.sample(
                "id: sample", "id: both", "onward_transfer: NONE", "onward_transfer: WITH_CONSENT"),
            "eyes.yaml",
            PolicyFixture.sample(
                "id: sample",
                "id: eyes",
                "agency: sg.police",
                "agency: de.customs",
                "handling: [H1]",
                "handling: [H1, H2]",
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

  private ConsentGrant grant(Instant until, boolean revoked) {
    return new ConsentGrant(
        MessageId.fresh(1, random),
        new AgencyName("sg.police"),
        Set.of(new AgencyName("us.cbp")),
        Set.of(),
        Set.of(Purpose.PURPOSE_IPR_ENFORCEMENT),
        until,
        revoked);
  }

  /** Handling H2 of what came: whatever the agreement allows, its originator is asked. */
  private Draft controlled() {
    Label.Builder label = PolicyFixture.label().addHandling(Handling.HANDLING_H2);
    received.put(source, label.setOrigin("sg.police").setAgreement("among").build());
    return draft(source, "us.cbp").toBuilder()
        .setLabel(PolicyFixture.label().addHandling(Handling.HANDLING_H2))
        .build();
  }

  @Test
  void passedOnUnderAGrant_isToldToTheOriginator_andTheLeafNamesTheConsent() {
    Draft draft = controlled();
    ConsentGrant grant = grant(NOW.plusSeconds(60), false);
    kit.isGranted(id -> List.of(grant));
    Outcome outcome = publish(draft);
    assertTrue(outcome.hasAccepted(), outcome.toString());
    assertEquals(
        "under consent " + grant.id(), journal.only(AuditType.PASSED_ON).outcome().detail());
    EvidenceItem told =
        kit.parts()
            .records()
            .evidence()
            .openOwed(ledger.evidence().owed(grant.grantor(), 10, Long.MAX_VALUE))
            .get(0);
    assertEquals(EvidenceKind.EVIDENCE_KIND_PASSED_ON, told.getKind());
    assertEquals(ByteString.copyFrom(source.bytes()), told.getMessageId());
    assertEquals(List.of("us.cbp"), told.getPassedOnToList());
    assertEquals(outcome.getMessageId(), told.getPassedOnAs());
    assertEquals(ByteString.copyFrom(grant.id().bytes()), told.getConsentId());
  }

  private List<EvidenceItem> told() {
    return kit.parts()
        .records()
        .evidence()
        .openOwed(ledger.evidence().owed(new AgencyName("sg.police"), 10, Long.MAX_VALUE));
  }

  /** Nobody had to ask; who has it now is its originator's to know all the same. */
  @Test
  void passedOnAmongTheParties_isToldToTheOriginator_whoIsNoThirdPartyItself() {
    Outcome outcome = publish(draft(source, "us.cbp"));
    assertTrue(outcome.hasAccepted(), outcome.toString());
    EvidenceItem told = told().get(0);
    assertEquals(1, told().size());
    assertEquals(EvidenceKind.EVIDENCE_KIND_PASSED_ON, told.getKind());
    assertEquals(ByteString.copyFrom(source.bytes()), told.getMessageId());
    assertEquals(List.of("us.cbp"), told.getPassedOnToList());
    assertEquals(outcome.getMessageId(), told.getPassedOnAs());
    assertTrue(!EvidenceRecords.isUnderConsent(told));
    // What releases before take has 16 bytes there.
    assertEquals(16, told.getConsentId().size());
    Draft back = draft(source, "sg.police").toBuilder().setIdempotencyKey("back").build();
    assertTrue(publish(back).hasAccepted());
    assertEquals(List.of(told), told());
  }

  /** One message that goes to one under consent, and under it to nobody else. */
  @Test
  void recipientsOfOneSource_areToldApart_byTheConsentsUnderWhichTheyHaveIt() {
    Draft draft = controlled();
    ConsentGrant grant = grant(NOW.plusSeconds(60), false);
    kit.isGranted(id -> id.equals(source) ? List.of(grant) : List.of());
    MessageId open = MessageId.fresh(NOW.toEpochMilli() + 1, random);
    received.put(open, PolicyFixture.label().setOrigin("sg.police").setAgreement("among").build());
    Outcome outcome =
        publish(draft.toBuilder().addDerivedFrom(ByteString.copyFrom(open.bytes())).build());
    assertTrue(outcome.hasAccepted(), outcome.toString());
    assertEquals(
        Map.of(source, true, open, false),
        told().stream()
            .collect(
                Collectors.toMap(
                    item -> MessageId.of(item.getMessageId().toByteArray()),
                    EvidenceRecords::isUnderConsent)));
  }

  @Test
  void withoutAGrantInForce_nothingGoesAndNobodyIsTold() {
    Draft draft = controlled();
    int key = 0;
    for (List<ConsentGrant> grants :
        List.of(
            List.<ConsentGrant>of(),
            List.of(grant(NOW, false)),
            List.of(grant(NOW.plusSeconds(60), true)))) {
      kit.isGranted(id -> grants);
      Outcome outcome = publish(draft.toBuilder().setIdempotencyKey("k" + key++).build());
      assertEquals(Code.CONSENT_REQUIRED.name(), outcome.getRefused().getRefusals(0).getCode());
    }
    assertEquals(List.of(), ledger.evidence().owed(new AgencyName("sg.police"), 10, 1_000_000));
  }

  /** Who decides second decides by what is in force then. */
  @Test
  void heldDraft_whoseConsentIsRevokedMeanwhile_isNotReleased() {
    Label.Builder label = PolicyFixture.label().addHandling(Handling.HANDLING_H2);
    received.put(source, label.setOrigin("sg.police").setAgreement("both").build());
    ConsentGrant grant = grant(NOW.plusSeconds(60), false);
    ConsentGrant toGermany =
        new ConsentGrant(
            grant.id(),
            grant.grantor(),
            Set.of(new AgencyName("de.customs")),
            Set.of(),
            grant.purposes(),
            grant.until(),
            false);
    kit.isGranted(id -> List.of(toGermany));
    Draft draft =
        draft(source, "de.customs").toBuilder()
            .setLabel(PolicyFixture.label().addHandling(Handling.HANDLING_H2))
            .build();
    Outcome held = publish(draft);
    assertTrue(held.hasHeld(), held.toString());
    kit.isGranted(id -> List.of(grant(NOW.plusSeconds(60), true)));
    Outcome released =
        kit.releases()
            .decide(
                SUPERVISOR,
                MessageId.of(held.getMessageId().toByteArray()),
                Verdict.VERDICT_RELEASE,
                OnBehalfOf.newBuilder().setOfficer("FR-2").setJustification("read").build())
            .join();
    assertEquals(Code.CONSENT_REQUIRED.name(), released.getRefused().getRefusals(0).getCode());
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
                SUPERVISOR,
                MessageId.of(held.getMessageId().toByteArray()),
                Verdict.VERDICT_RELEASE,
                OnBehalfOf.newBuilder().setOfficer("FR-2").setJustification("read").build())
            .join();
    assertEquals(Code.NOT_FOUND.name(), released.getRefused().getRefusals(0).getCode());
  }
}
