package org.entente.gateway.seal.keys;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;

import java.nio.ByteBuffer;
import java.security.SecureRandom;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;
import org.entente.gateway.crypto.Aes256Gcm;
import org.entente.gateway.crypto.PuncturableKey;
import org.entente.gateway.crypto.Scrypt;
import org.entente.gateway.crypto.SecretBytes;
import org.entente.gateway.crypto.Sha256;
import org.entente.gateway.testkit.Formats;

/**
 * Files of the keystore. Their last 32 bytes are a hash of the rest, which nothing random would
 * hit: what comes is read once as it is and once with the hash that it should have.
 */
public final class KeysFormats {
  private static final SecretBytes PASSPHRASE = SecretBytes.takeOver("pass".getBytes(US_ASCII));
  private static final byte[] PLAIN = "the days".getBytes(US_ASCII);

  /** Magic number, version, then the cost: N = 2, r = 1, p = 1. */
  private static final byte[] HEADER = {'E', 'N', 'K', 'P', 1, 1, 1, 1};

  private static final int P_AT = 7;

  private KeysFormats() {}

  /** All of them. */
  public static Formats all() {
    return new Formats("keys")
        .with(
            "entries",
            hashed(file -> KeyFile.encodeEntries(KeyFile.parseEntries(file).values())),
            KeysFormats::entries)
        .with(
            "days", hashed(file -> KeyFile.encodeDays(KeyFile.parseDays(file))), KeysFormats::days)
        .with(
            "content",
            Formats.same(
                IllegalArgumentException.class, bytes -> EntryContent.parse(bytes).encode()),
            KeysFormats::contents)
        .with("protected", KeysFormats::unprotects, KeysFormats::protectedFiles)
        .with(
            "puncturable",
            Formats.same(
                IllegalArgumentException.class, bytes -> PuncturableKey.parse(bytes).encode()),
            KeysFormats::puncturable);
  }

  private static Formats.FormatLaw hashed(UnaryOperator<byte[]> parseAndEncode) {
    Formats.FormatLaw law = Formats.same(KeystoreFailure.class, parseAndEncode);
    return file -> {
      boolean asItIs = law.takes(file);
      return law.takes(withHash(file)) || asItIs;
    };
  }

  private static byte[] withHash(byte[] file) {
    int content = Math.max(0, file.length - Sha256.HASH_BYTES);
    byte[] out = Arrays.copyOf(file, content + Sha256.HASH_BYTES);
    byte[] hash = new Sha256().update(file, 0, content).digest();
    System.arraycopy(hash, 0, out, content, hash.length);
    return out;
  }

  private static KeyRing ring() {
    SecureRandom random = new SecureRandom();
    EntryContent inline = EntryContent.of(SecretBytes.takeOver(new byte[64]));
    EntryContent inFile =
        EntryContent.of(SecretFile.seal(SecretBytes.takeOver(new byte[2_000]), random));
    return KeyRing.empty()
        .with(Map.of(facts(KeyKind.AGENCY_PAIR, "pair"), inline), 20_000, random)
        .with(Map.of(facts(KeyKind.STORAGE, "20001"), inFile), 20_001, random);
  }

  private static KeyFacts facts(KeyKind kind, String id) {
    Instant now = Instant.ofEpochSecond(1_772_000_000);
    return new KeyFacts(new KeyName(kind, id), now, now.plusSeconds(60));
  }

  private static List<byte[]> contents() {
    return ring().entries().stream().map(held -> held.content().encode()).toList();
  }

  private static List<byte[]> entries() {
    return List.of(KeyFile.encodeEntries(ring().wrapped()), KeyFile.encodeEntries(List.of()));
  }

  private static List<byte[]> days() {
    return List.of(KeyFile.encodeDays(ring().days()));
  }

  /** Only what the one file with its passphrase held; costly derivations are not tried. */
  private static boolean unprotects(byte[] file) {
    byte[] whole = withHash(file);
    boolean costly =
        whole.length > P_AT
            && new Scrypt.Cost(whole[P_AT - 2] & 0xff, whole[P_AT - 1] & 0xff, whole[P_AT] & 0xff)
                .isBearable()
            && (whole[P_AT - 2] > 4 || whole[P_AT - 1] > 4 || whole[P_AT] > 4);
    if (costly || !Protection.isProtected(whole)) {
      return false;
    }
    try (Protection protection = Protection.by(PASSPHRASE, new SecureRandom())) {
      assertArrayEquals(PLAIN, protection.unprotect(whole), "a file that nobody protected");
      return true;
    } catch (KeystoreFailure refused) {
      return false;
    }
  }

  /** As {@link Protection} does it, at next to no cost. */
  private static List<byte[]> protectedFiles() {
    byte[] header = Arrays.copyOf(HEADER, HEADER.length + 16);
    SecretBytes key =
        Scrypt.derive(PASSPHRASE, new byte[16], new Scrypt.Cost(1, 1, 1), Aes256Gcm.KEY_BYTES);
    byte[] nonce = new byte[Aes256Gcm.NONCE_BYTES];
    byte[] sealed = Aes256Gcm.seal(key.reveal(), nonce, header, PLAIN);
    byte[] file =
        ByteBuffer.allocate(header.length + nonce.length + sealed.length + Sha256.HASH_BYTES)
            .put(header)
            .put(nonce)
            .put(sealed)
            .array();
    return List.of(withHash(file));
  }

  private static List<byte[]> puncturable() {
    PuncturableKey whole = PuncturableKey.of(new byte[PuncturableKey.KEY_BYTES]);
    PuncturableKey punctured = whole.without(7).without(-1L);
    return List.of(
        whole.encode(), punctured.encode(), ByteBuffer.allocate(5).put((byte) 1).array());
  }
}
