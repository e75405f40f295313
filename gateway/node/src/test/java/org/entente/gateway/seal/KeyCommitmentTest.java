package org.entente.gateway.seal;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.protobuf.ByteString;
import java.math.BigInteger;
import java.security.GeneralSecurityException;
import java.util.Arrays;
import java.util.List;
import javax.crypto.Cipher;
import javax.crypto.spec.IvParameterSpec;
import javax.crypto.spec.SecretKeySpec;
import org.entente.gateway.seal.format.BodyAddress;
import org.entente.gateway.seal.format.Envelope;
import org.entente.gateway.seal.format.Suite;
import org.entente.proto.link.v1.SealedLabels;
import org.junit.jupiter.api.Test;

/**
 * Attack 36, an "invisible salamander": one ciphertext that two recipients, given two keys, open to
 * two messages. AES-GCM alone allows it, as the first test shows with a real one; the sealed labels
 * commit to the content key, so the envelope does not.
 */
class KeyCommitmentTest {
  private static final int BODY_BYTES = 32;

  private final CraftedEnvelopes crafted = new CraftedEnvelopes();
  private final ContentKey other = CraftedEnvelopes.key("the other recipient's");
  private final BodyAddress address =
      new BodyAddress(crafted.facts.origin(), crafted.facts.id(), 0);

  @Test
  void body_twoKeyCiphertext_opensUnderBothBodyKeys() throws GeneralSecurityException {
    byte[] salamander = salamander();

    byte[] first = crafted.key.bodyKey(0).open(address, salamander).orElseThrow();
    byte[] second = other.bodyKey(0).open(address, salamander).orElseThrow();

    assertFalse(Arrays.equals(first, second));
  }

  @Test
  void envelope_twoKeyCiphertextAsBody_opensUnderOneContentKeyOnly()
      throws GeneralSecurityException {
    byte[] plain =
        SealedLabels.newBuilder()
            .addLabels(ByteString.copyFrom(crafted.label))
            .addBodyLengths(BODY_BYTES)
            .build()
            .toByteArray();
    byte[] bodies = CraftedEnvelopes.padded(crafted.key, List.of(salamander()));
    byte[] labels = crafted.sealedLabels(plain);
    byte[] labelsOfOther =
        other.sealLabels(
            crafted.facts.origin(), crafted.facts.id(), plain, new SeededRandom("salt"));
    byte[] mixed = labels.clone();
    System.arraycopy(labelsOfOther, 24, mixed, 24, 32);
    Opener opener = new Opener(count -> {});

    Envelope envelope = crafted.envelope(1, labels, bodies);
    assertTrue(opener.openLabels(envelope, crafted.key).isPresent());
    assertFalse(opener.openLabels(envelope, other).isPresent());
    Envelope otherCommitment = crafted.envelope(1, mixed, bodies);
    assertFalse(opener.openLabels(otherCommitment, crafted.key).isPresent());
    assertFalse(opener.openLabels(otherCommitment, other).isPresent());
  }

  /** Two blocks and a tag that are authentic under both body keys. */
  private byte[] salamander() throws GeneralSecurityException {
    byte[] key1 = crafted.key.bodyKey(0).reveal();
    byte[] key2 = other.bodyKey(0).reveal();
    byte[] aad = address.encoded(Suite.BODY);
    BigInteger h1 = Gcm.block(aes(key1, new byte[16]));
    BigInteger h2 = Gcm.block(aes(key2, new byte[16]));
    byte[] counter = new byte[16];
    counter[15] = 1;
    byte[] free = new byte[BODY_BYTES];
    new SeededRandom("first block").nextBytes(free);
    Arrays.fill(free, 16, 32, (byte) 0);
    BigInteger tag1 = Gcm.hash(h1, aad, free).xor(Gcm.block(aes(key1, counter)));
    BigInteger tag2 = Gcm.hash(h2, aad, free).xor(Gcm.block(aes(key2, counter)));
    // The second block x adds x·h² to each hash: choose it so that the tags meet.
    BigInteger difference = Gcm.times(h1, h1).xor(Gcm.times(h2, h2));
    BigInteger x = Gcm.times(tag1.xor(tag2), Gcm.inverse(difference));
    System.arraycopy(Gcm.bytes(x), 0, free, 16, 16);
    BigInteger tag = Gcm.hash(h1, aad, free).xor(Gcm.block(aes(key1, counter)));
    return CraftedEnvelopes.joined(List.of(free, Gcm.bytes(tag)));
  }

  private static byte[] aes(byte[] key, byte[] block) throws GeneralSecurityException {
    Cipher cipher = Cipher.getInstance("AES/CTR/NoPadding");
    cipher.init(Cipher.ENCRYPT_MODE, new SecretKeySpec(key, "AES"), new IvParameterSpec(block));
    return cipher.doFinal(new byte[16]);
  }

  /** GHASH (NIST SP 800-38D, section 6) in slow and plain arithmetic. */
  private static final class Gcm {
    /** 1 + x + x² + x⁷ + x¹²⁸; bit 127 - i of a number is the coefficient of xⁱ. */
    private static final BigInteger REDUCTION = BigInteger.valueOf(0xE1).shiftLeft(120);

    static BigInteger block(byte[] bytes) {
      return new BigInteger(1, bytes);
    }

    static byte[] bytes(BigInteger value) {
      byte[] signed = value.toByteArray();
      byte[] out = new byte[16];
      int length = Math.min(16, signed.length);
      System.arraycopy(signed, signed.length - length, out, 16 - length, length);
      return out;
    }

    static BigInteger hash(BigInteger h, byte[] aad, byte[] ciphertext) {
      BigInteger sum = BigInteger.ZERO;
      for (byte[] part : List.of(aad, ciphertext)) {
        for (int at = 0; at < part.length; at += 16) {
          byte[] block = Arrays.copyOf(Arrays.copyOfRange(part, at, at + 16), 16);
          sum = times(sum.xor(block(block)), h);
        }
      }
      BigInteger lengths =
          BigInteger.valueOf(8L * aad.length)
              .shiftLeft(64)
              .or(BigInteger.valueOf(8L * ciphertext.length));
      return times(sum.xor(lengths), h);
    }

    static BigInteger times(BigInteger left, BigInteger right) {
      BigInteger product = BigInteger.ZERO;
      BigInteger shifted = right;
      for (int i = 127; i >= 0; i--) {
        if (left.testBit(i)) {
          product = product.xor(shifted);
        }
        boolean carry = shifted.testBit(0);
        shifted = shifted.shiftRight(1);
        shifted = carry ? shifted.xor(REDUCTION) : shifted;
      }
      return product;
    }

    /** The power 2¹²⁸ - 2. */
    static BigInteger inverse(BigInteger value) {
      BigInteger square = value;
      BigInteger product = BigInteger.ONE.shiftLeft(127);
      for (int i = 1; i < 128; i++) {
        square = times(square, square);
        product = times(product, square);
      }
      return product;
    }
  }
}
