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
import java.util.function.ToIntFunction;
import org.bouncycastle.asn1.ASN1Encodable;
import org.bouncycastle.asn1.ASN1ObjectIdentifier;
import org.bouncycastle.asn1.ASN1OctetString;
import org.bouncycastle.asn1.ASN1Sequence;
import org.bouncycastle.asn1.ASN1TaggedObject;
import org.bouncycastle.asn1.x509.Extension;
import org.jspecify.annotations.Nullable;

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
   * The number of policies that a certificate lists. A policy that it lists twice counts twice, as
   * it does for path validation, although RFC 5280 (section 4.2.1.4) forbids it.
   *
   * @throws CertificateException if the extension is malformed
   */
  public static int policies(X509Certificate certificate) throws CertificateException {
    return count(certificate, Extension.certificatePolicies, ASN1Sequence::size);
  }

  /**
   * The number of subtrees of names that a certificate permits or excludes below it (RFC 5280,
   * section 4.2.1.10).
   *
   * @throws CertificateException if the extension is malformed
   */
  public static int subtrees(X509Certificate certificate) throws CertificateException {
    return count(certificate, Extension.nameConstraints, Certificates::inLists);
  }

  private static int inLists(ASN1Sequence lists) {
    int all = 0;
    for (ASN1Encodable list : lists) {
      all += ASN1Sequence.getInstance(ASN1TaggedObject.getInstance(list), false).size();
    }
    return all;
  }

  /** What an extension that is a sequence holds; 0 if a certificate does not have it. */
  private static int count(
      X509Certificate certificate, ASN1ObjectIdentifier extension, ToIntFunction<ASN1Sequence> of)
      throws CertificateException {
    byte @Nullable [] value = certificate.getExtensionValue(extension.getId());
    if (value == null) {
      return 0;
    }
    try {
      return of.applyAsInt(
          ASN1Sequence.getInstance(ASN1OctetString.getInstance(value).getOctets()));
    } catch (IllegalArgumentException | IllegalStateException e) {
      throw new CertificateException("malformed extension " + extension, e);
    }
  }

  /** Whether a certificate maps policies of other domains (RFC 5280, section 4.2.1.5). */
  public static boolean mapsPolicies(X509Certificate certificate) {
    return certificate.getExtensionValue(Extension.policyMappings.getId()) != null;
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
