package org.entente.gateway.model;

import static org.entente.gateway.testkit.Agencies.DE;
import static org.entente.gateway.testkit.Agencies.FR;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;

class MessageIdTest {
  private final Random random = new Random(1);

  @Test
  void fresh_belongsToItsOriginAlone() {
    for (int i = 0; i < 10_000; i++) {
      MessageId id = MessageId.fresh(FR, i, random);
      assertTrue(id.isOf(FR));
      assertFalse(id.isOf(DE), id::toString);
      assertEquals(id, MessageId.parse(id.toString()));
    }
  }

  @Test
  void idOfOneByte_isRefusedAsThat() {
    InvalidValue one = assertThrows(InvalidValue.class, () -> MessageId.of(new byte[1]));
    assertTrue(String.valueOf(one.getMessage()).endsWith("; found \"1 byte\""), one::toString);
    InvalidValue two = assertThrows(InvalidValue.class, () -> MessageId.of(new byte[2]));
    assertTrue(String.valueOf(two.getMessage()).endsWith("; found \"2 bytes\""), two::toString);
  }

  @Test
  void id_withAnyBitFlipped_belongsToNobody() {
    MessageId id = MessageId.fresh(FR, 1_790_000_000_000L, random);
    for (int bit = 0; bit < 8 * MessageId.SIZE; bit++) {
      byte[] bytes = id.bytes();
      bytes[bit / 8] ^= (byte) (1 << bit % 8);
      assertFalse(MessageId.of(bytes).isOf(FR), "bit " + bit);
    }
  }

  @Test
  void fresh_isAUuidOfVersion7_ofItsTime() {
    MessageId id = MessageId.fresh(FR, 1_790_000_000_000L, random);
    assertEquals(1_790_000_000_000L, id.millis());
    assertEquals(7, id.bytes()[6] >> 4);
    assertEquals(0x80, id.bytes()[8] & 0xC0);
    assertNotEquals(id, MessageId.fresh(FR, 1_790_000_000_000L, random));
  }

  /** The format, as docs/develop/wire-format.md states it. */
  @Test
  void mark_isTheHashOfTheRestAndTheOrigin() throws NoSuchAlgorithmException {
    byte[] id = MessageId.fresh(FR, 5, random).bytes();
    MessageDigest digest = MessageDigest.getInstance("SHA-256");
    digest.update("entente/v1 message id".getBytes(StandardCharsets.US_ASCII));
    digest.update(id, 0, 12);
    digest.update("fr.customs".getBytes(StandardCharsets.US_ASCII));
    assertEquals(
        Arrays.toString(Arrays.copyOf(digest.digest(), 4)),
        Arrays.toString(Arrays.copyOfRange(id, 12, 16)));
  }
}
