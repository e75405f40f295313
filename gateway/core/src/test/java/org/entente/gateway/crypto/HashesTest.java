package org.entente.gateway.crypto;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class HashesTest {
  private static final HexFormat HEX = HexFormat.of();

  /** FIPS 180-4's examples of the empty message and "abc". */
  @Test
  void sha256_knownMessages_asPublished() {
    assertEquals(
        "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
        HEX.formatHex(Sha256.hash()));
    assertEquals(
        "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad",
        HEX.formatHex(Sha256.hash("a".getBytes(UTF_8), "bc".getBytes(UTF_8))));
  }

  @Test
  void sha256_fedInPieces_equalsAtOnce() {
    byte[] message = "xabcdefy".getBytes(UTF_8);
    byte[] pieces =
        new Sha256()
            .update(message, 1, 1)
            .update(message, 2, 3)
            .update("ef".getBytes(UTF_8))
            .digest();
    assertArrayEquals(Sha256.hash("abcdef".getBytes(UTF_8)), pieces);
    Sha256 again = new Sha256().update(message);
    byte[] first = again.digest();
    assertArrayEquals(first, again.update(message).digest());
  }

  /** RFC 4231, test cases 1, 2 and 6 (key longer than a block). */
  @ParameterizedTest
  @CsvSource({
    "0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b,4869205468657265,"
        + "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7",
    "4a656665,7768617420646f2079612077616e7420666f72206e6f7468696e673f,"
        + "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843"
  })
  void hmac_rfc4231Vector_asPublished(String key, String message, String mac) {
    byte[] bytes = HEX.parseHex(message);
    byte[] head = Arrays.copyOf(bytes, 3);
    byte[] tail = Arrays.copyOfRange(bytes, 3, bytes.length);
    assertEquals(mac, HEX.formatHex(HmacSha256.mac(HEX.parseHex(key), bytes)));
    assertEquals(mac, HEX.formatHex(HmacSha256.mac(HEX.parseHex(key), head, tail)));
  }

  /** The published HMAC-SHA-256 of nothing under the empty key, and RFC 4231's test case 6. */
  @Test
  void hmac_emptyAndLongKeys_asPublished() {
    assertEquals(
        "b613679a0814d9ec772f95d778c35fc5ff1697c493715653c6c712144292c5ad",
        HEX.formatHex(HmacSha256.mac(new byte[0])));
    byte[] longKey = new byte[131];
    Arrays.fill(longKey, (byte) 0xaa);
    assertEquals(
        "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54",
        HEX.formatHex(
            HmacSha256.mac(
                longKey,
                "Test Using Larger Than Block-Size Key - Hash Key First".getBytes(UTF_8))));
  }

  /** RFC 5869, appendix A.1 to A.3. */
  @ParameterizedTest
  @CsvSource({
    "0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b,000102030405060708090a0b0c,"
        + "f0f1f2f3f4f5f6f7f8f9,"
        + "077709362c2e32df0ddc3f0dc47bba6390b6c73bb50f9c3122ec844ad7c2b3e5,"
        + "3cb25f25faacd57a90434f64d0362f2a2d2d0a90cf1a5a4c5db02d56ecc4c5bf34007208d5b887185865",
    "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f20212223242526272829"
        + "2a2b2c2d2e2f303132333435363738393a3b3c3d3e3f404142434445464748494a4b4c4d4e4f,"
        + "606162636465666768696a6b6c6d6e6f707172737475767778797a7b7c7d7e7f8081828384858687"
        + "88898a8b8c8d8e8f909192939495969798999a9b9c9d9e9fa0a1a2a3a4a5a6a7a8a9aaabacadaeaf,"
        + "b0b1b2b3b4b5b6b7b8b9babbbcbdbebfc0c1c2c3c4c5c6c7c8c9cacbcccdcecfd0d1d2d3d4d5d6d7"
        + "d8d9dadbdcdddedfe0e1e2e3e4e5e6e7e8e9eaebecedeeeff0f1f2f3f4f5f6f7f8f9fafbfcfdfeff,"
        + "06a6b88c5853361a06104c9ceb35b45cef760014904671014a193f40c15fc244,"
        + "b11e398dc80327a1c8e7f78c596a49344f012eda2d4efad8a050cc4c19afa97c59045a99cac78272"
        + "71cb41c65e590e09da3275600c2f09b8367793a9aca3db71cc30c58179ec3e87c14c01d5c1f3434f"
        + "1d87",
    "0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b,'','',"
        + "19ef24a32c717b167f33a91d6f648bdf96596776afdb6377ac434c1c293ccb04,"
        + "8da4e775a563c18f715f802a063c5a31b8a11f5c5ee1879ec3454e5f3c738d2d9d201395faa4b61a"
        + "96c8"
  })
  void hkdf_rfc5869Vector_asPublished(
      String inputKey, String salt, String info, String extracted, String expanded) {
    byte[] key = Hkdf.extractSha256(HEX.parseHex(salt), HEX.parseHex(inputKey));
    assertEquals(extracted, HEX.formatHex(key));
    byte[] output = Hkdf.expandSha256(key, HEX.parseHex(info), expanded.length() / 2);
    assertEquals(expanded, HEX.formatHex(output));
  }

  @Test
  void hkdf_lengths_upTo255BlocksOnly() {
    byte[] key = new byte[64];
    byte[] info = {1};
    assertEquals(0, Hkdf.expandSha256(key, info, 0).length);
    byte[] longest = Hkdf.expandSha256(key, info, 8160);
    byte[] longest512 = Hkdf.expandSha512(key, info, 16320);
    for (int length : new int[] {1, 31, 32, 33, 63, 64, 65, 8159}) {
      assertArrayEquals(Arrays.copyOf(longest, length), Hkdf.expandSha256(key, info, length));
      assertArrayEquals(Arrays.copyOf(longest512, length), Hkdf.expandSha512(key, info, length));
    }
    assertThrows(IllegalArgumentException.class, () -> Hkdf.expandSha256(key, info, 8161));
    assertThrows(IllegalArgumentException.class, () -> Hkdf.expandSha256(key, info, -1));
    assertThrows(IllegalArgumentException.class, () -> Hkdf.expandSha512(key, info, 16321));
  }

  @Test
  void hkdf_ofNumbers_isTheSameAsOneByOne() {
    byte[] key = new byte[32];
    byte[] info = {7, 8};
    List<byte[]> outputs = Hkdf.expandEachSha256(key, info, 300);
    assertEquals(300, outputs.size());
    for (int i = 0; i < 300; i++) {
      byte[] numbered = {7, 8, 0, 0, (byte) (i >> 8), (byte) i};
      assertArrayEquals(Hkdf.expandSha256(key, numbered, 32), outputs.get(i));
    }
    assertEquals(List.of(), Hkdf.expandEachSha256(key, info, 0));
  }

  @Test
  void constantTime_equalsArraysEquals() {
    assertTrue(ConstantTime.equal(new byte[] {1, 2}, new byte[] {1, 2}));
    assertTrue(ConstantTime.equal(new byte[0], new byte[0]));
    assertFalse(ConstantTime.equal(new byte[] {1, 2}, new byte[] {1, 3}));
    assertFalse(ConstantTime.equal(new byte[] {1, 2}, new byte[] {1, 2, 3}));
  }
}
