package org.entente.gateway.transmit;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.time.Instant;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.entente.gateway.ledger.Ledger;
import org.entente.gateway.ledger.sequence.OriginWindow.Range;
import org.entente.gateway.ledger.sequence.OriginWindows;
import org.entente.gateway.model.AgencyName;
import org.entente.gateway.model.Lane;
import org.entente.gateway.seal.format.OriginNumber;
import org.entente.gateway.store.KeyBuilder;
import org.entente.gateway.store.Table;
import org.entente.gateway.testkit.MemoryStore;
import org.entente.gateway.testkit.QuietLedger;
import org.entente.proto.store.v1.OutboxEntry;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;

class GapReporterTest {
  private static final AgencyName DE = new AgencyName("de.customs");
  private static final GapWatch.Place TO_DE =
      new GapWatch.Place(GapWatch.End.ORIGIN, DE, Lane.FLASH);

  @AutoClose
  private final Ledger ledger = QuietLedger.started(new MemoryStore(), () -> Instant.EPOCH);

  private final AtomicLong nanos = new AtomicLong();
  private final GapReporter reporter =
      new GapReporter(nanos::get, ledger.windows(), ledger.outbox());

  private List<Long> overdue() {
    nanos.addAndGet(GapWatch.AFTER.toNanos());
    reporter.round(origin -> {});
    return reporter.watch().overdue().stream().map(GapWatch.Gap::first).toList();
  }

  private OriginNumber append() {
    return ledger.commit(
        Lane.FLASH,
        tx -> ledger.outbox().append(tx, DE, Lane.FLASH, OutboxEntry.getDefaultInstance()));
  }

  private void remove(OriginNumber number) {
    ledger.commit(
        Lane.FLASH,
        tx -> {
          ledger.outbox().remove(tx, DE, number);
          return number;
        });
  }

  /**
   * The recipient named the missing number, and then stood at a backup of before: it never states
   * that all has come, and an earlier epoch has no later mail.
   */
  @Test
  void gapToARestoredRecipient_isOver_onceNothingIsOwedThere() {
    OriginNumber owed = append();
    OriginNumber arrived = append();
    remove(arrived);
    long missing = owed.sequence();
    reporter
        .watch()
        .seen(TO_DE, owed.epoch(), missing - 1, List.of(new Range(missing + 1, missing + 1)));
    assertEquals(List.of(missing), overdue(), "a transit may suppress it");

    remove(owed);
    reporter.watch().seen(TO_DE, owed.epoch(), missing - 1, List.of());
    assertEquals(List.of(), overdue());
  }

  /** The twenty-ninth look: a record that one origin had spoilt hid the gaps of all. */
  @Test
  void originWhoseRecordCannotBeRead_hidesNoGapOfOthers() {
    AgencyName spoilt = new AgencyName("aa.customs");
    ledger.commit(
        Lane.FLASH,
        tx -> {
          byte[] key = KeyBuilder.key().ascii(spoilt.value()).u8(Lane.FLASH.number()).done();
          tx.put(Table.ORIGIN_IN, key, new byte[] {9});
          OriginWindows windows = OriginWindows.none();
          windows.in(1).orElseThrow().offer(2);
          ledger.windows().write(tx, DE, Lane.FLASH, windows);
          return tx;
        });
    reporter.round(origin -> {});
    assertEquals(List.of(1L), overdue());
  }

  /** A recipient states any number of an epoch; what is not sent yet is nothing that is missing. */
  @Test
  void gapUpToANumberThatIsNotAssigned_isOver_onceNothingIsOwedThere() {
    OriginNumber owed = append();
    Range beyond = new Range(owed.sequence() + 1, owed.sequence() + 1);
    reporter.watch().seen(TO_DE, owed.epoch(), owed.sequence() - 1, List.of(beyond));
    assertEquals(List.of(owed.sequence()), overdue());
    remove(owed);
    assertEquals(List.of(), overdue());
  }
}
