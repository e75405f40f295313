package org.entente.gateway.feature.release;

import static org.junit.jupiter.api.Assertions.assertDoesNotThrow;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.protobuf.ByteString;
import com.google.protobuf.Timestamp;
import com.google.protobuf.util.Timestamps;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import org.entente.gateway.audit.record.AuditRecord;
import org.entente.gateway.audit.record.AuditType;
import org.entente.gateway.crypto.SecretBytes;
import org.entente.gateway.ledger.Ledger;
import org.entente.gateway.ledger.record.DiskThresholds;
import org.entente.gateway.ledger.record.RecordSeal;
import org.entente.gateway.ledger.table.EvidenceRecords;
import org.entente.gateway.model.AgencyName;
import org.entente.gateway.model.Lane;
import org.entente.gateway.model.MessageId;
import org.entente.gateway.model.NodeName;
import org.entente.gateway.policy.decide.Policy;
import org.entente.gateway.policy.decide.PolicyFixture;
import org.entente.gateway.store.Scan;
import org.entente.gateway.store.Table;
import org.entente.gateway.testkit.IntakeKit;
import org.entente.gateway.testkit.MemoryStorageKeys;
import org.entente.gateway.testkit.MemoryStore;
import org.entente.gateway.testkit.QuietLedger;
import org.entente.gateway.testkit.RecordedLeaves;
import org.entente.proto.v1.Draft;
import org.entente.proto.v1.EvidenceItem;
import org.entente.proto.v1.EvidenceKind;
import org.entente.proto.v1.HeldMessage;
import org.entente.proto.v1.OnBehalfOf;
import org.entente.proto.v1.Outcome;
import org.entente.proto.v1.Status;
import org.entente.proto.v1.Verdict;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Drafts that wait for a second person, over a real ledger, policy and sealing. */
class ReleaseDecisionsTest {
  private static final NodeName CLIENT = new NodeName("declarations");
  private static final NodeName DESK = new NodeName("supervisor");
  private static final AgencyName SG = new AgencyName("sg.police");
  private static final String HEADLINE = "Headline";
  private static final String WHY = "order of the prosecutor, 14/26";

  @TempDir private Path folder;
  private final MemoryStore.Disk disk = new MemoryStore.Disk();
  private final MemoryStorageKeys storageKeys = new MemoryStorageKeys();
  private final RecordSeal atRest = new RecordSeal(storageKeys, new SecureRandom());
  private final RecordedLeaves journal = new RecordedLeaves();
  private final SecretBytes outboxKey = SecretBytes.random(new SecureRandom(), 32);
  private Instant now = PolicyFixture.NOW;
  private @Nullable Policy policy;
  private @Nullable Ledger ledger;
  private @Nullable IntakeKit kit;

  @BeforeEach
  void start() {
    policy = PolicyFixture.fourEyes(folder, "2026-12-31");
    open();
  }

  @AfterEach
  void close() {
    kit().close();
    ledger().close();
  }

  private void open() {
    open(new HeldDrafts.Limits(2, 2, 1 << 20, IntakeKit.HELD, /* sameClient= */ false));
  }

  private void open(HeldDrafts.Limits limits) {
    ledger = QuietLedger.started(new MemoryStore(disk), () -> now, journal);
    kit =
        new IntakeKit(
            ledger,
            atRest,
            () -> Objects.requireNonNull(policy),
            () -> now,
            outboxKey,
            limits,
            IntakeKit.limits(1_000, 64 << 20));
  }

  private Ledger ledger() {
    return Objects.requireNonNull(ledger);
  }

  private IntakeKit kit() {
    return Objects.requireNonNull(kit);
  }

  private static OnBehalfOf person(String officer, String why) {
    return OnBehalfOf.newBuilder().setOfficer(officer).setJustification(why).build();
  }

  private static Draft draft(String key) {
    return PolicyFixture.draft(PolicyFixture.label(), "sg.police", "us.cbp")
        .setIdempotencyKey(key)
        .setOnBehalfOf(person("FR-1", ""))
        .build();
  }

  private Outcome publish(Draft draft) {
    return kit().intake().publish(CLIENT, draft).join();
  }

  private MessageId held(String key) {
    Outcome outcome = publish(draft(key));
    assertTrue(outcome.hasHeld(), outcome.toString());
    return MessageId.of(outcome.getMessageId().toByteArray());
  }

  private Outcome decide(MessageId id, Verdict verdict, OnBehalfOf person) {
    return kit().releases().decide(DESK, id, verdict, person).join();
  }

  private Outcome release(MessageId id) {
    return decide(id, Verdict.VERDICT_RELEASE, person("FR-2", WHY));
  }

  private List<EvidenceItem> evidence(MessageId id) {
    return new EvidenceRecords(atRest, IntakeKit.SELF).known(ledger().evidence(), id);
  }

  private int envelopes() {
    Set<String> hashes = new HashSet<>();
    try (Scan scan = new MemoryStore(disk).scan(Table.ENVELOPE, new byte[0], null)) {
      while (scan.hasNext()) {
        scan.next();
        hashes.add(java.util.HexFormat.of().formatHex(scan.key(), 1, 33));
      }
    }
    return hashes.size();
  }

  /** A drill that nobody releases is no work that waits; it takes a place all the same. */
  @Test
  void exercise_isHeldAndListed_andCountedApart_alsoAfterARestart() {
    Draft.Builder drill = draft("drill").toBuilder();
    drill.getLabelBuilder().setStatus(Status.STATUS_EXERCISE);
    Outcome outcome = publish(drill.build());
    assertTrue(outcome.hasHeld(), outcome.toString());
    assertEquals(0, kit().held().actual());
    assertEquals(0, kit().held().oldestMillis());
    now = now.plusSeconds(60);
    MessageId actual = held("actual");
    for (int start = 0; start < 2; start++) {
      assertEquals(2, kit().held().count());
      assertEquals(1, kit().held().actual());
      assertEquals(now.toEpochMilli(), kit().held().oldestMillis());
      close();
      open();
    }
    assertTrue(release(actual).hasAccepted());
    assertEquals(0, kit().held().actual());
    assertTrue(release(MessageId.of(outcome.getMessageId().toByteArray())).hasAccepted());
    assertEquals(0, kit().held().count());
    assertEquals(0, kit().held().actual());
  }

  @Test
  void fourEyes_draft_isHeldDurablyAndGoesNowhere() {
    MessageId id = held("k1");
    assertEquals(0, envelopes());
    HeldMessage message = kit().releases().find(id).orElseThrow();
    assertEquals("declarations", message.getClient());
    assertEquals("FR-1", message.getOnBehalfOf().getOfficer());
    assertEquals("sg.police", message.getPermits(0).getAgency());
    assertTrue(message.getHeld().getReason().contains("sample"), message.toString());
    assertEquals(
        now.plus(IntakeKit.HELD).getEpochSecond(), message.getHeld().getUntil().getSeconds());
    assertEquals(now.plus(IntakeKit.HELD).toEpochMilli(), kit().heldUntil(), "hooks are told");
    // us.cbp was refused at once, which is in the log beside the holding.
    assertEquals(List.of(AuditType.HELD, AuditType.REFUSED), journal.types());
    assertEquals(publish(draft("k1")), publish(draft("k1")));
    assertEquals(1, kit().releases().count());
  }

  /** Threat 16: only what frees space goes on. */
  @Test
  void diskThatFills_refusesDraftsAndReleases_answersWhatWasAnswered_andIsDeniedStill() {
    MessageId first = held("k1");
    MessageId second = held("k2");
    disk.free(100 << 20);
    ledger().room().look();
    Outcome refused = publish(draft("k3"));
    assertEquals("STORAGE_FULL", refused.getInvalid().getCode());
    assertTrue(refused.getInvalid().getMessage().contains("100 MiB"), refused.toString());
    assertTrue(publish(draft("k1")).hasHeld(), "an answer that was given is given again");
    assertEquals("STORAGE_FULL", release(first).getInvalid().getCode());
    assertTrue(decide(second, Verdict.VERDICT_DENY, person("FR-2", "no")).hasRefused());
    disk.free(Long.MAX_VALUE);
    ledger().room().look();
    assertTrue(release(first).hasAccepted());
    assertTrue(publish(draft("k3")).hasHeld());
  }

  /** Attack: a person tries to decide on its own draft again and again; each attempt is a leaf. */
  @Test
  void ownDecision_onAFullDisk_isRefusedWithoutALeaf() {
    MessageId id = held("k1");
    disk.free(100 << 20);
    ledger().room().look();
    List<AuditType> before = journal.types();
    for (Verdict verdict : List.of(Verdict.VERDICT_RELEASE, Verdict.VERDICT_DENY)) {
      Outcome own = decide(id, verdict, person("FR-1", WHY));
      assertEquals("STORAGE_FULL", own.getInvalid().getCode());
    }
    assertEquals(before, journal.types());
  }

  /** Attack: a client whose drafts others release had all that may wait for a recipient. */
  @Test
  void release_beyondTheShareOfTheDraftsClient_isRefused_andTheDraftStaysHeld() {
    assertTrue(release(held("k1")).hasAccepted());
    long one = ledger().outbox().bytes(SG, Lane.ROUTINE);
    disk.free(DiskThresholds.DEFAULT.refuseBelow() + 4 * one);
    ledger().room().look();
    MessageId next = held("k2");
    Outcome refused = release(next);
    assertEquals("OVERLOADED", refused.getInvalid().getCode(), refused.toString());
    assertEquals("to", refused.getInvalid().getField());
    assertEquals(1, kit().releases().count());
    assertTrue(publish(draft("k2")).hasHeld());

    Outcome other = kit().intake().publish(new NodeName("other"), draft("o1")).join();
    Outcome others = release(MessageId.of(other.getMessageId().toByteArray()));
    assertTrue(others.hasAccepted(), others.toString());
    disk.free(Long.MAX_VALUE);
    ledger().room().look();
    assertTrue(release(next).hasAccepted());
    ByteString author = ByteString.copyFrom(ledger().names().token(CLIENT.value()));
    assertEquals(2.0 * one, (double) ledger().outbox().bytes(SG, Lane.ROUTINE, author), 64);
  }

  @Test
  void held_afterARestart_isStillThereAndGoesOnce() {
    MessageId id = held("k1");
    close();
    open();
    assertEquals(1, kit().releases().count());
    Outcome outcome = release(id);
    assertTrue(outcome.hasAccepted(), outcome.toString());
    assertEquals(ByteString.copyFrom(id.bytes()), outcome.getMessageId());
    assertEquals("sg.police", outcome.getAccepted().getPermits(0).getAgency());
    assertEquals(1, envelopes());
    assertEquals(0, kit().releases().count());
    assertEquals(outcome, publish(draft("k1")), "the publisher gets the later outcome");
    assertEquals("NOT_FOUND", release(id).getInvalid().getCode());
    assertEquals(1, envelopes());
    assertEquals(
        List.of(
            EvidenceKind.EVIDENCE_KIND_SUBMISSION_ACCEPTANCE,
            EvidenceKind.EVIDENCE_KIND_SUBMISSION_REJECTION),
        evidence(id).stream().map(EvidenceItem::getKind).toList(),
        "for sg.police, and not for us.cbp");
    AuditRecord released = journal.only(AuditType.RELEASED);
    assertEquals(DESK, released.actor().client());
    assertEquals("FR-2", Objects.requireNonNull(released.actor().onBehalfOf()).officer());
    AuditRecord accepted = journal.only(AuditType.ACCEPTED);
    assertEquals(CLIENT, accepted.actor().client());
    assertEquals("FR-1", Objects.requireNonNull(accepted.actor().onBehalfOf()).officer());
  }

  @Test
  void decisions_thatComeAtOnce_sendOneMessage() {
    MessageId id = held("k1");
    List<CompletableFuture<Outcome>> all = new ArrayList<>();
    for (int i = 0; i < 16; i++) {
      all.add(
          CompletableFuture.supplyAsync(
              () ->
                  kit()
                      .releases()
                      .decide(DESK, id, Verdict.VERDICT_RELEASE, person("FR-2", WHY))
                      .join()));
    }
    List<Outcome> outcomes = all.stream().map(CompletableFuture::join).toList();
    assertTrue(outcomes.stream().anyMatch(Outcome::hasAccepted));
    for (Outcome outcome : outcomes) {
      assertTrue(
          outcome.hasAccepted() || outcome.getInvalid().getCode().equals("NOT_FOUND"),
          outcome.toString());
    }
    assertEquals(1, envelopes());
    assertEquals(0, kit().releases().count());
    assertEquals(
        "FR-2",
        Objects.requireNonNull(journal.only(AuditType.RELEASED).actor().onBehalfOf()).officer());
  }

  @Test
  void publisher_cannotReleaseItsOwn_whateverTheSpelling() {
    MessageId id = held("k1");
    for (Verdict verdict : List.of(Verdict.VERDICT_RELEASE, Verdict.VERDICT_DENY)) {
      for (String officer : List.of("FR-1", "fr-1", "FR- 1", "ＦＲ－１", "F\u0280\u20111", "FR-I")) {
        Outcome outcome = decide(id, verdict, person(officer, WHY));
        assertEquals("SECOND_PERSON_REQUIRED", outcome.getInvalid().getCode(), officer);
        assertEquals("on_behalf_of.officer", outcome.getInvalid().getField());
      }
      for (String officer :
          List.of("FR-1\u00A0", "FR-1\u200B", "F\u00ADR-1", "FR-1\uFE0F", " FR-1")) {
        Outcome outcome = decide(id, verdict, person(officer, WHY));
        assertEquals("INVALID_FIELD", outcome.getInvalid().getCode(), officer);
        assertEquals("on_behalf_of.officer", outcome.getInvalid().getField());
      }
    }
    assertEquals(1, kit().releases().count());
    assertEquals(0, envelopes());
    AuditRecord refused = journal.last();
    assertEquals("SECOND_PERSON_REQUIRED", refused.outcome().code());
    assertEquals(List.of(id), refused.subject().messages());
    assertEquals("FR-I", Objects.requireNonNull(refused.actor().onBehalfOf()).officer());
  }

  /** A gateway knows its clients by certificate, and officers by the word of a client only. */
  @Test
  void client_thatPublished_cannotDecide_whateverOfficerItNames() {
    MessageId id = held("k1");
    for (Verdict verdict : List.of(Verdict.VERDICT_RELEASE, Verdict.VERDICT_DENY)) {
      Outcome outcome = kit().releases().decide(CLIENT, id, verdict, person("FR-2", WHY)).join();
      assertEquals("SECOND_PERSON_REQUIRED", outcome.getInvalid().getCode());
      String message = outcome.getInvalid().getMessage();
      assertTrue(message.contains("declarations published the message; another client"), message);
      assertTrue(message.contains("release.same_client"), message);
    }
    assertEquals(1, kit().releases().count());
    assertEquals(0, envelopes());
    AuditRecord refused = journal.last();
    assertEquals(CLIENT, refused.actor().client());
    assertEquals("SECOND_PERSON_REQUIRED", refused.outcome().code());
    assertTrue(release(id).hasAccepted());
  }

  @Test
  void client_thatPublished_decidesForAnotherOfficer_whereThatIsAllowed() {
    close();
    open(new HeldDrafts.Limits(2, 2, 1 << 20, IntakeKit.HELD, /* sameClient= */ true));
    MessageId id = held("k1");
    Outcome own =
        kit().releases().decide(CLIENT, id, Verdict.VERDICT_RELEASE, person("fr 1", WHY)).join();
    assertEquals("on_behalf_of.officer", own.getInvalid().getField());
    Outcome outcome =
        kit().releases().decide(CLIENT, id, Verdict.VERDICT_RELEASE, person("FR-2", WHY)).join();
    assertTrue(outcome.hasAccepted(), outcome.toString());
  }

  @Test
  void denial_isFinalAndToldToThePublisher() {
    MessageId id = held("k1");
    assertEquals(
        "on_behalf_of.justification",
        decide(id, Verdict.VERDICT_DENY, person("FR-2", "")).getInvalid().getField());
    Outcome outcome = decide(id, Verdict.VERDICT_DENY, person("FR-2", "the case is closed"));
    assertEquals("RELEASE_DENIED", outcome.getRefused().getRefusals(0).getCode());
    assertTrue(outcome.getRefused().getRefusals(0).getReason().contains("the case is closed"));
    assertEquals(outcome, publish(draft("k1")));
    assertEquals(0, envelopes());
    EvidenceItem item = evidence(id).get(0);
    assertEquals(EvidenceKind.EVIDENCE_KIND_SUBMISSION_REJECTION, item.getKind());
    assertEquals("RELEASE_DENIED", item.getCode());
    assertEquals("FR-2", Objects.requireNonNull(journal.last().actor().onBehalfOf()).officer());
  }

  @Test
  void release_afterTheAgreementEnded_isRefusedByPolicy() {
    MessageId id = held("k1");
    policy = PolicyFixture.fourEyes(folder, "2026-05-31");
    Outcome outcome = release(id);
    assertTrue(outcome.hasRefused(), outcome.toString());
    assertEquals(0, envelopes());
    assertEquals(0, kit().releases().count());
    assertEquals(outcome, publish(draft("k1")));
    assertEquals(outcome.getRefused().getRefusals(0).getCode(), evidence(id).get(0).getCode());
  }

  @Test
  void release_afterTheMessagesOwnExpiry_isRefusedWithTheField() {
    Draft hurried =
        draft("k1").toBuilder()
            .setLabel(
                PolicyFixture.label()
                    .setExpiresAt(Timestamp.newBuilder().setSeconds(now.getEpochSecond() + 3600)))
            .build();
    MessageId id = MessageId.of(publish(hurried).getMessageId().toByteArray());
    now = now.plus(Duration.ofHours(2));
    Outcome outcome = release(id);
    assertTrue(
        outcome.getRefused().getRefusals(0).getReason().contains("label.expires_at"),
        outcome.toString());
    assertEquals(0, kit().releases().count());
  }

  @Test
  void nobodyDecides_inTime_isRefused() {
    MessageId first = held("k1");
    now = now.plus(IntakeKit.HELD).minusSeconds(1);
    MessageId second = held("k2");
    assertEquals(0, kit().releases().expire());
    now = now.plusSeconds(1);
    assertEquals(1, kit().releases().expire());
    assertEquals("RELEASE_TIMED_OUT", evidence(first).get(0).getCode());
    assertEquals("RELEASE_TIMED_OUT", publish(draft("k1")).getRefused().getRefusals(0).getCode());
    assertTrue(kit().releases().find(second).isPresent());
  }

  /** What may not be delivered any more waits for nobody. */
  @Test
  void waiting_endsNoLaterThanTheMessageMayBeDelivered() {
    Draft hurried =
        draft("k1").toBuilder()
            .setLabel(
                draft("k1").getLabel().toBuilder()
                    .setExpiresAt(Timestamps.fromMillis(now.plusSeconds(60).toEpochMilli())))
            .build();
    Outcome outcome = publish(hurried);
    assertEquals(now.plusSeconds(60).getEpochSecond(), outcome.getHeld().getUntil().getSeconds());
    now = now.plusSeconds(59);
    assertEquals(0, kit().releases().expire());
    now = now.plusSeconds(1);
    assertEquals(1, kit().releases().expire());
    MessageId id = MessageId.of(outcome.getMessageId().toByteArray());
    assertEquals("RELEASE_TIMED_OUT", evidence(id).get(0).getCode());
    assertEquals(0, kit().releases().count());
    assertEquals("NOT_FOUND", release(id).getInvalid().getCode());
  }

  @Test
  void held_whoseKeyIsGone_endsWithItsTime() {
    MessageId id = held("k1");
    storageKeys.days().forEach(storageKeys::destroy);
    now = now.plus(IntakeKit.HELD);
    assertEquals(1, kit().releases().expire());
    assertEquals(0, kit().releases().count());
    assertEquals("RELEASE_TIMED_OUT", evidence(id).get(0).getCode());
  }

  /** Its key goes at midnight, while a release waits for a scarce disk. */
  @Test
  void timeOut_ofADraftThatIsBeingReleased_waitsForTheRelease() throws Exception {
    MessageId id = held("k1");
    Runnable goOn = kit().pauseSealing();
    CompletableFuture<Outcome> released =
        kit().releases().decide(DESK, id, Verdict.VERDICT_RELEASE, person("FR-2", WHY));
    storageKeys.days().forEach(storageKeys::destroy);
    now = now.plus(IntakeKit.HELD);
    Thread expiry = new Thread(() -> kit().releases().expire());
    expiry.start();
    while (expiry.isAlive() && expiry.getState() != Thread.State.WAITING) {
      Thread.onSpinWait();
    }
    goOn.run();
    expiry.join();

    assertTrue(released.join().hasAccepted(), released.join()::toString);
    assertEquals(
        List.of(),
        evidence(id).stream()
            .map(EvidenceItem::getCode)
            .filter("RELEASE_TIMED_OUT"::equals)
            .toList());
    assertEquals(1, envelopes());
    assertEquals(0, kit().releases().count());
  }

  /** The page that the expiry goes through was read before the release was committed. */
  @Test
  void timeOut_afterACommittedRelease_saysNothing() {
    MessageId first = held("k1");
    MessageId second = held("k2");
    Runnable goOn = kit().pauseSealing();
    CompletableFuture<Outcome> released =
        kit().releases().decide(DESK, first, Verdict.VERDICT_RELEASE, person("FR-2", WHY));
    CompletableFuture<Outcome> alsoReleased =
        kit().releases().decide(DESK, second, Verdict.VERDICT_RELEASE, person("FR-2", WHY));
    now = now.plus(IntakeKit.HELD);
    Thread expiry = new Thread(() -> kit().releases().expire());
    expiry.start();
    while (expiry.isAlive() && expiry.getState() != Thread.State.WAITING) {
      Thread.onSpinWait();
    }
    // The expiry waits for the first; the second is committed before it comes to that.
    goOn.run();
    assertTrue(released.join().hasAccepted(), released.join()::toString);
    assertTrue(alsoReleased.join().hasAccepted(), alsoReleased.join()::toString);
    assertDoesNotThrow(() -> expiry.join());
    for (MessageId id : List.of(first, second)) {
      assertEquals(
          List.of(),
          evidence(id).stream()
              .map(EvidenceItem::getCode)
              .filter("RELEASE_TIMED_OUT"::equals)
              .toList());
    }
    assertEquals(0, kit().releases().count());
  }

  @Test
  void bounds_beyond_areRefusedAndNothingChanges() {
    assertEquals(
        "on_behalf_of.officer",
        publish(draft("k0").toBuilder().clearOnBehalfOf().build()).getInvalid().getField());
    held("k1");
    held("k2");
    int leaves = journal.types().size();
    Outcome outcome = publish(draft("k3"));
    assertEquals("OVERLOADED", outcome.getInvalid().getCode());
    assertEquals(leaves, journal.types().size());
    assertEquals(2, kit().releases().count());
  }

  /** Attack, or a bulk import: the drafts of one client kept out those of all for three days. */
  @Test
  void heldDraftsOfOneClient_leaveRoomForThoseOfOthers_alsoAfterARestart() {
    HeldDrafts.Limits shares =
        new HeldDrafts.Limits(4, 2, 1 << 20, IntakeKit.HELD, /* sameClient= */ false);
    close();
    open(shares);
    MessageId first = held("k1");
    held("k2");
    Outcome third = publish(draft("k3"));
    assertEquals("OVERLOADED", third.getInvalid().getCode());
    assertTrue(third.getInvalid().getMessage().contains("limits.per_client.held_messages"));
    assertTrue(kit().intake().publish(DESK, draft("k1")).join().hasHeld(), "another client");

    close();
    open(shares);
    assertEquals("OVERLOADED", publish(draft("k4")).getInvalid().getCode());
    assertTrue(release(first).hasAccepted());
    held("k5");
  }

  @Test
  void heldBytesOfOneClient_leaveRoomForThoseOfOthers_alsoAfterARestart() {
    long one = draft("k1").getSerializedSize();
    HeldDrafts.Limits shares =
        new HeldDrafts.Limits(9, 9, 2 * one, IntakeKit.HELD, /* sameClient= */ false);
    close();
    open(shares);
    MessageId first = held("k1");
    held("k2");
    Outcome third = publish(draft("k3"));
    assertEquals("OVERLOADED", third.getInvalid().getCode());
    assertTrue(third.getInvalid().getMessage().contains("limits.per_client.held_bytes"));
    assertTrue(kit().intake().publish(DESK, draft("k1")).join().hasHeld(), "another client");

    close();
    open(shares);
    assertEquals("OVERLOADED", publish(draft("k4")).getInvalid().getCode());
    assertTrue(release(first).hasAccepted());
    held("k5");
  }

  @Test
  void calls_thatSayTooLittle_nameTheField() {
    MessageId id = held("k1");
    assertEquals(
        "verdict",
        decide(id, Verdict.VERDICT_UNSPECIFIED, person("FR-2", "")).getInvalid().getField());
    assertEquals(
        "on_behalf_of.officer",
        decide(id, Verdict.VERDICT_RELEASE, person(" ", WHY)).getInvalid().getField());
    assertEquals(
        "on_behalf_of.officer",
        decide(id, Verdict.VERDICT_RELEASE, person("x".repeat(81), WHY)).getInvalid().getField());
    assertInstanceOf(
        ReleaseDecisions.ReadResult.Unreadable.class,
        kit().releases().read(DESK, id, person("", "")).join());
    assertInstanceOf(
        ReleaseDecisions.ReadResult.Unreadable.class,
        kit().releases().read(DESK, id, person("", WHY)).join());
    assertEquals(1, kit().releases().count());
  }

  @Test
  void reading_isRecordedBeforeItIsShown() {
    MessageId id = held("k1");
    ReleaseDecisions.ReadResult reading =
        kit().releases().read(DESK, id, person("FR-2", "review")).join();
    ReleaseDecisions.ReadResult.Shown shown =
        assertInstanceOf(ReleaseDecisions.ReadResult.Shown.class, reading);
    assertEquals(draft("k1"), shown.draft());
    AuditRecord opened = journal.only(AuditType.OPENED);
    assertEquals(List.of(id), opened.subject().messages());
    assertEquals("FR-2", Objects.requireNonNull(opened.actor().onBehalfOf()).officer());
    assertFalse(shown.toString().contains(HEADLINE));
  }

  @Test
  void page_goesThroughAllOldestFirst() {
    MessageId first = held("k1");
    now = now.plusMillis(5);
    MessageId second = held("k2");
    List<HeldMessage> page = kit().releases().page(null, 1);
    assertEquals(List.of(first), ids(page));
    assertEquals(List.of(second), ids(kit().releases().page(first, 10)));
    assertEquals(List.of(), ids(kit().releases().page(second, 10)));
  }

  @Test
  void disk_ofHeldDrafts_showsNothingOfThem() {
    held("k1");
    ByteArrayOutputStream all = new ByteArrayOutputStream();
    MemoryStore store = new MemoryStore(disk);
    for (Table table : Table.values()) {
      try (Scan scan = store.scan(table, new byte[0], null)) {
        while (scan.hasNext()) {
          scan.next();
          all.writeBytes(scan.key());
          all.writeBytes(scan.value());
        }
      }
    }
    String bytes = all.toString(StandardCharsets.ISO_8859_1);
    assertTrue(bytes.length() > 500, "something is there");
    assertFalse(bytes.contains("declarations"), "the client's name");
    assertFalse(bytes.contains(HEADLINE));
    assertFalse(bytes.contains("FR-1"));
    assertFalse(bytes.contains("sg.police"));
  }

  private static List<MessageId> ids(List<HeldMessage> page) {
    return page.stream().map(m -> MessageId.of(m.getMessageId().toByteArray())).toList();
  }
}
