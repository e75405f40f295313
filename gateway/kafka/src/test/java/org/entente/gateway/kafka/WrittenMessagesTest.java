package org.entente.gateway.kafka;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.protobuf.ByteString;
import java.nio.charset.StandardCharsets;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import org.entente.gateway.kafka.WrittenMessages.Step;
import org.junit.jupiter.api.Test;

class WrittenMessagesTest {
  private final WrittenMessages written =
      new WrittenMessages("topic", "lake", Bridge.progressKey("topic"));

  private static ByteString id(int number) {
    return ByteString.copyFrom(new byte[] {(byte) (number >> 8), (byte) number});
  }

  private void write(Set<ByteString> ids, Set<ByteString> reopened) {
    written.done(written.next(ids, reopened, Map.of()));
  }

  @Test
  void message_isKnown_untilItMayComeAgain() {
    write(Set.of(id(1), id(2)), Set.of());
    assertTrue(written.holds(id(1)));
    assertFalse(written.holds(id(3)));
    write(Set.of(id(4)), Set.of(id(1)));
    assertFalse(written.holds(id(1)));
    assertTrue(written.holds(id(2)));
  }

  /** The gateway repeats fewer than the slots; the memory does not grow. */
  @Test
  void messages_ofAsManyTransactionsAsSlots_areKnown_underAsManyKeys() {
    Set<String> keys = new HashSet<>();
    int all = 3 * WrittenMessages.SLOTS;
    for (int i = 0; i < all; i++) {
      Step step = written.next(Set.of(id(i)), Set.of(), Map.of("FLASH", (long) i));
      keys.add(new String(written.record(step).key(), StandardCharsets.UTF_8));
      written.done(step);
    }
    assertEquals(WrittenMessages.SLOTS, keys.size());
    assertTrue(written.holds(id(all - WrittenMessages.SLOTS)));
    assertFalse(written.holds(id(0)));
  }
}
