package org.entente.gateway.node.keys;

import static java.util.Objects.requireNonNull;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.IntStream;
import org.entente.gateway.crypto.SecretBytes;
import org.entente.gateway.ledger.record.CorruptRecord;
import org.entente.gateway.model.MessageId;
import org.entente.gateway.retention.RetentionKeys;
import org.entente.gateway.seal.BucketKey;
import org.entente.gateway.seal.format.MessageLeaf;
import org.entente.gateway.seal.keys.KeyDescription;
import org.entente.gateway.seal.keys.KeyEntry;
import org.entente.gateway.seal.keys.KeyKind;
import org.entente.gateway.seal.keys.KeyMirror;
import org.entente.gateway.seal.keys.Keystore;
import org.entente.gateway.seal.keys.KeystoreFailure;
import org.entente.gateway.transmit.OutboxKeys;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The life of a node's outbox keys, and what the keys of buckets forget. */
class KeyProviderTest {
  @TempDir private Path folder;
  private Runnable onRandom = () -> {};
  private final SecureRandom random =
      new SecureRandom() {
        private static final long serialVersionUID = 1L;

        @Override
        public void nextBytes(byte[] bytes) {
          onRandom.run();
          super.nextBytes(bytes);
        }
      };
  private Instant now = Instant.parse("2026-06-01T12:00:00Z");
  @AutoClose private Keystore keystore;
  private KeyProvider keys;

  @BeforeEach
  void open() {
    keystore = Keystore.open(folder.resolve("keystore"), () -> now, random);
    keys = new KeyProvider(keystore, () -> now, random);
  }

  private void restart() {
    keystore.close();
    open();
  }

  @Test
  void outboxKey_ofTheDay_isOneHoweverManyAsk() {
    OutboxKeys outbox = keys.outboxKeys();
    List<OutboxKeys.NamedKey> all =
        IntStream.range(0, 64).parallel().mapToObj(i -> outbox.current()).toList();
    all.forEach(one -> assertSame(all.get(0).key(), one.key()));
    assertEquals(1, keystore.list(KeyKind.OUTBOX).size());
    byte[] before = outbox.current().key().reveal();
    restart();
    assertArrayEquals(before, keys.outboxKeys().current().key().reveal());
  }

  /** In a cluster the keystore outlasts the node, on a machine that follows. */
  @Test
  void keysInMemory_andTheClock_endWithTheNode() {
    SecretBytes outbox = keys.outboxKeys().current().key();
    keystore.tellTimeBy(() -> Instant.EPOCH);
    keys.close();
    assertTrue(outbox.isClosed());
    assertEquals(now, keystore.now());
    assertFalse(keys.outboxKeys().current().key().isClosed(), "read again");
  }

  /** Records are adopted under a new key before it is kept: what is interrupted is done again. */
  @Test
  void recordKey_isKeptOnceItsFirstUseIsOver_andStays() {
    assertThrows(
        IllegalStateException.class,
        () ->
            keys.recordKey(
                first -> {
                  throw new IllegalStateException("interrupted");
                }));
    assertEquals(List.of(), keystore.list(KeyKind.NAMES));
    List<byte[]> firsts = new ArrayList<>();
    byte[] kept = keys.recordKey(first -> firsts.add(first.reveal())).reveal();
    assertArrayEquals(firsts.get(0), kept);
    restart();
    assertArrayEquals(kept, keys.recordKey(first -> firsts.add(first.reveal())).reveal());
    assertEquals(1, firsts.size());
  }

  @Test
  void outboxKey_rotatesDaily_andTheOldOneStillOpens() {
    OutboxKeys.NamedKey first = keys.outboxKeys().current();
    byte[] secret = first.key().reveal();
    now = now.plus(Duration.ofDays(1));
    OutboxKeys.NamedKey second = keys.outboxKeys().current();
    assertNotEquals(first.id(), second.id());
    assertNotEquals(first.key(), second.key());
    restart();
    assertArrayEquals(secret, keys.outboxKeys().find(first.id()).orElseThrow().reveal());
    assertTrue(keys.outboxKeys().find("outbox-1999-01-01").isEmpty());
  }

  /** Another machine, which must have each key first. */
  static KeyMirror takes(AtomicBoolean takes) {
    return new KeyMirror() {
      @Override
      public void change(List<KeyEntry> put, List<KeyDescription> gone) throws IOException {
        if (!takes.get()) {
          throw new IOException("1 of 2 nodes can keep the key");
        }
      }

      @Override
      public void changed() {
        // Nothing is noted.
      }

      @Override
      public List<String> unconfirmed() {
        return List.of();
      }
    };
  }

  /** The other machine, which must have each key first, goes away. */
  @Test
  void keysOfTheDaysAhead_areThere_whenNoneCanBeMade() {
    AtomicBoolean takes = new AtomicBoolean(true);
    keystore.mirrorTo(takes(takes));
    LocalDate today = LocalDate.of(2026, 6, 1);
    var unused = keys.storageKeys().forBucket(today.plusDays(30));
    unused = keys.storageKeys().forBucket(today.plusDays(90));
    keys.makeAhead();
    takes.set(false);
    keys.makeAhead();

    for (int day = 1; day <= 7; day++) {
      now = now.plus(Duration.ofDays(1));

      assertEquals("outbox-" + today.plusDays(day), keys.outboxKeys().current().id());
      unused = keys.storageKeys().forBucket(today.plusDays(day + 30));
      unused = keys.storageKeys().forBucket(today.plusDays(day + 90));
    }
    assertThrows(KeystoreFailure.class, () -> keys.storageKeys().forBucket(today.plusDays(7 + 31)));
    now = now.plus(Duration.ofDays(1));
    assertThrows(KeystoreFailure.class, () -> keys.outboxKeys().current());
  }

  @Test
  void outboxKeysOfDaysToCome_areNotDestroyedAsOld() {
    keystore.mirrorTo(takes(new AtomicBoolean(true)));
    keys.makeAhead();
    now = now.plus(Duration.ofDays(3));

    assertEquals(List.of("outbox-2026-06-02"), keys.destroyOutboxKeys(Set.of(), now));
  }

  /** Each hour they would be destroyed, and be made again. */
  @Test
  void storageKeys_ofDaysThatHavePassed_orOfALeapOfTheClock_areNotMadeAhead() {
    keystore.mirrorTo(takes(new AtomicBoolean(true)));
    LocalDate today = LocalDate.of(2026, 6, 1);
    Instant before = now;
    Instant stopped = now.minus(Duration.ofDays(5));
    keystore.tellTimeBy(() -> stopped);
    var unused = keys.storageKeys().forBucket(today.minusDays(3));
    now = now.plus(Duration.ofDays(400));
    unused = keys.storageKeys().forBucket(today.plusDays(430));
    now = before;
    keys.makeAhead();

    assertTrue(keys.storageKeys().existing(today.minusDays(2)).isEmpty());
    assertTrue(keys.storageKeys().existing(today.plusDays(31)).isEmpty());
  }

  @Test
  void keysOfAMachineAlone_areNotMadeAhead() {
    var unused = keys.storageKeys().forBucket(LocalDate.of(2026, 7, 1));
    keys.makeAhead();

    assertEquals(1, keystore.describe().size());
    assertEquals(Duration.ZERO, keys.ahead());
  }

  @Test
  void outboxKey_thatNoMailNeeds_isDestroyedAfterTwoDays() {
    OutboxKeys.NamedKey needed = keys.outboxKeys().current();
    now = now.plus(Duration.ofDays(1));
    OutboxKeys.NamedKey idle = keys.outboxKeys().current();
    SecretBytes cached = idle.key();
    now = now.plus(Duration.ofDays(1));
    OutboxKeys.NamedKey fresh = keys.outboxKeys().current();
    assertEquals(List.of(), keys.destroyOutboxKeys(Set.of(needed.id()), now), "too young");
    now = now.plus(Duration.ofDays(1)).plusSeconds(1);
    assertEquals(List.of(idle.id()), keys.destroyOutboxKeys(Set.of(needed.id()), now));
    assertTrue(cached.isClosed(), "wiped from memory, too");
    assertTrue(keys.outboxKeys().find(idle.id()).isEmpty());
    restart();
    assertTrue(keys.outboxKeys().find(idle.id()).isEmpty());
    assertTrue(keys.outboxKeys().find(needed.id()).isPresent());
    assertTrue(keys.outboxKeys().find(fresh.id()).isPresent());
  }

  /** After a stop of days the keystore tells the time of the stop: a draft is being sealed now. */
  @Test
  void outboxKey_ofToday_isKept_thoughTheKeystoresClockIsDaysBehind() {
    Instant stopped = now.minus(Duration.ofDays(3));
    keystore.tellTimeBy(() -> stopped);
    OutboxKeys.NamedKey today = keys.outboxKeys().current();
    assertEquals(List.of(), keys.destroyOutboxKeys(Set.of(), now));
    assertFalse(today.key().isClosed());
    now = now.plus(Duration.ofDays(3));
    assertEquals(List.of(today.id()), keys.destroyOutboxKeys(Set.of(), now));
  }

  /** The clock leapt ahead by years for a moment: the key of that day must not stay for years. */
  @Test
  void outboxKey_ofADayAhead_isDestroyedAfterTwoDays() {
    Instant real = now;
    keystore.tellTimeBy(() -> real);
    now = now.plus(Duration.ofDays(3_650));
    OutboxKeys.NamedKey ahead = keys.outboxKeys().current();
    now = real;
    assertEquals(List.of(), keys.destroyOutboxKeys(Set.of(), now));
    now = now.plus(Duration.ofDays(3));
    assertEquals(List.of(ahead.id()), keys.destroyOutboxKeys(Set.of(), now));
  }

  @Test
  void messages_forgottenByTheThousand_areGoneForGood_andTheMainFileStaysSmall()
      throws IOException {
    LocalDate first = LocalDate.parse("2026-07-01");
    LocalDate second = LocalDate.parse("2026-07-02");
    List<RetentionKeys.KeptMessage> forgotten = new ArrayList<>();
    List<RetentionKeys.KeptMessage> kept = new ArrayList<>();
    for (int i = 0; i < 10_000; i++) {
      (i % 2 == 0 ? forgotten : kept).add(allotted(i % 10 == 0 ? second : first));
    }
    for (int from = 0; from < forgotten.size(); from += 1_000) {
      keys.retentionKeys().forget(forgotten.subList(from, from + 1_000));
    }

    for (int opening = 0; opening < 2; opening++) {
      forgotten.forEach(message -> assertFalse(isHeld(message)));
      kept.forEach(message -> assertTrue(isHeld(message)));
      restart();
    }
    long entries = Files.size(folder.resolve("keystore").resolve("entries"));
    assertTrue(entries < 4_096, entries + " bytes after 5,000 erasures");
    keys.retentionKeys().forget(forgotten);
    assertEquals(entries, Files.size(folder.resolve("keystore").resolve("entries")));
  }

  /** Serials of a bucket's first part, far from each other, so that what is left is long. */
  private List<RetentionKeys.KeptMessage> spread(LocalDate day, int count) {
    long part = requireNonNull(allotted(day).leaf()).part();
    return IntStream.range(0, count)
        .mapToObj(i -> MessageLeaf.of(part, i * (MessageLeaf.SERIALS / count)))
        .map(leaf -> new RetentionKeys.KeptMessage(day, leaf))
        .toList();
  }

  /** Forgets messages; how many states of the keystore's main file the changes began from. */
  private int changes(List<RetentionKeys.KeptMessage> messages) {
    return changes(() -> keys.retentionKeys().forget(messages));
  }

  private int changes(Runnable what) {
    Set<ByteBuffer> states = new HashSet<>();
    onRandom = () -> states.add(ByteBuffer.wrap(entries()));
    what.run();
    onRandom = () -> {};
    return states.size();
  }

  private byte[] entries() {
    try {
      return Files.readAllBytes(folder.resolve("keystore").resolve("entries"));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Test
  void bucketsOfALargeRound_areForgottenInSeveralChanges_andSmallOnesInOne() {
    List<RetentionKeys.KeptMessage> large = new ArrayList<>();
    List<RetentionKeys.KeptMessage> small = new ArrayList<>();
    for (int i = 0; i < 12; i++) {
      large.addAll(spread(LocalDate.parse("2026-07-01").plusDays(i), 1_000));
      small.add(allotted(LocalDate.parse("2026-08-01").plusDays(i)));
    }
    assertEquals(1, changes(small));
    int changes = changes(large);
    assertTrue(changes >= 2 && changes <= 4, changes + " changes");
    restart();
    large.forEach(message -> assertFalse(isHeld(message)));
    small.forEach(message -> assertFalse(isHeld(message)));
  }

  @Test
  void partsOfOneBucket_beyondThoseOfAChange_areForgottenInSeveral() {
    LocalDate day = LocalDate.parse("2026-07-01");
    List<RetentionKeys.KeptMessage> all = new ArrayList<>();
    for (int part = 0; part < 10; part++) {
      all.add(allotted(day));
      restart();
    }
    RetentionKeys.KeptMessage kept = allotted(day);
    assertEquals(3, changes(all));
    restart();
    all.forEach(message -> assertFalse(isHeld(message)));
    assertTrue(isHeld(kept));
  }

  /** One by one they would be as many writings of the whole keystore, before a start serves. */
  @Test
  void endedHolds_areDestroyedInOneChange() {
    LocalDate day = LocalDate.parse("2026-06-10");
    RetentionKeys retention = keys.retentionKeys();
    for (int i = 0; i < 20; i++) {
      MessageId id = MessageId.fresh(i, random);
      retention.hold(id, i).close();
      retention.endHold(id, day);
    }
    MessageId held = MessageId.fresh(now.toEpochMilli(), random);
    retention.hold(held, 7).close();
    restart();
    now = day.atTime(23, 59).toInstant(ZoneOffset.UTC);
    var unused = keys.expire(now);
    assertEquals(21, keys.retentionKeys().holds().size());

    now = now.plus(Duration.ofMinutes(1));
    assertEquals(1, changes(() -> keys.expire(now)));

    assertEquals(List.of(new RetentionKeys.HoldKey(held, 7, null)), keys.retentionKeys().holds());
  }

  @Test
  void hold_thatBeginsAgain_hasItsKey_alsoAfterARestart() {
    MessageId id = MessageId.fresh(now.toEpochMilli(), random);
    byte[] first = secret(keys.retentionKeys().hold(id, 1));
    keys.retentionKeys().endHold(id, LocalDate.parse("2026-06-10"));
    restart();
    assertEquals(
        List.of(new RetentionKeys.HoldKey(id, 1, LocalDate.parse("2026-06-10"))),
        keys.retentionKeys().holds());
    assertArrayEquals(first, secret(keys.retentionKeys().hold(id, 2)));
    restart();
    assertEquals(List.of(new RetentionKeys.HoldKey(id, 2, null)), keys.retentionKeys().holds());
    now = now.plus(Duration.ofDays(4_000));
    var unused = keys.expire(now);
    assertArrayEquals(first, secret(keys.storageKeys().held(id).orElseThrow()));
  }

  private static byte[] secret(BucketKey key) {
    try (key) {
      return key.records(byte[]::clone);
    }
  }

  /** A clock that is weeks ahead has ended the day of a key that the doubted time has not. */
  @Test
  void keys_areMadeAndFoundByTheTimeOfTheKeystore() {
    Instant doubted = now;
    now = now.plus(Duration.ofDays(25));
    keystore.tellTimeBy(() -> doubted);
    LocalDate day = LocalDate.ofInstant(doubted, ZoneOffset.UTC).plusDays(3);
    var unused = keys.storageKeys().forBucket(day);
    KeyProvider again = new KeyProvider(keystore, () -> now, random);
    assertTrue(again.storageKeys().existing(day).isPresent());
  }

  private RetentionKeys.KeptMessage allotted(LocalDate day) {
    return new RetentionKeys.KeptMessage(day, keys.storageKeys().forBucket(day).allot(random));
  }

  private boolean isHeld(RetentionKeys.KeptMessage kept) {
    return keys.storageKeys()
        .existing(kept.lastDay())
        .orElseThrow()
        .holds(requireNonNull(kept.leaf()));
  }

  /** While the clock is in doubt a bucket outlives its day; its keys must not be stated as gone. */
  @Test
  void message_forgottenAfterItsBucketsLastDay_isGone_thoughTheBucketIsNotDestroyedYet() {
    LocalDate day = LocalDate.parse("2026-06-02");
    RetentionKeys.KeptMessage forgotten = allotted(day);
    RetentionKeys.KeptMessage kept = allotted(day);
    now = now.plus(Duration.ofDays(3));
    restart();

    keys.retentionKeys().forget(List.of(forgotten));
    now = now.minus(Duration.ofDays(3));
    restart();

    assertFalse(isHeld(forgotten));
    assertTrue(isHeld(kept));
  }

  /** Its stored record could not be read; old copies of it may be whole. */
  @Test
  void message_whoseLeafIsNotKnown_isNotForgotten_untilItsBucketEnds() {
    LocalDate day = LocalDate.parse("2026-06-02");
    RetentionKeys.KeptMessage other = allotted(day);
    RetentionKeys.KeptMessage unknown = new RetentionKeys.KeptMessage(day, null);
    assertThrows(CorruptRecord.class, () -> keys.retentionKeys().forget(List.of(other, unknown)));
    assertTrue(isHeld(other));
    now = now.plus(Duration.ofDays(3));
    keys.expire(now);
    keys.retentionKeys().forget(List.of(other, unknown));
  }

  @Test
  void bucket_thatEnds_takesItsPartsWithIt() throws IOException {
    LocalDate day = LocalDate.parse("2026-06-02");
    List<RetentionKeys.KeptMessage> messages = new ArrayList<>();
    for (int i = 0; i < 100; i++) {
      messages.add(allotted(day));
    }
    keys.retentionKeys().forget(messages.subList(0, 50));
    now = now.plus(Duration.ofDays(3));
    assertEquals(List.of(day), keys.expire(now));
    assertEquals(List.of(), keystore.describe());
    keys.retentionKeys().forget(messages);
    assertEquals(List.of(), keystore.describe());
    try (var files = Files.list(folder.resolve("keystore"))) {
      assertEquals(3, files.count());
    }
  }

  @Test
  void fingerprintKey_doesNotRotate() {
    byte[] before = keys.draftFingerprintKey().reveal();
    now = now.plus(Duration.ofDays(400));
    restart();
    assertArrayEquals(before, keys.draftFingerprintKey().reveal());
  }
}
