package org.entente.gateway.crypto;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;

final class Aes256GcmTest {
  private static final byte[] AAD = "header".getBytes(UTF_8);
  private static final byte[] PLAINTEXT = "counterfeit medicines, 400 cartons".getBytes(UTF_8);

  private final SecureRandom random = new SecureRandom();
  private final byte[] key = Bytes.random(random, Aes256Gcm.KEY_BYTES);
  private final byte[] nonce = Bytes.random(random, Aes256Gcm.NONCE_BYTES);

  @Test
  void seal_sameKeyAndNonceAgain_givesSameBytes() {
    byte[] first = Aes256Gcm.seal(key, nonce, AAD, PLAINTEXT);
    assertArrayEquals(first, Aes256Gcm.seal(key, nonce, AAD, PLAINTEXT));
    assertArrayEquals(first, Aes256Gcm.seal(key, nonce, AAD, PLAINTEXT));
    assertArrayEquals(PLAINTEXT, Aes256Gcm.open(key, nonce, AAD, first).orElseThrow());
  }

  @Test
  void open_anyBitFlipped_isEmpty() {
    byte[] sealed = Aes256Gcm.seal(key, nonce, AAD, PLAINTEXT);
    for (int bit = 0; bit < sealed.length * 8; bit++) {
      byte[] flipped = sealed.clone();
      flipped[bit / 8] ^= (byte) (1 << bit % 8);
      assertTrue(Aes256Gcm.open(key, nonce, AAD, flipped).isEmpty());
    }
  }

  @Test
  void open_otherKeyNonceOrAad_isEmpty() {
    byte[] sealed = Aes256Gcm.seal(key, nonce, AAD, PLAINTEXT);
    assertTrue(Aes256Gcm.open(new byte[32], nonce, AAD, sealed).isEmpty());
    assertTrue(Aes256Gcm.open(key, new byte[12], AAD, sealed).isEmpty());
    assertTrue(Aes256Gcm.open(key, nonce, new byte[0], sealed).isEmpty());
  }

  @Test
  void open_anyShorterOrLonger_isEmpty() {
    byte[] sealed = Aes256Gcm.seal(key, nonce, AAD, PLAINTEXT);
    for (int length = 0; length < sealed.length + 20; length++) {
      boolean whole = length == sealed.length;
      assertEquals(
          whole, Aes256Gcm.open(key, nonce, AAD, Arrays.copyOf(sealed, length)).isPresent());
    }
  }

  @Test
  void open_afterFailure_nextOpensAndSealsAreUnharmed() {
    byte[] sealed = Aes256Gcm.seal(key, nonce, AAD, PLAINTEXT);
    byte[] forged = sealed.clone();
    forged[0] ^= 1;
    for (int i = 0; i < 10; i++) {
      assertEquals(Optional.empty(), Aes256Gcm.open(key, nonce, AAD, forged));
      assertArrayEquals(PLAINTEXT, Aes256Gcm.open(key, nonce, AAD, sealed).orElseThrow());
      assertArrayEquals(sealed, Aes256Gcm.seal(key, nonce, AAD, PLAINTEXT));
    }
  }

  @Test
  void open_forgedIntoAnArray_leavesNoPlaintextThere() {
    byte[] sealed = Aes256Gcm.seal(key, nonce, AAD, PLAINTEXT);
    sealed[sealed.length - 1] ^= 1;
    byte[] output = new byte[PLAINTEXT.length];
    Aes256Gcm.Slice slice = new Aes256Gcm.Slice(sealed, 0, sealed.length);
    assertFalse(Aes256Gcm.open(key, nonce, AAD, slice, output, 0));
    assertArrayEquals(new byte[PLAINTEXT.length], output);
  }

  @Test
  void sealAndOpen_wrongLengths_areRefusedAsBugs() {
    assertThrows(
        IllegalArgumentException.class, () -> Aes256Gcm.seal(new byte[16], nonce, AAD, PLAINTEXT));
    assertThrows(
        IllegalArgumentException.class, () -> Aes256Gcm.open(key, new byte[16], AAD, new byte[40]));
  }

  @Test
  void sealAndOpen_manyThreads_neverMixUp() throws Exception {
    int threads = 8;
    ExecutorService executor = Executors.newFixedThreadPool(threads);
    try {
      List<Callable<Integer>> tasks = new ArrayList<>();
      for (int thread = 0; thread < threads; thread++) {
        long seed = thread;
        tasks.add(() -> sealAndOpenOften(new Random(seed)));
      }
      for (Future<Integer> future : executor.invokeAll(tasks)) {
        assertEquals(2000, future.get());
      }
    } finally {
      executor.shutdownNow();
    }
  }

  private int sealAndOpenOften(Random mine) {
    int good = 0;
    for (int i = 0; i < 2000; i++) {
      byte[] message = new byte[mine.nextInt(300)];
      byte[] myKey = new byte[32];
      byte[] myNonce = new byte[12];
      mine.nextBytes(message);
      mine.nextBytes(myKey);
      mine.nextBytes(myNonce);
      byte[] sealed = Aes256Gcm.seal(myKey, myNonce, AAD, message);
      byte[] forged = sealed.clone();
      forged[mine.nextInt(forged.length)] ^= 0x40;
      boolean refused = Aes256Gcm.open(myKey, myNonce, AAD, forged).isEmpty();
      byte[] opened = Aes256Gcm.open(myKey, myNonce, AAD, sealed).orElseThrow();
      good += refused && Arrays.equals(message, opened) ? 1 : 0;
    }
    return good;
  }

  /** NIST SP 800-38A, F.5.5 CTR-AES256.Encrypt: plaintext XOR ciphertext is the keystream. */
  @Test
  void aesCtr_nistVector_givesKeystream() {
    HexFormat hex = HexFormat.of();
    byte[] stream =
        AesCtr.keystream(
            hex.parseHex("603deb1015ca71be2b73aef0857d77811f352c073b6108d72d9810a30914dff4"),
            hex.parseHex("f0f1f2f3f4f5f6f7f8f9fafbfcfdfeff"),
            32);
    byte[] plaintext =
        hex.parseHex("6bc1bee22e409f96e93d7e117393172aae2d8a571e03ac9c9eb76fac45af8e51");
    for (int i = 0; i < stream.length; i++) {
      stream[i] ^= plaintext[i];
    }
    assertEquals(
        "601ec313775789a5b7a7f504bbf3d228f443e3ca4d62b59aca84e990cacaf5c5", hex.formatHex(stream));
    assertEquals(0, AesCtr.keystream(key, new byte[16], 0).length);
    assertThrows(IllegalArgumentException.class, () -> AesCtr.keystream(key, new byte[12], 1));
  }
}
