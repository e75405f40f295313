package org.entente.gateway.ledger.table;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.protobuf.ByteString;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.time.Instant;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import org.entente.gateway.crypto.SecretBytes;
import org.entente.gateway.feature.assignment.AssignmentRecords;
import org.entente.gateway.feature.assignment.AssignmentTable;
import org.entente.gateway.feature.watch.WatchTable;
import org.entente.gateway.ledger.Ledger;
import org.entente.gateway.ledger.record.EvidenceName;
import org.entente.gateway.ledger.record.RecordSeal;
import org.entente.gateway.ledger.record.StoredNames;
import org.entente.gateway.model.AgencyName;
import org.entente.gateway.model.Lane;
import org.entente.gateway.model.MessageId;
import org.entente.gateway.store.Scan;
import org.entente.gateway.store.Table;
import org.entente.gateway.testkit.MemoryStorageKeys;
import org.entente.gateway.testkit.MemoryStore;
import org.entente.gateway.testkit.QuietLedger;
import org.entente.gateway.testkit.TestNames;
import org.entente.proto.store.v1.CursorRecord;
import org.entente.proto.store.v1.UnopenedRecord;
import org.entente.proto.store.v1.WatchHit;
import org.entente.proto.v1.Charge;
import org.entente.proto.v1.ChargeState;
import org.entente.proto.v1.EvidenceItem;
import org.entente.proto.v1.EvidenceKind;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;

/** The names that an agency gives are found again, and lie nowhere on the disk. */
class NamesOnDiskTest {
  private static final Instant NOW = Instant.parse("2026-11-25T10:00:00Z");
  private static final String CLIENT = "okapi-desk";
  private static final List<String> AGENCIES = List.of("de.customs", "sg.police");
  private static final List<EvidenceKind> KINDS =
      List.of(
          EvidenceKind.EVIDENCE_KIND_DELIVERY,
          EvidenceKind.EVIDENCE_KIND_RETRIEVAL,
          EvidenceKind.EVIDENCE_KIND_PASSED_ON);

  private final MemoryStore.Disk disk = new MemoryStore.Disk();
  private final MemoryStore store = new MemoryStore(disk);
  @AutoClose private final Ledger ledger = QuietLedger.started(store, () -> NOW);

  private int assertSilent(String... names) {
    int rows = 0;
    for (Table table : Table.values()) {
      try (Scan scan = store.scan(table, new byte[0], null)) {
        while (scan.hasNext()) {
          scan.next();
          String row =
              new String(scan.key(), StandardCharsets.ISO_8859_1)
                  + new String(scan.value(), StandardCharsets.ISO_8859_1);
          for (String name : names) {
            assertFalse(row.toLowerCase(Locale.ROOT).contains(name), name + " in " + table);
          }
          rows++;
        }
      }
    }
    return rows;
  }

  @Test
  void cursors_areFoundAndListedByNamesThatLieNowhere() {
    CursorRecord here = CursorRecord.newBuilder().addNextPosition(7).build();
    ledger.commit(
        Lane.ROUTINE,
        tx -> {
          ledger.cursors().write(tx, CLIENT, "zebra", here);
          ledger.cursors().write(tx, CLIENT, "gazelle", here);
          ledger.cursors().write(tx, "other", "zebra", CursorRecord.getDefaultInstance());
          return CLIENT;
        });
    assertTrue(assertSilent("okapi", "zebra", "gazelle") >= 3);
    assertEquals(List.of("gazelle", "zebra"), ledger.cursors().names(CLIENT, 10));
    assertEquals(
        List.of("okapi-desk/gazelle", "okapi-desk/zebra", "other/zebra"),
        ledger.cursors().all("", 10).stream().map(it -> it.client() + "/" + it.cursor()).toList());
    assertEquals(
        Optional.of(7L), ledger.cursors().read(CLIENT, "zebra").map(it -> it.getNextPosition(0)));
    assertEquals(Optional.empty(), ledger.cursors().read(CLIENT, "other"));
    ledger.commit(
        Lane.ROUTINE,
        tx -> {
          ledger.cursors().remove(tx, CLIENT, "zebra");
          return CLIENT;
        });
    assertEquals(List.of("gazelle"), ledger.cursors().names(CLIENT, 10));
  }

  /** As after the loss of the keystore, or where a record was put in the place of another. */
  @Test
  void cursor_whoseNamesDoNotOpen_isPassedOver() {
    ledger.commit(
        Lane.ROUTINE,
        tx -> {
          ledger.cursors().write(tx, CLIENT, "zebra", CursorRecord.getDefaultInstance());
          return CLIENT;
        });
    byte[] moved = new byte[32];
    try (Scan scan = store.scan(Table.CURSOR, new byte[0], null)) {
      scan.next();
      byte[] value = scan.value();
      ledger.commit(
          Lane.ROUTINE,
          tx -> {
            tx.put(Table.CURSOR, moved, value);
            return moved;
          });
    }
    assertEquals(
        List.of("zebra"),
        ledger.cursors().all("", 10).stream().map(CursorTable.NamedCursor::cursor).toList());
  }

  @Test
  void outcomes_areFoundByKeysThatLieNowhere() {
    ledger.commit(
        Lane.ROUTINE,
        tx -> {
          byte[] hash = new byte[32];
          var used = new IdempotencyTable.UsedKey(CLIENT, "zebra-4711", hash);
          ledger.idempotency().write(tx, List.of(used), place -> new byte[] {5});
          return CLIENT;
        });
    assertTrue(assertSilent("okapi", "zebra") >= 1);
    var found = ledger.idempotency().find(CLIENT, "zebra-4711");
    assertEquals(5, found == null ? 0 : found.sealedOutcomes().bytes()[0]);
    assertNull(ledger.idempotency().find("okapi-des", "kzebra-4711"));
    assertNull(ledger.idempotency().find("other", "zebra-4711"));
  }

  /** What the ledger keeps of a message that two agencies answered, and a third did not open. */
  private static Set<ByteString> keysOfStatements(StoredNames names) {
    MessageId id = MessageId.of(new byte[MessageId.SIZE]);
    EvidenceRecords records =
        new EvidenceRecords(
            new RecordSeal(new MemoryStorageKeys(), new SecureRandom()),
            new AgencyName("fr.customs"));
    MemoryStore store = new MemoryStore(new MemoryStore.Disk());
    Set<ByteString> keys = new HashSet<>();
    try (Ledger ledger = QuietLedger.started(store, names, () -> NOW)) {
      for (String agency : AGENCIES) {
        for (EvidenceKind kind : KINDS) {
          EvidenceItem item =
              records.item(kind, id, agency, new byte[32], NOW.toEpochMilli()).toBuilder()
                  .setAgency(agency)
                  .setPassedOnAs(ByteString.copyFrom(id.bytes()))
                  .build();
          boolean kept =
              ledger.commit(Lane.ROUTINE, tx -> records.keep(tx, ledger.evidence(), item));
          assertTrue(kept);
          assertTrue(ledger.evidence().has(EvidenceName.of(item)));
        }
      }
      try (Scan scan = store.scan(Table.STATEMENT, new byte[0], null)) {
        while (scan.hasNext()) {
          scan.next();
          keys.add(ByteString.copyFrom(scan.key()));
          boolean isUses = scan.key()[MessageId.SIZE] == EvidenceTable.USES;
          keys.addAll(isUses ? Set.of(ByteString.copyFrom(scan.value())) : Set.of());
        }
      }
    }
    return keys;
  }

  /** A hash without a key would show them: there are few kinds and members. */
  @Test
  void statements_showNoAgencyToWhoHasTheLedgerAlone() {
    Set<ByteString> one = keysOfStatements(TestNames.names());
    assertEquals(AGENCIES.size() * (KINDS.size() + 3) + 1, one.size(), "and the use, once");
    assertEquals(one, keysOfStatements(TestNames.names()), "found again under the same key");
    SecretBytes key = SecretBytes.random(new SecureRandom(), 32);
    Set<ByteString> other = keysOfStatements(StoredNames.of(key, new SecureRandom()));
    assertTrue(Collections.disjoint(one, other), "another key, other marks");
  }

  @Test
  void recipientsThatOpenedNothing_areFoundAndListedByNamesThatLieNowhere() {
    MessageId id = MessageId.of(new byte[MessageId.SIZE]);
    UnopenedRecord record =
        UnopenedRecord.newBuilder()
            .setMessageId(ByteString.copyFrom(id.bytes()))
            .setRecipient("zebra.customs")
            .setLane(1)
            .setOpenByMs(5)
            .build();
    ledger.commit(
        Lane.ROUTINE,
        tx -> {
          ledger.awaited().list(tx, record);
          return id;
        });
    assertTrue(assertSilent("zebra") >= 2);
    assertEquals(record, ledger.awaited().unopened(0, 10).get(0).record());
    try (Ledger reopened = QuietLedger.started(new MemoryStore(disk), () -> NOW)) {
      assertEquals(1, reopened.awaited().unopened("zebra.customs", Lane.FLASH));
    }
    SecretBytes key = SecretBytes.random(new SecureRandom(), 32);
    StoredNames lost = StoredNames.of(key, new SecureRandom());
    try (Ledger reopened = QuietLedger.started(new MemoryStore(disk), lost, () -> NOW)) {
      assertEquals(List.of(), reopened.awaited().unopened(0, 10));
    }
    boolean unlisted =
        ledger.commit(Lane.ROUTINE, tx -> ledger.awaited().unlist(tx, id, "zebra.customs"));
    assertTrue(unlisted);
    assertEquals(0, ledger.awaited().unopened("zebra.customs", Lane.FLASH));
  }

  @Test
  void assignments_areFoundAndListedByAgenciesThatLieNowhere() {
    MessageId id = MessageId.of(new byte[MessageId.SIZE]);
    AssignmentRecords records =
        new AssignmentRecords(new RecordSeal(new MemoryStorageKeys(), new SecureRandom()));
    Charge charge =
        Charge.newBuilder().setMessageId(ByteString.copyFrom(id.bytes())).setOfficer("7").build();
    for (String agency : List.of("x.zebra", "x.okapi", "x.gnu", "x.ibis", "x.zebra")) {
      boolean kept =
          ledger.commit(
              Lane.ROUTINE,
              tx -> records.keep(tx, AssignmentTable.of(ledger), new AgencyName(agency), charge));
      assertTrue(kept);
    }
    assertTrue(assertSilent("x.zebra", "x.okapi", "x.gnu", "x.ibis") >= 8);
    assertEquals(
        List.of("x.gnu", "x.ibis", "x.okapi", "x.zebra"),
        records.page(AssignmentTable.of(ledger), null, new byte[0], 10).states().stream()
            .map(ChargeState::getAgency)
            .toList());
  }

  @Test
  void hits_areFoundByAClientThatLiesNowhere() {
    ledger.commit(
        Lane.ROUTINE,
        tx -> {
          WatchTable.of(ledger)
              .add(tx, CLIENT, List.of(WatchHit.newBuilder().setAtMs(5).build()), 10);
          return CLIENT;
        });
    assertTrue(assertSilent("okapi") >= 2);
    assertEquals(1, WatchTable.of(ledger).hits(CLIENT, 0, 10).size());
    assertTrue(WatchTable.of(ledger).holdsBefore(6));
    int gone = ledger.commit(Lane.ROUTINE, tx -> WatchTable.of(ledger).prune(tx, 6, 10));
    assertEquals(1, gone);
    assertEquals(0, WatchTable.of(ledger).hits(CLIENT, 0, 10).size());
  }
}
