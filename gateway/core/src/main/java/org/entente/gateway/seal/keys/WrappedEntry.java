package org.entente.gateway.seal.keys;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.time.Instant;
import java.util.Arrays;
import java.util.Optional;
import org.entente.gateway.crypto.Aes256Gcm;
import org.entente.gateway.crypto.SecretBytes;

/**
 * An entry on disk: its {@link EntryContent} sealed under a day key and bound to all other fields.
 *
 * <pre>
 *  0      1     2        2+n       10+n      18+n  22+n      30+n    42+n   46+n
 *  +------+-----+-- - - -+---------+---------+-----+---------+-------+------+-- - - --+
 *  | kind | n   | id     | created | expires | day | number  | nonce | size | sealed  |
 *  +------+-----+-- - - -+---------+---------+-----+---------+-------+------+-- - - --+
 * </pre>
 *
 * Big-endian; created and expires in milliseconds since 1970; day and number name the day key;
 * sealed is AES-256-GCM over the content, with the name of the format and everything up to the
 * nonce as additional data.
 */
final class WrappedEntry {
  private static final byte[] CONTEXT =
      "entente/v1 keystore entry".getBytes(StandardCharsets.US_ASCII);

  private final KeyFacts facts;
  private final DayKeyId key;
  private final byte[] nonce;
  private final byte[] sealed;

  private WrappedEntry(KeyFacts facts, DayKeyId key, byte[] nonce, byte[] sealed) {
    this.facts = facts;
    this.key = key;
    this.nonce = nonce;
    this.sealed = sealed;
  }

  /** Seals {@code content} under a day key, with a new nonce. */
  static WrappedEntry wrap(
      KeyFacts facts, EntryContent content, DayKeyId key, SecretBytes dayKey, SecureRandom random) {
    byte[] nonce = new byte[Aes256Gcm.NONCE_BYTES];
    random.nextBytes(nonce);
    byte[] day = dayKey.reveal();
    byte[] plain = content.encode();
    try {
      byte[] sealed = Aes256Gcm.seal(day, nonce, bound(encode(facts, key)), plain);
      return new WrappedEntry(facts, key, nonce, sealed);
    } finally {
      Arrays.fill(day, (byte) 0);
      Arrays.fill(plain, (byte) 0);
    }
  }

  /** The content, or empty if it was not sealed under this day key or was changed. */
  Optional<EntryContent> unwrap(SecretBytes dayKey) {
    byte[] day = dayKey.reveal();
    try {
      return Aes256Gcm.open(day, nonce, bound(encode(facts, key)), sealed)
          .map(
              plain -> {
                try {
                  return EntryContent.parse(plain);
                } finally {
                  Arrays.fill(plain, (byte) 0);
                }
              });
    } finally {
      Arrays.fill(day, (byte) 0);
    }
  }

  KeyFacts facts() {
    return facts;
  }

  KeyName name() {
    return facts.name();
  }

  DayKeyId key() {
    return key;
  }

  byte[] encode() {
    byte[] bound = encode(facts, key);
    return ByteBuffer.allocate(bound.length + nonce.length + 4 + sealed.length)
        .put(bound)
        .put(nonce)
        .putInt(sealed.length)
        .put(sealed)
        .array();
  }

  /**
   * Reads one entry.
   *
   * @throws IllegalArgumentException or {@link java.nio.BufferUnderflowException} if it is not one
   */
  static WrappedEntry parse(ByteBuffer in) {
    int code = in.get() & 0xff;
    byte[] id = new byte[in.get() & 0xff];
    in.get(id);
    KeyKind kind = KeyKind.of(code).orElseThrow(() -> new IllegalArgumentException("kind " + code));
    KeyName name = new KeyName(kind, new String(id, StandardCharsets.ISO_8859_1));
    Instant created = Instant.ofEpochMilli(in.getLong());
    Instant expires = Instant.ofEpochMilli(in.getLong());
    DayKeyId key = new DayKeyId(in.getInt(), in.getLong());
    byte[] nonce = new byte[Aes256Gcm.NONCE_BYTES];
    in.get(nonce);
    int size = in.getInt();
    if (size < 0 || size > in.remaining()) {
      throw new IllegalArgumentException("a size of " + size + " bytes");
    }
    byte[] sealed = new byte[size];
    in.get(sealed);
    return new WrappedEntry(new KeyFacts(name, created, expires), key, nonce, sealed);
  }

  private static byte[] encode(KeyFacts facts, DayKeyId key) {
    KeyName name = facts.name();
    byte[] id = name.id().getBytes(StandardCharsets.US_ASCII);
    return ByteBuffer.allocate(2 + id.length + 28)
        .put((byte) name.kind().code())
        .put((byte) id.length)
        .put(id)
        .putLong(facts.created().toEpochMilli())
        .putLong(facts.expires().toEpochMilli())
        .putInt(key.day())
        .putLong(key.number())
        .array();
  }

  private static byte[] bound(byte[] facts) {
    return ByteBuffer.allocate(CONTEXT.length + facts.length).put(CONTEXT).put(facts).array();
  }
}
