package org.entente.gateway.ledger.record;

import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.entente.gateway.crypto.Aes256Gcm;
import org.entente.gateway.crypto.Hkdf;
import org.entente.gateway.crypto.HmacSha256;
import org.entente.gateway.crypto.SecretBytes;
import org.entente.gateway.store.KeyBuilder;
import org.entente.gateway.store.KeyReader;

/**
 * Keeps the names that an agency gives (of its clients, their cursors and idempotency keys) off the
 * disk: a record is found by the MAC of a name, and shows the name only under a key of the
 * keystore. So a copy of the ledger says neither who works with it nor for whom. Safe for many
 * threads.
 *
 * <pre>
 * token:  first 16 bytes of HMAC-SHA-256(expand(key, "entente/v1 name tokens"), ascii name · …)
 * sealed: 12-byte nonce · AES-256-GCM under expand(key, "entente/v1 sealed names") of ascii name · …,
 *         bound to the record's place
 * </pre>
 */
public final class StoredNames {
  /** Size of a token. */
  public static final int TOKEN_BYTES = 16;

  private static final byte[] TOKENS = ascii("entente/v1 name tokens");
  private static final byte[] SEALED = ascii("entente/v1 sealed names");

  private final SecretBytes tokens;
  private final SecretBytes sealing;
  private final SecureRandom random;

  private StoredNames(SecretBytes tokens, SecretBytes sealing, SecureRandom random) {
    this.tokens = tokens;
    this.sealing = sealing;
    this.random = random;
  }

  /** Names under a key of 32 bytes, which stays the caller's. */
  public static StoredNames of(SecretBytes key, SecureRandom random) {
    return new StoredNames(derived(key, TOKENS), derived(key, SEALED), random);
  }

  private static SecretBytes derived(SecretBytes key, byte[] use) {
    return SecretBytes.takeOver(
        key.use(bytes -> Hkdf.expandSha256(bytes, use, Aes256Gcm.KEY_BYTES)));
  }

  private static byte[] ascii(String text) {
    return text.getBytes(StandardCharsets.US_ASCII);
  }

  /** Stands for names in a key of the store: the same for the same names, in this order. */
  public byte[] token(String... names) {
    byte[] mac = tokens.use(key -> HmacSha256.mac(key, joined(names)));
    return Arrays.copyOf(mac, TOKEN_BYTES);
  }

  /** Seals names for a place. */
  public byte[] seal(RecordPlace place, String... names) {
    byte[] nonce = new byte[Aes256Gcm.NONCE_BYTES];
    random.nextBytes(nonce);
    byte[] sealed = sealing.use(key -> Aes256Gcm.seal(key, nonce, place.bytes(), joined(names)));
    return KeyBuilder.key(nonce.length + sealed.length).bytes(nonce).bytes(sealed).done();
  }

  /** The names that were sealed for a place; empty if the bytes are not such. */
  public Optional<List<String>> open(RecordPlace place, byte[] sealed) {
    if (sealed.length < Aes256Gcm.NONCE_BYTES) {
      return Optional.empty();
    }
    byte[] nonce = Arrays.copyOf(sealed, Aes256Gcm.NONCE_BYTES);
    byte[] ciphertext = Arrays.copyOfRange(sealed, nonce.length, sealed.length);
    return sealing
        .use(key -> Aes256Gcm.open(key, nonce, place.bytes(), ciphertext))
        .map(StoredNames::parts);
  }

  private static byte[] joined(String[] names) {
    int bytes = names.length;
    for (String name : names) {
      bytes += name.length();
    }
    KeyBuilder joined = KeyBuilder.key(bytes);
    for (String name : names) {
      joined.ascii(name);
    }
    return joined.done();
  }

  private static List<String> parts(byte[] joined) {
    List<String> names = new ArrayList<>();
    KeyReader reader = KeyReader.of(joined);
    for (int at = 0; at < joined.length; at += 1 + names.get(names.size() - 1).length()) {
      names.add(reader.ascii());
    }
    return names;
  }
}
