package org.entente.gateway.identity;

import java.math.BigInteger;
import java.security.KeyPair;
import java.security.SecureRandom;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Date;
import java.util.List;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x509.BasicConstraints;
import org.bouncycastle.asn1.x509.ExtendedKeyUsage;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralNames;
import org.bouncycastle.asn1.x509.KeyPurposeId;
import org.bouncycastle.asn1.x509.KeyUsage;
import org.bouncycastle.cert.jcajce.JcaX509CertificateConverter;
import org.bouncycastle.cert.jcajce.JcaX509v3CertificateBuilder;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;
import org.entente.gateway.crypto.CertificateAuthority;
import org.entente.gateway.crypto.EcKeys;

/** Certificates that the project's own authority would not issue. */
final class OddCertificate {
  private final CertificateAuthority issuer;
  private final Instant from;
  private final Instant to;
  private KeyPair keys = EcKeys.generate(new SecureRandom());
  private List<GeneralName> names = List.of();
  private int usage = KeyUsage.digitalSignature;
  private List<KeyPurposeId> purposes =
      List.of(KeyPurposeId.id_kp_serverAuth, KeyPurposeId.id_kp_clientAuth);
  private boolean authority;

  OddCertificate(CertificateAuthority issuer, Instant from, Instant to) {
    this.issuer = issuer;
    this.from = from;
    this.to = to;
  }

  OddCertificate uris(String... uris) {
    List<GeneralName> all = new ArrayList<>();
    for (String uri : uris) {
      all.add(new GeneralName(GeneralName.uniformResourceIdentifier, uri));
    }
    all.add(new GeneralName(GeneralName.dNSName, "localhost"));
    names = all;
    return this;
  }

  OddCertificate keys(KeyPair other) {
    keys = other;
    return this;
  }

  OddCertificate usage(int bits) {
    usage = bits;
    return this;
  }

  OddCertificate purposes(KeyPurposeId... some) {
    purposes = Arrays.asList(some);
    return this;
  }

  OddCertificate authority() {
    authority = true;
    return this;
  }

  X509Certificate issue() throws Exception {
    JcaX509v3CertificateBuilder builder =
        new JcaX509v3CertificateBuilder(
            X500Name.getInstance(issuer.certificate().getSubjectX500Principal().getEncoded()),
            BigInteger.TEN,
            Date.from(from),
            Date.from(to),
            new X500Name("CN=odd"),
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
