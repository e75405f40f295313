package org.entente.gateway.ledger.record;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.time.Instant;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import org.entente.gateway.seal.BucketKey;
import org.entente.gateway.store.Table;
import org.entente.gateway.testkit.MemoryStorageKeys;
import org.junit.jupiter.api.Test;

class RecordSealTest {
  private static final Instant UNTIL = Instant.parse("2026-12-31T10:00:00Z");

  private static final RecordPlace PLACE =
      new RecordPlace(Table.STATEMENT, text("the key"), "statement");

  private final MemoryStorageKeys keys = new MemoryStorageKeys();
  private final RecordSeal atRest = new RecordSeal(keys, new SecureRandom());

  private static byte[] text(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  @Test
  void sealed_atItsPlace_opens() {
    byte[] sealed = atRest.seal(PLACE, text("the reason"), UNTIL);
    assertArrayEquals(text("the reason"), atRest.open(PLACE, sealed).orElseThrow());
  }

  /** Whoever can write to the disk can put a record in the place of another. */
  @Test
  void sealed_atAnotherPlace_doesNotOpen() {
    byte[] sealed = atRest.seal(PLACE, text("the reason"), UNTIL);
    for (RecordPlace other :
        List.of(
            new RecordPlace(Table.CONSENT, PLACE.key(), PLACE.what()),
            new RecordPlace(PLACE.table(), text("another"), PLACE.what()),
            new RecordPlace(PLACE.table(), text("the ke"), PLACE.what()),
            new RecordPlace(PLACE.table(), text("the keys"), PLACE.what()),
            new RecordPlace(PLACE.table(), PLACE.key(), "owed"))) {
      assertTrue(atRest.open(other, sealed).isEmpty(), other::toString);
    }
    assertTrue(atRest.open(new SealedRecord(PLACE, sealed)).isPresent());
  }

  @Test
  void places_thatDifferInAnyPart_areBoundToOtherBytes() {
    Set<String> seen = new HashSet<>();
    for (String what : List.of("a", "ab", "aINBOX")) {
      for (Table table : Table.values()) {
        for (String key : List.of("", "a", "b", "ab")) {
          byte[] bytes = new RecordPlace(table, text(key), what).bytes();
          assertTrue(seen.add(HexFormat.of().formatHex(bytes)), what + table + key);
        }
      }
    }
  }

  @Test
  void sealed_withAnyBitFlipped_doesNotOpen() {
    byte[] sealed = atRest.seal(PLACE, text("the reason"), UNTIL);
    for (int bit = 0; bit < sealed.length * 8; bit++) {
      byte[] flipped = sealed.clone();
      flipped[bit / 8] ^= (byte) (1 << (bit % 8));
      assertTrue(atRest.open(PLACE, flipped).isEmpty(), "bit " + bit);
    }
  }

  @Test
  void sealed_afterItsBucketsKeyIsDestroyed_doesNotOpen() {
    byte[] sealed = atRest.seal(PLACE, text("the reason"), UNTIL);
    assertEquals(1, keys.days().size());
    keys.days().forEach(keys::destroy);
    assertTrue(atRest.open(PLACE, sealed).isEmpty());
  }

  /** Whoever was given the bucket before may still be opening with it. */
  @Test
  void sealed_whileItsBucketsKeyIsDestroyed_opensWholeOrNotAtAll() throws Exception {
    for (int round = 0; round < 50; round++) {
      byte[] sealed = atRest.seal(PLACE, text("the reason"), UNTIL);
      BucketKey bucket = keys.forBucket(keys.days().iterator().next());
      CountDownLatch opening = new CountDownLatch(100);
      CompletableFuture<Void> end =
          CompletableFuture.runAsync(
              () -> {
                awaitUninterruptibly(opening);
                bucket.close();
              });
      boolean gone = false;
      while (!gone) {
        Optional<byte[]> opened = atRest.open(PLACE, sealed);
        opening.countDown();
        gone = opened.isEmpty();
        opened.ifPresent(plain -> assertArrayEquals(text("the reason"), plain));
      }
      end.get();
      keys.days().forEach(keys::destroy);
    }
  }

  private static void awaitUninterruptibly(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  @Test
  void sealed_doesNotHoldThePlaintext() {
    String sealed =
        new String(atRest.seal(PLACE, text("the reason"), UNTIL), StandardCharsets.ISO_8859_1);
    assertFalse(sealed.contains("reason"));
  }

  @Test
  void shorterThanItsPrefix_doesNotOpen() {
    assertTrue(atRest.open(PLACE, new byte[16]).isEmpty());
    assertTrue(atRest.open(PLACE, new byte[0]).isEmpty());
  }
}
