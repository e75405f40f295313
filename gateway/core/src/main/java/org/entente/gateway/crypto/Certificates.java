package org.entente.gateway.crypto;

import java.io.ByteArrayInputStream;
import java.net.URI;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.CertificateParsingException;
import java.security.cert.X509Certificate;
import java.util.Collection;
import java.util.List;
import java.util.Optional;

/**
 * Reads X.509 certificates (RFC 5280) and their SPIFFE identities. Stateless and safe for use by
 * many threads.
 */
public final class Certificates {
  private static final int URI_NAME = 6;

  private Certificates() {}

  /**
   * The identity a leaf certificate carries: its only URI name, if that is a SPIFFE ID with a path.
   *
   * <p>Empty for a certificate that may sign others, that has no URI name, several, or one of
   * another form (X509-SVID, sections 2 and 4). Does not check the issuer.
   */
  public static Optional<URI> spiffeId(X509Certificate certificate) {
    if (certificate.getBasicConstraints() >= 0) {
      return Optional.empty();
    }
    List<String> uris = uriNames(certificate);
    return uris.size() == 1 ? SpiffeUri.parse(uris.get(0)) : Optional.empty();
  }

  private static List<String> uriNames(X509Certificate certificate) {
    Collection<List<?>> names;
    try {
      names = certificate.getSubjectAlternativeNames();
    } catch (CertificateParsingException e) {
      return List.of();
    }
    if (names == null) {
      return List.of();
    }
    return names.stream()
        .filter(name -> name.get(0).equals(URI_NAME))
        .map(name -> String.valueOf(name.get(1)))
        .toList();
  }

  /**
   * Reads one certificate in DER.
   *
   * @throws CertificateException if it is malformed, or bytes follow it
   */
  public static X509Certificate parse(byte[] der) throws CertificateException {
    ByteArrayInputStream input = new ByteArrayInputStream(der);
    X509Certificate certificate =
        (X509Certificate) CertificateFactory.getInstance("X.509").generateCertificate(input);
    if (input.available() > 0) {
      throw new CertificateException("bytes follow the certificate");
    }
    return certificate;
  }
}
