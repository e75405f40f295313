package org.entente.gateway.feature.consent;

import static org.entente.gateway.testkit.Agencies.DE;
import static org.junit.jupiter.api.Assertions.assertEquals;

import com.google.protobuf.ByteString;
import com.google.protobuf.util.Timestamps;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.LocalDate;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import org.entente.gateway.feature.consent.ConsentTable.Side;
import org.entente.gateway.ledger.Ledger;
import org.entente.gateway.ledger.record.RecordSeal;
import org.entente.gateway.ledger.record.StorageKeys;
import org.entente.gateway.model.Lane;
import org.entente.gateway.model.MessageId;
import org.entente.gateway.policy.decide.PolicyFixture;
import org.entente.gateway.seal.BucketKey;
import org.entente.gateway.testkit.MemoryStorageKeys;
import org.entente.gateway.testkit.MemoryStore;
import org.entente.gateway.testkit.QuietLedger;
import org.entente.gateway.testkit.SettableClock;
import org.entente.proto.store.v1.ConsentRecord;
import org.entente.proto.v1.ConsentAsked;
import org.entente.proto.v1.ConsentEntry;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;

class ConsentListTest {
  private static final Duration SHORT = Duration.ofHours(1);

  private final SettableClock clock = new SettableClock(PolicyFixture.NOW);
  @AutoClose private final Ledger ledger = QuietLedger.started(new MemoryStore(), clock);
  private final CountedKeys keys = new CountedKeys();
  private final ConsentRecords records =
      new ConsentRecords(new RecordSeal(keys, new SecureRandom()));
  private final ConsentList consents = new ConsentList(ledger, records, clock);

  private ByteString asked(Duration until) {
    MessageId id = MessageId.fresh(clock.millis(), new SecureRandom());
    ConsentAsked asked =
        ConsentAsked.newBuilder()
            .setUntil(Timestamps.fromMillis(clock.millis() + until.toMillis()))
            .setReason("of the same case")
            .build();
    ConsentRecord record =
        records.asked(
            ConsentTable.place(Side.ORIGINATOR, id),
            DE,
            asked,
            /* exercise= */ false,
            clock.millis());
    ledger.commit(
        Lane.ROUTINE,
        tx -> {
          ConsentTable.of(ledger).put(tx, Side.ORIGINATOR, id, record);
          return id;
        });
    return ByteString.copyFrom(id.bytes());
  }

  /** A year of them would be opened for each call. */
  @Test
  void page_withoutThoseThatHaveEnded_opensNoneOfThem_norMoreThanItShows() {
    for (int i = 0; i < 5; i++) {
      var unused = asked(SHORT);
    }
    clock.move(SHORT);
    ByteString first = asked(SHORT);
    clock.move(Duration.ofMinutes(1));
    var unused = asked(SHORT);

    keys.used.set(0);
    List<ConsentEntry> page = consents.page(Side.ORIGINATOR, false, null, 1);
    assertEquals(List.of(first), page.stream().map(ConsentEntry::getConsentId).toList());
    assertEquals(1, keys.used.get());
    assertEquals(7, consents.page(Side.ORIGINATOR, true, null, 10).size());
  }

  /** Counts records opened. */
  private static final class CountedKeys implements StorageKeys {
    private final MemoryStorageKeys keys = new MemoryStorageKeys();
    private final AtomicInteger used = new AtomicInteger();

    @Override
    public BucketKey forBucket(LocalDate lastDay) {
      return keys.forBucket(lastDay);
    }

    @Override
    public Optional<BucketKey> existing(LocalDate lastDay) {
      used.incrementAndGet();
      return keys.existing(lastDay);
    }

    @Override
    public Optional<BucketKey> held(MessageId message) {
      return keys.held(message);
    }
  }
}
