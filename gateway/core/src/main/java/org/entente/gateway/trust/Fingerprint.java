package org.entente.gateway.trust;

import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.Locale;
import org.entente.gateway.crypto.Sha256;
import org.entente.gateway.model.InvalidValue;

/**
 * What people read to each other to know that they hold the same text: its SHA-256, whole, since
 * half of it could be made to fit by whoever writes the text.
 *
 * <p>Printed as 16 groups of four hex digits. Immutable.
 *
 * @param hex 64 hex digits in lower case
 */
public record Fingerprint(String hex) {
  private static final int DIGITS = 64;
  private static final int GROUP = 4;

  public Fingerprint {
    if (!hex.matches("[0-9a-f]{" + DIGITS + "}")) {
      throw new InvalidValue("a fingerprint has 64 hex digits", hex);
    }
  }

  /** The fingerprint of a text in UTF-8. */
  public static Fingerprint of(String text) {
    return of(text.getBytes(StandardCharsets.UTF_8));
  }

  /** The fingerprint of bytes. */
  public static Fingerprint of(byte[] bytes) {
    return new Fingerprint(HexFormat.of().formatHex(Sha256.hash(bytes)));
  }

  /**
   * Reads what a person typed: upper or lower case, with or without spaces and hyphens.
   *
   * @throws InvalidValue unless 64 hex digits are left
   */
  public static Fingerprint parse(String typed) {
    return new Fingerprint(typed.replaceAll("[\\s-]", "").toLowerCase(Locale.ROOT));
  }

  /** Sixteen groups of four digits. */
  @Override
  public String toString() {
    return hex.replaceAll("(?<=\\G.{" + GROUP + "})(?=.)", " ");
  }
}
