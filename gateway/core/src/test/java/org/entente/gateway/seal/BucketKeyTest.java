package org.entente.gateway.seal;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import org.entente.gateway.crypto.SecretBytes;
import org.entente.gateway.model.AgencyName;
import org.entente.gateway.model.EnvelopeId;
import org.entente.gateway.seal.format.BodyAddress;
import org.entente.gateway.seal.format.MessageLeaf;
import org.junit.jupiter.api.Test;

/** The leaves of a bucket's key, and what is stored once some are forgotten. */
class BucketKeyTest {
  private static final BodyAddress ADDRESS =
      new BodyAddress(new AgencyName("fr.customs"), EnvelopeId.of(new byte[16]), 0);

  private final SecureRandom random = new SecureRandom();
  private final SecretBytes made = SecretBytes.random(random, BucketKey.SECRET_BYTES);

  /** A bucket as it is stored. */
  private final class Stored {
    private SecretBytes secret = made;
    private final Map<Long, SecretBytes> parts = new HashMap<>();
    private int loads;

    BucketKey open() {
      return BucketKey.of(
          secret,
          part -> {
            loads++;
            return Optional.ofNullable(parts.get(part)).map(s -> SecretBytes.copyOf(s.reveal()));
          });
    }

    void keep(BucketKey.PuncturedState next) {
      if (next.bucket() != null) {
        secret = next.bucket();
      }
      parts.putAll(next.parts());
    }

    int length(long part) {
      return Objects.requireNonNull(parts.get(part)).length();
    }

    void forget(BucketKey key, List<MessageLeaf> leaves) {
      BucketKey.PuncturedState next = key.without(leaves).orElseThrow();
      keep(next);
      key.forget(next);
    }
  }

  private static byte[] keyOf(BucketKey bucket, MessageLeaf leaf) {
    return bucket.message(leaf, ADDRESS).orElseThrow();
  }

  @Test
  void leaves_ofOneOpening_followEachOther_untilTheirPartIsFull() {
    BucketKey bucket = BucketKey.of(made);
    Set<MessageLeaf> all = new HashSet<>();
    MessageLeaf first = bucket.allot(random);
    all.add(first);
    for (int i = 1; i < MessageLeaf.SERIALS; i++) {
      MessageLeaf next = bucket.allot(random);
      assertEquals(first.number() + i, next.number());
      all.add(next);
    }
    MessageLeaf beyond = bucket.allot(random);
    assertNotEquals(first.part(), beyond.part(), "a full part is followed by another");
    assertEquals(MessageLeaf.SERIALS, all.size());
    assertFalse(all.contains(beyond));
  }

  /** A leaf of a commit that failed, or that a restored ledger lost, is not given again. */
  @Test
  void leaves_afterReopening_areOfAnotherPart() {
    Set<Long> parts = new HashSet<>();
    for (int opening = 0; opening < 100; opening++) {
      parts.add(BucketKey.of(made).allot(random).part());
    }
    assertEquals(100, parts.size());
  }

  @Test
  void forgetting_changesTheBucketsSecretOnce_andThenThePartAlone() {
    Stored stored = new Stored();
    BucketKey bucket = stored.open();
    List<MessageLeaf> leaves = new ArrayList<>();
    for (int i = 0; i < 100; i++) {
      leaves.add(bucket.allot(random));
    }
    List<byte[]> before = leaves.stream().map(leaf -> keyOf(bucket, leaf)).toList();

    BucketKey.PuncturedState first = bucket.without(leaves.subList(0, 1)).orElseThrow();
    assertEquals(32 + 5 + 72 * 41, Objects.requireNonNull(first.bucket()).length());
    assertEquals(Set.of(leaves.get(0).part()), first.parts().keySet());
    assertTrue(bucket.holds(leaves.get(0)), "the key changes once it is stored");
    stored.keep(first);
    bucket.forget(first);
    BucketKey.PuncturedState second = bucket.without(leaves.subList(1, 50)).orElseThrow();
    assertNull(second.bucket());
    stored.keep(second);
    bucket.forget(second);
    assertTrue(bucket.without(leaves.subList(0, 50)).isEmpty(), "all of them are forgotten");

    for (BucketKey key : List.of(bucket, stored.open())) {
      for (int i = 0; i < 100; i++) {
        assertEquals(i >= 50, key.holds(leaves.get(i)), "leaf " + i);
        if (i >= 50) {
          assertArrayEquals(before.get(i), keyOf(key, leaves.get(i)));
        } else {
          assertTrue(key.message(leaves.get(i), ADDRESS).isEmpty());
        }
      }
    }
  }

  @Test
  void parts_beyondWhatIsHeldInMemory_areDerivedOrLoadedAgain() {
    Stored stored = new Stored();
    BucketKey bucket = stored.open();
    List<MessageLeaf> kept = new ArrayList<>();
    List<MessageLeaf> forgotten = new ArrayList<>();
    for (int part = 0; part < 3 * BucketKey.MOST_PARTS; part++) {
      long number = random.nextLong() >>> 16;
      kept.add(MessageLeaf.of(number, 7));
      forgotten.add(MessageLeaf.of(number, 8));
    }
    Map<MessageLeaf, byte[]> before = new HashMap<>();
    kept.forEach(leaf -> before.put(leaf, keyOf(bucket, leaf)));

    stored.forget(bucket, forgotten.subList(0, 2 * BucketKey.MOST_PARTS));

    for (int round = 0; round < 2; round++) {
      for (int i = 0; i < kept.size(); i++) {
        assertArrayEquals(before.get(kept.get(i)), keyOf(bucket, kept.get(i)));
        assertEquals(i >= 2 * BucketKey.MOST_PARTS, bucket.holds(forgotten.get(i)));
      }
    }
    assertTrue(stored.loads > BucketKey.MOST_PARTS, "loaded again: " + stored.loads);
  }

  /** At worst one message of each four is erased, and three nodes remain. */
  @Test
  void stateOfAPart_isBounded_whateverIsForgotten() {
    Stored stored = new Stored();
    BucketKey bucket = stored.open();
    long part = 0xabcdefL;
    List<MessageLeaf> fourth = new ArrayList<>();
    List<MessageLeaf> all = new ArrayList<>();
    for (int serial = 0; serial < MessageLeaf.SERIALS; serial++) {
      (serial % 4 == 0 ? fourth : all).add(MessageLeaf.of(part, serial));
    }
    stored.forget(bucket, fourth);
    assertEquals(5 + 49_152 * 41, stored.length(part));
    stored.forget(bucket, all);
    assertEquals(5, stored.length(part), "nothing is left of it");
    assertFalse(stored.open().holds(all.get(0)));
  }

  @Test
  void closed_givesNothing_andForgetsNothing() {
    BucketKey bucket = BucketKey.of(made);
    MessageLeaf leaf = bucket.allot(random);
    BucketKey.PuncturedState next = bucket.without(List.of(leaf)).orElseThrow();
    bucket.close();
    bucket.forget(next);
    assertTrue(bucket.message(leaf, ADDRESS).isEmpty());
    assertFalse(bucket.holds(leaf));
    assertTrue(bucket.without(List.of(leaf)).isEmpty());
  }
}
