package org.entente.gateway.ledger.record;

import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.entente.gateway.crypto.Aes256Gcm;
import org.entente.gateway.crypto.Hkdf;
import org.entente.gateway.crypto.HmacSha256;
import org.entente.gateway.model.BigEndian;
import org.entente.gateway.seal.BucketKey;

/**
 * Seals small records of the ledger under the key of the bucket in which their retention ends, so
 * that nothing that a label says lies on the disk in plaintext and all of it dies with its bucket.
 * AES-256-GCM (NIST SP 800-38D) with a random nonce, bound to the record's place; fewer than 2^32
 * records a bucket. Safe for many threads.
 *
 * <pre>
 * u8 version = 1 · u32 last day of the bucket (days since 1970) · 12-byte nonce · ciphertext · tag
 *
 * aad: ascii what · ascii table · u32 length of the key · key · the 17 bytes before the ciphertext
 * </pre>
 */
public final class RecordSeal {
  private static final int VERSION = 1;
  private static final int TOKEN_BYTES = 16;
  private static final byte[] TERMS =
      "entente/v1 subject terms".getBytes(StandardCharsets.US_ASCII);
  private static final int PREFIX = 1 + 4 + Aes256Gcm.NONCE_BYTES;

  private final StorageKeys keys;
  private final SecureRandom random;

  /** Creates a seal over storage keys. */
  public RecordSeal(StorageKeys keys, SecureRandom random) {
    this.keys = keys;
    this.random = random;
  }

  /** Seals for a place, to be kept until a time. */
  public byte[] seal(RecordPlace place, byte[] plaintext, Instant keepUntil) {
    LocalDate lastDay = LocalDate.ofInstant(keepUntil, ZoneOffset.UTC);
    byte[] nonce = new byte[Aes256Gcm.NONCE_BYTES];
    random.nextBytes(nonce);
    byte[] record = new byte[PREFIX + plaintext.length + Aes256Gcm.TAG_BYTES];
    record[0] = VERSION;
    BigEndian.putU32(record, 1, (int) lastDay.toEpochDay());
    System.arraycopy(nonce, 0, record, PREFIX - nonce.length, nonce.length);
    BucketKey key = keys.forBucket(lastDay);
    key.sealRecord(nonce, aad(place, record), plaintext, record, PREFIX);
    return record;
  }

  /** Opens a record at its place; empty as {@link #open(RecordPlace, byte[])}. */
  public Optional<byte[]> open(SealedRecord record) {
    return open(record.place(), record.bytes());
  }

  /** Opens; empty where the key is gone or the bytes are not what was sealed for this place. */
  public Optional<byte[]> open(RecordPlace place, byte[] sealed) {
    if (sealed.length < PREFIX || sealed[0] != VERSION) {
      return Optional.empty();
    }
    LocalDate lastDay = LocalDate.ofEpochDay(BigEndian.u32(sealed, 1));
    byte[] nonce = Arrays.copyOfRange(sealed, 5, PREFIX);
    byte[] ciphertext = Arrays.copyOfRange(sealed, PREFIX, sealed.length);
    return keys.existing(lastDay)
        .flatMap(key -> key.openRecord(nonce, aad(place, sealed), ciphertext));
  }

  /**
   * The MAC of a term under the key of a bucket: finds an entry without revealing the term.
   *
   * @param lastDay of the bucket, days since 1970
   * @param mac 16 bytes; must not be modified
   */
  @SuppressWarnings("ArrayRecordComponent") // never compared
  public record Token(long lastDay, byte[] mac) {}

  /** The tokens of terms in the bucket in which a retention ends. */
  public List<Token> tokens(List<String> terms, Instant keepUntil) {
    if (terms.isEmpty()) {
      return List.of();
    }
    LocalDate lastDay = LocalDate.ofInstant(keepUntil, ZoneOffset.UTC);
    return tokens(keys.forBucket(lastDay), terms, lastDay.toEpochDay());
  }

  /** The token of a term in a bucket; empty once its key is destroyed. */
  public Optional<Token> existingToken(String term, long lastDay) {
    return keys.existing(LocalDate.ofEpochDay(lastDay))
        .map(key -> tokens(key, List.of(term), lastDay).get(0));
  }

  private static List<Token> tokens(BucketKey bucket, List<String> terms, long lastDay) {
    return bucket.records(
        records -> {
          byte[] key = Hkdf.expandSha256(records, TERMS, HmacSha256.MAC_BYTES);
          try {
            return terms.stream().map(term -> token(key, term, lastDay)).toList();
          } finally {
            Arrays.fill(key, (byte) 0);
          }
        });
  }

  private static Token token(byte[] key, String term, long lastDay) {
    byte[] mac = HmacSha256.mac(key, term.getBytes(StandardCharsets.UTF_8));
    return new Token(lastDay, Arrays.copyOf(mac, TOKEN_BYTES));
  }

  /** The associated data of a record: its place and the bytes before its ciphertext. */
  private static byte[] aad(RecordPlace place, byte[] record) {
    return place.begun(PREFIX).bytes(record, PREFIX).done();
  }
}
