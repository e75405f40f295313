package org.entente.gateway.feature.release;

import static java.util.Objects.requireNonNull;
import static org.entente.gateway.testkit.Agencies.SG;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.protobuf.ByteString;
import com.google.protobuf.util.Timestamps;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.entente.gateway.audit.record.AuditActor;
import org.entente.gateway.audit.record.AuditRecord;
import org.entente.gateway.audit.record.AuditType;
import org.entente.gateway.audit.record.LawCategory;
import org.entente.gateway.crypto.SecretBytes;
import org.entente.gateway.ledger.Ledger;
import org.entente.gateway.ledger.record.RecordSeal;
import org.entente.gateway.ledger.table.EvidenceRecords;
import org.entente.gateway.model.Lane;
import org.entente.gateway.model.MessageId;
import org.entente.gateway.model.NodeName;
import org.entente.gateway.policy.decide.Policy;
import org.entente.gateway.policy.decide.PolicyFixture;
import org.entente.gateway.testkit.IntakeKit;
import org.entente.gateway.testkit.MemoryStorageKeys;
import org.entente.gateway.testkit.MemoryStore;
import org.entente.gateway.testkit.QuietLedger;
import org.entente.gateway.testkit.RecordedLeaves;
import org.entente.gateway.testkit.SettableClock;
import org.entente.proto.store.v1.SentFacts;
import org.entente.proto.v1.Draft;
import org.entente.proto.v1.EvidenceItem;
import org.entente.proto.v1.HeldMessage;
import org.entente.proto.v1.OnBehalfOf;
import org.entente.proto.v1.Outcome;
import org.entente.proto.v1.Problem;
import org.entente.proto.v1.Refusal;
import org.entente.proto.v1.Verdict;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What is recorded, counted and said of drafts that wait for a second person. */
class DecisionRecordsTest {
  private static final NodeName CLIENT = new NodeName("declarations");
  private static final NodeName DESK = new NodeName("supervisor");
  private static final int MOST_HELD = 9;
  private static final OnBehalfOf FIRST = person("FR-1", "");
  private static final OnBehalfOf SECOND = person("FR-2", "order 14/26");

  private final SettableClock clock = new SettableClock(PolicyFixture.NOW);
  private final RecordedLeaves leaves = new RecordedLeaves();
  private final RecordSeal atRest = new RecordSeal(new MemoryStorageKeys(), new SecureRandom());
  private final EvidenceRecords records = new EvidenceRecords(atRest, IntakeKit.SELF);
  private final Ledger ledger = QuietLedger.started(new MemoryStore(), clock, leaves);
  private final Path folder;

  @AutoClose("closeWithLedger")
  private final IntakeKit kit;

  private Policy policy;

  DecisionRecordsTest(@TempDir Path folder) {
    this.folder = folder;
    policy = PolicyFixture.fourEyes(folder, "2026-12-31");
    kit =
        new IntakeKit(
            ledger,
            atRest,
            () -> policy,
            clock,
            SecretBytes.random(new SecureRandom(), 32),
            MOST_HELD);
  }

  private static OnBehalfOf person(String officer, String why) {
    return OnBehalfOf.newBuilder().setOfficer(officer).setJustification(why).build();
  }

  private static Draft.Builder draft(String key) {
    return PolicyFixture.draft(PolicyFixture.label(), SG.value())
        .setIdempotencyKey(key)
        .setOnBehalfOf(FIRST);
  }

  private Outcome publish(String key) {
    return kit.intake().publish(CLIENT, draft(key).build()).join();
  }

  private MessageId held(String key) {
    return MessageId.of(publish(key).getMessageId().toByteArray());
  }

  private Outcome decide(MessageId id, Verdict verdict, OnBehalfOf person) {
    return kit.releases().decide(DESK, id, verdict, person).join();
  }

  private void assertCounted(String sample) {
    assertTrue(kit.meters().text().contains(sample), kit.meters()::text);
  }

  private EvidenceItem onlyEvidence(MessageId id) {
    List<EvidenceItem> all = records.known(ledger.evidence(), id);
    assertEquals(1, all.size());
    return all.get(0);
  }

  @Test
  void held_showsWhatAPersonNeeds_andIsOnRecord() {
    Outcome outcome = publish("k1");
    HeldMessage message = kit.releases().page(null, 5).get(0);
    assertEquals(outcome.getMessageId(), message.getMessageId());
    assertEquals(Timestamps.fromMillis(clock.millis()), message.getSince());
    assertEquals(outcome.getHeld(), message.getHeld());
    assertEquals(CLIENT.value(), message.getClient());
    assertEquals(FIRST, message.getOnBehalfOf());
    assertEquals(1, message.getPermitsCount());
    assertEquals(SG.value(), message.getPermits(0).getAgency());
    assertEquals("sample", message.getPermits(0).getAgreement());
    assertEquals(90, message.getPermits(0).getRetentionDays());
    AuditRecord leaf = leaves.only(AuditType.HELD);
    assertEquals(LawCategory.NONE, leaf.category());
    assertEquals(List.of(SG), leaf.subject().agencies());
    assertEquals(CLIENT, leaf.actor().client());
    assertEquals(policy.version(), leaf.basis().policyVersion());
    assertEquals("k1", outcome.getIdempotencyKey());
    assertCounted("entente_published_total{outcome=\"held\",exercise=\"false\",} 1.0");
    assertEquals(0, records.known(ledger.evidence(), held("k2")).size());
  }

  @Test
  void release_isTheSecondPersons_andTheMessageThePublishers() {
    MessageId id = held("k1");
    clock.move(Duration.ofMinutes(10));
    Outcome outcome = decide(id, Verdict.VERDICT_RELEASE, SECOND);
    assertEquals("k1", outcome.getIdempotencyKey());
    assertTrue(outcome.getPosition() > 0);
    AuditRecord leaf = leaves.only(AuditType.RELEASED);
    assertEquals(LawCategory.DISCLOSURE, leaf.category());
    assertEquals(List.of(id), leaf.subject().messages());
    assertEquals(policy.version(), leaf.basis().policyVersion());
    assertEquals(DESK, leaf.actor().client());
    SentFacts facts = records.sent(ledger.evidence(), id).orElseThrow();
    assertEquals(
        clock.instant().plus(Duration.ofDays(7)).toEpochMilli(),
        facts.getOpenByMs(),
        "from when it went");
    assertCounted("entente_held_decided_total{verdict=\"released\",} 1.0");
    Problem problem = decide(id, Verdict.VERDICT_RELEASE, SECOND).getInvalid();
    assertEquals("NOT_FOUND", problem.getCode());
    assertEquals("message_id", problem.getField());
    assertEquals("no message " + id + " waits for release", problem.getMessage());
    assertCounted("entente_refused_total{side=\"client\",code=\"NOT_FOUND\",} 1.0");
  }

  @Test
  void denial_isOnRecord_withWhatThePublisherIsTold() {
    MessageId id = held("k1");
    Outcome outcome = decide(id, Verdict.VERDICT_DENY, SECOND);
    Refusal refusal = outcome.getRefused().getRefusals(0);
    assertEquals(SG.value(), refusal.getAgency());
    assertEquals("RELEASE_DENIED", refusal.getCode());
    assertEquals("denied: order 14/26", refusal.getReason());
    assertEquals("", refusal.getRule());
    assertEquals("k1", outcome.getIdempotencyKey());
    assertEquals(ByteString.copyFrom(id.bytes()), outcome.getMessageId());
    AuditRecord leaf = leaves.last();
    assertEquals(AuditType.REFUSED, leaf.type());
    assertEquals("RELEASE_DENIED", leaf.outcome().code());
    assertEquals("held message not released", leaf.outcome().detail());
    assertEquals(List.of(id), leaf.subject().messages());
    assertEquals(DESK, leaf.actor().client());
    EvidenceItem item = onlyEvidence(id);
    assertEquals("denied: order 14/26", item.getReason());
    assertEquals("", item.getRecipient());
    assertCounted("entente_held_decided_total{verdict=\"denied\",} 1.0");
    assertEquals(0, ledger.outbox().page(SG, Lane.ROUTINE, null, 5).size());
  }

  @Test
  void release_thatPolicyRefuses_isOnRecordAsThePublishers() {
    MessageId id = held("k1");
    policy = PolicyFixture.fourEyes(folder, "2026-05-31");
    Outcome outcome = decide(id, Verdict.VERDICT_RELEASE, SECOND);
    Refusal refusal = outcome.getRefused().getRefusals(0);
    AuditRecord leaf = leaves.last();
    assertEquals(AuditType.REFUSED, leaf.type());
    assertEquals(CLIENT, leaf.actor().client());
    assertEquals("FR-1", requireNonNull(leaf.actor().onBehalfOf()).officer());
    assertEquals(refusal.getCode(), leaf.outcome().code());
    assertEquals(refusal.getReason(), onlyEvidence(id).getReason());
    assertCounted("entente_held_decided_total{verdict=\"refused\",} 1.0");
    assertEquals(0, kit.releases().count());
  }

  @Test
  void timeOut_isTheGatewaysOwn_andAllThatAreDueEnd() {
    List<MessageId> ids = new ArrayList<>();
    for (int i = 0; i < 4; i++) {
      ids.add(held("k" + (100 + i)));
    }
    clock.move(IntakeKit.HELD.minusMillis(1));
    assertEquals(0, kit.releases().expire());
    clock.move(Duration.ofMillis(1));
    assertEquals(4, kit.releases().expire());
    assertEquals(0, kit.releases().count());
    AuditRecord leaf = leaves.last();
    assertEquals(AuditActor.gateway(IntakeKit.SELF), leaf.actor());
    assertEquals("RELEASE_TIMED_OUT", leaf.outcome().code());
    EvidenceItem item = onlyEvidence(ids.get(3));
    assertEquals("nobody released or denied it in time", item.getReason());
    assertCounted("entente_held_decided_total{verdict=\"timed_out\",} 4.0");
    assertEquals(0, kit.releases().expire());
  }

  @Test
  void reading_isAConsultation_andOfWhatIsNotThereIsCounted() {
    MessageId id = held("k1");
    ReleaseDecisions.ReadResult.Shown shown =
        (ReleaseDecisions.ReadResult.Shown) kit.releases().read(DESK, id, SECOND).join();
    assertEquals(kit.releases().find(id).orElseThrow(), shown.message());
    assertEquals(draft("k1").build(), shown.draft());
    AuditRecord leaf = leaves.only(AuditType.OPENED);
    assertEquals(LawCategory.CONSULTATION, leaf.category());
    assertEquals(DESK, leaf.actor().client());
    MessageId unknown = MessageId.fresh(1, new SecureRandom());
    ReleaseDecisions.ReadResult.Unreadable none =
        (ReleaseDecisions.ReadResult.Unreadable) kit.releases().read(DESK, unknown, SECOND).join();
    assertEquals("no message " + unknown + " waits for release", none.problem().message());
    assertCounted("entente_refused_total{side=\"client\",code=\"NOT_FOUND\",} 1.0");
  }

  @Test
  void calls_thatSayTooLittle_areToldWhat() {
    MessageId id = held("k1");
    assertEquals(
        "must say why the message may be released",
        said(decide(id, Verdict.VERDICT_RELEASE, person("FR-2", ""))));
    assertEquals(
        "must say why the message must not be released",
        said(decide(id, Verdict.VERDICT_DENY, person("FR-2", ""))));
    assertEquals(
        "must name the officer who reads or decides",
        said(decide(id, Verdict.VERDICT_DENY, person("", "why"))));
    assertEquals(
        "must be VERDICT_RELEASE or VERDICT_DENY",
        said(decide(id, Verdict.VERDICT_UNSPECIFIED, SECOND)));
    ReleaseDecisions.ReadResult.Unreadable unread =
        (ReleaseDecisions.ReadResult.Unreadable)
            kit.releases().read(DESK, id, person("FR-2", "")).join();
    assertEquals("must say why the message is read", unread.problem().message());
    assertCounted("entente_refused_total{side=\"client\",code=\"INVALID_FIELD\",} 5.0");
  }

  private static String said(Outcome outcome) {
    return outcome.getInvalid().getMessage();
  }

  @Test
  void holding_beyondItsBounds_saysWhy() {
    Outcome nobody = kit.intake().publish(CLIENT, draft("k0").clearOnBehalfOf().build()).join();
    assertEquals("on_behalf_of.officer", nobody.getInvalid().getField());
    assertTrue(nobody.getInvalid().getMessage().startsWith("must name the officer: "));
    assertTrue(nobody.getInvalid().getMessage().endsWith("; another officer must decide"));
    assertCounted("entente_refused_total{side=\"client\",code=\"INVALID_FIELD\",} 1.0");
    for (int i = 0; i < MOST_HELD; i++) {
      held("k" + (100 + i));
    }
    Problem full = publish("k9").getInvalid();
    assertEquals("OVERLOADED", full.getCode());
    assertEquals("to", full.getField());
    assertEquals("more than 9 messages wait for a second person", full.getMessage());
    assertEquals(MOST_HELD, kit.releases().count());
  }

  @Test
  void waitingDrafts_areShownOldestFirst() {
    List<MessageId> ids = new ArrayList<>();
    for (int i = 0; i < MOST_HELD; i++) {
      clock.move(Duration.ofMillis(1));
      ids.add(held("k" + (100 + i)));
    }
    List<HeldDraftReader.WaitingDraft> all = new ArrayList<>();
    new HeldDraftReader(kit.held(), atRest).forEach(all::add);
    assertEquals(ids, all.stream().map(HeldDraftReader.WaitingDraft::id).toList());
    assertEquals(clock.instant(), all.get(8).since());
    assertEquals(draft("k108").build(), all.get(8).draft());
    assertEquals(
        ids.subList(5, 8),
        kit.releases().page(ids.get(4), 3).stream()
            .map(message -> MessageId.of(message.getMessageId().toByteArray()))
            .toList());
  }

  @Test
  void decision_onAnOwnMessage_isOnRecord_andCounted() {
    MessageId id = held("k1");
    Outcome own = decide(id, Verdict.VERDICT_RELEASE, person("FR-1", "why"));
    assertEquals("SECOND_PERSON_REQUIRED", own.getInvalid().getCode());
    AuditRecord leaf = leaves.last();
    assertEquals("tried to decide on its own message", leaf.outcome().detail());
    assertEquals(List.of(id), leaf.subject().messages());
    assertEquals("", leaf.basis().policyVersion());
    assertCounted("entente_refused_total{side=\"client\",code=\"SECOND_PERSON_REQUIRED\",} 1.0");
  }
}
