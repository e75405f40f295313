package org.entente.gateway.crypto;

import static org.entente.gateway.crypto.Vectors.hex;
import static org.entente.gateway.crypto.Vectors.hexOrEmpty;
import static org.entente.gateway.crypto.Vectors.isValid;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.ByteArrayOutputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.Optional;
import java.util.zip.DataFormatException;
import java.util.zip.Inflater;
import org.bouncycastle.crypto.SecretWithEncapsulation;
import org.bouncycastle.crypto.kems.MLKEMExtractor;
import org.bouncycastle.crypto.kems.MLKEMGenerator;
import org.bouncycastle.crypto.params.MLDSAParameters;
import org.bouncycastle.crypto.params.MLDSAPublicKeyParameters;
import org.bouncycastle.crypto.params.MLKEMParameters;
import org.bouncycastle.crypto.params.MLKEMPrivateKeyParameters;
import org.bouncycastle.crypto.params.MLKEMPublicKeyParameters;
import org.bouncycastle.math.ec.rfc7748.X25519;
import org.junit.jupiter.api.Test;

/**
 * Every case of the C2SP Wycheproof files for suite 1.
 *
 * <p>X25519 and ML-KEM are used inside X-Wing only and have no type of their own: their cases run
 * against the library X-Wing calls, and their malformed keys against the check of an X-Wing key.
 */
final class WycheproofTest {
  @Test
  void ed25519_everyCase_asStated() {
    Vectors vectors = Vectors.read("wycheproof", "ed25519_test.json");
    vectors.eachWycheproofCase(
        (group, test) -> {
          Optional<Ed25519VerifyingKey> key =
              Ed25519VerifyingKey.parse(hex(group.get("publicKey"), "pk"));
          boolean verified =
              key.map(k -> k.verify(hex(test, "msg"), hex(test, "sig"))).orElse(false);
          assertEquals(isValid(test), verified);
        });
    vectors.finish(151, 0);
  }

  @Test
  void mlDsa44_everyCase_asStated() {
    Vectors vectors = Vectors.read("wycheproof", "mldsa_44_verify_test.json");
    vectors.eachWycheproofCase(
        (group, test) -> {
          byte[] signature = hex(test, "sig");
          boolean verified =
              MlDsa44VerifyingKey.parse(hex(group, "publicKey"))
                  .map(key -> key.verify(hex(test, "msg"), hexOrEmpty(test, "ctx"), signature))
                  .orElse(false);
          assertEquals(isValid(test), verified);
        });
    vectors.finish(180, 0);
  }

  /**
   * ML-DSA-65 is no part of suite 1 and has no key type; the verification below the types is the
   * same.
   */
  @Test
  void mlDsa65_everyCase_asStated() {
    Vectors vectors = Vectors.read("wycheproof", "mldsa_65_verify_test.json");
    vectors.eachWycheproofCase(
        (group, test) -> {
          byte[] key = hex(group, "publicKey");
          byte[] signature = hex(test, "sig");
          boolean verified =
              key.length == 1952
                  && signature.length == 3309
                  && MlDsaVerification.verify(
                      new MLDSAPublicKeyParameters(MLDSAParameters.ml_dsa_65, key),
                      hex(test, "msg"),
                      hexOrEmpty(test, "ctx"),
                      signature);
          assertEquals(isValid(test), verified);
        });
    vectors.finish(210, 0);
  }

  @Test
  void aes256Gcm_everyCase_asStated() {
    Vectors vectors = Vectors.read("wycheproof", "aes_gcm_test.json");
    vectors.eachWycheproofCase(
        (group, test) -> {
          byte[] key = hex(test, "key");
          byte[] nonce = hex(test, "iv");
          byte[] message = hex(test, "msg");
          byte[] sealed = Bytes.concat(hex(test, "ct"), hex(test, "tag"));
          assertEquals(128, group.get("tagSize").asInt());
          if (key.length != 32 || nonce.length != 12) {
            vectors.outOfScope(
                key.length != 32
                    ? "AES-" + key.length * 8
                    : "nonce of " + nonce.length * 8 + " bits");
            byte[] aad = hex(test, "aad");
            assertThrows(
                IllegalArgumentException.class, () -> Aes256Gcm.seal(key, nonce, aad, message));
            assertThrows(
                IllegalArgumentException.class, () -> Aes256Gcm.open(key, nonce, aad, sealed));
            return;
          }
          Optional<byte[]> opened = Aes256Gcm.open(key, nonce, hex(test, "aad"), sealed);
          assertEquals(isValid(test), opened.isPresent());
          if (opened.isPresent()) {
            assertArrayEquals(message, opened.get());
            assertArrayEquals(sealed, Aes256Gcm.seal(key, nonce, hex(test, "aad"), message));
          }
        });
    vectors.finish(66, 250);
  }

  @Test
  void hkdfSha256_everyCase_asStated() {
    Vectors vectors = Vectors.read("wycheproof", "hkdf_sha256_test.json");
    vectors.eachWycheproofCase(
        (group, test) -> {
          byte[] key = Hkdf.extractSha256(hex(test, "salt"), hex(test, "ikm"));
          byte[] info = hex(test, "info");
          int size = test.get("size").asInt();
          if (isValid(test)) {
            assertArrayEquals(hex(test, "okm"), Hkdf.expandSha256(key, info, size));
          } else {
            assertThrows(IllegalArgumentException.class, () -> Hkdf.expandSha256(key, info, size));
          }
        });
    vectors.finish(86, 0);
  }

  @Test
  void chunkedEncryption_everyCase_asStated() {
    Vectors vectors = Vectors.read("wycheproof", "c2sp_chunked_encryption_aes_256_gcm_test.json");
    vectors.eachWycheproofCase(
        (group, test) -> {
          byte[] key = hex(test, "key");
          byte[] context = hex(test, "ctx");
          byte[] ciphertext = inflate(hex(test, "ct"));
          if (key.length != ChunkedEncryption.KEY_BYTES) {
            assertFalse(isValid(test));
            assertThrows(
                IllegalArgumentException.class,
                () -> ChunkedEncryption.open(key, context, ciphertext));
            return;
          }
          Optional<byte[]> opened = ChunkedEncryption.open(key, context, ciphertext);
          assertEquals(isValid(test), opened.isPresent());
          if (opened.isPresent()) {
            byte[] plaintext = opened.get();
            assertEquals(test.get("msgLength").asInt(), plaintext.length);
            assertArrayEquals(hex(test, "msgSha512"), sha512(plaintext));
            byte[] salt = Arrays.copyOf(ciphertext, ChunkedEncryption.SALT_BYTES);
            assertArrayEquals(ciphertext, ChunkedEncryption.seal(key, context, plaintext, salt));
          }
        });
    vectors.finish(35, 0);
  }

  @Test
  void x25519_everyCase_asStated() {
    Vectors vectors = Vectors.read("wycheproof", "x25519_test.json");
    XWingPublicKey good = XWingPrivateKey.fromSeed(new byte[32]).publicKey();
    vectors.eachWycheproofCase(
        (group, test) -> {
          byte[] point = hex(test, "public");
          byte[] shared = hex(test, "shared");
          byte[] agreed = new byte[32];
          boolean nonZero = X25519.calculateAgreement(hex(test, "private"), 0, point, 0, agreed, 0);
          assertArrayEquals(shared, agreed);
          assertEquals(!isZero(shared), nonZero);
          assertEquals(isZero(shared), X25519Point.isLowOrder(point));
          assertEquals(has(test, "ZeroSharedSecret"), X25519Point.isLowOrder(point));
          // The flag is not set on every non-canonical value of low order, so count for ourselves.
          boolean canonical = isBelowPrime(test.get("public").asText());
          assertFalse(canonical && has(test, "NonCanonicalPublic"));
          assertEquals(canonical, X25519Point.isCanonical(point));
          byte[] key = good.encoded();
          System.arraycopy(point, 0, key, XWingPublicKey.ML_KEM_BYTES, point.length);
          assertEquals(canonical && !isZero(shared), XWingPublicKey.parse(key).isPresent());
        });
    vectors.finish(518, 0);
  }

  @Test
  void mlKem768_everyDecapsulation_asStated() {
    Vectors vectors = Vectors.read("wycheproof", "mlkem_768_test.json");
    XWingPrivateKey recipient = XWingPrivateKey.fromSeed(new byte[32]);
    vectors.eachWycheproofCase(
        (group, test) -> {
          byte[] seed = hex(test, "seed");
          byte[] ciphertext = hex(test, "c");
          if (seed.length != 64) {
            assertFalse(isValid(test));
            assertThrows(IllegalArgumentException.class, () -> XWingPrivateKey.fromSeed(seed));
            return;
          }
          if (ciphertext.length != 1088) {
            assertFalse(isValid(test));
            byte[] enc = Bytes.concat(ciphertext, Arrays.copyOf(new byte[] {9}, 32));
            assertEquals(
                Optional.empty(),
                HpkeExport.fromSender(recipient, enc, new byte[0], new byte[0], 32));
            return;
          }
          assertTrue(isValid(test));
          MLKEMPrivateKeyParameters key =
              new MLKEMPrivateKeyParameters(MLKEMParameters.ml_kem_768, seed);
          assertArrayEquals(hex(test, "ek"), key.getPublicKey());
          assertArrayEquals(hex(test, "K"), new MLKEMExtractor(key).extractSecret(ciphertext));
        });
    vectors.finish(193, 0);
  }

  @Test
  void mlKem768_everyEncapsulation_asStated() {
    Vectors vectors = Vectors.read("wycheproof", "mlkem_768_encaps_test.json");
    byte[] goodPoint =
        Arrays.copyOfRange(
            XWingPrivateKey.fromSeed(new byte[32]).publicKey().encoded(),
            XWingPublicKey.ML_KEM_BYTES,
            XWingPublicKey.ENCODED_BYTES);
    vectors.eachWycheproofCase(
        (group, test) -> {
          byte[] encapsulationKey = hex(test, "ek");
          Optional<XWingPublicKey> key =
              XWingPublicKey.parse(Bytes.concat(encapsulationKey, goodPoint));
          assertEquals(isValid(test), key.isPresent());
          if (key.isPresent()) {
            SecretWithEncapsulation result =
                MLKEMGenerator.internalGenerateEncapsulated(
                    new MLKEMPublicKeyParameters(MLKEMParameters.ml_kem_768, encapsulationKey),
                    hex(test, "m"));
            assertArrayEquals(hex(test, "c"), result.getEncapsulation());
            assertArrayEquals(hex(test, "K"), result.getSecret());
          }
        });
    vectors.finish(265, 0);
  }

  private static boolean has(JsonNode test, String flag) {
    for (JsonNode each : test.get("flags")) {
      if (each.asText().equals(flag)) {
        return true;
      }
    }
    return false;
  }

  private static boolean isBelowPrime(String littleEndianHex) {
    StringBuilder bigEndian = new StringBuilder();
    for (int at = littleEndianHex.length(); at > 0; at -= 2) {
      bigEndian.append(littleEndianHex, at - 2, at);
    }
    String prime = "7fffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffed";
    return bigEndian.toString().compareTo(prime) < 0;
  }

  private static boolean isZero(byte[] bytes) {
    return Arrays.equals(bytes, new byte[bytes.length]);
  }

  private static byte[] sha512(byte[] bytes) {
    try {
      return MessageDigest.getInstance("SHA-512").digest(bytes);
    } catch (NoSuchAlgorithmException e) {
      throw new AssertionError(e);
    }
  }

  /** The file keeps ciphertexts compressed with zlib. */
  private static byte[] inflate(byte[] compressed) {
    Inflater inflater = new Inflater();
    try {
      inflater.setInput(compressed);
      ByteArrayOutputStream output = new ByteArrayOutputStream();
      byte[] buffer = new byte[1 << 16];
      while (!inflater.finished()) {
        output.write(buffer, 0, inflater.inflate(buffer));
      }
      return output.toByteArray();
    } catch (DataFormatException e) {
      throw new AssertionError(e);
    } finally {
      inflater.end();
    }
  }
}
