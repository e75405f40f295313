package org.entente.gateway.ledger.table;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.entente.gateway.ledger.Ledger;
import org.entente.gateway.model.Lane;
import org.entente.gateway.store.Scan;
import org.entente.gateway.store.Table;
import org.entente.gateway.testkit.MemoryStore;
import org.entente.gateway.testkit.QuietLedger;
import org.entente.proto.store.v1.CursorRecord;
import org.entente.proto.store.v1.IdempotencyRecord;
import org.entente.proto.store.v1.WatchHit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** The names that an agency gives are found again, and lie nowhere on the disk. */
class NamesOnDiskTest {
  private static final Instant NOW = Instant.parse("2026-11-25T10:00:00Z");
  private static final String CLIENT = "okapi-desk";

  private final MemoryStore.Disk disk = new MemoryStore.Disk();
  private final MemoryStore store = new MemoryStore(disk);
  private final Ledger ledger = QuietLedger.started(store, () -> NOW);

  @AfterEach
  void close() {
    ledger.close();
  }

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
          IdempotencyRecord record = IdempotencyRecord.newBuilder().setAtMs(5).build();
          ledger.idempotency().write(tx, CLIENT, "zebra-4711", record);
          return CLIENT;
        });
    assertTrue(assertSilent("okapi", "zebra") >= 1);
    IdempotencyRecord found = ledger.idempotency().read(CLIENT, "zebra-4711");
    assertEquals(5, found == null ? 0 : found.getAtMs());
    assertNull(ledger.idempotency().read("okapi-des", "kzebra-4711"));
    assertNull(ledger.idempotency().read("other", "zebra-4711"));
  }

  @Test
  void hits_areFoundByAClientThatLiesNowhere() {
    ledger.commit(
        Lane.ROUTINE,
        tx -> {
          ledger.watches().hit(tx, CLIENT, WatchHit.newBuilder().setAtMs(5).build(), 10);
          return CLIENT;
        });
    assertTrue(assertSilent("okapi") >= 2);
    assertEquals(1, ledger.watches().hits(CLIENT, 0, 10).size());
    assertTrue(ledger.watches().holdsBefore(6));
    int gone = ledger.commit(Lane.ROUTINE, tx -> ledger.watches().prune(tx, 6, 10));
    assertEquals(1, gone);
    assertEquals(0, ledger.watches().hits(CLIENT, 0, 10).size());
  }
}
