package org.entente.gateway.trust;

import java.io.ByteArrayInputStream;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.Arrays;
import java.util.Base64;
import org.entente.gateway.crypto.EcKeys;
import org.entente.gateway.model.InvalidValue;
import org.jspecify.annotations.Nullable;

/**
 * Certificate of an agency's certificate authority (X.509, RFC 5280), the only issuer for that
 * agency's gateways and clients.
 *
 * <p>Parsing checks for DER without trailing bytes, CA basic constraints and key usage keyCertSign.
 * Users check its validity in time. Immutable; equal when the encodings are.
 */
public final class AuthorityCertificate {
  /** Largest certificate in bytes. */
  public static final int MAX_BYTES = 8192;

  private static final int KEY_CERT_SIGN = 5;

  private final byte[] der;
  private final X509Certificate certificate;

  private AuthorityCertificate(byte[] der, X509Certificate certificate) {
    this.der = der;
    this.certificate = certificate;
  }

  /**
   * Reads a certificate from its DER form.
   *
   * @throws InvalidValue if it is not one, not a CA's, not on P-256, or over 8192 bytes
   */
  public static AuthorityCertificate parse(byte[] der) {
    X509Certificate certificate = read(der);
    boolean @Nullable [] usage = certificate.getKeyUsage();
    if (certificate.getBasicConstraints() < 0 || usage == null || !usage[KEY_CERT_SIGN]) {
      throw invalid("a certificate that is not a CA's");
    }
    if (!EcKeys.isP256(certificate.getPublicKey())) {
      throw invalid("a key that is not on P-256");
    }
    return new AuthorityCertificate(der.clone(), certificate);
  }

  /**
   * Reads a certificate from Base 64 over DER.
   *
   * @throws InvalidValue as {@link #parse(byte[])} does, and for text that is not Base 64
   */
  public static AuthorityCertificate parseBase64(String text) {
    try {
      return parse(Base64.getDecoder().decode(text));
    } catch (IllegalArgumentException e) {
      throw e instanceof InvalidValue invalid ? invalid : invalid("text that is not Base 64");
    }
  }

  private static X509Certificate read(byte[] der) {
    if (der.length > MAX_BYTES) {
      throw invalid(InvalidValue.bytes(der.length));
    }
    try {
      X509Certificate certificate =
          (X509Certificate)
              CertificateFactory.getInstance("X.509")
                  .generateCertificate(new ByteArrayInputStream(der));
      if (!Arrays.equals(certificate.getEncoded(), der)) {
        throw invalid("trailing bytes");
      }
      return certificate;
    } catch (CertificateException e) {
      throw invalid("malformed bytes");
    }
  }

  private static InvalidValue invalid(String found) {
    return new InvalidValue(
        "an agency's CA certificate is X.509 in DER, of a CA on P-256 that may sign certificates,"
            + " at most "
            + MAX_BYTES
            + " bytes",
        found);
  }

  /** The certificate, for path validation. */
  public X509Certificate x509() {
    return certificate;
  }

  /** Whether the certificate's own validity covers this time. */
  public boolean validAt(Instant now) {
    return !now.isBefore(certificate.getNotBefore().toInstant())
        && !now.isAfter(certificate.getNotAfter().toInstant());
  }

  /** The encoded public key, which identifies the authority. */
  byte[] publicKey() {
    return certificate.getPublicKey().getEncoded();
  }

  /** SHA-256 of the certificate's DER. */
  public Fingerprint fingerprint() {
    return Fingerprint.of(der);
  }

  /** Base 64 over DER. */
  public String base64() {
    return Base64.getEncoder().encodeToString(der);
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof AuthorityCertificate that && Arrays.equals(der, that.der);
  }

  @Override
  public int hashCode() {
    return Arrays.hashCode(der);
  }

  @Override
  public String toString() {
    return "CA certificate " + certificate.getSubjectX500Principal().getName();
  }
}
