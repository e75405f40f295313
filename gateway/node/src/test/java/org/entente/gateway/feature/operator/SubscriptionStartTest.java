package org.entente.gateway.feature.operator;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.protobuf.ByteString;
import com.google.protobuf.util.Timestamps;
import java.security.SecureRandom;
import java.time.Instant;
import java.util.Map;
import org.entente.gateway.ledger.Ledger;
import org.entente.gateway.model.Lane;
import org.entente.gateway.model.MessageId;
import org.entente.gateway.store.Table;
import org.entente.gateway.testkit.MemoryStore;
import org.entente.gateway.testkit.QuietLedger;
import org.entente.gateway.testkit.Results;
import org.entente.proto.store.v1.InboxRecord;
import org.entente.proto.v1.CreateSubscriptionRequest;
import org.junit.jupiter.api.Test;

/** At which message of each lane a subscription from a time begins, and what finding it costs. */
class SubscriptionStartTest {
  private static final int STAY = 10;
  private static final int MOVED = 6_400;

  private final MemoryStore.Disk disk = new MemoryStore.Disk();
  private final SecureRandom random = new SecureRandom();

  /** Those that stay were received in the second of their position, all others in the first. */
  private void received(Ledger ledger) {
    ledger.commit(
        Lane.ROUTINE,
        tx -> {
          for (int i = 1; i <= STAY + MOVED; i++) {
            MessageId id = MessageId.fresh(1, random);
            InboxRecord record =
                InboxRecord.newBuilder()
                    .setMessageId(ByteString.copyFrom(id.bytes()))
                    .setOrigin("fr.customs")
                    .setReceivedAtMs(i <= STAY ? i * 1_000L : 1_000)
                    .setArrival(i <= STAY ? 0 : 1)
                    .build();
            ledger.inbox().append(tx, Lane.ROUTINE, id, record, new byte[] {1});
          }
          return tx;
        });
  }

  private static long startAt(SubscriptionStart start, long millis) {
    CreateSubscriptionRequest request =
        CreateSubscriptionRequest.newBuilder().setFromTime(Timestamps.fromMillis(millis)).build();
    Map<Lane, Long> positions = Results.value(start.positions(request)).orElseThrow();
    return positions.getOrDefault(Lane.ROUTINE, 0L);
  }

  @Test
  void messagesThatMovedToTheTail_arePassedOnce_whateverTheTime() {
    try (Ledger ledger = QuietLedger.started(new MemoryStore(disk), () -> Instant.EPOCH)) {
      received(ledger);
    }
    MemoryStore store = new MemoryStore(disk);
    try (Ledger ledger = QuietLedger.started(store, () -> Instant.EPOCH)) {
      SubscriptionStart start = new SubscriptionStart(ledger.inbox());
      for (long second : new long[] {1, 5, STAY + 1}) {
        long before = store.scanned(Table.INBOX);
        assertEquals(second, startAt(start, second * 1_000));
        long scanned = store.scanned(Table.INBOX) - before;
        assertTrue(scanned < 4 * MOVED / 64, scanned + " pages");
      }
    }
  }
}
