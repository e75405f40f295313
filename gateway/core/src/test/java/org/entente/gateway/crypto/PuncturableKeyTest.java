package org.entente.gateway.crypto;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.charset.StandardCharsets;
import java.security.InvalidKeyException;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.junit.jupiter.api.Test;

class PuncturableKeyTest {
  private static final long[] LEAVES = {0, 1, 3, 4, -1, Long.MIN_VALUE, Long.MAX_VALUE, 0xabcdL};

  private final byte[] root = new byte[32];
  private final Random random = new Random(11);

  PuncturableKeyTest() {
    random.nextBytes(root);
  }

  /** The construction written out once more, from its description alone. */
  private byte[] byHand(long leaf) throws NoSuchAlgorithmException, InvalidKeyException {
    byte[] node = root.clone();
    for (int level = 1; level <= 32; level++) {
      Mac mac = Mac.getInstance("HmacSHA256");
      mac.init(new SecretKeySpec(node, "HmacSHA256"));
      mac.update("entente/v1 tree".getBytes(StandardCharsets.US_ASCII));
      mac.update((byte) ((leaf >>> (64 - 2 * level)) & 3));
      node = mac.doFinal();
    }
    return node;
  }

  @Test
  void leaf_isThePathOfHmacs() throws Exception {
    PuncturableKey key = PuncturableKey.of(root);
    for (long leaf : LEAVES) {
      assertArrayEquals(byHand(leaf), key.at(leaf).orElseThrow(), Long.toHexString(leaf));
      // Once more, now that its neighbourhood is remembered.
      assertArrayEquals(byHand(leaf), key.at(leaf).orElseThrow(), Long.toHexString(leaf));
    }
  }

  @Test
  void leaves_nearEachOther_inAnyOrder_areThePathsOfHmacs() throws Exception {
    PuncturableKey key = PuncturableKey.of(root).without(0x1234_5678L);
    for (int round = 0; round < 300; round++) {
      long leaf = 0x1234_5600L + random.nextInt(1 << 8);
      if (leaf != 0x1234_5678L) {
        assertArrayEquals(byHand(leaf), key.at(leaf).orElseThrow(), Long.toHexString(leaf));
      }
    }
    assertTrue(key.at(0x1234_5678L).isEmpty());
  }

  @Test
  void leaves_forgotten_areGoneAndAllOthersAreAsTheyWere() throws Exception {
    PuncturableKey key = PuncturableKey.of(root);
    Set<Long> forgotten = new HashSet<>();
    Map<Long, byte[]> byHand = new HashMap<>();
    for (int round = 0; round < 60; round++) {
      long leaf =
          switch (round % 3) {
            case 0 -> random.nextLong();
            case 1 -> LEAVES[random.nextInt(LEAVES.length)];
            // Near one that was forgotten, where subtrees are smallest.
            default -> forgotten.iterator().next() ^ (1L << random.nextInt(8));
          };
      key = key.without(leaf);
      forgotten.add(leaf);
      for (long gone : forgotten) {
        assertTrue(key.at(gone).isEmpty(), Long.toHexString(gone));
        for (int bit = 0; bit < 64; bit++) {
          long near = gone ^ (1L << bit);
          if (!forgotten.contains(near)) {
            byte[] expected = byHand.get(near);
            if (expected == null) {
              expected = byHand(near);
              byHand.put(near, expected);
            }
            assertArrayEquals(expected, key.at(near).orElseThrow());
          }
        }
      }
    }
  }

  @Test
  void leaves_forgottenAtOnce_giveTheStateOfOneAfterTheOther() {
    List<Long> leaves = random.longs(40).boxed().toList();
    PuncturableKey one = PuncturableKey.of(root);
    for (long leaf : leaves) {
      one = one.without(leaf);
    }
    PuncturableKey all = PuncturableKey.of(root).without(leaves);
    assertArrayEquals(one.encode(), all.encode());
  }

  @Test
  void subtree_takenOut_derivesItsLeaves_andTheKeyWithoutItAllOthers() throws Exception {
    PuncturableKey key = PuncturableKey.of(root);
    long leaf = 0x1234_5678_9abc_def0L;
    PuncturableKey part = key.below(24, leaf).orElseThrow();
    PuncturableKey rest = key.without(24, List.of(leaf, leaf ^ 1));

    for (long below : new long[] {leaf, leaf ^ 1, leaf ^ 0xffff}) {
      assertArrayEquals(byHand(below), part.at(below).orElseThrow());
      assertTrue(rest.at(below).isEmpty());
    }
    long outside = leaf ^ (1L << 16);
    assertTrue(part.at(outside).isEmpty());
    assertArrayEquals(byHand(outside), rest.at(outside).orElseThrow());
    assertEquals(5 + 72 * 41, rest.encode().length, "three siblings on each of 24 levels");
    assertEquals(5 + 24 * 41, part.without(leaf).encode().length);
    assertTrue(rest.below(24, leaf).isEmpty());
    assertSame(rest, rest.without(24, List.of(leaf)), "nothing to forget");
  }

  @Test
  void forgettingAgain_changesNothing() {
    PuncturableKey once = PuncturableKey.of(root).without(7);
    assertArrayEquals(once.encode(), once.without(7).encode());
  }

  @Test
  void stateOnceForgotten_holdsNothingOnThePathToTheLeaf() throws Exception {
    PuncturableKey key = PuncturableKey.of(root).without(0xdeadbeefL);
    byte[] state = key.encode();
    assertEquals(5 + 96 * 41, state.length, "three siblings on each of 32 levels");
    byte[] node = root;
    for (int level = 0; level <= 32; level++) {
      assertFalse(contains(state, node), "level " + level);
      if (level < 32) {
        int place = (int) (0xdeadbeefL >>> (62 - 2 * level)) & 3;
        node =
            Hmac.SHA_256.mac(
                node,
                "entente/v1 tree".getBytes(StandardCharsets.US_ASCII),
                new byte[] {(byte) place});
      }
    }
  }

  private static boolean contains(byte[] bytes, byte[] part) {
    for (int at = 0; at + part.length <= bytes.length; at++) {
      if (Arrays.equals(bytes, at, at + part.length, part, 0, part.length)) {
        return true;
      }
    }
    return false;
  }

  @Test
  void state_parsed_isTheSame() {
    PuncturableKey key = PuncturableKey.of(root).without(1).without(-1).without(1L << 40);
    assertArrayEquals(key.encode(), PuncturableKey.parse(key.encode()).encode());
  }

  @Test
  void state_mutated_parsesToTheSameBytesOrNot() {
    byte[] good = PuncturableKey.of(root).without(99).without(1000).encode();
    int parsed = 0;
    for (int round = 0; round < 5_000; round++) {
      byte[] bytes = good.clone();
      int at = random.nextInt(bytes.length);
      bytes[at] ^= (byte) (1 << random.nextInt(8));
      if (random.nextInt(10) == 0) {
        bytes = Arrays.copyOf(bytes, random.nextInt(bytes.length + 50));
      }
      byte[] state = bytes;
      try {
        assertArrayEquals(state, PuncturableKey.parse(state).encode());
        parsed++;
      } catch (IllegalArgumentException e) {
        assertFalse(String.valueOf(e.getMessage()).isEmpty());
      }
    }
    assertTrue(parsed > 0, "the seeds themselves are free");
  }

  @Test
  void closed_givesNothing() {
    PuncturableKey key = PuncturableKey.of(root);
    key.close();
    assertTrue(key.at(5).isEmpty());
    assertEquals("[hidden]", key.toString());
    assertThrows(IllegalArgumentException.class, () -> PuncturableKey.of(new byte[31]));
  }
}
