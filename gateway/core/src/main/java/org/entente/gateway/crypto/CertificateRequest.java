package org.entente.gateway.crypto;

import java.io.IOException;
import java.net.URI;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.PublicKey;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.bouncycastle.asn1.pkcs.PKCSObjectIdentifiers;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.Extensions;
import org.bouncycastle.asn1.x509.ExtensionsGenerator;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralNames;
import org.bouncycastle.asn1.x9.X9ObjectIdentifiers;
import org.bouncycastle.operator.OperatorCreationException;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;
import org.bouncycastle.operator.jcajce.JcaContentVerifierProviderBuilder;
import org.bouncycastle.pkcs.PKCSException;
import org.bouncycastle.pkcs.jcajce.JcaPKCS10CertificationRequest;
import org.bouncycastle.pkcs.jcajce.JcaPKCS10CertificationRequestBuilder;

/**
 * A request for a leaf certificate (PKCS#10, RFC 2986): a P-256 key, the requested SPIFFE ID, and
 * proof that the requester holds the key.
 *
 * <p>The authority decides the content of the certificate. Immutable and safe for use by many
 * threads.
 */
public final class CertificateRequest {
  private final byte[] encoded;
  private final PublicKey publicKey;
  private final URI spiffeId;

  private CertificateRequest(byte[] encoded, PublicKey publicKey, URI spiffeId) {
    this.encoded = encoded;
    this.publicKey = publicKey;
    this.spiffeId = spiffeId;
  }

  /**
   * Makes a request, signed by the key to certify.
   *
   * @throws IllegalArgumentException if the key is not on P-256 or the ID is not a SPIFFE ID with a
   *     path
   */
  public static CertificateRequest create(KeyPair keys, URI spiffeId, SecureRandom random) {
    if (!EcKeys.isP256(keys.getPublic()) || SpiffeUri.parse(spiffeId.toString()).isEmpty()) {
      throw new IllegalArgumentException("a request needs a P-256 key and a SPIFFE ID");
    }
    try {
      ExtensionsGenerator extensions = new ExtensionsGenerator();
      extensions.addExtension(
          Extension.subjectAlternativeName,
          false,
          X509Extensions.names(spiffeId, List.of(), List.of()));
      byte[] encoded =
          new JcaPKCS10CertificationRequestBuilder(new X500Name("CN=entente"), keys.getPublic())
              .addAttribute(PKCSObjectIdentifiers.pkcs_9_at_extensionRequest, extensions.generate())
              .build(
                  new JcaContentSignerBuilder(CertificateAuthority.SIGNATURE)
                      .setSecureRandom(random)
                      .build(keys.getPrivate()))
              .getEncoded();
      return new CertificateRequest(encoded, keys.getPublic(), spiffeId);
    } catch (IOException | OperatorCreationException e) {
      throw new IllegalStateException("certificate request could not be made", e);
    }
  }

  /**
   * Reads a request in DER; empty unless it is in its one encoding, on P-256, signed by its own key
   * with ECDSA and SHA-256, and asks for exactly one URI name, a SPIFFE ID with a path.
   */
  public static Optional<CertificateRequest> parse(byte[] der) {
    try {
      JcaPKCS10CertificationRequest request = new JcaPKCS10CertificationRequest(der);
      if (!Arrays.equals(der, request.getEncoded())
          || !request
              .getSignatureAlgorithm()
              .getAlgorithm()
              .equals(X9ObjectIdentifiers.ecdsa_with_SHA256)) {
        return Optional.empty();
      }
      PublicKey key = request.getPublicKey();
      if (!EcKeys.isP256(key)
          || !request.isSignatureValid(new JcaContentVerifierProviderBuilder().build(key))) {
        return Optional.empty();
      }
      return spiffeId(request).map(id -> new CertificateRequest(der.clone(), key, id));
    } catch (IOException
        | GeneralSecurityException
        | OperatorCreationException
        | PKCSException
        | RuntimeException e) {
      // The ASN.1 parser is lazy and reports malformed content by various exceptions.
      return Optional.empty();
    }
  }

  private static Optional<URI> spiffeId(JcaPKCS10CertificationRequest request) {
    Extensions extensions = request.getRequestedExtensions();
    GeneralNames names =
        extensions == null
            ? null
            : GeneralNames.fromExtensions(extensions, Extension.subjectAlternativeName);
    if (names == null) {
      return Optional.empty();
    }
    List<String> uris =
        Arrays.stream(names.getNames())
            .filter(name -> name.getTagNo() == GeneralName.uniformResourceIdentifier)
            .map(name -> name.getName().toString())
            .toList();
    return uris.size() == 1 ? SpiffeUri.parse(uris.get(0)) : Optional.empty();
  }

  /** The key to certify. */
  public PublicKey publicKey() {
    return publicKey;
  }

  /** The requested identity. */
  public URI spiffeId() {
    return spiffeId;
  }

  /** A copy of the DER encoding. */
  public byte[] encoded() {
    return encoded.clone();
  }

  @Override
  public String toString() {
    return "CertificateRequest[" + spiffeId + "]";
  }
}
