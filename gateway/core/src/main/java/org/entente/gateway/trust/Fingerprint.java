package org.entente.gateway.trust;

import java.nio.charset.StandardCharsets;
import java.security.cert.X509Certificate;
import java.util.HexFormat;
import java.util.Locale;
import org.entente.gateway.crypto.Sha256;
import org.entente.gateway.model.InvalidValue;

/**
 * Full SHA-256 of a text, which people compare by voice to check that they hold the same text. Half
 * of it would let the author of a text construct a collision.
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
   * The fingerprint of a certificate's public key (its SubjectPublicKeyInfo, RFC 5280, section
   * 4.1). It names the key in all certificates that were or will be issued for it. A hash of the
   * whole certificate would not: its signature can be encoded otherwise without the issuer, as with
   * (r, s) also (r, n - s) is an ECDSA signature of the same content.
   */
  public static Fingerprint ofKey(X509Certificate certificate) {
    return of(certificate.getPublicKey().getEncoded());
  }

  /**
   * Reads a typed fingerprint: upper or lower case, with or without spaces and hyphens.
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
