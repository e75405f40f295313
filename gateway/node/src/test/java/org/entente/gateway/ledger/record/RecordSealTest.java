package org.entente.gateway.ledger.record;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.time.Instant;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import org.entente.gateway.seal.BucketKey;
import org.entente.gateway.testkit.MemoryStorageKeys;
import org.junit.jupiter.api.Test;

class RecordSealTest {
  private static final Instant UNTIL = Instant.parse("2026-12-31T10:00:00Z");

  private final SecureRandom random = new SecureRandom();
  private final MemoryStorageKeys keys = new MemoryStorageKeys();
  private final RecordSeal atRest = new RecordSeal(keys, random);

  private static byte[] text(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  @Test
  void sealed_underItsContext_opens() {
    byte[] sealed = atRest.seal("evidence", text("the reason"), UNTIL);
    assertArrayEquals(text("the reason"), atRest.open("evidence", sealed).orElseThrow());
  }

  @Test
  void sealed_underAnotherContext_doesNotOpen() {
    byte[] sealed = atRest.seal("evidence", text("the reason"), UNTIL);
    assertTrue(atRest.open("outcome", sealed).isEmpty());
  }

  @Test
  void sealed_withAnyBitFlipped_doesNotOpen() {
    byte[] sealed = atRest.seal("evidence", text("the reason"), UNTIL);
    for (int bit = 0; bit < sealed.length * 8; bit++) {
      byte[] flipped = sealed.clone();
      flipped[bit / 8] ^= (byte) (1 << (bit % 8));
      assertTrue(atRest.open("evidence", flipped).isEmpty(), "bit " + bit);
    }
  }

  @Test
  void sealed_afterItsBucketsKeyIsDestroyed_doesNotOpen() {
    byte[] sealed = atRest.seal("evidence", text("the reason"), UNTIL);
    assertEquals(1, keys.days().size());
    keys.days().forEach(keys::destroy);
    assertTrue(atRest.open("evidence", sealed).isEmpty());
  }

  /** Whoever was given the bucket before may still be opening with it. */
  @Test
  void sealed_whileItsBucketsKeyIsDestroyed_opensWholeOrNotAtAll() throws Exception {
    for (int round = 0; round < 50; round++) {
      byte[] sealed = atRest.seal("evidence", text("the reason"), UNTIL);
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
        Optional<byte[]> opened = atRest.open("evidence", sealed);
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
        new String(atRest.seal("evidence", text("the reason"), UNTIL), StandardCharsets.ISO_8859_1);
    assertFalse(sealed.contains("reason"));
  }

  @Test
  void shorterThanItsPrefix_doesNotOpen() {
    assertTrue(atRest.open("evidence", new byte[16]).isEmpty());
    assertTrue(atRest.open("evidence", new byte[0]).isEmpty());
  }
}
