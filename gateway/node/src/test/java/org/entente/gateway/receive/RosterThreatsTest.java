package org.entente.gateway.receive;

import static java.time.ZoneOffset.UTC;
import static org.entente.gateway.testkit.RosterKit.lead;
import static org.entente.gateway.testkit.RosterKit.observer;
import static org.entente.gateway.testkit.RosterKit.participant;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.protobuf.ByteString;
import java.io.IOException;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import org.entente.gateway.audit.record.AuditType;
import org.entente.gateway.batch.SealingItem;
import org.entente.gateway.config.NodeConfig;
import org.entente.gateway.crypto.Ed25519SigningKey;
import org.entente.gateway.feature.operation.HeldRosters;
import org.entente.gateway.feature.operation.OperationReception;
import org.entente.gateway.feature.operation.OperationTable;
import org.entente.gateway.feature.operation.RosterRecords;
import org.entente.gateway.ledger.Ledger;
import org.entente.gateway.ledger.record.RecordSeal;
import org.entente.gateway.ledger.record.StorageKeys;
import org.entente.gateway.model.AgencyName;
import org.entente.gateway.model.Code;
import org.entente.gateway.model.Lane;
import org.entente.gateway.model.MessageId;
import org.entente.gateway.model.OperationId;
import org.entente.gateway.policy.decide.FixedLabels;
import org.entente.gateway.policy.decide.Permitted;
import org.entente.gateway.policy.decide.PermittedFixture;
import org.entente.gateway.retention.ErasureJournal;
import org.entente.gateway.seal.BucketKey;
import org.entente.gateway.seal.format.EnvelopeHeader;
import org.entente.gateway.seal.statement.RosterStatement;
import org.entente.gateway.testkit.MemoryStorageKeys;
import org.entente.gateway.testkit.MemoryStore;
import org.entente.gateway.testkit.QuietLedger;
import org.entente.gateway.testkit.ReceiveKit;
import org.entente.gateway.testkit.RecordedLeaves;
import org.entente.gateway.testkit.RosterKit;
import org.entente.proto.store.v1.OperationRecord;
import org.entente.proto.store.v1.RosterReturn;
import org.entente.proto.v1.Body;
import org.entente.proto.v1.EvidenceItem;
import org.entente.proto.v1.EvidenceKind;
import org.entente.proto.v1.Kind;
import org.entente.proto.v1.Label;
import org.entente.proto.v1.OperationUpdate;
import org.entente.proto.v1.Roster;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * What members of a joint operation, or others, may try at {@code de.customs} with rosters and with
 * what is said by them, sealed by {@code fr.customs} and taken by the gateway's own reception.
 */
class RosterThreatsTest {
  private static final Instant NOW = Instant.parse("2026-06-01T12:00:00Z");
  private static final int MOST_OPEN = NodeConfig.PerAgency.DEFAULT.openOperations();

  private final SecureRandom random = new SecureRandom();
  private final MemoryStorageKeys keys = new MemoryStorageKeys();
  private final RecordedLeaves leaves = new RecordedLeaves();
  private final MemoryStore store = new MemoryStore(new MemoryStore.Disk());
  private Instant now = NOW;
  private final Ledger ledger = QuietLedger.started(store, () -> now, leaves);

  @AutoClose("closeWithLedger")
  private final ReceiveKit kit;

  private final RosterRecords rosters;
  private final RosterKit first;

  RosterThreatsTest(@TempDir Path folder) throws IOException {
    ErasureJournal journal = ErasureJournal.open(folder.resolve("erasures"), 0);
    kit =
        new ReceiveKit(
            ledger, keys, keys, journal, (origin, label, body) -> Optional.empty(), () -> NOW);
    rosters = new RosterRecords(OperationTable.of(ledger), new RecordSeal(keys, random), MOST_OPEN);
    first =
        RosterKit.first(
            kit.originKey(), NOW, "fr.customs", participant("de.customs"), observer("us.cbp"));
  }

  private Permitted sealed(Label.Builder label, Body body) {
    return sealed(NOW, "test", label, body);
  }

  private Permitted sealed(Instant created, String agreement, Label.Builder label, Body body) {
    return PermittedFixture.permitted(
        MessageId.fresh(ReceiveKit.ORIGIN, NOW.toEpochMilli(), random),
        ReceiveKit.ORIGIN,
        Lane.FLASH,
        label.build(),
        body,
        created,
        agreement,
        30,
        ReceiveKit.SELF.value());
  }

  private Permitted carrying(RosterStatement roster) {
    ByteString bytes = ByteString.copyFrom(roster.encoded());
    return sealed(
        Label.newBuilder().setKind(Kind.KIND_ROSTER),
        Body.newBuilder().setRoster(Roster.newBuilder().setStatement(bytes)).build());
  }

  private Permitted said(RosterStatement by) {
    return said(by.number(), by.hash());
  }

  private Permitted givenBack(RosterStatement roster) {
    ByteString bytes = ByteString.copyFrom(roster.encoded());
    return sealed(
        NOW,
        FixedLabels.ROSTER_BACK.agreement(),
        Label.newBuilder().setKind(Kind.KIND_ROSTER),
        Body.newBuilder().setRoster(Roster.newBuilder().setStatement(bytes)).build());
  }

  private Permitted said(long number, byte[] hash) {
    return said(NOW, number, hash);
  }

  private Permitted saidAt(Instant created, RosterStatement by) {
    return said(created, by.number(), by.hash());
  }

  private Permitted said(Instant created, long number, byte[] hash) {
    return sealed(
        created,
        "test",
        Label.newBuilder()
            .setKind(Kind.KIND_OPERATION)
            .setOperationId(ByteString.copyFrom(first.operation().bytes()))
            .setOperationEpoch(number)
            .setOperationRosterHash(ByteString.copyFrom(hash)),
        Body.newBuilder()
            .setOperationUpdate(OperationUpdate.newBuilder().setObjectives("none left behind"))
            .build());
  }

  private void taken(Permitted message) {
    kit.deliver(message);
    assertNotNull(ledger.inbox().find(message.messageId()), () -> kit.owed().toString());
  }

  /** Nothing of it is kept, and its origin is owed a failure with a reason. */
  private void refused(Code code, Permitted message) {
    kit.deliver(message);
    assertNull(ledger.inbox().find(message.messageId()));
    List<EvidenceItem> told = kit.owed();
    EvidenceItem last = told.get(told.size() - 1);
    assertEquals(EvidenceKind.EVIDENCE_KIND_NON_DELIVERY, last.getKind());
    assertEquals(code.name(), last.getCode(), last.getReason());
  }

  private HeldRosters held() {
    return rosters.held(first.operation()).orElseThrow();
  }

  private void holds(RosterKit... kits) {
    for (RosterKit one : kits) {
      ledger.commit(
          Lane.ROUTINE,
          tx -> {
            rosters.put(tx, one.signed());
            return one;
          });
    }
  }

  @Test
  void roster_ofItsLead_isTaken_onRecord_andMessagesByIt() {
    taken(carrying(first.signed()));
    assertTrue(held().newest().isSame(first.signed()));
    assertEquals(1, leaves.types().stream().filter(AuditType.ROSTER_TAKEN::equals).count());
    Permitted message = said(first.signed());
    taken(message);
    OperationTable table = OperationTable.of(ledger);
    assertEquals(
        List.of(new OperationTable.UpdateKey("fr.customs", true, message.messageId())),
        table.newest(first.operation(), 2).keys());
  }

  @Test
  void roster_forged_isRefused_andChangesNothing() {
    Ed25519SigningKey other = Ed25519SigningKey.generate(random);
    refused(Code.BAD_SIGNATURE, carrying(first.with(other).signed()));
    RosterKit ofAnother =
        RosterKit.first(kit.originKey(), NOW, "us.cbp", participant("de.customs"));
    refused(Code.BAD_SIGNATURE, carrying(ofAnother.signed()));
    refused(
        Code.BAD_SIGNATURE,
        sealed(
            Label.newBuilder().setKind(Kind.KIND_ROSTER),
            Body.newBuilder()
                .setRoster(Roster.newBuilder().setStatement(ByteString.copyFromUtf8("no roster")))
                .build()));
    assertTrue(rosters.held(first.operation()).isEmpty());
  }

  @Test
  void roster_byAMemberThatDoesNotLead_isRefused() {
    RosterKit led =
        RosterKit.first(
            Ed25519SigningKey.generate(random),
            NOW,
            "us.cbp",
            participant("de.customs"),
            participant("fr.customs"));
    holds(led);
    RosterKit taking =
        led.next(lead("fr.customs"), participant("de.customs"), participant("us.cbp"))
            .by("fr.customs")
            .with(kit.originKey());
    refused(Code.OPERATION_ROLE, carrying(taking.signed()));
    assertEquals(1, rosters.held(led.operation()).orElseThrow().newest().number());
  }

  @Test
  void roster_older_sentAgain_isStale_andTheNewestIsOwedToItsLead() {
    RosterKit second = first.next(lead("fr.customs"), participant("de.customs"));
    taken(carrying(first.signed()));
    taken(carrying(second.signed()));
    taken(carrying(second.signed()));
    assertEquals(List.of(), owedTo(first));
    refused(Code.ROSTER_STALE, carrying(first.signed()));
    assertEquals(List.of("fr.customs"), owedTo(first));
    assertEquals(2, held().newest().number());
    assertEquals(2, leaves.types().stream().filter(AuditType.ROSTER_TAKEN::equals).count());
  }

  private List<String> owedTo(RosterKit kit) {
    return Objects.requireNonNull(OperationTable.of(ledger).record(kit.operation()))
        .getReturnsList()
        .stream()
        .filter(RosterReturn::getDue)
        .map(RosterReturn::getAgency)
        .toList();
  }

  @Test
  void message_ofALeadThatForgotARoster_showsThat_andOneOnItsWayDoesNot() {
    RosterKit second = first.next(lead("fr.customs"), participant("de.customs"));
    holds(first, second);
    // Made before the second roster, which overtook it.
    taken(said(first.signed()));
    assertEquals(List.of(), owedTo(first));
    taken(saidAt(second.issued().plusMillis(1), first.signed()));
    assertEquals(List.of("fr.customs"), owedTo(first));
  }

  @Test
  void roster_givenBackToWhoSignedIt_isTaken_onRecord() {
    RosterKit own = RosterKit.first(kit.ownKey(), NOW, "de.customs", participant("fr.customs"));
    RosterKit second = own.next(lead("de.customs"), participant("fr.customs"), observer("us.cbp"));
    holds(own);
    taken(givenBack(second.signed()));
    assertEquals(2, rosters.held(own.operation()).orElseThrow().newest().number());
    assertTrue(
        leaves
            .only(AuditType.ROSTER_TAKEN)
            .outcome()
            .detail()
            .endsWith("given back by fr.customs"));
    assertEquals(List.of(), owedTo(own), "nobody gives back to and fro");
    assertTrue(
        rosters.held(own.operation()).orElseThrow().setBack().isPresent(), "its members are asked");
    // As one of which nothing at all is left.
    RosterKit lost = RosterKit.first(kit.ownKey(), NOW, "de.customs", participant("fr.customs"));
    taken(givenBack(lost.next(lead("de.customs"), participant("fr.customs")).signed()));
    assertEquals(2, rosters.held(lost.operation()).orElseThrow().newest().number());
  }

  /**
   * It was pruned here and its key destroyed; nothing brings back the key of a day that is over.
   */
  @Test
  void roster_ofAnOperationWhoseKeepingIsOver_isRefused_givenBackOrNot() {
    RosterKit own = RosterKit.first(kit.ownKey(), NOW, "de.customs", participant("fr.customs"));
    RosterKit of = RosterKit.first(kit.originKey(), NOW, "fr.customs", participant("de.customs"));
    Instant over = NOW.minus(RosterRecords.KEPT).minus(Duration.ofDays(1));
    refused(Code.OPERATION_CLOSED, givenBack(until(own, over).signed()));
    refused(Code.OPERATION_CLOSED, carrying(until(of, over).signed()));
    assertEquals(List.of(), rosters.list(10));
    assertTrue(keys.existing(LocalDate.ofInstant(over.plus(RosterRecords.KEPT), UTC)).isEmpty());
    Instant last = NOW.minus(RosterRecords.KEPT);
    taken(givenBack(until(own, last).signed()));
    // One that follows may state an earlier end.
    taken(carrying(of.signed()));
    RosterKit next = of.next(lead("fr.customs"), participant("de.customs"));
    refused(Code.OPERATION_CLOSED, carrying(until(next, over).signed()));
    // A second one of a number is a fork whatever it states, and kept as long as the other.
    refused(Code.ROSTER_FORKED, carrying(until(of, over).signed()));
    assertTrue(keys.existing(LocalDate.ofInstant(over.plus(RosterRecords.KEPT), UTC)).isEmpty());
  }

  private static RosterKit until(RosterKit kit, Instant end) {
    return kit.on(
        new RosterStatement.Terms(
            kit.terms().name(),
            false,
            false,
            end.minus(Duration.ofDays(30)).toEpochMilli(),
            end.toEpochMilli()));
  }

  /** The last day of the month in which the year after its end is over. */
  private static LocalDate lastDayOf(RosterKit kit) {
    Instant end = Instant.ofEpochMilli(kit.terms().endsAtMs());
    return LocalDate.ofInstant(end.plus(RosterRecords.KEPT), UTC)
        .plusMonths(1)
        .withDayOfMonth(1)
        .minusDays(1);
  }

  /** Each is a record here until a year after the end. */
  @Test
  void rostersOfOneOperation_areBounded_butForTheOneThatClosesIt() {
    RosterKit newest = first;
    holds(newest);
    for (int i = 1; i < RosterRecords.MOST_ROSTERS; i++) {
      newest = newest.next(lead("fr.customs"), participant("de.customs"), observer("us.cbp"));
      holds(newest);
    }
    RosterKit more = newest.next(lead("fr.customs"), participant("de.customs"));
    refused(Code.LIMIT_REACHED, carrying(more.signed()));
    RosterStatement.Terms terms = newest.terms();
    RosterKit closing =
        more.on(
            new RosterStatement.Terms(
                terms.name(), terms.exercise(), true, terms.startsAtMs(), terms.endsAtMs()));
    taken(carrying(closing.signed()));
  }

  /** Lists show the newest operations by the time in their ids. */
  @Test
  void operationWhoseIdIsOfALaterTime_isRefused() {
    RosterKit later =
        RosterKit.first(
            kit.originKey(), NOW.plus(Duration.ofDays(2)), "fr.customs", participant("de.customs"));
    refused(Code.INVALID_FIELD, carrying(later.signed()));
    assertEquals(List.of(), rosters.list(10));
  }

  /** Its rosters' key was destroyed at midnight, and its record is not removed yet. */
  @Test
  void forkOnTheLastNight_bringsBackNoKey() {
    holds(first);
    LocalDate last = lastDayOf(first);
    now = last.plusDays(1).atTime(0, 30).toInstant(UTC);
    keys.destroy(last);
    RosterKit other = first.next(lead("fr.customs"), participant("de.customs"));
    ledger.commit(
        Lane.ROUTINE,
        tx -> {
          rosters.fork(tx, other.signed());
          return other;
        });
    OperationRecord record =
        Objects.requireNonNull(OperationTable.of(ledger).record(first.operation()));
    assertTrue(record.getForked());
    assertTrue(
        new RecordSeal(keys, random)
            .open(
                OperationTable.conflictPlace(first.operation()),
                record.getSealedConflict().toByteArray())
            .isPresent());
    assertTrue(keys.existing(last).isEmpty());
  }

  /** Each day of an end was a key, for which the writer wrote the whole keystore again. */
  @Test
  void rostersOfManyEnds_makeFewKeys() {
    taken(carrying(first.signed()));
    RosterKit newest = first;
    for (int i = 1; i <= 64; i++) {
      newest = until(newest.next(lead("fr.customs"), participant("de.customs")), endOf(first, i));
      taken(carrying(newest.signed()));
    }
    assertEquals(65, held().newest().number());
    assertTrue(monthsAhead().size() <= 4, () -> "" + monthsAhead());
    // Nor does what contradicts them.
    Set<LocalDate> before = keys.days();
    for (int i = 0; i < 64; i++) {
      refused(Code.ROSTER_FORKED, carrying(until(first, endOf(first, 400 + i)).signed()));
    }
    assertEquals(before, keys.days());
  }

  private static Instant endOf(RosterKit kit, int days) {
    return Instant.ofEpochMilli(kit.terms().endsAtMs()).plus(Duration.ofDays(days));
  }

  /** Buckets beyond those of messages and evidence. */
  private List<LocalDate> monthsAhead() {
    return keys.days().stream()
        .filter(day -> day.isAfter(LocalDate.ofInstant(NOW, UTC).plusDays(410)))
        .toList();
  }

  @Test
  void rosterThatEndsBeyondTenYears_isRefused() {
    for (String end :
        List.of("2036-06-05T00:00:00Z", "9999-12-31T00:00:00Z", "9999-12-31T23:59:59.999Z")) {
      refused(Code.INVALID_FIELD, carrying(until(founded(), Instant.parse(end)).signed()));
    }
    // It is malformed, so nobody's.
    RosterKit malformed = until(founded(), Instant.parse("+10000-01-01T00:00:00Z"));
    refused(Code.BAD_SIGNATURE, carrying(malformed.signed()));
    assertEquals(List.of(), rosters.list(10));
    assertEquals(List.of(), monthsAhead());
    taken(carrying(until(founded(), NOW.plus(RosterStatement.LONGEST)).signed()));
  }

  /** Nobody has a use for them, and they counted for no limit. */
  @Test
  void firstRosterThatIsClosedOrOver_isRefused() {
    refused(Code.OPERATION_CLOSED, carrying(first.closed().signed()));
    refused(Code.OPERATION_CLOSED, carrying(until(founded(), NOW).signed()));
    assertEquals(List.of(), rosters.list(10));
    // The gateway that signed it and lost it takes it back.
    RosterKit own = RosterKit.first(kit.ownKey(), NOW, "de.customs", participant("fr.customs"));
    taken(givenBack(own.closed().signed()));
  }

  /** Founded and closed at once, they are open never and kept for years. */
  @Test
  void operationsOfOneFounder_areBounded_closedOrNot() {
    for (int i = 0; i < OperationReception.MOST_OF_ONE_FOUNDER; i++) {
      RosterKit founded = founded();
      holds(founded, founded.next(lead("fr.customs"), participant("de.customs")).closed());
    }
    assertEquals(List.of(), open("fr.customs"));
    refused(Code.LIMIT_REACHED, carrying(first.signed()));
    // One that is stored goes on, whoever leads it.
    RosterKit handed = handedOn(signedBy("us.cbp"), "fr.customs");
    taken(
        carrying(
            handed
                .next(lead("fr.customs"), participant("us.cbp"), participant("de.customs"))
                .signed()));
    // Those that are gone do not count.
    for (int i = 0; i < 2; i++) {
      assertTrue(pruned(lastDayOf(first).toEpochDay() + 1) > 0);
    }
    taken(carrying(first.signed()));
  }

  @Test
  void roster_givenBack_thatThisGatewayNeverSigned_isRefused() {
    RosterKit own = RosterKit.first(kit.ownKey(), NOW, "de.customs", participant("fr.customs"));
    holds(own);
    RosterKit forged =
        own.next(lead("de.customs"), participant("fr.customs"), participant("us.cbp"))
            .with(kit.originKey());
    refused(Code.BAD_SIGNATURE, givenBack(forged.signed()));
    refused(Code.BAD_SIGNATURE, givenBack(first.signed()));
    refused(Code.BAD_SIGNATURE, carrying(own.next(lead("de.customs")).signed()));
    assertEquals(1, rosters.held(own.operation()).orElseThrow().newest().number());
  }

  @Test
  void roster_givenBackBesideAnotherOfItsNumber_endsTheOperationAtItsLeadToo() {
    RosterKit own = RosterKit.first(kit.ownKey(), NOW, "de.customs", participant("fr.customs"));
    RosterKit before = own.next(lead("de.customs"), participant("fr.customs"));
    RosterKit anew = own.next(lead("de.customs"), participant("fr.customs"), observer("us.cbp"));
    holds(own, anew);
    refused(Code.ROSTER_FORKED, givenBack(before.signed()));
    assertTrue(rosters.held(own.operation()).orElseThrow().forked());
    assertEquals(1, leaves.types().stream().filter(AuditType.ROSTER_CONFLICT::equals).count());
  }

  @Test
  void twoRostersOfOneNumber_endTheOperationHere_onRecord() {
    RosterKit second = first.next(lead("fr.customs"), participant("de.customs"));
    RosterKit other = first.next(lead("fr.customs"), participant("de.customs"), observer("us.cbp"));
    taken(carrying(first.signed()));
    taken(carrying(second.signed()));
    refused(Code.ROSTER_FORKED, carrying(other.signed()));
    assertTrue(held().forked());
    assertEquals(List.of("fr.customs"), owedTo(first), "its lead is shown what it signed before");
    assertEquals(List.of(first.operation()), rosters.forked(NOW.toEpochMilli(), 10));
    assertTrue(
        leaves.only(AuditType.ROSTER_CONFLICT).outcome().detail().contains("another roster 2"));
    refused(Code.ROSTER_FORKED, said(second.signed()));
    RosterKit third = second.next(lead("fr.customs"), participant("de.customs"));
    refused(Code.ROSTER_FORKED, carrying(third.signed()));
  }

  @Test
  void message_byAForkedRoster_isRefused_andTheOperationGoesOn() {
    taken(carrying(first.signed()));
    refused(Code.ROSTER_FORKED, said(1, new byte[32]));
    taken(said(first.signed()));
  }

  @Test
  void message_ofAnOperationThatIsNotKnown_orOfWhoLeftIt_isRefused() {
    refused(Code.ROSTER_UNKNOWN, said(first.signed()));
    RosterKit led =
        new RosterKit(
            Ed25519SigningKey.generate(random),
            first.operation(),
            1,
            RosterStatement.nothingBefore(),
            RosterKit.lead("us.cbp").agency(),
            NOW,
            first.terms(),
            List.of(lead("us.cbp"), participant("de.customs"), participant("fr.customs")));
    holds(led);
    taken(said(led.signed()));
    RosterKit without = led.next(lead("us.cbp"), participant("de.customs"));
    holds(without);
    refused(Code.OPERATION_ROLE, said(led.signed()));
    refused(Code.OPERATION_ROLE, said(without.signed()));
    RosterKit watching =
        without.next(lead("us.cbp"), participant("de.customs"), observer("fr.customs"));
    holds(watching);
    refused(Code.OPERATION_ROLE, said(watching.signed()));
  }

  @Test
  void message_byARosterStillToCome_isTaken_andItsWordIsHeldAgainstThatRoster() {
    RosterKit second = first.next(lead("fr.customs"), participant("de.customs"));
    taken(carrying(first.signed()));
    taken(said(second.signed()));
    taken(carrying(second.signed()));
    assertTrue(leaves.types().stream().noneMatch(AuditType.ROSTER_CONFLICT::equals));
    taken(said(3, new byte[32]));
    taken(carrying(second.next(lead("fr.customs"), participant("de.customs")).signed()));
    assertTrue(
        leaves.only(AuditType.ROSTER_CONFLICT).outcome().detail().startsWith("fr.customs uses"));
  }

  /** The commit that brings the roster may bring the message before it. */
  @Test
  void messageByARosterStillToCome_inTheSameCommit_isHeldAgainstThatRosterToo() {
    taken(carrying(first.signed()));
    RosterKit second = first.next(lead("fr.customs"), participant("de.customs"));
    List<SealingItem> both =
        List.of(SealingItem.of(said(2, new byte[32])), SealingItem.of(carrying(second.signed())));
    kit.handOver(kit.sealTogether(both));
    assertEquals(2, held().newest().number());
    assertTrue(
        leaves.only(AuditType.ROSTER_CONFLICT).outcome().detail().startsWith("fr.customs uses"));
  }

  @Test
  void operationsOfOneLead_areBounded() {
    for (int i = 0; i < MOST_OPEN; i++) {
      holds(RosterKit.first(kit.originKey(), NOW, "fr.customs", participant("de.customs")));
    }
    refused(Code.LIMIT_REACHED, carrying(first.signed()));
    holds(first);
    taken(carrying(first.next(lead("fr.customs"), participant("de.customs")).closed().signed()));
  }

  private RosterKit founded() {
    return RosterKit.first(kit.originKey(), NOW, "fr.customs", participant("de.customs"));
  }

  private List<OperationId> open(String lead) {
    return ledger.commit(
        Lane.ROUTINE, tx -> OperationTable.of(ledger).open(tx, new AgencyName(lead)));
  }

  /** All pass the check before the commit, and each would have the writer read the others. */
  @Test
  void firstRosters_inOneEnvelope_areBoundedByThoseBeforeThem() {
    envelopeOf(200);
    assertEquals(EnvelopeHeader.MAX_ALTERING, rosters.list(1_000).size());
    envelopeOf(200);
    assertEquals(MOST_OPEN, rosters.list(1_000).size());
  }

  private void envelopeOf(int first) {
    List<SealingItem> envelope = new ArrayList<>();
    for (int i = 0; i < first; i++) {
      envelope.add(SealingItem.of(carrying(founded().signed())));
    }
    kit.handOver(kit.sealTogether(envelope));
    kit.settle();
  }

  @Test
  void firstRoster_readsAsMuch_howeverManyOperationsAreStored() {
    taken(carrying(founded().signed()));
    Map<String, Integer> beside = readsOf(carrying(founded().signed()));
    ledger.commit(
        Lane.ROUTINE,
        tx -> {
          for (int i = 0; i < 5_000; i++) {
            OperationId id = OperationId.fresh(NOW.toEpochMilli(), random);
            OperationRecord record =
                OperationRecord.newBuilder().setNumber(1).setKeepUntilDay(99_999).build();
            OperationTable.of(ledger).put(tx, id, record);
          }
          return 0;
        });
    assertEquals(beside, readsOf(carrying(founded().signed())));
  }

  private Map<String, Integer> readsOf(Permitted message) {
    store.calls();
    taken(message);
    Map<String, Integer> calls = store.calls();
    calls.keySet().removeIf(call -> !call.endsWith(" OPERATION"));
    return calls;
  }

  @Test
  void operation_closedOrHandedOnOrOver_countsNoLongerForItsLead() {
    RosterKit closing = founded();
    RosterKit ending = until(founded(), NOW.plusSeconds(60));
    RosterKit handed = signedBy("fr.customs");
    for (RosterKit one : List.of(closing, ending, handed)) {
      taken(carrying(one.signed()));
    }
    assertEquals(
        List.of(closing.operation(), ending.operation(), handed.operation()), open("fr.customs"));
    RosterKit onward =
        handed.next(lead("us.cbp"), participant("fr.customs"), participant("de.customs"));
    taken(carrying(onward.signed()));
    assertEquals(
        List.of(closing.operation(), ending.operation(), handed.operation()), open("fr.customs"));
    holds(onward.next(lead("us.cbp"), participant("fr.customs"), participant("de.customs")));
    assertEquals(List.of(handed.operation()), open("us.cbp"));
    taken(carrying(closing.next(lead("fr.customs"), participant("de.customs")).closed().signed()));
    assertEquals(List.of(ending.operation()), open("fr.customs"));
    now = NOW.plusSeconds(60);
    assertEquals(List.of(), open("fr.customs"));
    // A later end opens it again.
    RosterKit prolonged = ending.next(lead("fr.customs"), participant("de.customs"));
    taken(carrying(until(prolonged, NOW.plusSeconds(120)).signed()));
    assertEquals(List.of(ending.operation()), open("fr.customs"));
  }

  /** Otherwise members found for each other, or found what is over and prolong it. */
  @Test
  void operationsOfOneLead_areBounded_handedOnOrProlongedToo() {
    RosterKit ended = until(founded(), NOW.plusSeconds(60));
    taken(carrying(ended.signed()));
    RosterKit handed = handedOn(signedBy("us.cbp"), "fr.customs");
    now = NOW.plusSeconds(60);
    RosterKit own = founded();
    holds(own);
    for (int i = 1; i < MOST_OPEN; i++) {
      holds(founded());
    }
    RosterKit prolonged = ended.next(lead("fr.customs"), participant("de.customs"));
    refused(Code.LIMIT_REACHED, carrying(until(prolonged, NOW.plusSeconds(120)).signed()));
    RosterKit accepted =
        handed.next(lead("fr.customs"), participant("us.cbp"), participant("de.customs"));
    refused(Code.LIMIT_REACHED, carrying(accepted.signed()));
    // It can still be closed, and one that it answers for goes on.
    taken(carrying(accepted.closed().signed()));
    taken(carrying(own.next(lead("fr.customs"), participant("de.customs")).signed()));
  }

  private RosterKit signedBy(String founder) {
    return RosterKit.first(
        kit.originKey(), NOW, founder, participant("de.customs"), participant(other(founder)));
  }

  private static String other(String agency) {
    return agency.equals("us.cbp") ? "fr.customs" : "us.cbp";
  }

  /** Founded by one agency, who then hands it over without asking the other. */
  private RosterKit handedOn(RosterKit founded, String to) {
    RosterKit handed = founded.next(lead(to), participant(other(to)), participant("de.customs"));
    holds(founded, handed);
    return handed;
  }

  @Test
  void operations_handedOverUnasked_doNotCountForTheirNewLead() {
    for (int i = 0; i < MOST_OPEN; i++) {
      handedOn(signedBy("us.cbp"), "fr.customs");
    }
    assertEquals(List.of(), open("fr.customs"));
    assertEquals(MOST_OPEN, open("us.cbp").size());
    taken(carrying(first.signed()));
  }

  @Test
  void operations_handedOver_stillCountForTheirFounder() {
    for (int i = 0; i < MOST_OPEN; i++) {
      handedOn(signedBy("fr.customs"), "us.cbp");
    }
    refused(Code.LIMIT_REACHED, carrying(first.signed()));
  }

  /** Otherwise a founder who signs twice keeps an operation open that its new lead cannot close. */
  @Test
  void fork_countsForTheAgencyThatSignedTwice() {
    RosterKit founded = signedBy("fr.customs");
    RosterKit handed = handedOn(founded, "us.cbp");
    holds(handed.next(lead("us.cbp"), participant("fr.customs"), participant("de.customs")));
    assertEquals(List.of(founded.operation()), open("us.cbp"));
    RosterKit second = founded.next(lead("fr.customs"), participant("de.customs"));
    refused(Code.ROSTER_FORKED, carrying(second.signed()));
    assertEquals(List.of(), open("us.cbp"));
    assertEquals(List.of(founded.operation()), open("fr.customs"));
  }

  /** Its members return them after a loss, however many its clients founded. */
  @Test
  void ownOperations_doNotCount() {
    RosterKit own = RosterKit.first(kit.ownKey(), NOW, "de.customs", participant("fr.customs"));
    taken(givenBack(own.signed()));
    assertEquals(List.of(), open("de.customs"));
  }

  @Test
  void operation_aYearPastItsEnd_isGoneWithAllOfIt() {
    taken(carrying(first.signed()));
    taken(said(first.signed()));
    long lastDay = lastDayOf(first).toEpochDay();
    assertEquals(0, pruned(lastDay));
    assertEquals(3, pruned(lastDay + 1));
    assertTrue(rosters.held(first.operation()).isEmpty());
    assertEquals(List.of(), rosters.list(10));
    assertEquals(List.of(), open("fr.customs"));
  }

  private StorageKeys counting(AtomicInteger opened) {
    return new StorageKeys() {
      @Override
      public BucketKey forBucket(LocalDate lastDay) {
        return keys.forBucket(lastDay);
      }

      @Override
      public Optional<BucketKey> existing(LocalDate lastDay) {
        opened.incrementAndGet();
        return keys.existing(lastDay);
      }

      @Override
      public Optional<BucketKey> held(MessageId message) {
        return keys.held(message);
      }
    };
  }

  /** An envelope may bring thousands of messages of one operation. */
  @Test
  void roster_isOpenedOnceInACommit_andAgainInTheNext() {
    AtomicInteger opened = new AtomicInteger();
    RosterRecords counted =
        new RosterRecords(
            OperationTable.of(ledger), new RecordSeal(counting(opened), random), MOST_OPEN);
    RosterKit second = first.next(lead("fr.customs"), participant("de.customs"));
    holds(first, founded());
    for (int commits = 1; commits <= 2; commits++) {
      ledger.commit(
          Lane.ROUTINE,
          tx -> {
            for (int i = 0; i < 10; i++) {
              assertTrue(counted.held(tx, first.operation()).isPresent());
            }
            return tx;
          });
      assertEquals(commits, opened.get());
    }
    ledger.commit(
        Lane.ROUTINE,
        tx -> {
          assertEquals(1, counted.held(tx, first.operation()).orElseThrow().newest().number());
          counted.put(tx, second.signed());
          assertEquals(2, counted.held(tx, first.operation()).orElseThrow().newest().number());
          return tx;
        });
    keys.destroy(lastDayOf(first));
    ledger.commit(
        Lane.ROUTINE,
        tx -> {
          assertTrue(counted.held(tx, first.operation()).isEmpty());
          return tx;
        });
  }

  /** Members choose how much they say in it, and a commit holds only so much. */
  @Test
  void operationOfManyMessages_isRemovedPieceByPiece_itsRecordLast() {
    taken(carrying(first.signed()));
    for (int i = 0; i < 7; i++) {
      taken(said(first.signed()));
    }
    assertEquals(4, pruned(99_999));
    assertEquals(1, rosters.list(10).size());
    assertEquals(4, pruned(99_999));
    assertEquals(1, rosters.list(10).size());
    assertEquals(1, pruned(99_999));
    assertEquals(List.of(), rosters.list(10));
    assertEquals(0, pruned(99_999));
  }

  private int pruned(long today) {
    return ledger.commit(Lane.ROUTINE, OperationTable.of(ledger).removal(today, 4));
  }

  /** It may as well bring those of several, one after the other. */
  @Test
  void rostersOfSeveralOperations_areOpenedOnceInACommit() {
    AtomicInteger opened = new AtomicInteger();
    RosterRecords counted =
        new RosterRecords(
            OperationTable.of(ledger), new RecordSeal(counting(opened), random), MOST_OPEN);
    List<RosterKit> several = List.of(first, founded(), founded());
    holds(several.toArray(RosterKit[]::new));
    ledger.commit(
        Lane.ROUTINE,
        tx -> {
          for (int i = 0; i < 30; i++) {
            assertTrue(counted.held(tx, several.get(i % 3).operation()).isPresent());
          }
          return tx;
        });
    assertEquals(3, opened.get());
  }
}
