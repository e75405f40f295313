package org.entente.gateway.seal.keys;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Random;
import org.entente.gateway.crypto.SecretBytes;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A keystore under a passphrase. */
class ProtectionTest {
  private static final SecureRandom RANDOM = new SecureRandom();
  private static final InstantSource CLOCK =
      InstantSource.fixed(Instant.parse("2026-06-01T12:00:00Z"));
  private static final SecretBytes ONE =
      SecretBytes.copyOf("correct horse battery".getBytes(UTF_8));
  private static final SecretBytes OTHER =
      SecretBytes.copyOf("staple of another kind".getBytes(UTF_8));

  @TempDir private Path parent;
  private Path folder = Path.of("");

  @BeforeEach
  void folder() {
    folder = parent.resolve("keystore");
  }

  private Keystore open(@Nullable SecretBytes passphrase) {
    return Keystore.open(folder, passphrase, CLOCK, RANDOM);
  }

  private static KeyEntry entry(String id) {
    return new KeyEntry(
        KeyKind.OUTBOX, id, CLOCK.instant(), KeyEntry.NEVER, SecretBytes.random(RANDOM, 32));
  }

  private byte[] days() throws IOException {
    return Files.readAllBytes(folder.resolve("days"));
  }

  private KeystoreFailure.Kind refusal(@Nullable SecretBytes passphrase) {
    return assertThrows(KeystoreFailure.class, () -> open(passphrase).close()).kind();
  }

  @Test
  void protected_opensWithItsPassphraseOnly() throws IOException {
    byte[] secret;
    try (Keystore keystore = open(ONE)) {
      keystore.put(entry("a"));
      try (KeyEntry kept = keystore.get(KeyKind.OUTBOX, "a").orElseThrow()) {
        secret = kept.secret().reveal();
      }
    }
    assertEquals(KeystoreFailure.Kind.PASSPHRASE, refusal(OTHER));
    assertEquals(KeystoreFailure.Kind.PASSPHRASE, refusal(null));
    try (Keystore keystore = open(ONE);
        KeyEntry again = keystore.get(KeyKind.OUTBOX, "a").orElseThrow()) {
      assertEquals(
          HexFormat.of().formatHex(secret), HexFormat.of().formatHex(again.secret().reveal()));
    }
  }

  @Test
  void unprotected_openedWithAPassphrase_isProtectedAtOnce() throws IOException {
    try (Keystore keystore = open(null)) {
      keystore.put(entry("a"));
    }
    byte[] plain = days();
    open(ONE).close();
    assertTrue(Protection.isProtected(days()));
    byte[] dayKey = Arrays.copyOfRange(plain, plain.length - 64, plain.length - 32);
    assertFalse(
        HexFormat.of().formatHex(days()).contains(HexFormat.of().formatHex(dayKey)),
        "the day key is not in the file any more");
    assertEquals(KeystoreFailure.Kind.PASSPHRASE, refusal(null));
  }

  @Test
  void passphrase_changed_letsTheOldOneInNoMore() {
    try (Keystore keystore = open(ONE)) {
      keystore.put(entry("a"));
      keystore.put(
          new KeyEntry(
              KeyKind.STORAGE_PART,
              "part",
              CLOCK.instant(),
              KeyEntry.NEVER,
              SecretBytes.random(RANDOM, 5_000)));
      keystore.protect(OTHER);
      keystore.put(entry("b"));
    }
    assertEquals(KeystoreFailure.Kind.PASSPHRASE, refusal(ONE));
    try (Keystore keystore = open(OTHER)) {
      assertEquals(3, keystore.describe().size());
      keystore.protect(null);
    }
    try (Keystore keystore = open(null)) {
      assertTrue(keystore.get(KeyKind.STORAGE_PART, "part").isPresent(), "from its own file");
      assertTrue(keystore.get(KeyKind.OUTBOX, "b").isPresent());
    }
  }

  @Test
  void file_writtenTwice_repeatsNoBytes() throws IOException {
    try (Keystore keystore = open(ONE)) {
      keystore.put(entry("a"));
      byte[] first = days();
      keystore.destroy(KeyKind.OUTBOX, "a");
      keystore.put(entry("a"));
      byte[] second = days();
      assertFalse(
          Arrays.equals(Arrays.copyOfRange(first, 24, 36), Arrays.copyOfRange(second, 24, 36)),
          "a nonce is used once");
    }
  }

  @Test
  void file_flippedAnywhere_isRefusedAndNeverOpens() throws IOException {
    try (Keystore keystore = open(ONE)) {
      keystore.put(entry("a"));
    }
    byte[] good = days();
    Random random = new Random(1);
    for (int i = 0; i < 24; i++) {
      byte[] bad = good.clone();
      bad[random.nextInt(bad.length)] ^= (byte) (1 << random.nextInt(8));
      Files.write(folder.resolve("days"), bad);
      KeystoreFailure.Kind kind = refusal(ONE);
      assertTrue(
          kind == KeystoreFailure.Kind.DAMAGED || kind == KeystoreFailure.Kind.NEWER_FORMAT,
          kind.toString());
    }
    Files.write(folder.resolve("days"), good);
    open(ONE).close();
  }

  @Test
  void cost_thatWouldTakeAllMemory_isRefusedUnread() throws IOException {
    open(ONE).close();
    byte[] file = days();
    file[5] = 24;
    file[6] = (byte) 255;
    int content = file.length - 32;
    byte[] hash = new org.entente.gateway.crypto.Sha256().update(file, 0, content).digest();
    System.arraycopy(hash, 0, file, content, 32);
    Files.write(folder.resolve("days"), file);
    assertEquals(KeystoreFailure.Kind.NEWER_FORMAT, refusal(ONE));
    assertEquals(
        "rw-------",
        PosixFilePermissions.toString(Files.getPosixFilePermissions(folder.resolve("days"))));
  }
}
