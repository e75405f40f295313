package org.entente.gateway.crypto;

import java.io.IOException;
import java.math.BigInteger;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.SecureRandom;
import java.security.Signature;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Date;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x500.X500NameBuilder;
import org.bouncycastle.asn1.x500.style.BCStyle;
import org.bouncycastle.cert.X509v3CertificateBuilder;
import org.bouncycastle.cert.jcajce.JcaX509v3CertificateBuilder;
import org.bouncycastle.operator.OperatorCreationException;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;

/**
 * An agency's root certificate and its key, which issues leaf certificates for gateways and clients
 * (RFC 5280; X509-SVID). P-256 and ECDSA with SHA-256, which every TLS library supports.
 *
 * <p>The root may issue leaves but no further authorities. Immutable and safe for use by many
 * threads.
 */
public final class CertificateAuthority {
  static final String SIGNATURE = "SHA256withECDSA";

  private static final int SERIAL_BITS = 127;

  private final X509Certificate certificate;
  private final PrivateKey privateKey;

  private CertificateAuthority(X509Certificate certificate, PrivateKey privateKey) {
    this.certificate = certificate;
    this.privateKey = privateKey;
  }

  /**
   * Makes a new key and a root certificate that it signs itself.
   *
   * @param commonName subject and issuer
   * @throws IllegalArgumentException if the name is blank or the validity empty
   */
  public static CertificateAuthority selfSigned(
      String commonName, Instant notBefore, Instant notAfter, SecureRandom random) {
    if (commonName.isBlank() || !notAfter.isAfter(notBefore)) {
      throw new IllegalArgumentException("an authority needs a name and a validity");
    }
    KeyPair keys = EcKeys.generate(random);
    X500Name name = name(commonName);
    X509v3CertificateBuilder builder =
        new JcaX509v3CertificateBuilder(
            name, serial(random), date(notBefore), date(notAfter), name, keys.getPublic());
    try {
      X509Extensions.addForRoot(builder, keys.getPublic());
      X509Certificate root = sign(builder, keys.getPrivate(), random);
      return new CertificateAuthority(root, keys.getPrivate());
    } catch (IOException | GeneralSecurityException | OperatorCreationException e) {
      throw new IllegalStateException("root certificate could not be made", e);
    }
  }

  /**
   * An existing authority.
   *
   * @throws IllegalArgumentException if the certificate is not a P-256 authority or the key is not
   *     its own
   */
  public static CertificateAuthority of(X509Certificate certificate, PrivateKey privateKey) {
    if (certificate.getBasicConstraints() < 0
        || !EcKeys.isP256(certificate.getPublicKey())
        || !belongs(certificate.getPublicKey(), privateKey)) {
      throw new IllegalArgumentException("not a P-256 authority with its own key");
    }
    return new CertificateAuthority(certificate, privateKey);
  }

  /**
   * Issues a leaf certificate for {@code key}.
   *
   * @throws IllegalArgumentException if the key is not on P-256 or the leaf would outlive the root
   */
  public X509Certificate issue(PublicKey key, LeafProfile profile, SecureRandom random) {
    if (!EcKeys.isP256(key)) {
      throw new IllegalArgumentException("not a P-256 key");
    }
    if (profile.notAfter().isAfter(certificate.getNotAfter().toInstant())) {
      throw new IllegalArgumentException("the certificate would outlive its authority");
    }
    X509v3CertificateBuilder builder =
        new JcaX509v3CertificateBuilder(
            X500Name.getInstance(certificate.getSubjectX500Principal().getEncoded()),
            serial(random),
            date(profile.notBefore()),
            date(profile.notAfter()),
            name(lastSegment(profile)),
            key);
    try {
      X509Extensions.addForLeaf(builder, key, certificate, profile);
      return sign(builder, privateKey, random);
    } catch (IOException | GeneralSecurityException | OperatorCreationException e) {
      throw new IllegalStateException("certificate could not be issued", e);
    }
  }

  /** The root certificate. */
  public X509Certificate certificate() {
    return certificate;
  }

  /** The root's private key, for storage. */
  public PrivateKey privateKey() {
    return privateKey;
  }

  @Override
  public String toString() {
    return "CertificateAuthority[" + certificate.getSubjectX500Principal().getName() + "]";
  }

  private static X509Certificate sign(
      X509v3CertificateBuilder builder, PrivateKey key, SecureRandom random)
      throws OperatorCreationException, IOException, GeneralSecurityException {
    return Certificates.parse(
        builder
            .build(new JcaContentSignerBuilder(SIGNATURE).setSecureRandom(random).build(key))
            .getEncoded());
  }

  private static boolean belongs(PublicKey publicKey, PrivateKey privateKey) {
    byte[] probe = {1};
    try {
      Signature signature = Signature.getInstance(SIGNATURE);
      signature.initSign(privateKey);
      signature.update(probe);
      byte[] signed = signature.sign();
      signature.initVerify(publicKey);
      signature.update(probe);
      return signature.verify(signed);
    } catch (GeneralSecurityException e) {
      return false;
    }
  }

  /**
   * A common name has at most 64 characters (RFC 5280, appendix A.1); the SPIFFE ID is complete.
   */
  private static String lastSegment(LeafProfile profile) {
    String path = profile.spiffeId().getPath();
    String last = path.substring(path.lastIndexOf('/') + 1);
    return last.substring(0, Math.min(64, last.length()));
  }

  private static X500Name name(String commonName) {
    return new X500NameBuilder(BCStyle.INSTANCE).addRDN(BCStyle.CN, commonName).build();
  }

  private static BigInteger serial(SecureRandom random) {
    // Never zero, at most 16 bytes, no sign bit.
    return new BigInteger(SERIAL_BITS - 1, random).setBit(SERIAL_BITS - 1);
  }

  private static Date date(Instant instant) {
    return Date.from(instant.truncatedTo(ChronoUnit.SECONDS));
  }
}
