package org.entente.gateway.crypto;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.math.BigInteger;
import java.security.SecureRandom;
import java.util.Arrays;
import javax.crypto.Cipher;
import javax.crypto.spec.IvParameterSpec;
import javax.crypto.spec.SecretKeySpec;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class ChunkedEncryptionTest {
  private static final byte[] CONTEXT = "label".getBytes(UTF_8);
  private static final int SEALED_CHUNK = ChunkedEncryption.CHUNK_BYTES + Aes256Gcm.TAG_BYTES;

  private final SecureRandom random = new SecureRandom();
  private final byte[] key = Bytes.random(random, ChunkedEncryption.KEY_BYTES);

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 16383, 16384, 16385, 32767, 32768, 32769, 100_000})
  void message_ofAnyLength_roundTrips(int length) {
    byte[] plaintext = Bytes.random(random, length);
    byte[] sealed = ChunkedEncryption.seal(key, CONTEXT, plaintext, random);
    assertEquals(ChunkedEncryption.sealedLength(length), sealed.length);
    assertArrayEquals(plaintext, ChunkedEncryption.open(key, CONTEXT, sealed).orElseThrow());
  }

  @Test
  void seal_twice_differs() {
    byte[] first = ChunkedEncryption.seal(key, CONTEXT, new byte[10], random);
    assertFalse(Arrays.equals(first, ChunkedEncryption.seal(key, CONTEXT, new byte[10], random)));
  }

  @Test
  void open_anyByteChanged_isEmpty() {
    byte[] sealed = ChunkedEncryption.seal(key, CONTEXT, new byte[200], random);
    for (int i = 0; i < sealed.length; i++) {
      byte[] changed = sealed.clone();
      changed[i] ^= 0x10;
      assertTrue(ChunkedEncryption.open(key, CONTEXT, changed).isEmpty(), "byte " + i);
    }
  }

  @Test
  void open_everyTruncation_isEmpty() {
    byte[] sealed = ChunkedEncryption.seal(key, CONTEXT, new byte[40_000], random);
    for (int length = 0; length < sealed.length; length += length < 200 ? 1 : 61) {
      assertTrue(
          ChunkedEncryption.open(key, CONTEXT, Arrays.copyOf(sealed, length)).isEmpty(),
          "length " + length);
    }
    for (int chunks = 0; chunks <= 2; chunks++) {
      int length = ChunkedEncryption.HEADER_BYTES + chunks * SEALED_CHUNK;
      assertTrue(ChunkedEncryption.open(key, CONTEXT, Arrays.copyOf(sealed, length)).isEmpty());
    }
  }

  @Test
  void open_chunksReorderedOrRepeated_isEmpty() {
    byte[] sealed = ChunkedEncryption.seal(key, CONTEXT, new byte[3 * 16384 + 5], random);
    int header = ChunkedEncryption.HEADER_BYTES;
    byte[] swapped = sealed.clone();
    System.arraycopy(sealed, header, swapped, header + SEALED_CHUNK, SEALED_CHUNK);
    System.arraycopy(sealed, header + SEALED_CHUNK, swapped, header, SEALED_CHUNK);
    assertTrue(ChunkedEncryption.open(key, CONTEXT, swapped).isEmpty());
    byte[] repeated = sealed.clone();
    System.arraycopy(sealed, header, repeated, header + SEALED_CHUNK, SEALED_CHUNK);
    assertTrue(ChunkedEncryption.open(key, CONTEXT, repeated).isEmpty());
  }

  @Test
  void open_extended_isEmpty() {
    byte[] sealed = ChunkedEncryption.seal(key, CONTEXT, new byte[5], random);
    for (int more : new int[] {1, 16, 17, SEALED_CHUNK}) {
      assertTrue(
          ChunkedEncryption.open(key, CONTEXT, Arrays.copyOf(sealed, sealed.length + more))
              .isEmpty());
    }
  }

  @Test
  void open_otherContext_isEmpty() {
    byte[] sealed = ChunkedEncryption.seal(key, CONTEXT, new byte[5], random);
    assertTrue(ChunkedEncryption.open(key, "labe".getBytes(UTF_8), sealed).isEmpty());
    assertTrue(ChunkedEncryption.open(key, new byte[0], sealed).isEmpty());
  }

  @Test
  void sealAndOpen_wrongKeyLength_areRefusedAsBugs() {
    assertThrows(
        IllegalArgumentException.class,
        () -> ChunkedEncryption.seal(new byte[31], CONTEXT, new byte[5], random));
    assertThrows(
        IllegalArgumentException.class,
        () -> ChunkedEncryption.open(new byte[33], CONTEXT, new byte[200]));
  }

  /**
   * Bare GCM opens one ciphertext under two keys, once a block is solved so that both tags agree;
   * the commitment stops that here.
   */
  @Test
  void open_ciphertextValidUnderTwoKeys_opensUnderOneOnly() throws Exception {
    byte[] salt = Bytes.random(random, ChunkedEncryption.SALT_BYTES);
    byte[] other = Bytes.random(random, ChunkedEncryption.KEY_BYTES);
    byte[] mine = derived(key, salt);
    byte[] theirs = derived(other, salt);
    byte[] chunk = salamander(mine, theirs);
    // The attack is real: the chunk alone is authentic under both derived keys.
    assertTrue(openChunk(mine, chunk));
    assertTrue(openChunk(theirs, chunk));

    byte[] message = Bytes.concat(salt, Arrays.copyOfRange(mine, 44, 76), chunk);
    assertTrue(ChunkedEncryption.open(key, CONTEXT, message).isPresent());
    assertTrue(ChunkedEncryption.open(other, CONTEXT, message).isEmpty());
  }

  private static byte[] derived(byte[] key, byte[] salt) {
    byte[] name = "c2sp.org/chunked-encryption@v1+AEAD_AES_256_GCM\0".getBytes(UTF_8);
    return Hkdf.expandSha512(key, Bytes.concat(name, salt, CONTEXT), 76);
  }

  private static boolean openChunk(byte[] derived, byte[] chunk) {
    byte[] key = Arrays.copyOf(derived, 32);
    byte[] nonce = Arrays.copyOfRange(derived, 32, 44);
    return Aes256Gcm.open(key, nonce, new byte[0], chunk).isPresent();
  }

  /**
   * Two ciphertext blocks and a tag authentic under both keys: tag = C1 H^3 + C2 H^2 + L H + E,
   * with C1 and the tag equal for both, solved for C2 (Dodis et al., CRYPTO 2018).
   */
  private static byte[] salamander(byte[] mine, byte[] theirs) throws Exception {
    BigInteger h1 = encryptBlock(mine, new byte[16]);
    BigInteger h2 = encryptBlock(theirs, new byte[16]);
    BigInteger e1 = encryptBlock(mine, firstCounter(mine));
    BigInteger e2 = encryptBlock(theirs, firstCounter(theirs));
    byte[] lengths = new byte[16];
    lengths[14] = 1; // 256 bits of ciphertext
    BigInteger length = new BigInteger(1, lengths);
    BigInteger first = new BigInteger(1, "opens under two!".getBytes(UTF_8));
    BigInteger difference =
        times(first, power(h1, 3).xor(power(h2, 3))).xor(times(length, h1.xor(h2))).xor(e1.xor(e2));
    BigInteger second = times(difference, inverse(power(h1, 2).xor(power(h2, 2))));
    BigInteger tag =
        times(first, power(h1, 3)).xor(times(second, power(h1, 2))).xor(times(length, h1)).xor(e1);
    return Bytes.concat(block(first), block(second), block(tag));
  }

  private static byte[] firstCounter(byte[] derived) {
    byte[] counter = Arrays.copyOf(Arrays.copyOfRange(derived, 32, 44), 16);
    counter[15] = 1;
    return counter;
  }

  private static BigInteger encryptBlock(byte[] derived, byte[] block) throws Exception {
    // One block of the bare cipher: counter mode over zeros, counter = the block.
    Cipher cipher = Cipher.getInstance("AES/CTR/NoPadding");
    cipher.init(
        Cipher.ENCRYPT_MODE,
        new SecretKeySpec(Arrays.copyOf(derived, 32), "AES"),
        new IvParameterSpec(block));
    return new BigInteger(1, cipher.doFinal(new byte[16]));
  }

  private static byte[] block(BigInteger value) {
    byte[] bytes = new byte[16];
    for (int i = 0; i < 16; i++) {
      bytes[15 - i] = value.shiftRight(8 * i).byteValue();
    }
    return bytes;
  }

  /** Multiplication in GCM's field, whose leftmost bit is the coefficient of x^0. */
  private static BigInteger times(BigInteger left, BigInteger right) {
    BigInteger reduction = BigInteger.valueOf(0xe1).shiftLeft(120);
    BigInteger product = BigInteger.ZERO;
    BigInteger shifted = right;
    for (int i = 127; i >= 0; i--) {
      if (left.testBit(i)) {
        product = product.xor(shifted);
      }
      boolean carry = shifted.testBit(0);
      shifted = shifted.shiftRight(1);
      shifted = carry ? shifted.xor(reduction) : shifted;
    }
    return product;
  }

  private static BigInteger power(BigInteger base, int exponent) {
    BigInteger result = base;
    for (int i = 1; i < exponent; i++) {
      result = times(result, base);
    }
    return result;
  }

  /** x^(2^128 - 2): the product of x^(2^i) for i from 1 to 127. */
  private static BigInteger inverse(BigInteger value) {
    BigInteger square = times(value, value);
    BigInteger result = square;
    for (int i = 2; i < 128; i++) {
      square = times(square, square);
      result = times(result, square);
    }
    return result;
  }
}
