package org.entente.gateway.retention;

import static java.util.Objects.requireNonNull;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.protobuf.ByteString;
import com.google.protobuf.util.Timestamps;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletionException;
import java.util.stream.Stream;
import org.entente.gateway.audit.record.AuditRecord;
import org.entente.gateway.audit.record.AuditType;
import org.entente.gateway.audit.record.LawCategory;
import org.entente.gateway.ledger.Ledger;
import org.entente.gateway.ledger.commit.Journal;
import org.entente.gateway.ledger.commit.Transaction;
import org.entente.gateway.ledger.table.EvidenceRecords;
import org.entente.gateway.ledger.table.InboxTable;
import org.entente.gateway.ledger.table.RetentionTable;
import org.entente.gateway.ledger.table.RetrievalRecords;
import org.entente.gateway.model.AgencyName;
import org.entente.gateway.model.Code;
import org.entente.gateway.model.Lane;
import org.entente.gateway.model.MessageId;
import org.entente.gateway.model.NodeName;
import org.entente.gateway.model.Problem;
import org.entente.gateway.model.WhoMustAct;
import org.entente.gateway.policy.check.BodyCheck;
import org.entente.gateway.policy.check.LabelCheck;
import org.entente.gateway.policy.codes.MessageLimits;
import org.entente.gateway.policy.decide.Permitted;
import org.entente.gateway.policy.decide.PermittedFixture;
import org.entente.gateway.receive.InboxOpener;
import org.entente.gateway.store.Batch;
import org.entente.gateway.store.Durability;
import org.entente.gateway.store.Scan;
import org.entente.gateway.store.Store;
import org.entente.gateway.store.Table;
import org.entente.gateway.testkit.MemoryStorageKeys;
import org.entente.gateway.testkit.MemoryStore;
import org.entente.gateway.testkit.QuietLedger;
import org.entente.gateway.testkit.ReceiveKit;
import org.entente.gateway.testkit.Results;
import org.entente.proto.link.v1.Delivery;
import org.entente.proto.link.v1.Result;
import org.entente.proto.store.v1.ErasureCause;
import org.entente.proto.store.v1.ErasureRecord;
import org.entente.proto.store.v1.InboxRecord;
import org.entente.proto.v1.Alert;
import org.entente.proto.v1.AlertText;
import org.entente.proto.v1.Body;
import org.entente.proto.v1.EvidenceItem;
import org.entente.proto.v1.EvidenceKind;
import org.entente.proto.v1.Label;
import org.entente.proto.v1.LegalHold;
import org.entente.proto.v1.OnBehalfOf;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Erasing, holding and recalling received messages, which a real sender has sealed. */
class RetentionTest {
  private static final NodeName OFFICE = new NodeName("records");
  private static final OnBehalfOf PERSON =
      OnBehalfOf.newBuilder().setOfficer("DE-7").setJustification("art. 16(2)").build();

  private final Path folder;
  private final MemoryStorageKeys keys = new MemoryStorageKeys();
  private final SecureRandom random = new SecureRandom();
  private final Leaves leaves = new Leaves();
  private Instant now = Instant.parse("2026-11-25T10:00:00Z");
  @AutoClose private Node node;

  RetentionTest(@TempDir Path folder) throws IOException {
    this.folder = folder;
    this.node = new Node(new MemoryStore());
  }

  /** The recipient over one store; opened again as a restart does. */
  private final class Node implements AutoCloseable {
    final Store store;
    final ErasureJournal journal;
    final Ledger ledger;
    final ReceiveKit kit;
    final Retention retention;
    final BucketSweep sweep;

    Node(Store store) throws IOException {
      this.store = store;
      journal = ErasureJournal.open(folder.resolve("erasures"), today().toEpochDay());
      ledger = QuietLedger.started(store, () -> now, leaves);
      kit =
          new ReceiveKit(
              ledger, keys, keys, journal, (origin, label, body) -> Optional.empty(), () -> now);
      LabelCheck check = new LabelCheck(MessageLimits.defaults());
      retention =
          new Retention(
              ReceiveKit.SELF,
              ledger,
              new Retention.Keys(keys, keys),
              kit.erasing(),
              check,
              () -> now,
              random);
      sweep = new BucketSweep(ReceiveKit.SELF, ledger, kit.evidence(), () -> now);
    }

    Optional<Label> label(MessageId id) {
      InboxTable.PlacedRecord placed = ledger.inbox().find(id);
      return placed == null
          ? Optional.empty()
          : new InboxOpener(keys, ledger.inbox()).label(placed);
    }

    Optional<Body> body(MessageId id) {
      InboxTable.PlacedRecord placed = ledger.inbox().find(id);
      return placed == null ? Optional.empty() : new InboxOpener(keys, ledger.inbox()).body(placed);
    }

    @Override
    public void close() throws IOException {
      kit.close();
      ledger.close();
      journal.close();
    }
  }

  private void restartOver(Store store) throws IOException {
    node.close();
    node = new Node(store);
  }

  private LocalDate today() {
    return LocalDate.ofInstant(now, ZoneOffset.UTC);
  }

  private Permitted alert(Lane lane, String headline) {
    Body body =
        Body.newBuilder()
            .setAlert(
                Alert.newBuilder()
                    .addTexts(AlertText.newBuilder().setLanguage("en").setHeadline(headline)))
            .build();
    return PermittedFixture.alert(
        MessageId.fresh(ReceiveKit.ORIGIN, now.toEpochMilli(), random),
        ReceiveKit.ORIGIN,
        lane,
        body,
        now,
        ReceiveKit.SELF.value());
  }

  private Permitted recallOf(MessageId target) {
    return PermittedFixture.recall(
        MessageId.fresh(ReceiveKit.ORIGIN, now.toEpochMilli(), random),
        target,
        ReceiveKit.ORIGIN,
        now,
        ReceiveKit.SELF.value());
  }

  private MessageId received(String headline) {
    Permitted message = alert(Lane.ROUTINE, headline);
    assertEquals(Result.RESULT_COMMITTED, node.kit.deliver(message).get(0).getResult());
    return message.messageId();
  }

  private boolean retrieved(Transaction tx, MessageId id, String client) {
    return noted(tx, id, client) == RetrievalRecords.RetrievalKind.FIRST;
  }

  /** Where those of the last message that was noted are recorded. */
  private RetrievalRecords.RetrievalPlace retrieval = new RetrievalRecords.RetrievalPlace(0, 0);

  private RetrievalRecords.RetrievalKind noted(Transaction tx, MessageId id, String client) {
    InboxTable.PlacedRecord placed = node.ledger.inbox().find(tx, id);
    if (placed != null) {
      retrieval = placed.retrieval();
    }
    return node.kit.evidence().retrievals().note(tx, retrieval, client);
  }

  private EvidenceItem lastOwed() {
    List<EvidenceItem> owed = node.kit.owed();
    return owed.get(owed.size() - 1);
  }

  private void expire() {
    keys.expireHolds(today());
    node.retention.tidy();
  }

  private List<MessageId> heldKeys() {
    return keys.holds().stream().map(RetentionKeys.HoldKey::message).toList();
  }

  private static Store copyOf(Store store) {
    MemoryStore copy = new MemoryStore();
    Batch batch = copy.batch();
    for (Table table : Table.values()) {
      try (Scan scan = store.scan(table, new byte[0], null)) {
        while (scan.hasNext()) {
          scan.next();
          batch.put(table, scan.key(), scan.value());
        }
      }
    }
    copy.commit(batch, Durability.SYNCED);
    return copy;
  }

  @Test
  void erased_isGoneFromTheLedger_andFromItsOldCopies() throws Exception {
    MessageId first = received("one");
    MessageId second = received("two");
    Store before = copyOf(node.store);

    Instant erased = Results.value(node.retention.erase(OFFICE, first, PERSON));

    assertEquals(now, erased);
    assertNull(node.ledger.inbox().find(first));
    assertTrue(node.body(second).isPresent());
    InboxTable old = new InboxTable(before);
    InboxTable.PlacedRecord there = requireNonNull(old.find(first));
    InboxTable.PlacedRecord other = requireNonNull(old.find(second));
    InboxOpener opening = new InboxOpener(keys, old);
    assertTrue(opening.label(there).isEmpty(), "an old copy with today's keys");
    assertTrue(opening.body(there).isEmpty());
    assertTrue(opening.body(other).isPresent(), "the others open from an old copy");
  }

  @Test
  void erasing_isOnRecord_withPersonAndReason() {
    MessageId id = received("one");
    node.retention.erase(OFFICE, id, PERSON);

    AuditRecord decided = leaves.last(1);
    assertEquals(AuditType.OPERATOR_ACTION, decided.type());
    assertEquals(LawCategory.ERASURE, decided.category());
    assertEquals("DE-7", requireNonNull(decided.actor().onBehalfOf()).officer());
    assertEquals(List.of(id), decided.subject().messages());
    AuditRecord done = leaves.last(0);
    assertEquals(AuditType.ERASED, done.type());
    assertEquals(List.of(id), done.subject().messages());
  }

  @Test
  void erasingAgain_givesTheFirstAnswer_andUnknownIsNotFound() {
    MessageId id = received("one");
    Instant first = Results.value(node.retention.erase(OFFICE, id, PERSON));
    now = now.plusSeconds(60);
    assertEquals(first, Results.value(node.retention.erase(OFFICE, id, PERSON)));
    assertEquals(
        Code.NOT_FOUND,
        Results.code(
            node.retention.erase(OFFICE, MessageId.fresh(ReceiveKit.ORIGIN, 1, random), PERSON)));
  }

  /** For as long as it takes: a person who repeats is told the same. */
  @Test
  void erased_whileAMachineHasNotConfirmed_isNotReady_untilItHas() {
    MessageId id = received("one");
    MessageId held = received("two");
    node.retention.hold(OFFICE, held, PERSON);
    node.kit.deliver(recallOf(held));
    keys.unconfirmedBy("fr-3");

    for (int calls = 0; calls < 2; calls++) {
      Problem erase = node.retention.erase(OFFICE, id, PERSON).refusal().orElseThrow();
      assertEquals(Code.NOT_READY, erase.code());
      assertEquals(
          "message %s is hidden since %s, and its erasure is not confirmed yet: ".formatted(id, now)
              + "java.io.IOException: not confirmed by fr-3",
          erase.message());
      Problem release = node.retention.release(OFFICE, held, PERSON).refusal().orElseThrow();
      assertEquals(Code.NOT_READY, release.code());
      assertTrue(release.message().contains("fr-3"), release.message());
    }
    assertNull(node.ledger.inbox().find(id));
    assertNull(node.ledger.inbox().find(held));
    node.kit.settle();
    assertTrue(node.kit.erasing().warnings().toString().contains("fr-3"));

    keys.unconfirmedBy("");
    now = now.plusSeconds(60);
    assertEquals(now, Results.value(node.retention.erase(OFFICE, id, PERSON)));
    assertEquals(Optional.of(now), Results.value(node.retention.release(OFFICE, held, PERSON)));
  }

  /** For the origin, that is less than a machine's own word. */
  @Test
  void erasure_afterAnAttestation_saysForHowManyMachines() {
    keys.attest(1);
    MessageId id = received("one");
    node.kit.deliver(recallOf(id));
    node.kit.settle();

    assertEquals("", lastOwed().getCode());
    assertEquals(1, lastOwed().getAttestedMachines());
    assertEquals(
        "confirmed by the machines of the cluster, attested for 1 former ones",
        leaves.last(0).outcome().detail());
    assertEquals(1, answer(id).orElseThrow().getAttestedMachines(), "also when it is repeated");
  }

  @Test
  void decision_withoutPersonOrReason_isRefusedByField() {
    MessageId id = received("one");
    OnBehalfOf nobody = PERSON.toBuilder().clearOfficer().build();
    OnBehalfOf noReason = PERSON.toBuilder().clearJustification().build();
    assertEquals(Code.INVALID_FIELD, Results.code(node.retention.erase(OFFICE, id, nobody)));
    assertEquals(Code.INVALID_FIELD, Results.code(node.retention.hold(OFFICE, id, noReason)));
    assertEquals(Code.INVALID_FIELD, Results.code(node.retention.release(OFFICE, id, nobody)));
    assertTrue(node.body(id).isPresent());
  }

  @Test
  void restoredLedger_isHeldAgainstTheJournal_beforeItServes() throws Exception {
    MessageId id = received("one");
    MessageId other = received("two");
    Store backup = copyOf(node.store);
    node.retention.erase(OFFICE, id, PERSON);

    restartOver(backup);
    assertEquals(1, node.kit.erasing().replay(today()));
    node.kit.settle();

    assertNull(node.ledger.inbox().find(id));
    assertTrue(node.body(other).isPresent());
    assertEquals(AuditType.ERASED, leaves.last(0).type());
    assertEquals(0, node.kit.erasing().replay(today()), "once");
  }

  /** The restored ledger is older than the message, so its origin sends it again. */
  @Test
  void restoredLedger_fromBeforeAnErasedMessageCame_refusesItWhenItComesAgain() throws Exception {
    Store backup = copyOf(node.store);
    Permitted message = alert(Lane.ROUTINE, "one");
    node.kit.deliver(message);
    node.retention.erase(OFFICE, message.messageId(), PERSON);

    restartOver(backup);
    assertEquals(0, node.kit.erasing().replay(today()), "none is in the inbox again");
    node.kit.settle();
    node.kit.deliver(message);

    assertNull(node.ledger.inbox().find(message.messageId()));
    assertEquals("ERASED", lastOwed().getCode());
    List<byte[]> listed = node.ledger.retention().erasedAfter(new byte[0], 10);
    assertEquals(1, listed.size(), "clients may have copied it");
    assertArrayEquals(
        message.messageId().bytes(),
        Arrays.copyOfRange(listed.get(0), Long.BYTES, RetentionTable.ERASED_BYTES));
  }

  @Test
  void held_releasedAndErased_isGoneFromEachOldCopy() throws Exception {
    MessageId id = received("one");
    Store before = copyOf(node.store);
    node.retention.hold(OFFICE, id, PERSON);
    Store during = copyOf(node.store);
    node.retention.release(OFFICE, id, PERSON);
    Store after = copyOf(node.store);
    node.retention.erase(OFFICE, id, PERSON);

    for (Store old : List.of(before, during, after)) {
      InboxTable inbox = new InboxTable(old);
      InboxTable.PlacedRecord there = requireNonNull(inbox.find(id));
      assertTrue(new InboxOpener(keys, inbox).label(there).isEmpty());
    }
  }

  @Test
  void crashBetweenDecisionAndKey_isFinishedAtTheNextStart() throws Exception {
    MessageId id = received("one");
    // What a crash leaves: the decision is committed, nothing else has happened.
    node.ledger
        .write(
            Lane.ROUTINE,
            tx ->
                node.kit
                    .erasing()
                    .begin(
                        tx,
                        requireNonNull(node.ledger.inbox().find(tx, id)),
                        ErasureCause.ERASURE_CAUSE_PERSON))
        .join();
    assertNull(node.ledger.inbox().find(id), "nobody is given it from here on");

    restartOver(node.store);
    node.kit.erasing().replay(today());
    node.kit.settle();

    ErasureRecord done = requireNonNull(node.ledger.retention().done(id));
    assertEquals(now.toEpochMilli(), done.getDoneAtMs());
    assertEquals(AuditType.ERASED, leaves.last(0).type());
  }

  @Test
  void crashBetweenKeyAndRecord_isFinishedAtTheNextStart() throws Exception {
    MessageId id = received("one");
    leaves.failNext = true;
    // The first commit passes, the second, which says that the key is gone, fails.
    leaves.passFirst = 1;
    assertThrows(CompletionException.class, () -> node.retention.erase(OFFICE, id, PERSON));

    restartOver(node.store);
    node.kit.erasing().replay(today());
    node.kit.settle();

    assertEquals(AuditType.ERASED, leaves.last(0).type());
    Results.value(node.retention.erase(OFFICE, id, PERSON));
  }

  @Test
  void erasedMessage_comingAgain_isNotKept() {
    Permitted message = alert(Lane.ROUTINE, "one");
    node.kit.deliver(message);
    node.retention.erase(OFFICE, message.messageId(), PERSON);

    node.kit.deliver(message);

    assertNull(node.ledger.inbox().find(message.messageId()));
    assertEquals(EvidenceKind.EVIDENCE_KIND_NON_DELIVERY, lastOwed().getKind());
    assertEquals("ERASED", lastOwed().getCode());
  }

  @Test
  void held_outlivesItsBucket_andGoesWithTheHold() {
    MessageId id = received("one");
    MessageId other = received("two");
    assertEquals(now, Results.value(node.retention.hold(OFFICE, id, PERSON)));
    Instant since = now;
    LocalDate lastDay = LocalDate.ofInstant(ReceiveKit.keptUntil(now), ZoneOffset.UTC);

    now = now.plus(Duration.ofDays(40));
    keys.destroy(lastDay);
    assertEquals(1, node.sweep.round(), "the other's ciphertext goes");

    assertTrue(node.body(id).isPresent());
    assertTrue(node.label(other).isEmpty());
    assertEquals(
        List.of(
            LegalHold.newBuilder()
                .setMessageId(ByteString.copyFrom(id.bytes()))
                .setSince(Timestamps.fromMillis(since.toEpochMilli()))
                .setReason("art. 16(2)")
                .setOrigin("fr.customs")
                .build()),
        node.retention.holds(null, 10));

    assertTrue(Results.value(node.retention.release(OFFICE, id, PERSON)).isPresent());
    assertNull(node.ledger.inbox().find(id));
    assertEquals(List.of(), heldKeys());
  }

  @Test
  void hold_releasedInTime_leavesTheMessageToItsBucket() {
    MessageId id = received("one");
    node.retention.hold(OFFICE, id, PERSON);
    assertEquals(Optional.empty(), Results.value(node.retention.release(OFFICE, id, PERSON)));
    assertTrue(node.body(id).isPresent());
    LocalDate lastDay = LocalDate.ofInstant(ReceiveKit.keptUntil(now), ZoneOffset.UTC);
    keys.destroy(lastDay);
    assertTrue(node.label(id).isEmpty());
    assertEquals(Code.NOT_FOUND, Results.code(node.retention.release(OFFICE, id, PERSON)));
    now = lastDay.atTime(23, 0).toInstant(ZoneOffset.UTC);
    expire();
    assertEquals(List.of(id), heldKeys(), "an older copy of the ledger needs it");
    now = now.plus(Duration.ofHours(1));
    expire();
    assertEquals(List.of(), heldKeys());
    assertEquals(List.of(), node.ledger.retention().endedHolds());
  }

  /** Attack: a hold is undone by the restore of a copy from before it, which no leaf says. */
  @Test
  void holdPlacedAfterTheCopy_isPlacedAgainInARestoredLedger() throws Exception {
    MessageId id = received("one");
    Store copy = copyOf(node.store);
    node.retention.hold(OFFICE, id, PERSON);
    Store lost = copyOf(node.store);

    restartOver(copy);
    node.retention.tidy();

    Problem held = Results.problem(node.retention.erase(OFFICE, id, PERSON));
    assertEquals(Code.ON_LEGAL_HOLD, held.code());
    assertEquals(WhoMustAct.CLIENT, held.code().whoMustAct());
    assertTrue(held.message().endsWith("; a client with the scope retention releases it"));
    assertEquals("legal hold placed again", leaves.last(0).outcome().detail());
    assertEquals(List.of(id), leaves.last(0).subject().messages());
    assertTrue(node.retention.warnings().get(0).contains("placed again"));
    assertTrue(node.retention.warnings().get(0).contains(id.toString()));
    keys.destroy(LocalDate.ofInstant(ReceiveKit.keptUntil(now), ZoneOffset.UTC));
    InboxTable old = new InboxTable(lost);
    assertTrue(
        new InboxOpener(keys, old).body(requireNonNull(old.find(id))).isPresent(),
        "the ledger that was lost, if it is found");
  }

  @Test
  void holdPlacedAgain_isReported_alsoAfterARestart_untilAPersonConfirmsIt() throws Exception {
    MessageId id = received("one");
    Store copy = copyOf(node.store);
    node.retention.hold(OFFICE, id, PERSON);
    restartOver(copy);
    node.retention.tidy();
    restartOver(copyOf(node.store));
    node.retention.tidy();
    assertTrue(node.retention.warnings().get(0).contains(id.toString()));

    assertEquals(now, Results.value(node.retention.hold(OFFICE, id, PERSON)));

    assertEquals(List.of(), node.retention.warnings());
    assertEquals("legal hold confirmed", leaves.last(0).outcome().detail());
    assertEquals("art. 16(2)", node.retention.holds(null, 10).get(0).getReason());
  }

  /** A restored ledger has seen neither beginning nor end of the hold; the keystore has. */
  @Test
  void holdPlacedAndReleasedAfterTheCopy_isNotPlacedAgain() throws Exception {
    MessageId id = received("one");
    Store copy = copyOf(node.store);
    node.retention.hold(OFFICE, id, PERSON);
    node.retention.release(OFFICE, id, PERSON);

    restartOver(copy);
    node.retention.tidy();

    assertEquals(List.of(), node.retention.holds(null, 10));
    assertEquals(List.of(), node.retention.warnings());
    assertEquals(List.of(id), heldKeys(), "other copies may need it");
    now = ReceiveKit.keptUntil(now).plus(Duration.ofDays(1));
    expire();
    assertEquals(List.of(), heldKeys());
    assertEquals(List.of(), node.ledger.retention().endedHolds());
  }

  /** The ledger that is restored knows the end of a first hold, and not a second one. */
  @Test
  void secondHoldPlacedAfterTheCopy_isPlacedAgain() throws Exception {
    MessageId id = received("one");
    node.retention.hold(OFFICE, id, PERSON);
    node.retention.release(OFFICE, id, PERSON);
    Store copy = copyOf(node.store);
    node.retention.hold(OFFICE, id, PERSON);

    restartOver(copy);
    now = now.plus(Duration.ofDays(1));
    node.retention.tidy();

    assertEquals(1, node.retention.holds(null, 10).size());
    assertTrue(node.body(id).isPresent());
    assertTrue(node.retention.warnings().get(0).contains(id.toString()));
    assertEquals(List.of(), node.ledger.retention().endedHolds());
  }

  /** The ledger that is restored knows a first hold, and neither its end nor a second one. */
  @Test
  void secondHold_isNotReleasedAgain_withTheFirst() throws Exception {
    MessageId id = received("one");
    node.retention.hold(OFFICE, id, PERSON);
    Store copy = copyOf(node.store);
    node.retention.release(OFFICE, id, PERSON);
    node.retention.hold(OFFICE, id, PERSON);

    restartOver(copy);
    node.retention.tidy();

    assertEquals(1, node.retention.holds(null, 10).size());
    assertTrue(node.body(id).isPresent());
  }

  @Test
  void holds_beyondTheMost_areRefused_andAConfirmationIsNot() {
    MessageId held = received("one");
    MessageId other = received("two");
    node.retention.hold(OFFICE, held, PERSON);
    keysOfHolds(1, LegalHolds.MOST);
    assertEquals(Code.LIMIT_REACHED, Results.code(node.retention.hold(OFFICE, other, PERSON)));
    assertEquals(now, Results.value(node.retention.hold(OFFICE, held, PERSON)));
  }

  /** Attack: the holds of one client kept out those of all others. */
  @Test
  void holdsOfAClient_areAsManyAsAreFree_andOthersHaveRoom() {
    node.retention.hold(OFFICE, received("one"), PERSON);
    keysOfHolds(1, LegalHolds.MOST - 1);
    MessageId other = received("two");
    assertEquals(Code.LIMIT_REACHED, Results.code(node.retention.hold(OFFICE, other, PERSON)));
    assertEquals(now, Results.value(node.retention.hold(new NodeName("legal"), other, PERSON)));
  }

  /** Attack: to place and to release leaves a key each, which nobody had. */
  @Test
  void releasedHoldsOfAClient_countForIt_untilTheirKeysAreDestroyed() {
    for (String name : List.of("one", "two")) {
      MessageId id = received(name);
      node.retention.hold(OFFICE, id, PERSON);
      node.retention.release(OFFICE, id, PERSON);
    }
    keysOfHolds(2, LegalHolds.MOST - 2);
    MessageId other = received("three");
    assertEquals(Code.LIMIT_REACHED, Results.code(node.retention.hold(OFFICE, other, PERSON)));
    assertEquals(now, Results.value(node.retention.hold(new NodeName("legal"), other, PERSON)));
  }

  private void keysOfHolds(int from, int to) {
    for (int i = from; i < to; i++) {
      keys.hold(MessageId.fresh(ReceiveKit.ORIGIN, i, random), i).close();
    }
  }

  /** Crash after the ledger knows that the hold ended, and before the keystore does. */
  @Test
  void released_crashBeforeTheKeystoreKnows_isReleased() throws Exception {
    MessageId id = received("one");
    node.retention.hold(OFFICE, id, PERSON);
    keys.failNextEndOfAHold();
    assertThrows(UncheckedIOException.class, () -> node.retention.release(OFFICE, id, PERSON));

    restartOver(copyOf(node.store));
    node.retention.tidy();

    assertEquals(List.of(), node.retention.holds(null, 10));
    assertEquals(List.of(), node.retention.warnings());
    assertFalse(keys.holds().get(0).isInForce());
    assertTrue(node.body(id).isPresent());
  }

  /** Crash after a second hold has its key again, and before the ledger knows that hold. */
  @Test
  void secondHold_crashBeforeTheLedgerKnowsIt_endsWithTheFirst() throws Exception {
    MessageId id = received("one");
    node.retention.hold(OFFICE, id, PERSON);
    node.retention.release(OFFICE, id, PERSON);
    RetentionTable.EndedHold first = requireNonNull(node.ledger.retention().endedHold(id));
    RetentionTable.EndedHold useless =
        new RetentionTable.EndedHold(id, first.lastDay(), first.keyBeganMs() + 1, first.client());
    node.ledger.commit(
        Lane.ROUTINE,
        tx -> {
          node.ledger.retention().endHold(tx, useless);
          return id;
        });
    keys.hold(id, useless.keyBeganMs()).close();

    node.retention.tidy();

    assertEquals(List.of(), node.retention.holds(null, 10));
    assertFalse(keys.holds().get(0).isInForce());
    assertEquals(List.of(), node.retention.warnings());
  }

  /** The ledger is lost with all its copies, or the copy is older than the message. */
  @Test
  void holdOfALedgerThatIsLost_keepsItsKeyUntilAPersonReleasesIt() throws Exception {
    MessageId id = received("one");
    Store empty = new MemoryStore();
    node.retention.hold(OFFICE, id, PERSON);

    restartOver(empty);
    node.retention.tidy();
    now = now.plus(Duration.ofDays(400));
    expire();

    assertEquals(List.of(id), heldKeys());
    assertTrue(node.retention.warnings().get(0).contains(id.toString()));
    assertEquals(List.of(id), leaves.last(0).subject().messages());
    assertEquals(AuditType.OPERATOR_ACTION, leaves.last(0).type());

    assertEquals(Optional.of(now), Results.value(node.retention.release(OFFICE, id, PERSON)));
    assertEquals(List.of(), heldKeys());
    assertEquals(List.of(), node.retention.warnings());
    assertEquals("DE-7", requireNonNull(leaves.last(0).actor().onBehalfOf()).officer());
    assertEquals(List.of(), node.ledger.retention().endedHolds());
  }

  /** The copy has the message under the key of its hold, which has ended since. */
  @Test
  void holdReleasedAfterTheCopy_opensInARestoredLedger() throws Exception {
    MessageId id = received("one");
    node.retention.hold(OFFICE, id, PERSON);
    Store copy = copyOf(node.store);
    node.retention.release(OFFICE, id, PERSON);

    restartOver(copy);
    node.retention.tidy();

    assertTrue(node.body(id).isPresent());
    assertEquals(List.of(), node.retention.holds(null, 10), "it is released again");
    assertEquals("legal hold released again", leaves.last(0).outcome().detail());
    assertEquals(List.of(), node.retention.warnings());
  }

  @Test
  void held_isNotErased_byPersonOrRecall_untilReleased() {
    MessageId id = received("one");
    node.retention.hold(OFFICE, id, PERSON);
    assertEquals(Code.ON_LEGAL_HOLD, Results.code(node.retention.erase(OFFICE, id, PERSON)));

    node.kit.deliver(recallOf(id));
    node.kit.settle();
    assertEquals(EvidenceKind.EVIDENCE_KIND_ERASURE, lastOwed().getKind());
    assertEquals("ON_LEGAL_HOLD", lastOwed().getCode());
    assertTrue(node.body(id).isPresent());
    assertTrue(node.retention.holds(null, 10).get(0).getRecalled());

    assertTrue(Results.value(node.retention.release(OFFICE, id, PERSON)).isPresent());
    assertEquals(EvidenceKind.EVIDENCE_KIND_ERASURE, lastOwed().getKind());
    assertEquals("", lastOwed().getCode());
  }

  @Test
  void holdKey_thatACrashLeft_isDestroyed() {
    MessageId id = received("one");
    node.ledger.commit(
        Lane.ROUTINE,
        tx -> {
          node.ledger
              .retention()
              .endHold(tx, new RetentionTable.EndedHold(id, 0, 7, ByteString.EMPTY));
          return id;
        });
    keys.hold(id, 7).close();
    node.retention.tidy();
    expire();
    assertEquals(List.of(), heldKeys());
    assertEquals(List.of(), node.retention.holds(null, 10));
  }

  @Test
  void recall_erasesItsTarget_andSaysWhoHadItBefore() {
    MessageId id = received("one");
    Instant retrieved = now;
    node.ledger.write(Lane.ROUTINE, (Transaction tx) -> retrieved(tx, id, "desk")).join();
    now = now.plusSeconds(5);
    for (String client : List.of("watch-room", "analysts", "desk", "watch-room")) {
      assertFalse(
          node.ledger.commit(Lane.ROUTINE, (Transaction tx) -> retrieved(tx, id, client)),
          "its origin is told of the first alone");
    }

    Permitted recall = recallOf(id);
    node.kit.deliver(recall);
    node.kit.settle();

    assertNull(node.ledger.inbox().find(id));
    assertTrue(node.body(recall.messageId()).isPresent(), "subscribers learn of the recall");
    EvidenceItem answer = lastOwed();
    assertEquals(EvidenceKind.EVIDENCE_KIND_ERASURE, answer.getKind());
    assertEquals(ByteString.copyFrom(id.bytes()), answer.getMessageId());
    assertEquals("", answer.getCode());
    assertEquals("desk", answer.getRetrievedBy());
    assertEquals(retrieved.getEpochSecond(), answer.getRetrievedAt().getSeconds());
    assertEquals(List.of("analysts", "watch-room"), answer.getAlsoRetrievedByList());
    assertTrue(leaves.types().contains(AuditType.RECALLED));
    assertEquals(AuditType.ERASED, leaves.last(0).type());
  }

  /** All in the batch of the erasure's end or after it: none is left out. */
  @Test
  void recall_thatWasAnswered_isAnsweredAnew_whenFurtherClientsAcknowledge() {
    MessageId id = received("one");
    node.ledger.commit(Lane.ROUTINE, tx -> retrieved(tx, id, "desk"));
    node.kit.deliver(recallOf(id));
    node.kit.settle();
    assertEquals(List.of(), lastOwed().getAlsoRetrievedByList());

    Optional<EvidenceItem> anew =
        node.ledger.commit(
            Lane.ROUTINE,
            tx -> {
              assertEquals(RetrievalRecords.RetrievalKind.FURTHER, noted(tx, id, "analysts"));
              return node.kit.recalls().answer(tx, ReceiveKit.ORIGIN, id);
            });
    EvidenceItem answer = anew.orElseThrow();
    assertEquals(EvidenceKind.EVIDENCE_KIND_ERASURE, answer.getKind());
    assertEquals("", answer.getCode());
    assertEquals("desk", answer.getRetrievedBy());
    assertEquals(List.of("analysts"), answer.getAlsoRetrievedByList());
    assertEquals(
        Optional.empty(),
        node.ledger.commit(
            Lane.ROUTINE, tx -> node.kit.recalls().answer(tx, new AgencyName("it.customs"), id)));
  }

  /** A message may be kept for longer than evidence, and the key of a past day cannot be made. */
  @Test
  void recallAgain_afterTheEvidenceOfTheFirstEnded_isAnswered() {
    MessageId id = received("one");
    node.kit.deliver(recallOf(id));
    node.kit.settle();
    Instant first = now;
    now = now.plus(EvidenceRecords.KEPT).plus(Duration.ofDays(2));
    keys.days().stream().filter(day -> day.isBefore(today())).forEach(keys::destroy);
    node.kit.renewKeys();

    node.kit.deliver(recallOf(id));

    EvidenceItem answer = lastOwed();
    assertEquals(EvidenceKind.EVIDENCE_KIND_ERASURE, answer.getKind());
    assertEquals("", answer.getCode());
    assertEquals(first.getEpochSecond(), answer.getAt().getSeconds());
    assertTrue(
        keys.days().stream().noneMatch(day -> day.isBefore(today())), () -> "" + keys.days());
  }

  @Test
  void personErased_thenRecalled_isAnsweredAnewToo_andWhatWasNotRecalledIsNot() {
    MessageId id = received("one");
    node.ledger.commit(Lane.ROUTINE, tx -> retrieved(tx, id, "desk"));
    node.retention.erase(OFFICE, id, PERSON);
    assertEquals(Optional.empty(), answer(id));

    node.kit.deliver(recallOf(id));
    assertTrue(answer(id).isPresent());
  }

  /** The answer that counts is still to come, and its origin keeps no number of others. */
  @Test
  void recall_thatAHoldPutsOff_isNotAnsweredAnewBeforeItIsExecuted() {
    MessageId id = received("one");
    node.retention.hold(OFFICE, id, PERSON);
    node.kit.deliver(recallOf(id));
    assertEquals("ON_LEGAL_HOLD", lastOwed().getCode());
    node.ledger.commit(Lane.ROUTINE, tx -> retrieved(tx, id, "desk"));
    assertEquals(Optional.empty(), answer(id));

    node.retention.release(OFFICE, id, PERSON);
    node.kit.settle();
    assertEquals("", lastOwed().getCode());
    assertEquals("desk", lastOwed().getRetrievedBy());
  }

  private Optional<EvidenceItem> answer(MessageId id) {
    return node.ledger.commit(
        Lane.ROUTINE, tx -> node.kit.recalls().answer(tx, ReceiveKit.ORIGIN, id));
  }

  @Test
  void clients_beyondThoseThatAreNamed_areCounted() {
    MessageId id = received("one");
    for (int i = 0; i < BodyCheck.MAX_CLIENTS + 4; i++) {
      String client = "client-%02d".formatted(i);
      node.ledger.commit(Lane.ROUTINE, tx -> retrieved(tx, id, client));
    }
    node.kit.deliver(recallOf(id));
    node.kit.settle();

    assertEquals("client-00", lastOwed().getRetrievedBy());
    assertEquals(BodyCheck.MAX_CLIENTS, lastOwed().getAlsoRetrievedByCount());
    assertEquals("client-01", lastOwed().getAlsoRetrievedBy(0));
    assertEquals(3, lastOwed().getAlsoRetrievedMore());
  }

  /** A hold keeps a message beyond the key of its bucket, and with it go the names. */
  @Test
  void clients_whoseNamesNobodyCanOpenAnyMore_areCounted() {
    MessageId id = received("one");
    node.ledger.commit(Lane.ROUTINE, tx -> retrieved(tx, id, "desk"));
    node.ledger.commit(Lane.ROUTINE, tx -> retrieved(tx, id, "analysts"));
    node.retention.hold(OFFICE, id, PERSON);
    LocalDate lastDay = LocalDate.ofInstant(ReceiveKit.keptUntil(now), ZoneOffset.UTC);
    now = now.plus(Duration.ofDays(40));
    keys.destroy(lastDay);
    node.kit.renewKeys();

    node.kit.deliver(recallOf(id));
    assertEquals("ON_LEGAL_HOLD", lastOwed().getCode());
    assertEquals("", lastOwed().getRetrievedBy());
    assertEquals(2, lastOwed().getAlsoRetrievedMore());
    assertEquals(
        RetrievalRecords.RetrievalKind.KNOWN,
        node.ledger.commit(Lane.ROUTINE, tx -> noted(tx, id, "others")));
  }

  @Test
  void retrievals_lieInNoPlaintextOnTheDisk() {
    MessageId id = received("one");
    node.ledger.commit(Lane.ROUTINE, tx -> retrieved(tx, id, "the-first-desk"));
    node.ledger.commit(Lane.ROUTINE, tx -> retrieved(tx, id, "the-second-desk"));
    int rows = 0;
    try (Scan scan = node.store.scan(Table.EVIDENCE, new byte[0], null)) {
      while (scan.hasNext()) {
        scan.next();
        rows += scan.key()[0] == 12 ? 1 : 0;
        String row =
            new String(scan.key(), StandardCharsets.ISO_8859_1)
                + new String(scan.value(), StandardCharsets.ISO_8859_1);
        assertFalse(row.contains("-desk"), row);
      }
    }
    assertEquals(1, rows, "of one message by two clients");
  }

  /** A member that takes back what it never sent makes others keep no more than so much. */
  @Test
  void recalls_ofWhatIsNotHere_beyondTheLimit_areRefused_andTheStreamGoesOn() {
    List<Permitted> targets = new ArrayList<>();
    for (int i = 0; i <= ReceiveKit.RECALLS; i++) {
      targets.add(alert(Lane.ROUTINE, "never sent " + i));
    }
    for (Permitted target : targets.subList(0, ReceiveKit.RECALLS)) {
      Permitted recall = recallOf(target.messageId());
      assertEquals(Result.RESULT_COMMITTED, node.kit.deliver(recall).get(0).getResult());
      assertTrue(record(recall).getWithoutTarget(), "for nobody but who asks for recalls");
    }
    Permitted beyond = recallOf(targets.get(ReceiveKit.RECALLS).messageId());

    assertEquals(Result.RESULT_COMMITTED, node.kit.deliver(beyond).get(0).getResult());
    assertNull(node.ledger.inbox().find(beyond.messageId()));
    List<String> codes = node.kit.owed().stream().map(EvidenceItem::getCode).toList();
    assertEquals(
        List.of("LIMIT_REACHED", "LIMIT_REACHED"), codes.subList(codes.size() - 2, codes.size()));
    assertEquals(
        List.of(EvidenceKind.EVIDENCE_KIND_ERASURE, EvidenceKind.EVIDENCE_KIND_NON_DELIVERY),
        node.kit.owed().stream().map(EvidenceItem::getKind).skip(codes.size() - 2L).toList());
    assertEquals(ReceiveKit.RECALLS, node.ledger.retention().blocks(ReceiveKit.ORIGIN));

    // Again of what is refused already, of what is here, and of another origin: as ever.
    node.kit.deliver(recallOf(targets.get(0).messageId()));
    assertEquals("NOT_FOUND", lastOwed().getCode());
    MessageId here = received("here");
    Permitted known = recallOf(here);
    node.kit.deliver(known);
    node.kit.settle();
    assertEquals("", lastOwed().getCode());
    assertFalse(record(known).getWithoutTarget());
    assertEquals(0, node.ledger.retention().blocks(new AgencyName("it.customs")));

    // They end, and are counted no more.
    now = now.plus(Duration.ofDays(2));
    node.sweep.round();
    assertEquals(0, node.ledger.retention().blocks(ReceiveKit.ORIGIN));
    node.kit.renewKeys();
    Permitted next = recallOf(MessageId.fresh(ReceiveKit.ORIGIN, now.toEpochMilli(), random));
    node.kit.deliver(next);
    assertTrue(record(next).getWithoutTarget());
  }

  private InboxRecord record(Permitted message) {
    return requireNonNull(node.ledger.inbox().find(message.messageId())).record();
  }

  @Test
  void recall_beforeItsTarget_refusesItWhenItComes() {
    Permitted target = alert(Lane.ROUTINE, "one");
    Delivery late = node.kit.seal(target).get(0);

    node.kit.deliver(recallOf(target.messageId()));
    assertEquals("NOT_FOUND", lastOwed().getCode());
    node.kit.handOver(late);

    assertNull(node.ledger.inbox().find(target.messageId()));
    assertEquals(EvidenceKind.EVIDENCE_KIND_NON_DELIVERY, lastOwed().getKind());
    assertEquals("RECALLED", lastOwed().getCode());
  }

  @Test
  void recall_ofAnotherOriginsMessage_doesNothing() {
    MessageId id = received("one");
    // The same message as one of another origin, which fr.customs has no say over.
    InboxTable.PlacedRecord placed = requireNonNull(node.ledger.inbox().find(id));
    node.ledger
        .write(
            Lane.ROUTINE,
            tx -> {
              node.ledger
                  .inbox()
                  .replace(tx, placed, placed.record().toBuilder().setOrigin("it.customs").build());
              return id;
            })
        .join();

    node.kit.deliver(recallOf(id));
    node.kit.settle();

    assertEquals("NOT_FOUND", lastOwed().getCode());
    assertFalse(node.ledger.inbox().find(id) == null);
    assertFalse(
        node.ledger
            .write(
                Lane.ROUTINE,
                tx ->
                    node.ledger
                        .retention()
                        .isBlocked(
                            tx, new AgencyName("it.customs"), MessageId.of(id.bytes()), false))
            .join());
  }

  /** Until it is removed as ended, by a clock that follows no jump. */
  @Test
  void recallThatCameFirst_holdsUntilItsEndIsCertain_andNoLonger() {
    Permitted target = alert(Lane.ROUTINE, "one");
    node.kit.deliver(recallOf(target.messageId()));
    now = now.plus(Duration.ofDays(2));
    node.kit.renewKeys();
    node.kit.deliver(again(target));
    assertNull(node.ledger.inbox().find(target.messageId()));
    node.sweep.round();
    node.kit.deliver(again(target));
    assertNotEquals(null, node.ledger.inbox().find(target.messageId()));
  }

  private Permitted again(Permitted target) {
    return PermittedFixture.alert(
        target.messageId(),
        ReceiveKit.ORIGIN,
        Lane.ROUTINE,
        Body.newBuilder().setAlert(Alert.getDefaultInstance()).build(),
        now,
        ReceiveKit.SELF.value());
  }

  /** As after a crash, or a take-over, between the two steps of the upkeep. */
  @Test
  void messagesOfAnEndedBucket_whoseKeyIsGoneAlready_areNotCalledLost() {
    MessageId ended = received("one");
    LocalDate day = today().plusDays(30);
    now = now.plus(Duration.ofDays(31));
    keys.destroy(day);
    assertEquals(0, node.sweep.removeUnreadable(each -> keys.existing(each).isEmpty()));
    assertEquals(1, node.sweep.round());
    assertNull(node.ledger.inbox().find(ended));
    List<EvidenceItem> told =
        node.kit.owed().stream()
            .filter(item -> item.getKind() == EvidenceKind.EVIDENCE_KIND_NON_RETRIEVAL)
            .toList();
    assertEquals(1, told.size());
    assertFalse(told.get(0).toString().contains("KEY_LOST"), told::toString);
  }

  /** A ledger was put back by other means than a restore, and its clock is in doubt for an hour. */
  @Test
  void messagesOfAnEndedBucket_areNotCalledLost_whileTheClockIsInDoubt() {
    MessageId ended = received("one");
    LocalDate day = today().plusDays(30);
    now = now.plus(Duration.ofDays(31));
    keys.destroy(day);
    Instant behind = now.minus(Duration.ofDays(20));
    BucketSweep doubting =
        new BucketSweep(ReceiveKit.SELF, node.ledger, node.kit.evidence(), () -> behind);
    assertEquals(0, doubting.removeUnreadable(each -> keys.existing(each).isEmpty()));
    assertNotNull(node.ledger.inbox().find(ended));
    assertEquals(1, node.sweep.round());
  }

  /** As after the loss of a keystore: the ledger holds what no key opens. */
  @Test
  void messagesWhoseKeysWereLost_goAndTheirOriginsAreToldOfTheUnretrieved() {
    MessageId lost = received("one");
    MessageId taken = received("two");
    LocalDate day = today().plusDays(30);
    now = now.plus(Duration.ofDays(1));
    node.kit.renewKeys();
    MessageId kept = received("three");
    node.ledger.write(Lane.ROUTINE, (Transaction tx) -> retrieved(tx, taken, "desk")).join();
    assertEquals(0, node.sweep.removeUnreadable(each -> keys.existing(each).isEmpty()));
    keys.destroy(day);
    assertEquals(2, node.sweep.removeUnreadable(each -> keys.existing(each).isEmpty()));
    assertEquals(0, node.sweep.removeUnreadable(each -> keys.existing(each).isEmpty()));
    assertTrue(node.body(kept).isPresent());
    assertNull(node.ledger.inbox().find(lost));
    assertNull(node.ledger.inbox().find(taken));
    List<EvidenceItem> told =
        node.kit.owed().stream()
            .filter(item -> item.getKind() == EvidenceKind.EVIDENCE_KIND_NON_RETRIEVAL)
            .toList();
    assertEquals(1, told.size());
    assertEquals(ByteString.copyFrom(lost.bytes()), told.get(0).getMessageId());
    assertEquals("KEY_LOST", told.get(0).getCode());
  }

  @Test
  void endOfRetention_withoutRetrieval_isToldToTheOrigin() {
    MessageId id = received("one");
    MessageId taken = received("two");
    node.ledger.write(Lane.ROUTINE, (Transaction tx) -> retrieved(tx, taken, "desk")).join();
    now = now.plus(Duration.ofDays(31));
    assertEquals(2, node.sweep.round());
    List<EvidenceItem> ended =
        node.kit.owed().stream()
            .filter(item -> item.getKind() == EvidenceKind.EVIDENCE_KIND_NON_RETRIEVAL)
            .toList();
    assertEquals(1, ended.size());
    assertEquals(ByteString.copyFrom(id.bytes()), ended.get(0).getMessageId());
    assertEquals(0, node.sweep.round());
  }

  /** The lost ledger may have known that a client opened it. */
  @Test
  void endOfRetention_betweenACopyAndItsRestore_isNotToldAsUnretrieved() throws IOException {
    MessageId ended = received("ended before the restore");
    now = now.plus(Duration.ofDays(5));
    node.kit.renewKeys();
    MessageId later = received("delivered again after the restore");
    now = now.plus(Duration.ofDays(26));
    Store store = node.store;
    Batch batch = store.batch();
    RetentionTable.setBack(batch, now.toEpochMilli());
    store.commit(batch, Durability.SYNCED);
    restartOver(store);
    keys.destroy(LocalDate.ofInstant(now, ZoneOffset.UTC).minusDays(1));
    now = now.minus(Duration.ofDays(20));
    assertEquals(
        0,
        node.sweep.removeUnreadable(each -> keys.existing(each).isEmpty()),
        "a clock that is not believed yet makes no lost key of one that ended");
    now = now.plus(Duration.ofDays(20));
    assertEquals(1, node.sweep.round());
    assertNull(node.ledger.inbox().find(ended));
    now = now.plus(Duration.ofDays(6));
    assertEquals(1, node.sweep.round());
    assertEquals(
        List.of(ByteString.copyFrom(later.bytes())),
        node.kit.owed().stream()
            .filter(item -> item.getKind() == EvidenceKind.EVIDENCE_KIND_NON_RETRIEVAL)
            .map(EvidenceItem::getMessageId)
            .toList());
  }

  /** A member, or a client, recalls at once what it sends: the next round comes an hour later. */
  @Test
  void recordsOfRecalls_thatAreOver_areRemovedInOneRound_howeverMany() {
    List<MessageId> recalled = new ArrayList<>();
    for (int change = 0; change < 5; change++) {
      List<MessageId> some =
          Stream.generate(() -> MessageId.fresh(now.toEpochMilli(), new SecureRandom()))
              .limit(BucketSweep.PRUNED / 2)
              .toList();
      recalled.addAll(some);
      node.ledger.commit(
          Lane.ROUTINE,
          tx -> {
            some.forEach(id -> node.ledger.retention().takeBack(tx, id, now.toEpochMilli()));
            return some;
          });
    }
    assertTrue(recalled.stream().allMatch(node.ledger.retention()::isTakenBack));
    node.sweep.round();
    assertEquals(0, recalled.stream().filter(node.ledger.retention()::isTakenBack).count());
  }

  /** Remembers the leaves of committed batches, and fails a commit when told to. */
  private static final class Leaves implements Journal {
    private final List<AuditRecord> pending = new ArrayList<>();
    private final List<AuditRecord> committed = new ArrayList<>();
    private boolean failNext;
    private int passFirst;

    @Override
    public synchronized void append(Batch batch, List<AuditRecord> records) {
      if (failNext && passFirst-- <= 0) {
        failNext = false;
        throw new IllegalStateException("the node stops here");
      }
      pending.addAll(records);
    }

    @Override
    public synchronized void committed() {
      committed.addAll(pending);
      pending.clear();
    }

    @Override
    public synchronized void rolledBack() {
      pending.clear();
    }

    synchronized AuditRecord last(int before) {
      return committed.get(committed.size() - 1 - before);
    }

    synchronized List<AuditType> types() {
      return committed.stream().map(AuditRecord::type).toList();
    }
  }
}
