package org.entente.gateway.seal;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.security.SecureRandom;
import java.util.Arrays;
import org.entente.gateway.crypto.SecretBytes;
import org.entente.gateway.model.AttachmentId;
import org.junit.jupiter.api.Test;

class AttachmentSealTest {
  private static final int SEGMENT = AttachmentSeal.SEGMENT_BYTES;

  private final SecureRandom random = new SecureRandom();
  private final AttachmentId id = AttachmentId.fresh(random);
  private final byte[] key = content(32);

  private byte[] content(int size) {
    byte[] bytes = new byte[size];
    random.nextBytes(bytes);
    return bytes;
  }

  private AttachmentSeal seal(AttachmentId of, long size, byte[] with) {
    return new AttachmentSeal(of, size, SecretBytes.copyOf(with));
  }

  @Test
  void segment_opensAtItsPlaceOfItsFile_andNowhereElse() {
    long size = 3L * SEGMENT;
    byte[] plain = content(SEGMENT);
    try (AttachmentSeal seal = seal(id, size, key)) {
      byte[] sealed = seal.seal(1, plain, random);
      assertEquals(AttachmentSeal.SEALED_BYTES, sealed.length);
      assertArrayEquals(plain, seal.open(1, sealed).orElseThrow());
      assertTrue(seal.open(0, sealed).isEmpty(), "another place");
      assertTrue(seal.open(3, sealed).isEmpty(), "beyond the end");
      assertTrue(seal(AttachmentId.fresh(random), size, key).open(1, sealed).isEmpty());
      assertTrue(seal(id, size + 1, key).open(1, sealed).isEmpty(), "another length of the file");
      assertTrue(seal(id, size, content(32)).open(1, sealed).isEmpty());
      for (int at = 0; at < sealed.length; at += 4_099) {
        byte[] changed = sealed.clone();
        changed[at] ^= 1;
        assertTrue(seal.open(1, changed).isEmpty(), "byte " + at);
      }
      assertTrue(seal.open(1, Arrays.copyOf(sealed, sealed.length - 1)).isEmpty());
      assertTrue(seal.open(1, new byte[0]).isEmpty());
    }
  }

  @Test
  void segment_sealedAgain_sharesNothingWithTheFirst() {
    byte[] plain = content(SEGMENT);
    try (AttachmentSeal seal = seal(id, SEGMENT, key)) {
      byte[] first = seal.seal(0, plain, random);
      byte[] second = seal.seal(0, plain, random);
      assertFalse(Arrays.equals(first, 0, 24, second, 0, 24), "a salt of its own");
      assertFalse(Arrays.equals(first, 56, 72, second, 56, 72));
    }
  }

  @Test
  void lengths_ofEachSegment_areThoseOfTheFile() {
    assertEquals(1, AttachmentSeal.segments(1));
    assertEquals(1, AttachmentSeal.segments(SEGMENT));
    assertEquals(2, AttachmentSeal.segments(SEGMENT + 1L));
    assertEquals(16_384, AttachmentSeal.segments(AttachmentSeal.MOST_BYTES));
    assertEquals(1, AttachmentSeal.length(SEGMENT + 1L, 1));
    assertEquals(0, AttachmentSeal.length(SEGMENT, 1));
    assertEquals(SEGMENT, AttachmentSeal.length(AttachmentSeal.MOST_BYTES, 16_383));
    assertThrows(IllegalArgumentException.class, () -> seal(id, 0, key));
    assertThrows(
        IllegalArgumentException.class, () -> seal(id, AttachmentSeal.MOST_BYTES + 1, key));
    try (AttachmentSeal seal = seal(id, SEGMENT + 1L, key)) {
      assertThrows(IllegalArgumentException.class, () -> seal.seal(1, content(2), random));
      assertThrows(IllegalArgumentException.class, () -> seal.seal(2, new byte[0], random));
    }
  }
}
