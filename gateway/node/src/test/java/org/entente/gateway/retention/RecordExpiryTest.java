package org.entente.gateway.retention;

import static org.entente.gateway.testkit.Agencies.DE;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.stream.IntStream;
import org.entente.gateway.ledger.Ledger;
import org.entente.gateway.ledger.record.RecordSeal;
import org.entente.gateway.model.Lane;
import org.entente.gateway.model.MessageId;
import org.entente.gateway.store.Scan;
import org.entente.gateway.store.Table;
import org.entente.gateway.testkit.MemoryStorageKeys;
import org.entente.gateway.testkit.MemoryStore;
import org.entente.gateway.testkit.QuietLedger;
import org.entente.gateway.testkit.SettableClock;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;

/** What is over leaves the ledger in small commits, a bounded time a round. */
class RecordExpiryTest {
  private static final int MANY = 20 * RecordExpiry.AT_ONCE;

  private final SecureRandom random = new SecureRandom();
  private final SettableClock clock = new SettableClock(Instant.parse("2026-11-25T10:00:00Z"));
  private final MemoryStore store = new MemoryStore();
  @AutoClose private final Ledger ledger = QuietLedger.started(store, clock);
  private final RecordSeal atRest = new RecordSeal(new MemoryStorageKeys(), random);
  private long nanos;
  private final RecordExpiry expiry = new RecordExpiry(ledger, clock, () -> nanos, List.of());

  /** Announcements and subject terms, all over a day later. */
  private void fill() {
    List<RecordSeal.Token> terms =
        atRest.tokens(
            IntStream.range(0, MANY).mapToObj(i -> "term " + i).toList(), clock.instant());
    MessageId id = MessageId.fresh(clock.millis(), random);
    ledger.commit(
        Lane.ROUTINE,
        tx -> {
          ledger.subjects().put(tx, terms, id);
          for (int i = 0; i < MANY; i++) {
            byte[] session = MessageId.fresh(i, random).bytes();
            ledger.peerFacts().putAnnouncement(tx, DE, session, new byte[] {1}, clock.millis());
          }
          return id;
        });
    clock.move(Duration.ofDays(2));
  }

  private int left(Table table) {
    int left = 0;
    try (Scan scan = store.scan(table, new byte[0], null)) {
      while (scan.hasNext()) {
        scan.next();
        left++;
      }
    }
    return left;
  }

  @Test
  void round_endsByItsTime_takesTablesInTurn_andTheNextGoesOnFromThere() {
    fill();
    RecordExpiry slow =
        new RecordExpiry(
            ledger,
            clock,
            () -> {
              nanos += RecordExpiry.ROUND.toNanos() / 3;
              return nanos;
            },
            List.of());
    int rounds = 0;
    while (left(Table.SUBJECT) + left(Table.ANNOUNCEMENT) > 0) {
      assertTrue(slow.round() <= 4 * RecordExpiry.AT_ONCE);
      rounds++;
      assertTrue(
          Math.abs(left(Table.SUBJECT) - left(Table.ANNOUNCEMENT)) <= RecordExpiry.AT_ONCE,
          "no table waits for another");
      assertTrue(rounds <= MANY, "goes on");
    }
    assertTrue(rounds > 2 * MANY / RecordExpiry.AT_ONCE / 4, rounds + " rounds");
  }

  @Test
  void tableThatCannotBeRead_holdsUpNoOther() {
    fill();
    RecordExpiry spoilt =
        new RecordExpiry(
            ledger,
            clock,
            () -> nanos,
            List.of(
                now -> {
                  throw new IllegalStateException("a record cannot be read");
                }));
    for (int round = 0; round <= MANY / RecordExpiry.AT_ONCE; round++) {
      assertThrows(IllegalStateException.class, spoilt::round);
    }
    assertEquals(0, left(Table.SUBJECT) + left(Table.ANNOUNCEMENT));
  }

  @Test
  void walk_endsWhenNothingIsLeft_andBeginsAgainAnHourLater() {
    fill();
    assertEquals(2 * MANY, expiry.round());
    fill();
    nanos += RecordExpiry.APART.minusNanos(1).toNanos();
    assertEquals(0, expiry.round());
    nanos += 1;
    assertEquals(2 * MANY, expiry.round());
  }
}
