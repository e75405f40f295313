package org.entente.gateway.crypto;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.security.SecureRandom;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class HpkeExportTest {
  private static final byte[] INFO = "entente/v1 session".getBytes(UTF_8);
  private static final byte[] WRAP = "wrap".getBytes(UTF_8);

  private final SecureRandom random = new SecureRandom();
  private final XWingPrivateKey recipient = XWingPrivateKey.generate(random);

  @Test
  void export_atBothEnds_isTheSame() {
    HpkeExport.Sender sender = HpkeExport.toRecipient(recipient.publicKey(), INFO, random);
    assertEquals(HpkeExport.ENC_BYTES, sender.enc().length);
    SecretBytes sent = sender.export(WRAP, 32);
    assertEquals(32, sent.length());
    assertEquals(Optional.of(sent), receive(recipient, sender.enc(), INFO, WRAP));
    assertEquals(sent, sender.export(WRAP, 32));
  }

  @Test
  void export_otherInfoContextOrKey_differs() {
    HpkeExport.Sender sender = HpkeExport.toRecipient(recipient.publicKey(), INFO, random);
    SecretBytes sent = sender.export(WRAP, 32);
    assertNotEquals(Optional.of(sent), receive(recipient, sender.enc(), WRAP, WRAP));
    assertNotEquals(Optional.of(sent), receive(recipient, sender.enc(), INFO, INFO));
    XWingPrivateKey other = XWingPrivateKey.generate(random);
    assertNotEquals(Optional.of(sent), receive(other, sender.enc(), INFO, WRAP));
    assertNotEquals(sent, sender.export(INFO, 32));
  }

  @Test
  void toRecipient_twice_sharesNothing() {
    HpkeExport.Sender first = HpkeExport.toRecipient(recipient.publicKey(), INFO, random);
    HpkeExport.Sender second = HpkeExport.toRecipient(recipient.publicKey(), INFO, random);
    assertNotEquals(first.export(WRAP, 32), second.export(WRAP, 32));
    assertTrue(!Arrays.equals(first.enc(), second.enc()));
  }

  @Test
  void fromSender_encChangedAnywhere_isASecretThatOpensNothing() {
    HpkeExport.Sender sender = HpkeExport.toRecipient(recipient.publicKey(), INFO, random);
    SecretBytes sent = sender.export(WRAP, 32);
    for (int at : new int[] {0, 500, 1087, 1088, 1100, 1118}) {
      byte[] enc = sender.enc();
      enc[at] ^= 1;
      Optional<SecretBytes> received = receive(recipient, enc, INFO, WRAP);
      assertTrue(received.isPresent(), "byte " + at);
      assertNotEquals(sent, received.get());
    }
  }

  @Test
  void fromSender_encOfAnotherLength_isEmpty() {
    byte[] enc = HpkeExport.toRecipient(recipient.publicKey(), INFO, random).enc();
    for (int length : new int[] {0, 1, 32, 1088, 1119, 1121, 2240}) {
      assertTrue(receive(recipient, Arrays.copyOf(enc, length), INFO, WRAP).isEmpty());
    }
  }

  /** Points of order 1, 2, 4 and 8 on curve and twist, canonical or not (RFC 7748, section 6.1). */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "0000000000000000000000000000000000000000000000000000000000000000",
        "0100000000000000000000000000000000000000000000000000000000000000",
        "e0eb7a7c3b41b8ae1656e3faf19fc46ada098deb9c32b1fd866205165f49b800",
        "5f9c95bca3508c24b1d0b1559c83ef5b04445cc4581c8e86d8224eddd09f1157",
        "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
        "edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
        "eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
        "edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff"
      })
  void lowOrderX25519Point_inKeyOrEnc_isRefused(String hex) {
    byte[] point = HexFormat.of().parseHex(hex);
    byte[] key = recipient.publicKey().encoded();
    System.arraycopy(point, 0, key, XWingPublicKey.ML_KEM_BYTES, point.length);
    assertTrue(XWingPublicKey.parse(key).isEmpty());
    assertThrows(IllegalArgumentException.class, () -> XWingPublicKey.of(key));
    byte[] enc = HpkeExport.toRecipient(recipient.publicKey(), INFO, random).enc();
    System.arraycopy(point, 0, enc, enc.length - point.length, point.length);
    assertTrue(receive(recipient, enc, INFO, WRAP).isEmpty());
  }

  @Test
  void mlKemKey_coefficientNotBelowModulus_isRefused() {
    byte[] good = recipient.publicKey().encoded();
    for (int coefficient : new int[] {0, 1, 255, 256, 500, 766, 767}) {
      for (int value : new int[] {3329, 4095}) {
        assertTrue(XWingPublicKey.parse(with(good, coefficient, value)).isEmpty());
      }
      assertTrue(XWingPublicKey.parse(with(good, coefficient, 3328)).isPresent());
    }
  }

  /** Sets one 12-bit coefficient of the encapsulation key, little-endian bits. */
  private static byte[] with(byte[] key, int coefficient, int value) {
    byte[] changed = key.clone();
    for (int bit = 0; bit < 12; bit++) {
      int at = coefficient * 12 + bit;
      int mask = 1 << at % 8;
      boolean set = (value >> bit & 1) == 1;
      changed[at / 8] = (byte) (set ? changed[at / 8] | mask : changed[at / 8] & ~mask);
    }
    return changed;
  }

  @Test
  void publicKey_encoding_roundTripsAtItsLengthOnly() {
    XWingPublicKey key = recipient.publicKey();
    assertEquals(key, XWingPublicKey.of(key.encoded()));
    assertEquals(key.hashCode(), XWingPublicKey.of(key.encoded()).hashCode());
    assertNotEquals(key, XWingPrivateKey.generate(random).publicKey());
    for (int length : new int[] {0, 32, 1184, 1215, 1217}) {
      assertTrue(XWingPublicKey.parse(Arrays.copyOf(key.encoded(), length)).isEmpty());
    }
  }

  @Test
  void privateKey_fromSeed_opensTheSame() {
    HpkeExport.Sender sender = HpkeExport.toRecipient(recipient.publicKey(), INFO, random);
    XWingPrivateKey again = XWingPrivateKey.fromSeed(recipient.seed());
    assertEquals(recipient.publicKey(), again.publicKey());
    assertEquals(Optional.of(sender.export(WRAP, 32)), receive(again, sender.enc(), INFO, WRAP));
    assertThrows(IllegalArgumentException.class, () -> XWingPrivateKey.fromSeed(new byte[64]));
  }

  @Test
  void privateKey_closed_opensNothingAndTellsNothing() {
    XWingPrivateKey key = XWingPrivateKey.generate(random);
    byte[] enc = HpkeExport.toRecipient(key.publicKey(), INFO, random).enc();
    assertEquals("[hidden]", key.toString());
    key.close();
    assertThrows(IllegalStateException.class, () -> receive(key, enc, INFO, WRAP));
    assertThrows(IllegalStateException.class, key::seed);
    assertEquals(XWingPublicKey.ENCODED_BYTES, key.publicKey().encoded().length);
  }

  @Test
  void export_lengthOutOfRange_isRefusedAsBug() {
    HpkeExport.Sender sender = HpkeExport.toRecipient(recipient.publicKey(), INFO, random);
    assertEquals(8160, sender.export(WRAP, 8160).length());
    assertThrows(IllegalArgumentException.class, () -> sender.export(WRAP, 8161));
    assertThrows(IllegalArgumentException.class, () -> sender.export(WRAP, 0));
    byte[] enc = sender.enc();
    assertThrows(
        IllegalArgumentException.class, () -> HpkeExport.fromSender(recipient, enc, INFO, WRAP, 0));
    assertEquals("[hidden]", sender.toString());
  }

  private static Optional<SecretBytes> receive(
      XWingPrivateKey key, byte[] enc, byte[] info, byte[] context) {
    return HpkeExport.fromSender(key, enc, info, context, 32);
  }
}
