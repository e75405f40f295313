package org.entente.gateway.crypto;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.security.SecureRandom;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;

final class SecretBytesTest {
  @Test
  void secret_printed_isHidden() {
    assertEquals("[hidden]", SecretBytes.copyOf(new byte[] {1, 2, 3}).toString());
    assertEquals("[hidden]", "" + SecretBytes.copyOf(new byte[0]));
  }

  @Test
  void close_wipesAndEndsUse() {
    byte[] bytes = {1, 2, 3};
    SecretBytes secret = SecretBytes.takeOver(bytes);
    assertEquals(3, secret.length());
    secret.close();
    secret.close();
    assertArrayEquals(new byte[3], bytes);
    assertTrue(secret.isClosed());
    assertThrows(IllegalStateException.class, secret::reveal);
    assertThrows(IllegalStateException.class, secret::length);
    assertThrows(IllegalStateException.class, () -> secret.use(copy -> copy.length));
  }

  @Test
  void copies_changed_leaveTheSecretAlone() {
    byte[] source = {1, 2, 3};
    SecretBytes secret = SecretBytes.copyOf(source);
    source[0] = 9;
    secret.reveal()[1] = 9;
    assertArrayEquals(new byte[] {1, 2, 3}, secret.reveal());
  }

  @Test
  void use_afterwards_copyIsWiped() {
    SecretBytes secret = SecretBytes.copyOf(new byte[] {1, 2, 3});
    AtomicReference<byte[]> kept = new AtomicReference<>(new byte[0]);
    int sum =
        secret.use(
            copy -> {
              kept.set(copy);
              return copy[0] + copy[1] + copy[2];
            });
    assertEquals(6, sum);
    assertArrayEquals(new byte[3], kept.get());
    assertArrayEquals(new byte[] {1, 2, 3}, secret.reveal());
  }

  @Test
  void equality_followsTheBytes_untilClosed() {
    SecretBytes left = SecretBytes.copyOf(new byte[] {1, 2, 3});
    SecretBytes right = SecretBytes.copyOf(new byte[] {1, 2, 3});
    assertEquals(left, right);
    assertEquals(left.hashCode(), right.hashCode());
    assertNotEquals(left, SecretBytes.copyOf(new byte[] {1, 2}));
    assertNotEquals(left, SecretBytes.copyOf(new byte[] {1, 2, 4}));
    right.close();
    assertNotEquals(left, right);
    assertFalse(right.equals(SecretBytes.copyOf(new byte[3])));
  }

  @Test
  void random_twice_differs() {
    SecureRandom random = new SecureRandom();
    assertNotEquals(SecretBytes.random(random, 32), SecretBytes.random(random, 32));
  }
}
