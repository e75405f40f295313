package org.entente.gateway.store;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.entente.gateway.model.MessageId;
import org.junit.jupiter.api.Test;

class IdWindowTest {
  private static final int IDS = 64;

  private static MessageId random(Random random) {
    byte[] bytes = new byte[MessageId.SIZE];
    random.nextBytes(bytes);
    return MessageId.of(bytes);
  }

  /** The same id with another bit of its end. */
  private static MessageId flipped(MessageId id, int bit) {
    byte[] bytes = id.bytes();
    bytes[MessageId.SIZE - 1 - bit / Byte.SIZE] ^= (byte) (1 << bit % Byte.SIZE);
    return MessageId.of(bytes);
  }

  @Test
  void ends_nameTheirIdsAndNoOther_whereverTheyStand() {
    long seed = System.nanoTime();
    Random random = new Random(seed);
    List<MessageId> ids = new ArrayList<>();
    for (int i = 0; i < IDS; i++) {
      ids.add(random(random));
    }
    for (IdWindow window : IdWindow.of(ids)) {
      byte[] ends = window.ends();
      assertEquals(window.ids().size() * IdWindow.END_BYTES, ends.length);
      for (MessageId id : window.ids()) {
        assertTrue(IdWindow.names(ends, 0, ends.length, id), "seed " + seed);
        for (int bit = 0; bit < IdWindow.END_BYTES * Byte.SIZE; bit++) {
          assertFalse(
              IdWindow.names(ends, 0, ends.length, flipped(id, bit)), "seed " + seed + ", " + bit);
        }
      }
    }
  }

  @Test
  void ends_ofOneSpan_areFoundBetweenTheirOffsetsOnly() {
    byte[] bytes = random(new Random(7)).bytes();
    List<MessageId> ids = new ArrayList<>();
    for (int i = 0; i < 3; i++) {
      bytes[MessageId.SIZE - 1] = (byte) i;
      ids.add(MessageId.of(bytes.clone()));
    }
    IdWindow window = IdWindow.of(ids).iterator().next();
    assertEquals(ids, window.ids());
    byte[] ends = window.ends();
    int second = IdWindow.END_BYTES;
    assertFalse(IdWindow.names(ends, second, 2 * second, ids.get(0)));
    assertTrue(IdWindow.names(ends, second, 2 * second, ids.get(1)));
    assertFalse(IdWindow.names(ends, second, 2 * second, ids.get(2)));
    assertFalse(IdWindow.names(ends, second, 2 * second - 1, ids.get(1)), "cut short");
  }
}
