package org.entente.gateway.seal.format;

import org.entente.gateway.model.Bits128;
import org.entente.gateway.model.Id128;

/**
 * Identifier of a session: the first 16 bytes of the SHA-256 of its announcement. Unique only
 * together with the origin. Prints as 32 hex digits.
 */
public record SessionId(Bits128 bits) implements Id128<SessionId> {
  /** The id in the first 16 bytes of {@code bytes}. */
  public static SessionId of(byte[] bytes) {
    return new SessionId(Bits128.ofPrefix(bytes));
  }

  @Override
  public String toString() {
    return bits.toString();
  }
}
