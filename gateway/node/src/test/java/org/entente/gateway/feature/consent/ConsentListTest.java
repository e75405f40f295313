package org.entente.gateway.feature.consent;

import static java.util.Objects.requireNonNull;
import static org.entente.gateway.testkit.Agencies.DE;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.protobuf.ByteString;
import com.google.protobuf.util.Timestamps;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.LocalDate;
import java.util.ArrayList;
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
import org.entente.gateway.store.KeyBuilder;
import org.entente.gateway.store.Table;
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
  private final MemoryStore store = new MemoryStore();
  @AutoClose private final Ledger ledger = QuietLedger.started(store, clock);
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

  /** Damage that no checksum shows. */
  @Test
  void recordThatCannotBeRead_keepsNoOthers() {
    byte[] key = KeyBuilder.key().u8(1).bytes(new byte[MessageId.SIZE]).done();
    ledger.commit(
        Lane.ROUTINE,
        tx -> {
          tx.put(Table.CONSENT, key, new byte[] {-1});
          return key;
        });
    ByteString sound = asked(SHORT);
    assertEquals(
        List.of(sound),
        consents.page(Side.ORIGINATOR, false, null, 10).consents().stream()
            .map(ConsentEntry::getConsentId)
            .toList());
    clock.move(Duration.ofDays(800));
    assertEquals(
        1,
        ledger
            .commit(Lane.ROUTINE, ConsentTable.of(ledger).removal(clock.millis(), 10))
            .intValue());
  }

  /** A client asks as often as it likes, and each draft that passes the message on looks. */
  @Test
  void requestsAboutOneMessage_areReadFromTheLatest() {
    MessageId message = MessageId.fresh(clock.millis(), new SecureRandom());
    List<MessageId> requests = new ArrayList<>();
    for (int i = 0; i < 500; i++) {
      MessageId id = MessageId.fresh(clock.millis() + i, new SecureRandom());
      requests.add(0, id);
      ConsentRecord record =
          ConsentRecord.newBuilder().addMessageIds(ByteString.copyFrom(message.bytes())).build();
      ledger.commit(
          Lane.ROUTINE,
          tx -> {
            ConsentTable.of(ledger).put(tx, Side.ASKER, id, record);
            return id;
          });
    }
    long before = store.scanned(Table.CONSENT);
    assertEquals(requests.subList(0, 64), ConsentTable.of(ledger).about(message, 64));
    assertTrue(store.scanned(Table.CONSENT) - before <= 64);
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
    List<ConsentEntry> page = consents.page(Side.ORIGINATOR, false, null, 1).consents();
    assertEquals(List.of(first), page.stream().map(ConsentEntry::getConsentId).toList());
    assertEquals(1, keys.used.get());
    assertEquals(7, consents.page(Side.ORIGINATOR, true, null, 10).consents().size());
  }

  /** A member makes many requests that end; their list costs what its pages are paid for. */
  @Test
  void pages_behindManyThatHaveEnded_examineABoundedNumberEach_andShowTheRest() {
    ended(2 * ConsentList.EXAMINED);
    clock.move(SHORT);
    ByteString alive = asked(SHORT);

    List<ByteString> shown = new ArrayList<>();
    List<Integer> examined = new ArrayList<>();
    MessageId after = null;
    do {
      long before = store.scanned(Table.CONSENT);
      ConsentList.ConsentPage page = consents.page(Side.ORIGINATOR, false, after, 500);
      examined.add((int) (store.scanned(Table.CONSENT) - before));
      page.consents().forEach(entry -> shown.add(entry.getConsentId()));
      after = page.next();
    } while (after != null);
    assertEquals(List.of(alive), shown);
    assertEquals(3, examined.size());
    examined.forEach(
        each -> assertTrue(each <= ConsentList.EXAMINED + 256, () -> each + " of one page"));
  }

  @Test
  void pages_ofAnySize_showEachOnce_andTheLastSaysSo() {
    for (int i = 0; i < 6; i++) {
      var unused = asked(SHORT);
      clock.move(Duration.ofMillis(1));
    }
    for (int size = 1; size <= 7; size++) {
      List<ByteString> shown = new ArrayList<>();
      ConsentList.ConsentPage page = consents.page(Side.ORIGINATOR, true, null, size);
      page.consents().forEach(entry -> shown.add(entry.getConsentId()));
      int pages = 1;
      while (page.next() != null) {
        page = consents.page(Side.ORIGINATOR, true, page.next(), size);
        page.consents().forEach(entry -> shown.add(entry.getConsentId()));
        pages++;
      }
      assertEquals(6, shown.stream().distinct().count());
      assertEquals(6, shown.size());
      assertEquals((5 + size) / size, pages);
    }
  }

  /** A member has many that are kept, and this agency many of its own that have ended. */
  @Test
  void removal_ofTheConsentsOfOneSide_readsThoseOfTheOtherTwice() {
    int kept = 2_000;
    int over = 600;
    ended(kept);
    ledger.commit(
        Lane.ROUTINE,
        tx -> {
          for (int i = 0; i < over; i++) {
            MessageId id = MessageId.fresh(clock.millis() + i, new SecureRandom());
            ConsentTable.of(ledger).put(tx, Side.ASKER, id, ConsentRecord.getDefaultInstance());
          }
          return over;
        });
    long before = store.scanned(Table.CONSENT);
    int gone = 0;
    int last;
    do {
      last = ledger.commit(Lane.ROUTINE, ConsentTable.of(ledger).removal(clock.millis(), 100));
      gone += last;
    } while (last > 0);
    assertEquals(over, gone);
    long read = store.scanned(Table.CONSENT) - before;
    assertTrue(read < 5_000, () -> read + " records read");
    assertEquals(kept, ConsentTable.of(ledger).page(Side.ORIGINATOR, null, kept + over).size());
    assertEquals(List.of(), ConsentTable.of(ledger).page(Side.ASKER, null, over));
  }

  private void ended(int count) {
    MessageId like = MessageId.of(asked(SHORT).toByteArray());
    ConsentTable table = ConsentTable.of(ledger);
    ConsentRecord record = requireNonNull(table.read(Side.ORIGINATOR, like));
    ledger.commit(
        Lane.ROUTINE,
        tx -> {
          for (int i = 1; i < count; i++) {
            MessageId id = MessageId.fresh(clock.millis(), new SecureRandom());
            table.put(tx, Side.ORIGINATOR, id, record);
          }
          return like;
        });
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
