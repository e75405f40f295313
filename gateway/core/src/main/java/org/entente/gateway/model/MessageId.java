package org.entente.gateway.model;

import java.nio.charset.StandardCharsets;
import java.security.DigestException;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.random.RandomGenerator;

/**
 * Identifier of a message: 16 bytes, UUID version 7 (RFC 9562), so sortable by time. Compares by
 * value; prints as 32 hex digits.
 *
 * <p>An identifier belongs to one origin, so that no agency can send a message under the identifier
 * of another's. Its last four bytes are the origin's mark:
 *
 * <pre>
 * first 4 bytes of SHA-256("entente/v1 message id" ‖ first 12 bytes of the identifier ‖ origin)
 * </pre>
 *
 * Another agency passes for its origin with a chance of 2^-32 for each identifier, which it cannot
 * raise: it chooses neither the identifier nor, as a member, its own name.
 */
public record MessageId(Bits128 bits) implements Id128<MessageId> {
  private static final String WHOSE = "a message";
  private static final byte[] MARK = "entente/v1 message id".getBytes(StandardCharsets.US_ASCII);
  private static final int HASH_BYTES = 32;
  private static final ThreadLocal<Marking> MARKINGS = ThreadLocal.withInitial(Marking::new);

  /**
   * A thread's digest, with room for what is hashed and for the hash: nothing in them is secret.
   */
  private static final class Marking {
    private final MessageDigest digest = newDigest();
    private final byte[] id = new byte[SIZE];
    private final byte[] hash = new byte[HASH_BYTES];
  }

  /**
   * The identifier in these bytes.
   *
   * @throws InvalidValue unless there are 16
   */
  public static MessageId of(byte[] bytes) {
    return new MessageId(Bits128.of(WHOSE, bytes));
  }

  /**
   * The identifier that these 32 hex digits spell.
   *
   * @throws InvalidValue for anything else
   */
  public static MessageId parse(String hex) {
    return new MessageId(Bits128.parse(WHOSE, hex));
  }

  /** A fresh identifier of a time for a message of an origin. */
  public static MessageId fresh(AgencyName origin, long epochMillis, RandomGenerator random) {
    Bits128 drawn = Bits128.uuid7(epochMillis, random);
    return new MessageId(drawn.endingWith(mark(origin, drawn)));
  }

  /** A fresh identifier that belongs to no origin: of what never leaves its agency. */
  public static MessageId fresh(long epochMillis, RandomGenerator random) {
    return new MessageId(Bits128.uuid7(epochMillis, random));
  }

  /** Whether this can be the identifier of a message of an origin. */
  public boolean isOf(AgencyName origin) {
    return bits.ending() == mark(origin, bits);
  }

  private static int mark(AgencyName origin, Bits128 bits) {
    Marking marking = MARKINGS.get();
    MessageDigest digest = marking.digest;
    // A thread whose stack overflowed here may have left something.
    digest.reset();
    digest.update(MARK);
    BigEndian.putU64(marking.id, 0, bits.high());
    BigEndian.putU64(marking.id, Long.BYTES, bits.low());
    digest.update(marking.id, 0, SIZE - Integer.BYTES);
    digest.update(origin.value().getBytes(StandardCharsets.US_ASCII));
    try {
      digest.digest(marking.hash, 0, HASH_BYTES);
    } catch (DigestException e) {
      throw new IllegalStateException("a SHA-256 hash has 32 bytes", e);
    }
    return BigEndian.u32(marking.hash, 0);
  }

  private static MessageDigest newDigest() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java machine has SHA-256", e);
    }
  }

  /** When it was made by its maker's clock, milliseconds since 1970. */
  public long millis() {
    return bits.millis();
  }

  @Override
  public String toString() {
    return bits.toString();
  }
}
