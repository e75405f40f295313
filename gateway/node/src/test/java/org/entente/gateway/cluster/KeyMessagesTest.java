package org.entente.gateway.cluster;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.security.SecureRandom;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import org.entente.gateway.crypto.SecretBytes;
import org.entente.gateway.seal.keys.KeyDescription;
import org.entente.gateway.seal.keys.KeyEntry;
import org.entente.gateway.seal.keys.KeyKind;
import org.junit.jupiter.api.Test;

class KeyMessagesTest {
  private static final Instant NOON = Instant.parse("2026-03-01T12:00:00Z");
  private static final KeyDescription NAME =
      new KeyDescription(KeyKind.STORAGE, "bucket-2026-03-01", NOON, KeyEntry.NEVER);

  private static final MachineKeystore KEYSTORE = new MachineKeystore("fr-1", 9);

  private static KeyNode.Change change() {
    SecretBytes secret = SecretBytes.random(new SecureRandom(), 40);
    return new KeyNode.Change(
        7,
        9,
        new KeyNode.Held(new KeyTag(6, 100), 77),
        null,
        List.of(new KeyEntry(NAME.kind(), NAME.id(), NAME.created(), NAME.expires(), secret)),
        List.of(NAME),
        List.of(KEYSTORE, new MachineKeystore("fr-2", Long.MIN_VALUE)));
  }

  @Test
  void messages_decoded_areWhatWasEncoded() {
    KeyNode.Change change = change();
    assertEquals(change, KeyMessages.change(KeyMessages.change(change)));
    assertEquals(change.put(), KeyMessages.keys(KeyMessages.keys(change.put())));
    KeyNode.State state =
        new KeyNode.State(
            new KeyTag(3, 4),
            List.of(new KeyNode.Print(NAME, "0a".repeat(32))),
            5,
            List.of(KEYSTORE));
    assertEquals(state, KeyMessages.state(KeyMessages.state(state)));
    KeyMessages.Fetch fetch = new KeyMessages.Fetch(5, List.of(NAME, NAME));
    assertEquals(fetch, KeyMessages.fetch(KeyMessages.fetch(fetch)));
    KeyNode.Held held = new KeyNode.Held(new KeyTag(1, 2), 3);
    assertEquals(held, KeyMessages.held(KeyMessages.held(held)));
    assertEquals(11, KeyMessages.question(KeyMessages.question(11)));
  }

  @Test
  void message_cutShortOrTooLong_isRefused() {
    byte[] bytes = KeyMessages.change(change());
    for (int length = 0; length < bytes.length; length++) {
      byte[] cut = Arrays.copyOf(bytes, length);
      assertThrows(RuntimeException.class, () -> KeyMessages.change(cut), "of " + length);
    }
    assertThrows(
        IllegalStateException.class,
        () -> KeyMessages.change(Arrays.copyOf(bytes, bytes.length + 1)));
  }

  @Test
  void message_withAnyBitFlipped_isRefusedOrEncodesToTheSameBytes() {
    byte[] bytes = KeyMessages.change(change());
    for (int bit = 0; bit < bytes.length * 8; bit++) {
      byte[] flipped = bytes.clone();
      flipped[bit / 8] ^= (byte) (1 << bit % 8);
      KeyNode.Change read;
      try {
        read = KeyMessages.change(flipped);
      } catch (IllegalStateException | IllegalArgumentException e) {
        continue;
      }
      assertArrayEquals(flipped, KeyMessages.change(read));
    }
  }
}
