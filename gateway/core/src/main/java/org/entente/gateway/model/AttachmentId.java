package org.entente.gateway.model;

import java.util.random.RandomGenerator;

/**
 * Identifier of an attachment and of its upload: 16 random bytes. Unique at one gateway only, so it
 * is looked up together with its message or its client. Compares by value; prints as 32 hex digits.
 */
public record AttachmentId(Bits128 bits) implements Id128<AttachmentId> {
  private static final String WHOSE = "an attachment";

  /**
   * The identifier in these bytes.
   *
   * @throws InvalidValue unless there are 16
   */
  public static AttachmentId of(byte[] bytes) {
    return new AttachmentId(Bits128.of(WHOSE, bytes));
  }

  /**
   * The identifier that these hex digits write.
   *
   * @throws InvalidValue unless there are 32
   */
  public static AttachmentId parse(String hex) {
    return new AttachmentId(Bits128.parse(WHOSE, hex));
  }

  /** A new identifier. */
  public static AttachmentId fresh(RandomGenerator random) {
    byte[] bytes = new byte[SIZE];
    random.nextBytes(bytes);
    return of(bytes);
  }

  @Override
  public String toString() {
    return bits.toString();
  }
}
