package org.entente.gateway.crypto;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.entente.gateway.crypto.Vectors.hex;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import com.fasterxml.jackson.databind.JsonNode;
import org.bouncycastle.crypto.AsymmetricCipherKeyPair;
import org.bouncycastle.crypto.InvalidCipherTextException;
import org.bouncycastle.crypto.digests.SHAKEDigest;
import org.bouncycastle.crypto.hpke.HPKE;
import org.bouncycastle.crypto.hpke.HPKEContext;
import org.bouncycastle.crypto.hpke.HPKEContextWithEncapsulation;
import org.bouncycastle.pqc.crypto.xwing.XWingKEMExtractor;
import org.bouncycastle.pqc.crypto.xwing.XWingPrivateKeyParameters;
import org.junit.jupiter.api.Test;

/**
 * The official vectors of X-Wing and HPKE.
 *
 * <p>No file has suite 1 itself. X-Wing's own vectors settle the KEM, HPKE's with X-Wing and
 * HKDF-SHA256 its key schedule, RFC 9180's the key schedule with AES-256-GCM; and suite 1 is set
 * against a key schedule written here from the RFC.
 */
final class HpkeVectorsTest {
  private static final byte[] SUITE_1 =
      Bytes.concat("HPKE".getBytes(US_ASCII), new byte[] {0x64, 0x7a, 0x00, 0x01, 0x00, 0x02});

  private static final int X_WING = 0x647a;
  private static final int HKDF_SHA256 = 1;
  private static final int CHACHA20_POLY1305 = 3;
  private static final int EXPORT_ONLY = 0xffff;

  @Test
  void xWing_everyVector_asStated() {
    Vectors vectors = Vectors.read("xwing", "test-vectors.json");
    for (JsonNode test : vectors.root()) {
      vectors.run(
          "seed " + test.get("seed").asText(),
          () -> {
            XWingPrivateKey key = XWingPrivateKey.fromSeed(hex(test, "sk"));
            assertArrayEquals(hex(test, "seed"), key.seed());
            assertArrayEquals(hex(test, "pk"), key.publicKey().encoded());
            HpkeExport.Sender sender =
                HpkeExport.toRecipient(
                    HpkeExport.suite(HPKE.kdf_HKDF_SHA256, HPKE.aead_AES_GCM256),
                    XWingPublicKey.of(hex(test, "pk")),
                    new byte[0],
                    hex(test, "eseed"));
            assertArrayEquals(hex(test, "ct"), sender.enc());
            XWingPrivateKeyParameters parameters = new XWingPrivateKeyParameters(hex(test, "sk"));
            assertArrayEquals(
                hex(test, "ss"), new XWingKEMExtractor(parameters).extractSecret(hex(test, "ct")));
          });
    }
    vectors.finish(3, 0);
  }

  @Test
  void hpkePq_everyXWingVector_asStated() {
    Vectors vectors = Vectors.read("hpke", "hpke-pq.json");
    for (JsonNode test : vectors.root()) {
      vectors.run(name(test), () -> checkXWing(vectors, test));
    }
    vectors.finish(1, 12);
  }

  private static void checkXWing(Vectors vectors, JsonNode test) {
    if (id(test, "kem_id") != X_WING) {
      vectors.outOfScope("KEM 0x%04x".formatted(id(test, "kem_id")));
      return;
    }
    if (id(test, "kdf_id") != HKDF_SHA256) {
      vectors.outOfScope("X-Wing with KDF 0x%04x".formatted(id(test, "kdf_id")));
      return;
    }
    assertEquals(CHACHA20_POLY1305, id(test, "aead_id"));
    HPKE suite = HpkeExport.suite(HPKE.kdf_HKDF_SHA256, HPKE.aead_CHACHA20_POLY1305);
    XWingPrivateKey recipient = XWingPrivateKey.fromSeed(hex(test, "skRm"));
    assertArrayEquals(hex(test, "pkRm"), recipient.publicKey().encoded());
    byte[] info = hex(test, "info");
    HpkeExport.Sender sender =
        HpkeExport.toRecipient(suite, recipient.publicKey(), info, hex(test, "ikmE"));
    assertArrayEquals(hex(test, "enc"), sender.enc());
    for (JsonNode export : test.get("exports")) {
      byte[] context = hex(export, "exporter_context");
      byte[] value = hex(export, "exported_value");
      assertArrayEquals(value, sender.export(context, value.length).reveal());
      SecretBytes received =
          HpkeExport.fromSender(suite, recipient, sender.enc(), info, context, value.length)
              .orElseThrow();
      assertArrayEquals(value, received.reveal());
    }
  }

  /** Suite 1 itself: X-Wing's vectors, then the key schedule of RFC 9180, section 5.1, by hand. */
  @Test
  void suite1_xWingVectors_exportAsTheKeySchedule() {
    byte[] info = "entente/v1".getBytes(US_ASCII);
    byte[] context = "wrap".getBytes(US_ASCII);
    for (JsonNode test : Vectors.read("xwing", "test-vectors.json").root()) {
      XWingPrivateKey key = XWingPrivateKey.fromSeed(hex(test, "sk"));
      byte[] expected = keySchedule(hex(test, "ss"), info, context);
      SecretBytes exported =
          HpkeExport.fromSender(key, hex(test, "ct"), info, context, 32).orElseThrow();
      assertArrayEquals(expected, exported.reveal());
    }
  }

  private static byte[] keySchedule(byte[] sharedSecret, byte[] info, byte[] context) {
    byte[] none = new byte[0];
    byte[] scheduleContext =
        Bytes.concat(
            new byte[] {0},
            labeledExtract(none, "psk_id_hash", none),
            labeledExtract(none, "info_hash", info));
    byte[] secret = labeledExtract(sharedSecret, "secret", none);
    byte[] exporter = labeledExpand(secret, "exp", scheduleContext);
    return labeledExpand(exporter, "sec", context);
  }

  private static byte[] labeledExtract(byte[] salt, String label, byte[] inputKey) {
    byte[] version = "HPKE-v1".getBytes(US_ASCII);
    byte[] labeled = Bytes.concat(version, SUITE_1, label.getBytes(US_ASCII), inputKey);
    return Hkdf.extractSha256(salt, labeled);
  }

  private static byte[] labeledExpand(byte[] key, String label, byte[] info) {
    byte[] version = "HPKE-v1".getBytes(US_ASCII);
    byte[] length = {0, 32};
    byte[] labeled = Bytes.concat(length, version, SUITE_1, label.getBytes(US_ASCII), info);
    return Hkdf.expandSha256(key, labeled, 32);
  }

  /** RFC 9180's vectors in accumulated form: inputs and outputs are folded by SHAKE128. */
  @Test
  void rfc9180_everyVector_asStated() {
    Vectors vectors = Vectors.read("hpke", "rfc9180.json");
    for (JsonNode test : vectors.root()) {
      vectors.run(name(test), () -> checkRfc9180(vectors, test));
    }
    vectors.finish(12, 12);
  }

  private static void checkRfc9180(Vectors vectors, JsonNode test) {
    if (id(test, "kdf_id") != HKDF_SHA256) {
      vectors.outOfScope("KDF 0x%04x".formatted(id(test, "kdf_id")));
      return;
    }
    HPKE suite =
        new HPKE(
            HPKE.mode_base,
            (short) id(test, "kem_id"),
            HPKE.kdf_HKDF_SHA256,
            (short) id(test, "aead_id"));
    AsymmetricCipherKeyPair recipient =
        suite.deserializePrivateKey(hex(test, "skRm"), hex(test, "pkRm"));
    AsymmetricCipherKeyPair ephemeral = suite.deriveKeyPair(hex(test, "ikmE"));
    byte[] info = hex(test, "info");
    HPKEContextWithEncapsulation sender = suite.setupBaseS(recipient.getPublic(), info, ephemeral);
    assertArrayEquals(hex(test, "enc"), sender.getEncapsulation());
    HPKEContext receiver = suite.setupBaseR(sender.getEncapsulation(), recipient, info);
    if (id(test, "aead_id") != EXPORT_ONLY) {
      assertArrayEquals(hex(test, "encryptions_accumulated"), encryptions(sender, receiver));
    }
    assertArrayEquals(hex(test, "exports_accumulated"), exports(sender, receiver));
  }

  private static byte[] encryptions(HPKEContext sender, HPKEContext receiver) {
    SHAKEDigest source = new SHAKEDigest(128);
    SHAKEDigest sink = new SHAKEDigest(128);
    for (int i = 0; i < 1000; i++) {
      byte[] aad = draw(source);
      byte[] plaintext = draw(source);
      try {
        byte[] ciphertext = sender.seal(aad, plaintext);
        assertArrayEquals(plaintext, receiver.open(aad, ciphertext));
        sink.update(ciphertext, 0, ciphertext.length);
      } catch (InvalidCipherTextException e) {
        throw new AssertionError(e);
      }
    }
    return squeeze(sink);
  }

  private static byte[] exports(HPKEContext sender, HPKEContext receiver) {
    SHAKEDigest source = new SHAKEDigest(128);
    SHAKEDigest sink = new SHAKEDigest(128);
    for (int length = 0; length < 1000; length++) {
      byte[] context = draw(source);
      byte[] value = sender.export(context, length);
      assertArrayEquals(value, receiver.export(context, length));
      sink.update(value, 0, value.length);
    }
    return squeeze(sink);
  }

  /** One byte of length, then so many bytes. */
  private static byte[] draw(SHAKEDigest source) {
    byte[] length = new byte[1];
    source.doOutput(length, 0, 1);
    byte[] drawn = new byte[length[0] & 0xff];
    source.doOutput(drawn, 0, drawn.length);
    return drawn;
  }

  private static byte[] squeeze(SHAKEDigest sink) {
    byte[] output = new byte[16];
    sink.doOutput(output, 0, output.length);
    return output;
  }

  private static String name(JsonNode test) {
    return "kem %04x kdf %04x aead %04x"
        .formatted(id(test, "kem_id"), id(test, "kdf_id"), id(test, "aead_id"));
  }

  private static int id(JsonNode test, String field) {
    return test.get(field).asInt();
  }
}
