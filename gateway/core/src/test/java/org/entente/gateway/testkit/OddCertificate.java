package org.entente.gateway.testkit;

import java.math.BigInteger;
import java.security.KeyPair;
import java.security.SecureRandom;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.Date;
import java.util.List;
import org.bouncycastle.asn1.ASN1Encodable;
import org.bouncycastle.asn1.ASN1ObjectIdentifier;
import org.bouncycastle.asn1.DERSequence;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x509.BasicConstraints;
import org.bouncycastle.asn1.x509.ExtendedKeyUsage;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralNames;
import org.bouncycastle.asn1.x509.GeneralSubtree;
import org.bouncycastle.asn1.x509.KeyPurposeId;
import org.bouncycastle.asn1.x509.KeyUsage;
import org.bouncycastle.asn1.x509.NameConstraints;
import org.bouncycastle.asn1.x509.PolicyInformation;
import org.bouncycastle.cert.jcajce.JcaX509CertificateConverter;
import org.bouncycastle.cert.jcajce.JcaX509v3CertificateBuilder;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;
import org.entente.gateway.crypto.CertificateAuthority;
import org.entente.gateway.crypto.EcKeys;

/** Certificates that the project's own authority would not issue. */
public final class OddCertificate {
  private final CertificateAuthority issuer;
  private final Instant from;
  private final Instant to;
  private KeyPair keys = EcKeys.generate(new SecureRandom());
  private List<GeneralName> names = List.of();
  private int usage = KeyUsage.digitalSignature;
  private List<KeyPurposeId> purposes =
      List.of(KeyPurposeId.id_kp_serverAuth, KeyPurposeId.id_kp_clientAuth);
  private boolean authority;
  private int policies;
  private boolean maps;
  private List<String> permitted = List.of();
  private boolean selfIssued;

  /** A certificate of a CA, as of a gateway unless a method says otherwise. */
  public OddCertificate(CertificateAuthority issuer, Instant from, Instant to) {
    this.issuer = issuer;
    this.from = from;
    this.to = to;
  }

  /** Its URI names. */
  public OddCertificate uris(String... uris) {
    List<GeneralName> all = new ArrayList<>();
    for (String uri : uris) {
      all.add(new GeneralName(GeneralName.uniformResourceIdentifier, uri));
    }
    all.add(new GeneralName(GeneralName.dNSName, "localhost"));
    names = all;
    return this;
  }

  /** Its keys. */
  public OddCertificate keys(KeyPair other) {
    keys = other;
    return this;
  }

  /** Its key usages; 0 for none. */
  public OddCertificate usage(int bits) {
    usage = bits;
    return this;
  }

  /** Its extended key usages. */
  public OddCertificate purposes(KeyPurposeId... some) {
    purposes = Arrays.asList(some);
    return this;
  }

  /** Of a CA. */
  public OddCertificate authority() {
    authority = true;
    return this;
  }

  /** As many equal policies, which RFC 5280 forbids. */
  public OddCertificate policies(int count) {
    policies = count;
    return this;
  }

  /** With a mapping of a policy. */
  public OddCertificate mapsPolicies() {
    maps = true;
    return this;
  }

  /** The DNS names that the certificates below it may have. */
  public OddCertificate permits(List<String> domains) {
    permitted = domains;
    return this;
  }

  /**
   * The CA that it makes: of the same name as its issuer, so that it does not count for the length
   * of a path (RFC 5280, section 4.2.1.9).
   */
  public CertificateAuthority issueAuthority() throws Exception {
    authority = true;
    usage = KeyUsage.keyCertSign;
    selfIssued = true;
    return CertificateAuthority.of(issue(), keys.getPrivate());
  }

  /** Issues it. */
  public X509Certificate issue() throws Exception {
    X500Name of = X500Name.getInstance(issuer.certificate().getSubjectX500Principal().getEncoded());
    JcaX509v3CertificateBuilder builder =
        new JcaX509v3CertificateBuilder(
            of,
            BigInteger.TEN,
            Date.from(from),
            Date.from(to),
            selfIssued ? of : new X500Name("CN=odd"),
            keys.getPublic());
    builder.addExtension(Extension.basicConstraints, true, new BasicConstraints(authority));
    if (usage != 0) {
      builder.addExtension(Extension.keyUsage, true, new KeyUsage(usage));
    }
    if (!purposes.isEmpty()) {
      builder.addExtension(
          Extension.extendedKeyUsage,
          false,
          new ExtendedKeyUsage(purposes.toArray(KeyPurposeId[]::new)));
    }
    ASN1ObjectIdentifier policy = new ASN1ObjectIdentifier("1.2.3");
    if (policies > 0) {
      builder.addExtension(
          Extension.certificatePolicies,
          false,
          new DERSequence(
              Collections.nCopies(policies, new PolicyInformation(policy))
                  .toArray(PolicyInformation[]::new)));
    }
    if (maps) {
      builder.addExtension(
          Extension.policyMappings,
          false,
          new DERSequence(new DERSequence(new ASN1Encodable[] {policy, policy})));
    }
    if (!permitted.isEmpty()) {
      GeneralSubtree[] trees =
          permitted.stream()
              .map(it -> new GeneralSubtree(new GeneralName(GeneralName.dNSName, it)))
              .toArray(GeneralSubtree[]::new);
      builder.addExtension(Extension.nameConstraints, true, new NameConstraints(trees, null));
    }
    if (!names.isEmpty()) {
      builder.addExtension(
          Extension.subjectAlternativeName,
          false,
          new GeneralNames(names.toArray(GeneralName[]::new)));
    }
    return new JcaX509CertificateConverter()
        .getCertificate(
            builder.build(
                new JcaContentSignerBuilder("SHA256withECDSA").build(issuer.privateKey())));
  }
}
