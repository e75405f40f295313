package org.entente.gateway.ledger.table;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.protobuf.ByteString;
import com.google.protobuf.Timestamp;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.stream.IntStream;
import org.entente.gateway.ledger.Ledger;
import org.entente.gateway.ledger.record.DeliveryStatus;
import org.entente.gateway.ledger.record.EvidenceName;
import org.entente.gateway.ledger.record.RecordSeal;
import org.entente.gateway.model.AgencyName;
import org.entente.gateway.model.BigEndian;
import org.entente.gateway.model.Code;
import org.entente.gateway.model.Lane;
import org.entente.gateway.model.MessageId;
import org.entente.gateway.store.KeyBuilder;
import org.entente.gateway.store.Table;
import org.entente.gateway.testkit.MemoryStorageKeys;
import org.entente.gateway.testkit.MemoryStore;
import org.entente.gateway.testkit.QuietLedger;
import org.entente.gateway.testkit.TestNames;
import org.entente.proto.store.v1.SentFacts;
import org.entente.proto.store.v1.SentPart;
import org.entente.proto.v1.EvidenceItem;
import org.entente.proto.v1.EvidenceKind;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;

class EvidenceTableTest {
  private static final Instant NOW = Instant.parse("2026-11-25T10:00:00Z");
  private static final String DE = "de.customs";
  private static final String SG = "sg.police";
  private static final String HUB = "x.hub";

  private final MemoryStore.Disk disk = new MemoryStore.Disk();
  private final MemoryStorageKeys keys = new MemoryStorageKeys();
  private final EvidenceRecords records =
      new EvidenceRecords(new RecordSeal(keys, new SecureRandom()), new AgencyName("fr.customs"));
  private final MessageId id = MessageId.fresh(NOW.toEpochMilli(), new SecureRandom());
  @AutoClose private Ledger ledger = QuietLedger.started(new MemoryStore(disk), () -> NOW);

  private EvidenceItem item(EvidenceKind kind, String agency, String recipient) {
    return records.item(kind, id, recipient, new byte[32], NOW.toEpochMilli()).toBuilder()
        .setAgency(agency)
        .build();
  }

  private int keep(List<EvidenceItem> items) {
    return ledger.commit(
        Lane.ROUTINE,
        tx -> {
          int kept = 0;
          for (EvidenceItem item : items) {
            kept += records.keep(tx, ledger.evidence(), item) ? 1 : 0;
          }
          return kept;
        });
  }

  private List<EvidenceItem> known() {
    return records.known(ledger.evidence(), id);
  }

  /** A member may repeat itself as often as it likes: it costs nothing that stays. */
  @Test
  void statement_repeatedInOneCommitAndInOthersAndAfterARestart_isKeptOnce() {
    EvidenceItem delivery = item(EvidenceKind.EVIDENCE_KIND_DELIVERY, DE, DE);
    List<EvidenceItem> flood = new ArrayList<>();
    for (int i = 0; i < 1_000; i++) {
      flood.add(delivery.toBuilder().setAt(delivery.getAt()).setReason("again " + i).build());
    }
    assertEquals(1, keep(flood));
    assertEquals(0, keep(flood));
    ledger.close();
    ledger = QuietLedger.started(new MemoryStore(disk), () -> NOW);
    assertEquals(0, keep(flood));
    assertEquals(List.of(flood.get(0)), known());
  }

  /** A member could otherwise have this gateway make a key for each day between two years. */
  @Test
  void statement_ofWhateverTime_isSealedByThisGatewaysClock() {
    for (long at : new long[] {-62_135_596_800L, 0, 253_402_300_799L}) {
      EvidenceItem.Builder item =
          item(EvidenceKind.EVIDENCE_KIND_DELIVERY, "x.a" + at, DE).toBuilder();
      item.setAt(Timestamp.newBuilder().setSeconds(at));
      assertEquals(1, keep(List.of(item.build())));
    }
    assertEquals(Set.of(day(400)), Set.copyOf(keys.days()));
    assertEquals(3, known().size());
  }

  @Test
  void statements_ofRelayKinds_areKeptAFewTimesEach() {
    for (EvidenceKind kind :
        List.of(
            EvidenceKind.EVIDENCE_KIND_RELAY_ACCEPTANCE,
            EvidenceKind.EVIDENCE_KIND_RELAY_REJECTION,
            EvidenceKind.EVIDENCE_KIND_RELAY_FAILURE)) {
      List<EvidenceItem> flood = new ArrayList<>();
      for (int i = 0; i < 100; i++) {
        flood.add(item(kind, HUB, SG));
      }
      assertEquals(EvidenceName.REPEATS, keep(flood), kind.name());
      assertEquals(0, keep(flood), kind.name());
    }
    assertEquals(EvidenceName.REPEATS, keepEach("x.other"));
    assertEquals(4 * EvidenceName.REPEATS, known().size());
  }

  @Test
  void erasure_isKept_howeverOftenItWasStatedBeforeThatNothingIsErased() {
    EvidenceItem kept =
        item(EvidenceKind.EVIDENCE_KIND_ERASURE, SG, SG).toBuilder()
            .setCode(Code.ON_LEGAL_HOLD.name())
            .build();
    assertEquals(EvidenceName.REPEATS - 1, keep(Collections.nCopies(20, kept)));
    EvidenceItem erased = item(EvidenceKind.EVIDENCE_KIND_ERASURE, SG, SG);
    assertEquals(1, keep(Collections.nCopies(20, erased)));
    assertEquals(1, known().stream().filter(it -> it.getCode().isEmpty()).count());
  }

  private EvidenceItem use(int number) {
    return item(EvidenceKind.EVIDENCE_KIND_PASSED_ON, DE, DE).toBuilder()
        .setPassedOnAs(ByteString.copyFrom(KeyBuilder.key().u64(7).u64(number).done()))
        .build();
  }

  /** Threat 93: a member that states use after use costs the writer a read for each. */
  @Test
  void uses_beyondTheMost_andKnownOnes_costAFewReadsEach() {
    MemoryStore store = new MemoryStore(disk);
    ledger.close();
    ledger = QuietLedger.started(store, () -> NOW);
    List<EvidenceItem> uses = IntStream.range(0, 1_000).mapToObj(this::use).toList();
    assertEquals(EvidenceName.PASSED_ON, keep(uses));
    long before = store.reads();
    assertEquals(0, keep(uses));
    assertTrue(store.reads() - before <= 2L * uses.size(), () -> "" + (store.reads() - before));
    assertEquals(EvidenceName.PASSED_ON, known().size());
    assertTrue(ledger.evidence().hasUse(EvidenceName.of(use(3)), EvidenceName.use(use(3))));
    assertTrue(
        ledger.evidence().hasUse(EvidenceName.of(use(2_000)), EvidenceName.use(use(2_000))),
        "no room");
  }

  private int keepEach(String transit) {
    int kept = 0;
    for (int i = 0; i < 20; i++) {
      kept += keep(List.of(item(EvidenceKind.EVIDENCE_KIND_RELAY_ACCEPTANCE, transit, SG)));
    }
    return kept;
  }

  @Test
  void statements_thatContradictEachOther_areAllKeptInTheOrderInWhichTheyCame() {
    List<EvidenceItem> said =
        List.of(
            item(EvidenceKind.EVIDENCE_KIND_RETRIEVAL, DE, DE),
            records.failed(
                item(EvidenceKind.EVIDENCE_KIND_NON_DELIVERY, DE, DE), Code.INGRESS_REFUSED, "no"),
            item(EvidenceKind.EVIDENCE_KIND_DELIVERY, DE, DE),
            item(EvidenceKind.EVIDENCE_KIND_NON_RETRIEVAL, DE, DE));
    assertEquals(4, keep(said));
    assertEquals(said, known());
    assertTrue(stand().contradicted());
    assertTrue(stand().ended());
  }

  /** The first of several was made long before the others, and its time is over. */
  @Test
  void statement_whoseFirstTimeIsOver_isKnownByTheOthers() {
    EvidenceItem erasure = item(EvidenceKind.EVIDENCE_KIND_ERASURE, DE, DE);
    assertEquals(3, keep(List.of(erasure, erasure, erasure)));
    byte[] mark = EvidenceName.of(erasure).mark(TestNames.names());
    for (int time = 1; time <= 3; time++) {
      assertTrue(ledger.evidence().has(EvidenceName.of(erasure)), "without those before " + time);
      byte[] key = KeyBuilder.key().bytes(id.bytes()).u8(2).bytes(mark).u8(time).done();
      boolean known =
          ledger.commit(
              Lane.ROUTINE,
              tx -> {
                tx.delete(Table.STATEMENT, key);
                return ledger.evidence().has(tx, EvidenceName.of(erasure));
              });
      assertEquals(time < 3, known);
    }
    assertFalse(ledger.evidence().has(EvidenceName.of(erasure)));
  }

  private void accept(SentFacts facts) {
    ledger.commit(
        Lane.ROUTINE,
        tx -> {
          records.accepted(tx, ledger.evidence(), Map.of(id, facts));
          return id;
        });
  }

  private LocalDate sentIsKnownUntil() {
    byte[] sealed = Objects.requireNonNull(ledger.evidence().sent().read(group())).bytes();
    return LocalDate.ofEpochDay(BigEndian.u32(sealed, 1));
  }

  private MessageGroup group() {
    return Objects.requireNonNull(ledger.evidence().sent().group(id));
  }

  private static SentFacts keptFor(int... days) {
    SentFacts.Builder facts =
        SentFacts.newBuilder()
            .addRecipients(DE)
            .setExpiresAtMs(NOW.plus(Duration.ofDays(30)).toEpochMilli());
    for (int some : days) {
      facts.addParts(SentPart.newBuilder().setRetentionDays(some));
    }
    return facts.build();
  }

  private static LocalDate day(int after) {
    return LocalDate.ofInstant(NOW.plus(Duration.ofDays(after)), ZoneOffset.UTC);
  }

  /** It can be recalled as long as anybody reads it who got it on its last day. */
  @Test
  void whomItWentTo_isKnownAsLongAsAnyOfThemMayKeepIt_andAsEvidenceAtLeast() {
    accept(keptFor(30, 90));
    assertEquals(day(400), sentIsKnownUntil());
    accept(keptFor(30, 1_825, 365));
    assertTrue(sentIsKnownUntil().isAfter(day(30 + 1_825)));
    assertTrue(sentIsKnownUntil().isBefore(day(30 + 1_825 + 4)), "and not for ever");
    LocalDate before = sentIsKnownUntil();
    takeBack();
    assertEquals(before, sentIsKnownUntil(), "taking it back shortens nothing");
  }

  private MessageId takeBack() {
    MessageId recall = MessageId.fresh(NOW.toEpochMilli(), new SecureRandom());
    ledger.commit(
        Lane.ROUTINE,
        tx -> {
          records.takenBack(tx, ledger.evidence(), id, recall, List.of());
          return id;
        });
    return recall;
  }

  private DeliveryStatus stand() {
    return DeliveryStatus.with(
        DE,
        new AgencyName("fr.customs"),
        (agency, kind, recipient) ->
            ledger.evidence().has(new EvidenceName(id, kind, agency, recipient)));
  }

  @Test
  void statements_ofOtherAgenciesAndAboutOtherRecipients_areOthers() {
    EvidenceKind kind = EvidenceKind.EVIDENCE_KIND_NON_DELIVERY;
    List<EvidenceItem> said =
        List.of(
            item(kind, "fr.customs", DE),
            item(kind, DE, DE),
            item(kind, "fr.customs", SG),
            item(kind, SG, SG),
            // Names that run together are told apart.
            item(kind, "fr.customss", "g.police"));
    assertEquals(5, keep(said));
    assertEquals(said, known());
    assertFalse(stand().contradicted());
  }

  @Test
  void listener_isToldOnceOfEachThingThatIsNew_andNothingOfWhatIsNot() {
    List<MessageId> told = new ArrayList<>();
    java.util.function.Consumer<MessageId> listener = told::add;
    ledger.evidence().onKnown(listener);
    EvidenceItem delivery = item(EvidenceKind.EVIDENCE_KIND_DELIVERY, DE, DE);
    keep(List.of(delivery, delivery));
    keep(List.of(delivery));
    ledger.evidence().forget(listener);
    keep(List.of(item(EvidenceKind.EVIDENCE_KIND_RETRIEVAL, DE, DE)));
    assertEquals(List.of(id), told);
  }
}
