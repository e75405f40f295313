package org.entente.gateway.crypto;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.security.SecureRandom;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class SignaturesTest {
  private static final HexFormat HEX = HexFormat.of();
  private static final byte[] MESSAGE = "CSQU3054383 held at Le Havre".getBytes(UTF_8);

  private final SecureRandom random = new SecureRandom();

  /** RFC 8032, section 7.1, TEST 1, 2 and 3. */
  @ParameterizedTest
  @CsvSource(
      nullValues = "-",
      value = {
        "9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60,"
            + "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a,'',"
            + "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb8821590a33bac"
            + "c61e39701cf9b46bd25bf5f0595bbe24655141438e7a100b",
        "4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb,"
            + "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c,72,"
            + "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da085ac1e43e15996e"
            + "458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00",
        "c5aa8df43f9f837bedb7442f31dcb7b166d38535076f094b85ce3a2e0b4458f7,"
            + "fc51cd8e6218a1a38da47ed00230f0580816ed13ba3303ac5deb911548908025,af82,"
            + "6291d657deec24024827e69c3abe01a30ce548a284743a445e3680d7db5ac3ac18ff9b538d16f290"
            + "ae67f760984dc6594a7c15e9716ed28dc027beceea1ec40a"
      })
  void ed25519_rfc8032Vector_signsAndVerifies(
      String seed, String publicKey, String message, String signature) {
    Ed25519SigningKey key = Ed25519SigningKey.fromSeed(HEX.parseHex(seed));
    assertEquals(publicKey, HEX.formatHex(key.verifyingKey().encoded()));
    assertEquals(signature, HEX.formatHex(key.sign(HEX.parseHex(message))));
    assertTrue(key.verifyingKey().verify(HEX.parseHex(message), HEX.parseHex(signature)));
  }

  /**
   * Made by the key's owner: R with a component of order 8, and R of order 1. Multiplied by the
   * cofactor both satisfy the equation; verifiers that do not multiply refuse the first.
   */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "13ffc152c710f4403709608057168cbf99970c067f16ea9411ad1bf02f010f13"
            + "3eb095fb33080a6f78313eb93b8f375745efc0b42353530f8273624c22bb8508",
        "0100000000000000000000000000000000000000000000000000000000000000"
            + "acc52d59d0550239a00e0827020b3ad54a4cc911d019126d82f28f75f6b06a0b"
      })
  void ed25519_commitmentNotOfPrimeOrder_isRefused(String signature) {
    Ed25519VerifyingKey key =
        Ed25519VerifyingKey.of(
            HEX.parseHex("d5b57d0f3aea77f86134c9cc0fbefa2f4037177f5334ff94a69f6f87d20a0d18"));

    assertFalse(key.verify("torsion".getBytes(UTF_8), HEX.parseHex(signature)));
  }

  /** Encodings of points of order 1, 2, 4 and 8, and the same with y not reduced. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "0100000000000000000000000000000000000000000000000000000000000000",
        "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
        "0000000000000000000000000000000000000000000000000000000000000000",
        "0000000000000000000000000000000000000000000000000000000000000080",
        "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a",
        "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05",
        "0100000000000000000000000000000000000000000000000000000000000080",
        "eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
        "edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
        "ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff"
      })
  void ed25519_smallOrderOrNonCanonicalKey_refused(String encoded) {
    assertEquals(Optional.empty(), Ed25519VerifyingKey.parse(HEX.parseHex(encoded)));
    assertThrows(
        IllegalArgumentException.class, () -> Ed25519VerifyingKey.of(HEX.parseHex(encoded)));
  }

  @Test
  void ed25519_wrongLengths_refusedWithoutThrowing() {
    Ed25519SigningKey key = Ed25519SigningKey.generate(random);
    byte[] signature = key.sign(MESSAGE);
    for (int length = 0; length <= 130; length++) {
      boolean good = length == signature.length;
      assertEquals(good, key.verifyingKey().verify(MESSAGE, Arrays.copyOf(signature, length)));
      if (length != Ed25519VerifyingKey.ENCODED_BYTES) {
        assertTrue(Ed25519VerifyingKey.parse(new byte[length]).isEmpty());
      }
    }
    assertThrows(IllegalArgumentException.class, () -> Ed25519SigningKey.fromSeed(new byte[31]));
  }

  @Test
  void ed25519_scalarPlusGroupOrder_refused() {
    Ed25519SigningKey key = Ed25519SigningKey.generate(random);
    byte[] signature = key.sign(MESSAGE);
    byte[] order = HEX.parseHex("edd3f55c1a631258d69cf7a2def9de1400000000000000000000000000000010");
    int carry = 0;
    for (int i = 0; i < order.length; i++) {
      carry += (signature[32 + i] & 0xff) + (order[i] & 0xff);
      signature[32 + i] = (byte) carry;
      carry >>= 8;
    }
    assertFalse(key.verifyingKey().verify(MESSAGE, signature));
  }

  @Test
  void mlDsa44_signAndVerify_sizesAndContextsHold() {
    MlDsa44SigningKey key = MlDsa44SigningKey.generate(random);
    byte[] context = "entente/v1".getBytes(UTF_8);
    byte[] signature = key.sign(MESSAGE, context);
    assertEquals(MlDsa44VerifyingKey.SIGNATURE_BYTES, signature.length);
    assertEquals(MlDsa44VerifyingKey.ENCODED_BYTES, key.verifyingKey().encoded().length);
    assertArrayEquals(signature, key.sign(MESSAGE, context));
    assertTrue(key.verifyingKey().verify(MESSAGE, context, signature));
    assertFalse(key.verifyingKey().verify(MESSAGE, signature));
    assertTrue(key.verifyingKey().verify(MESSAGE, key.sign(MESSAGE)));
    assertTrue(key.verifyingKey().verify(MESSAGE, new byte[0], key.sign(MESSAGE)));
    assertThrows(IllegalArgumentException.class, () -> key.sign(MESSAGE, new byte[256]));
    assertFalse(key.verifyingKey().verify(MESSAGE, new byte[256], signature));
  }

  @Test
  void mlDsa44_malformedSignature_refusedWithoutThrowing() {
    MlDsa44SigningKey key = MlDsa44SigningKey.generate(random);
    byte[] signature = key.sign(MESSAGE);
    for (int length : new int[] {0, 1, 2419, 2421, 4840}) {
      assertFalse(key.verifyingKey().verify(MESSAGE, Arrays.copyOf(signature, length)));
    }
    byte[] ones = new byte[MlDsa44VerifyingKey.SIGNATURE_BYTES];
    Arrays.fill(ones, (byte) 0xff);
    assertFalse(key.verifyingKey().verify(MESSAGE, ones));
    assertTrue(MlDsa44VerifyingKey.parse(new byte[1311]).isEmpty());
  }

  @Test
  void keys_restoredFromSeeds_areTheSame() {
    SigningPair pair = SigningPair.generate(random);
    SigningPair again = SigningPair.fromSeeds(pair.seeds());
    assertEquals(pair.verifyingPair(), again.verifyingPair());
    assertEquals(pair.sign(MESSAGE), again.sign(MESSAGE));
    assertNotEquals(pair.verifyingPair(), SigningPair.generate(random).verifyingPair());
    assertThrows(IllegalArgumentException.class, () -> SigningPair.fromSeeds(new byte[63]));
  }

  @Test
  void pair_oneSignatureReplaced_refused() {
    SigningPair pair = SigningPair.generate(random);
    SigningPair other = SigningPair.generate(random);
    PairSignature good = pair.sign(MESSAGE);
    PairSignature foreign = other.sign(MESSAGE);
    VerifyingPair verifying = pair.verifyingPair();
    assertTrue(verifying.verify(MESSAGE, good));
    assertFalse(verifying.verify(MESSAGE, new PairSignature(good.ed25519(), foreign.mlDsa44())));
    assertFalse(verifying.verify(MESSAGE, new PairSignature(foreign.ed25519(), good.mlDsa44())));
    assertFalse(verifying.verify(MESSAGE, new PairSignature(good.ed25519(), new byte[2420])));
    assertFalse(verifying.verify(MESSAGE, new PairSignature(new byte[64], good.mlDsa44())));
    assertFalse(verifying.verify("another".getBytes(UTF_8), good));
  }

  @Test
  void pair_oneSignatureStripped_doesNotParse() {
    byte[] encoded = SigningPair.generate(random).sign(MESSAGE).encoded();
    assertEquals(2484, encoded.length);
    assertArrayEquals(encoded, PairSignature.parse(encoded).orElseThrow().encoded());
    for (int length : new int[] {0, 64, 2420, 2483, 2485}) {
      assertTrue(PairSignature.parse(Arrays.copyOf(encoded, length)).isEmpty());
    }
    assertThrows(
        IllegalArgumentException.class, () -> new PairSignature(new byte[64], new byte[0]));
  }

  @Test
  void pair_anyBitFlipped_refused() {
    SigningPair pair = SigningPair.generate(random);
    byte[] encoded = pair.sign(MESSAGE).encoded();
    for (int i = 0; i < encoded.length; i += 97) {
      byte[] flipped = encoded.clone();
      flipped[i] ^= 1;
      assertFalse(pair.verifyingPair().verify(MESSAGE, flipped), "byte " + i);
    }
    assertTrue(pair.verifyingPair().verify(MESSAGE, encoded));
  }

  @Test
  void verifyingPair_encoding_roundTripsAndNamesItself() {
    VerifyingPair pair = SigningPair.generate(random).verifyingPair();
    byte[] encoded = pair.encoded();
    assertEquals(1344, encoded.length);
    VerifyingPair read = VerifyingPair.parse(encoded).orElseThrow();
    assertEquals(pair, read);
    assertEquals(pair.hashCode(), read.hashCode());
    assertTrue(pair.id().matches("[0-9a-f]{16}"));
    assertEquals(pair.id(), read.id());
    assertTrue(VerifyingPair.parse(Arrays.copyOf(encoded, 1343)).isEmpty());
    assertTrue(VerifyingPair.parse(new byte[1344]).isEmpty());
  }

  @Test
  void secretKeys_printed_areHidden() {
    assertEquals("[hidden]", Ed25519SigningKey.generate(random).toString());
    assertEquals("[hidden]", MlDsa44SigningKey.generate(random).toString());
    assertEquals("[hidden]", SigningPair.generate(random).toString());
  }
}
