package org.entente.gateway.crypto;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.math.BigInteger;
import java.net.InetAddress;
import java.net.URI;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.PublicKey;
import java.security.SecureRandom;
import java.security.cert.CertPathValidator;
import java.security.cert.CertPathValidatorException;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.PKIXParameters;
import java.security.cert.TrustAnchor;
import java.security.cert.X509Certificate;
import java.security.spec.ECGenParameterSpec;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.Date;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralNames;
import org.bouncycastle.cert.X509v3CertificateBuilder;
import org.bouncycastle.cert.jcajce.JcaX509v3CertificateBuilder;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class CertificatesTest {
  private static final Instant NOW = Instant.parse("2026-05-01T10:00:00.123Z");
  private static final Instant LATER = NOW.plus(Duration.ofDays(30));
  private static final URI ID = URI.create("spiffe://demo.example/agency/fr.customs/gateway/a");

  private final SecureRandom random = new SecureRandom();
  private final CertificateAuthority authority =
      CertificateAuthority.selfSigned("fr.customs", NOW, LATER, random);
  private final KeyPair keys = EcKeys.generate(random);

  @Test
  void leaf_issued_carriesWhatTheProfileSays() throws Exception {
    byte[] loopback6 = new byte[16];
    loopback6[15] = 1;
    LeafProfile profile =
        LeafProfile.ofGateway(
            ID,
            List.of("localhost", "gateway.fr.customs.example"),
            List.of(
                InetAddress.getByAddress(new byte[] {127, 0, 0, 1}),
                InetAddress.getByAddress(loopback6)),
            NOW,
            NOW.plus(Duration.ofDays(1)));
    X509Certificate leaf = authority.issue(keys.getPublic(), profile, random);
    assertEquals(Optional.of(ID), Certificates.spiffeId(leaf));
    assertEquals(keys.getPublic(), leaf.getPublicKey());
    assertEquals("2026-05-01T10:00:00Z", leaf.getNotBefore().toInstant().toString());
    assertEquals("2026-05-02T10:00:00Z", leaf.getNotAfter().toInstant().toString());
    assertEquals(-1, leaf.getBasicConstraints());
    assertEquals(List.of("1.3.6.1.5.5.7.3.1", "1.3.6.1.5.5.7.3.2"), leaf.getExtendedKeyUsage());
    assertEquals("SHA256withECDSA", leaf.getSigAlgName());
    assertEquals(
        Set.of(
            List.of(6, ID.toString()),
            List.of(2, "localhost"),
            List.of(2, "gateway.fr.customs.example"),
            List.of(7, "127.0.0.1"),
            List.of(7, "0:0:0:0:0:0:0:1")),
        Set.copyOf(leaf.getSubjectAlternativeNames()));
    boolean[] usage = leaf.getKeyUsage();
    assertTrue(usage[0]);
    assertFalse(usage[5]);
  }

  @Test
  void leaf_underItsAuthority_isValidByPkix() throws Exception {
    X509Certificate leaf = issue(keys.getPublic());
    validate(authority.certificate(), leaf, NOW.plusSeconds(60));
    assertThrows(
        CertPathValidatorException.class,
        () -> validate(authority.certificate(), leaf, NOW.plus(Duration.ofDays(2))));
    assertThrows(
        CertPathValidatorException.class,
        () -> validate(authority.certificate(), leaf, NOW.minusSeconds(60)));
    CertificateAuthority other = CertificateAuthority.selfSigned("fr.customs", NOW, LATER, random);
    assertThrows(
        CertPathValidatorException.class,
        () -> validate(other.certificate(), leaf, NOW.plusSeconds(60)));
  }

  @Test
  void leaf_usedAsAuthority_isRefused() {
    X509Certificate leaf = issue(keys.getPublic());
    assertThrows(
        IllegalArgumentException.class, () -> CertificateAuthority.of(leaf, keys.getPrivate()));
  }

  @Test
  void authority_takenUpAgain_issuesTheSame() throws Exception {
    CertificateAuthority again =
        CertificateAuthority.of(
            Pem.certificates(Pem.encode(authority.certificate())).get(0),
            Pem.privateKey(Pem.encode(authority.privateKey())));
    X509Certificate leaf = again.issue(keys.getPublic(), profile(ID), random);
    validate(authority.certificate(), leaf, NOW.plusSeconds(60));
    assertThrows(
        IllegalArgumentException.class,
        () -> CertificateAuthority.of(authority.certificate(), keys.getPrivate()));
    assertFalse(again.toString().contains("PRIVATE"));
  }

  @Test
  void authority_root_issuesLeavesOnly() {
    X509Certificate root = authority.certificate();
    assertEquals(0, root.getBasicConstraints());
    boolean[] usage = root.getKeyUsage();
    assertTrue(usage[5]);
    assertFalse(usage[0]);
    assertEquals(Optional.empty(), Certificates.spiffeId(root));
    assertNotEquals(issue(keys.getPublic()).getSerialNumber(), root.getSerialNumber());
    assertEquals(127, root.getSerialNumber().bitLength());
  }

  @Test
  void issue_otherCurveOrTooLong_isRefused() throws Exception {
    KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
    generator.initialize(new ECGenParameterSpec("secp384r1"));
    PublicKey p384 = generator.generateKeyPair().getPublic();
    assertThrows(IllegalArgumentException.class, () -> authority.issue(p384, profile(ID), random));
    LeafProfile tooLong =
        LeafProfile.ofGateway(ID, List.of(), List.of(), NOW, LATER.plus(Duration.ofDays(1)));
    assertThrows(
        IllegalArgumentException.class, () -> authority.issue(keys.getPublic(), tooLong, random));
    PublicKey ed25519 = KeyPairGenerator.getInstance("Ed25519").generateKeyPair().getPublic();
    assertFalse(EcKeys.isP256(ed25519));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "spiffe://demo.example",
        "spiffe://demo.example/",
        "spiffe://demo.example/a/",
        "spiffe://demo.example//a",
        "spiffe://demo.example/a/../b",
        "spiffe://demo.example/.",
        "spiffe://demo.example/a%2fb",
        "spiffe://Demo.example/a",
        "spiffe://demo.example:443/a",
        "spiffe://user@demo.example/a",
        "spiffe://demo.example/a?b",
        "spiffe://demo.example/a#b",
        "spiffe:///a",
        "SPIFFE://demo.example/a",
        "https://demo.example/a"
      })
  void spiffeId_anotherForm_isNone(String uri) throws Exception {
    assertEquals(Optional.empty(), Certificates.spiffeId(withUris(uri)));
    assertThrows(IllegalArgumentException.class, () -> profile(URI.create(uri)));
  }

  @Test
  void spiffeId_noneOrSeveral_isNone() throws Exception {
    assertEquals(Optional.empty(), Certificates.spiffeId(withUris()));
    assertEquals(
        Optional.empty(),
        Certificates.spiffeId(withUris(ID.toString(), "spiffe://demo.example/agency/us.cbp")));
    assertEquals(
        Optional.empty(), Certificates.spiffeId(withUris(ID.toString(), "https://a.example/")));
    assertEquals(Optional.empty(), Certificates.spiffeId(withUris(ID + "\0.example")));
    assertEquals(Optional.of(ID), Certificates.spiffeId(withUris(ID.toString())));
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "*.example", "UPPER.example", "a..b", "-a.example", "a b", "a."})
  void profile_badDnsName_isRefused(String name) {
    assertThrows(
        IllegalArgumentException.class,
        () -> LeafProfile.ofGateway(ID, List.of(name), List.of(), NOW, LATER));
  }

  @Test
  void leafOfAClient_isForNoServer() throws Exception {
    X509Certificate leaf =
        authority.issue(keys.getPublic(), LeafProfile.ofClient(ID, NOW, LATER), random);
    assertEquals(List.of("1.3.6.1.5.5.7.3.2"), leaf.getExtendedKeyUsage());
    assertEquals(1, leaf.getSubjectAlternativeNames().size());
    assertEquals(Optional.of(ID), Certificates.spiffeId(leaf));
  }

  @Test
  void profile_clientWithHostName_isRefused() {
    assertThrows(
        IllegalArgumentException.class,
        () ->
            new LeafProfile(
                ID, LeafProfile.Use.CLIENT, List.of("localhost"), List.of(), NOW, LATER));
  }

  @Test
  void profile_emptyValidity_isRefused() {
    assertThrows(
        IllegalArgumentException.class,
        () -> LeafProfile.ofGateway(ID, List.of(), List.of(), NOW, NOW.plusMillis(10)));
    assertThrows(
        IllegalArgumentException.class,
        () -> CertificateAuthority.selfSigned("a", NOW, NOW, random));
  }

  @Test
  void parse_bytesAfterCertificate_isRefused() throws Exception {
    byte[] der = authority.certificate().getEncoded();
    assertEquals(authority.certificate(), Certificates.parse(der));
    assertThrows(
        CertificateException.class, () -> Certificates.parse(Arrays.copyOf(der, der.length + 1)));
    assertThrows(
        CertificateException.class, () -> Certificates.parse(Arrays.copyOf(der, der.length - 1)));
    assertThrows(CertificateException.class, () -> Certificates.parse(new byte[0]));
  }

  private X509Certificate issue(PublicKey key) {
    return authority.issue(key, profile(ID), random);
  }

  private static LeafProfile profile(URI id) {
    return LeafProfile.ofGateway(id, List.of(), List.of(), NOW, NOW.plus(Duration.ofDays(1)));
  }

  /** A leaf with any URI names, which no authority of ours would issue. */
  private X509Certificate withUris(String... uris) throws Exception {
    X509v3CertificateBuilder builder =
        new JcaX509v3CertificateBuilder(
            new X500Name("CN=a"),
            BigInteger.ONE,
            Date.from(NOW),
            Date.from(LATER),
            new X500Name("CN=b"),
            keys.getPublic());
    if (uris.length > 0) {
      GeneralName[] names =
          Arrays.stream(uris)
              .map(uri -> new GeneralName(GeneralName.uniformResourceIdentifier, uri))
              .toArray(GeneralName[]::new);
      builder.addExtension(Extension.subjectAlternativeName, false, new GeneralNames(names));
    }
    return Certificates.parse(
        builder
            .build(new JcaContentSignerBuilder("SHA256withECDSA").build(keys.getPrivate()))
            .getEncoded());
  }

  private static void validate(X509Certificate root, X509Certificate leaf, Instant at)
      throws GeneralSecurityException {
    PKIXParameters parameters = new PKIXParameters(Set.of(new TrustAnchor(root, null)));
    parameters.setRevocationEnabled(false);
    parameters.setDate(Date.from(at));
    assertNotNull(
        CertPathValidator.getInstance("PKIX")
            .validate(
                CertificateFactory.getInstance("X.509").generateCertPath(List.of(leaf)),
                parameters));
  }
}
