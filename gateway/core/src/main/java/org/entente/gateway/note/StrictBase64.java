package org.entente.gateway.note;

import java.util.Base64;
import java.util.Optional;

/** Decoder of standard Base 64 (RFC 4648 section 4) that accepts only canonical encodings. */
final class StrictBase64 {

  private StrictBase64() {}

  /**
   * The bytes, or empty. The JDK's decoder tolerates missing padding and non-zero trailing bits, so
   * that two texts could mean one signature; encoding again rules that out.
   */
  static Optional<byte[]> decode(String text) {
    try {
      byte[] bytes = Base64.getDecoder().decode(text);
      return Base64.getEncoder().encodeToString(bytes).equals(text)
          ? Optional.of(bytes)
          : Optional.empty();
    } catch (IllegalArgumentException notBase64) {
      return Optional.empty();
    }
  }
}
