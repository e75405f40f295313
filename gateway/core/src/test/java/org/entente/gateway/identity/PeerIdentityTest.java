package org.entente.gateway.identity;

import static org.entente.gateway.testkit.Agencies.DE;
import static org.entente.gateway.testkit.TestFederation.START;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayInputStream;
import java.math.BigInteger;
import java.security.KeyPairGenerator;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.security.spec.ECGenParameterSpec;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.bouncycastle.asn1.ASN1Encodable;
import org.bouncycastle.asn1.ASN1Integer;
import org.bouncycastle.asn1.ASN1Sequence;
import org.bouncycastle.asn1.DERBitString;
import org.bouncycastle.asn1.DERSequence;
import org.bouncycastle.asn1.x509.Certificate;
import org.bouncycastle.asn1.x509.KeyPurposeId;
import org.bouncycastle.asn1.x509.KeyUsage;
import org.bouncycastle.crypto.ec.CustomNamedCurves;
import org.entente.gateway.crypto.CertificateAuthority;
import org.entente.gateway.model.AgencyName;
import org.entente.gateway.model.Code;
import org.entente.gateway.model.InvalidValue;
import org.entente.gateway.model.Problem;
import org.entente.gateway.model.Result;
import org.entente.gateway.testkit.OddCertificate;
import org.entente.gateway.testkit.Results;
import org.entente.gateway.testkit.TestFederation;
import org.entente.gateway.trust.AuthorityCertificate;
import org.entente.gateway.trust.BundleContent;
import org.entente.gateway.trust.BundleVerifier;
import org.entente.gateway.trust.Fingerprint;
import org.entente.gateway.trust.Member;
import org.entente.gateway.trust.TrustBundle;
import org.junit.jupiter.api.Test;

/** Threat 32: a peer whose certificate names somebody else, and its relatives. */
final class PeerIdentityTest {
  private static final Instant NOW = START.plus(Duration.ofDays(1));
  private static final Instant END = START.plus(TestFederation.LIFETIME);
  private static final String ROOT = "spiffe://" + TestFederation.NAME + "/agency/";
  private static final String FR = ROOT + "fr.customs/gateway/gateway-1";

  private final TestFederation federation = new TestFederation(START);
  private final TrustBundle bundle = federation.bundle(federation.content(1));
  private final PeerIdentity peers = new PeerIdentity(DE, BundleVerifier.MAX_GRACE);

  private X509Certificate issue(String issuer, String id) {
    return federation.certificate(issuer, id, START, END);
  }

  private OddCertificate odd() {
    return new OddCertificate(federation.authority("fr.customs"), START, END).uris(FR);
  }

  private Result<Identified> identify(X509Certificate... chain) {
    return peers.identify(List.of(chain), bundle, NOW);
  }

  private static void assertRefused(Code code, String why, Result<Identified> identification) {
    Problem problem = Results.problem(identification);
    assertEquals(code, problem.code(), problem.message());
    assertTrue(problem.message().contains(why), problem.message());
  }

  @Test
  void peer_withCertificateOfItsAgency_isIdentified() {
    Identified peer = Results.value(identify(issue("fr.customs", FR)));
    assertEquals(new AgencyName("fr.customs"), peer.agency());
    assertEquals("gateway-1", peer.name().value());
    assertEquals(SpiffeId.Kind.GATEWAY, peer.id().kind());
    assertTrue(peer.fingerprint().matches("[0-9a-f]{64}"));
  }

  @Test
  void peer_showingItsAuthorityToo_isIdentified() {
    X509Certificate ca = federation.authority("fr.customs").certificate();
    Results.value(identify(issue("fr.customs", FR), ca));
  }

  @Test
  void peer_hasNoScope() {
    Identified peer = Results.value(identify(issue("fr.customs", FR)));
    assertEquals(Set.of(), peer.scopes());
    for (Scope scope : Scope.values()) {
      assertTrue(peer.require(scope).isPresent());
    }
  }

  @Test
  void peer_namedByAnotherAgencysAuthority_refused() {
    assertRefused(Code.IDENTITY_MISMATCH, "not issued by the CA", identify(issue("sg.police", FR)));
  }

  @Test
  void peer_authorityThatIsNoMembers_refused() {
    TestFederation impostor = new TestFederation(START);
    X509Certificate forged = impostor.certificate("fr.customs", FR, START, END);
    X509Certificate forgedCa = impostor.authority("fr.customs").certificate();
    assertRefused(Code.IDENTITY_MISMATCH, "not issued by the CA", identify(forged));
    assertRefused(Code.IDENTITY_MISMATCH, "not issued by the CA", identify(forged, forgedCa));
  }

  @Test
  void peer_ofUnknownAgency_refused() {
    String stranger = ROOT + "us.cbp/gateway/gateway-1";
    assertRefused(Code.UNKNOWN_PEER, "not a member", identify(issue("fr.customs", stranger)));
  }

  @Test
  void peer_ofOtherFederation_refused() {
    String elsewhere = "spiffe://other.example/agency/fr.customs/gateway/gateway-1";
    assertRefused(
        Code.IDENTITY_MISMATCH, "of federation", identify(issue("fr.customs", elsewhere)));
  }

  @Test
  void peer_withClientsCertificate_refused() throws Exception {
    String client = ROOT + "fr.customs/client/desk";
    assertRefused(
        Code.IDENTITY_MISMATCH, "lacks the key usages", identify(issue("fr.customs", client)));
    // A CA may certify more than it should.
    assertRefused(Code.IDENTITY_MISMATCH, "is a client", identify(odd().uris(client).issue()));
  }

  @Test
  void peer_ofOwnAgency_refused() {
    String own = ROOT + "de.customs/gateway/gateway-2";
    assertRefused(
        Code.IDENTITY_MISMATCH, "of this gateway's own agency", identify(issue("de.customs", own)));
  }

  @Test
  void peer_otherThanDialled_refused() {
    List<X509Certificate> chain = List.of(issue("fr.customs", FR));
    AgencyName sg = new AgencyName("sg.police");
    assertRefused(
        Code.IDENTITY_MISMATCH, "dialled sg.police", peers.identifyAs(sg, chain, bundle, NOW));
    AgencyName fr = new AgencyName("fr.customs");
    Results.value(peers.identifyAs(fr, chain, bundle, NOW));
  }

  @Test
  void peer_withTwoUris_refused() throws Exception {
    X509Certificate both = odd().uris(FR, ROOT + "sg.police/gateway/gateway-1").issue();
    assertRefused(Code.IDENTITY_MISMATCH, "exactly one URI", identify(both));
    X509Certificate extra = odd().uris("https://example.com/", FR).issue();
    assertRefused(Code.IDENTITY_MISMATCH, "exactly one URI", identify(extra));
  }

  @Test
  void peer_withoutUri_refused() throws Exception {
    X509Certificate none = odd().uris().issue();
    assertRefused(Code.IDENTITY_MISMATCH, "exactly one URI", identify(none));
    X509Certificate foreign = odd().uris("https://fr.customs/gateway-1").issue();
    assertRefused(Code.IDENTITY_MISMATCH, "an identity is spiffe://", identify(foreign));
  }

  @Test
  void peer_withoutAnyCertificate_refused() {
    assertRefused(Code.IDENTITY_MISMATCH, "a chain has", identify());
    X509Certificate leaf = issue("fr.customs", FR);
    List<X509Certificate> many = Collections.nCopies(5, leaf);
    assertRefused(Code.IDENTITY_MISMATCH, "a chain has", peers.identify(many, bundle, NOW));
  }

  @Test
  void peer_certificateExpiredOrNotYetValid_refused() {
    X509Certificate ended = federation.certificate("fr.customs", FR, START, NOW.minusSeconds(1));
    assertRefused(Code.IDENTITY_MISMATCH, "ended at", identify(ended));
    X509Certificate early = federation.certificate("fr.customs", FR, NOW.plusSeconds(1), END);
    assertRefused(Code.IDENTITY_MISMATCH, "valid only from", identify(early));
  }

  @Test
  void peer_authorityItselfExpired_refused() throws Exception {
    // The leaf claims to outlive its CA, which path validation alone would let pass.
    Instant late = END.plus(Duration.ofHours(1));
    OddCertificate outliving =
        new OddCertificate(federation.authority("fr.customs"), START, END.plus(Duration.ofDays(1)));
    X509Certificate leaf = outliving.uris(FR).issue();
    assertRefused(
        Code.IDENTITY_MISMATCH,
        "no CA certificate of its agency is valid",
        peers.identify(List.of(leaf), bundle, late));
  }

  @Test
  void peer_keyUsageMissingOrWrong_refused() throws Exception {
    Results.value(identify(odd().issue()));
    assertRefused(Code.IDENTITY_MISMATCH, "lacks key usages", identify(odd().usage(0).issue()));
    X509Certificate encipher = odd().usage(KeyUsage.keyEncipherment).issue();
    assertRefused(Code.IDENTITY_MISMATCH, "lacks the key usage", identify(encipher));
    X509Certificate signer = odd().usage(KeyUsage.digitalSignature | KeyUsage.keyCertSign).issue();
    assertRefused(Code.IDENTITY_MISMATCH, "is a CA certificate", identify(signer));
    assertRefused(
        Code.IDENTITY_MISMATCH, "is a CA certificate", identify(odd().authority().issue()));
    X509Certificate half = odd().purposes(KeyPurposeId.id_kp_clientAuth).issue();
    assertRefused(Code.IDENTITY_MISMATCH, "lacks the key usage", identify(half));
    X509Certificate any = odd().purposes(KeyPurposeId.anyExtendedKeyUsage).issue();
    assertRefused(Code.IDENTITY_MISMATCH, "lacks the key usage", identify(any));
    X509Certificate none = odd().purposes().issue();
    assertRefused(Code.IDENTITY_MISMATCH, "lacks the key usage", identify(none));
  }

  @Test
  void peer_signatureDamaged_refused() throws Exception {
    byte[] der = issue("fr.customs", FR).getEncoded();
    der[der.length - 1] ^= 1;
    X509Certificate damaged =
        (X509Certificate)
            CertificateFactory.getInstance("X.509")
                .generateCertificate(new ByteArrayInputStream(der));
    assertRefused(Code.IDENTITY_MISMATCH, "not issued by the CA", identify(damaged));
  }

  /** Threat 30, the decision; the link closes the stream. */
  @Test
  void peer_revokedOrRemoved_doesNotHoldAnyMore() {
    X509Certificate certificate = issue("fr.customs", FR);
    Identified peer = Results.value(identify(certificate));
    assertEquals(Optional.empty(), peers.recheck(peer, bundle, NOW));
    TrustBundle revoking = bundleWithFr(List.of(Fingerprint.ofKey(certificate).hex()));
    Problem revoked = peers.recheck(peer, revoking, NOW).orElseThrow();
    assertEquals(Code.IDENTITY_MISMATCH, revoked.code());
    assertTrue(revoked.message().contains("revoked"));
    X509Certificate renewed = issue("fr.customs", FR);
    Results.value(peers.identify(List.of(renewed), revoking, NOW));
    List<Member> rest =
        federation.content(2).agencies().stream()
            .filter(m -> !m.name().value().equals("fr.customs"))
            .toList();
    TrustBundle without = federation.bundle(federation.content(2, rest));
    assertEquals(
        Code.UNKNOWN_PEER, peers.recheck(peer, without, NOW).map(Problem::code).orElseThrow());
  }

  /** With (r, s) also (r, n - s) is a signature of the same content, and anybody can make it. */
  @Test
  void peer_revokedCertificate_withTheOtherHalfOfItsSignature_isRevokedToo() throws Exception {
    X509Certificate certificate = issue("fr.customs", FR);
    X509Certificate other = withOtherSignature(certificate);
    assertFalse(Arrays.equals(certificate.getEncoded(), other.getEncoded()));
    Results.value(identify(other));
    TrustBundle revoking = bundleWithFr(List.of(Fingerprint.ofKey(certificate).hex()));
    assertRefused(Code.IDENTITY_MISMATCH, "revoked", peers.identify(List.of(other), revoking, NOW));
  }

  private static X509Certificate withOtherSignature(X509Certificate certificate) throws Exception {
    Certificate asn1 = Certificate.getInstance(certificate.getEncoded());
    ASN1Sequence rs = ASN1Sequence.getInstance(asn1.getSignature().getOctets());
    BigInteger order = CustomNamedCurves.getByName("P-256").getN();
    BigInteger s = ASN1Integer.getInstance(rs.getObjectAt(1)).getValue();
    byte[] turned =
        new DERSequence(new ASN1Encodable[] {rs.getObjectAt(0), new ASN1Integer(order.subtract(s))})
            .getEncoded();
    byte[] der =
        new DERSequence(
                new ASN1Encodable[] {
                  asn1.getTBSCertificate(), asn1.getSignatureAlgorithm(), new DERBitString(turned)
                })
            .getEncoded();
    return (X509Certificate)
        CertificateFactory.getInstance("X.509").generateCertificate(new ByteArrayInputStream(der));
  }

  /** Who holds the key of a CA that was revoked shows its leaves alone. */
  @Test
  void peer_ofARevokedAuthority_refused_whetherItIsShownOrNot() {
    X509Certificate leaf = issue("fr.customs", FR);
    X509Certificate ca = federation.authority("fr.customs").certificate();
    AuthorityCertificate listed =
        bundle.agency(new AgencyName("fr.customs")).orElseThrow().authorities().get(0);
    assertEquals(ca, listed.x509());
    TrustBundle revoking = bundleWithFr(List.of(Fingerprint.ofKey(listed.x509()).hex()));
    assertRefused(
        Code.IDENTITY_MISMATCH,
        "no CA certificate of its agency is valid",
        peers.identify(List.of(leaf), revoking, NOW));
    assertRefused(
        Code.IDENTITY_MISMATCH, "revoked", peers.identify(List.of(leaf, ca), revoking, NOW));
    Results.value(
        peers.identify(
            List.of(
                federation.certificate(
                    "sg.police", ROOT + "sg.police/gateway/gateway-1", START, END)),
            revoking,
            NOW));
  }

  /** Attack: policies multiply along a chain, and path validation took all memory for them. */
  @Test
  void peer_whosePoliciesMultiply_isRefusedBeforeItsPathIsValidated() throws Exception {
    Results.value(identify(odd().policies(4).issue()));
    assertRefused(
        Code.IDENTITY_MISMATCH, "more than 4 policies", identify(odd().policies(5).issue()));
    assertRefused(Code.IDENTITY_MISMATCH, "maps policies", identify(odd().mapsPolicies().issue()));
    X509Certificate many = odd().authority().policies(1_000).issue();
    assertRefused(
        Code.IDENTITY_MISMATCH,
        "larger than 8192 bytes",
        identify(odd().issue(), many, many, many));
  }

  /** Attack: the comparison of two lists of name constraints took seconds, in each handshake. */
  @Test
  void peer_underManyNameConstraints_isRefusedBeforeItsPathIsValidated() throws Exception {
    CertificateAuthority some = odd().permits(domains(16)).issueAuthority();
    Results.value(identify(below(some), some.certificate()));
    CertificateAuthority many = odd().permits(domains(17)).issueAuthority();
    assertRefused(
        Code.IDENTITY_MISMATCH,
        "or 16 name constraints",
        identify(below(many), many.certificate()));
  }

  /** Java's own validation throws RuntimeException on these. */
  @Test
  void peer_underNameConstraintsWithNothingInCommon_refused() throws Exception {
    CertificateAuthority upper = odd().permits(List.of("localhost")).issueAuthority();
    CertificateAuthority lower =
        new OddCertificate(upper, START, END).permits(List.of("other")).issueAuthority();
    assertRefused(
        Code.IDENTITY_MISMATCH,
        "cannot be checked",
        identify(below(lower), lower.certificate(), upper.certificate()));
  }

  private static X509Certificate below(CertificateAuthority issuer) throws Exception {
    return new OddCertificate(issuer, START, END).uris(FR).issue();
  }

  /** The first is that of the leaf. */
  private static List<String> domains(int count) {
    return Stream.concat(
            Stream.of("localhost"), IntStream.range(1, count).mapToObj(i -> "domain-" + i))
        .toList();
  }

  /** The cost of a path is not for those who have no business here. */
  @Test
  void peer_ofTheWrongKindOrAgency_isRefusedBeforeItsPathIsValidated() throws Exception {
    assertRefused(
        Code.IDENTITY_MISMATCH,
        "is a client",
        identify(odd().uris(ROOT + "fr.customs/client/desk").policies(5).issue()));
    assertRefused(
        Code.IDENTITY_MISMATCH,
        "of this gateway's own agency",
        identify(odd().uris(ROOT + "de.customs/gateway/gateway-2").policies(5).issue()));
  }

  @Test
  void peer_withAKeyThatIsNotOnP256_refused() throws Exception {
    KeyPairGenerator other = KeyPairGenerator.getInstance("EC");
    other.initialize(new ECGenParameterSpec("secp384r1"));
    KeyPairGenerator rsa = KeyPairGenerator.getInstance("RSA");
    rsa.initialize(2048);
    for (KeyPairGenerator generator : List.of(other, rsa)) {
      assertRefused(
          Code.IDENTITY_MISMATCH,
          "not on P-256",
          identify(odd().keys(generator.generateKeyPair()).issue()));
    }
  }

  @Test
  void authority_withAKeyThatIsNotOnP256_isListedInNoBundle() throws Exception {
    KeyPairGenerator other = KeyPairGenerator.getInstance("EC");
    other.initialize(new ECGenParameterSpec("secp384r1"));
    byte[] ca =
        odd()
            .keys(other.generateKeyPair())
            .authority()
            .usage(KeyUsage.keyCertSign)
            .issue()
            .getEncoded();
    InvalidValue refused = assertThrows(InvalidValue.class, () -> AuthorityCertificate.parse(ca));
    assertTrue(String.valueOf(refused.getMessage()).contains("not on P-256"));
  }

  private TrustBundle bundleWithFr(List<String> revoked) {
    List<Member> members =
        federation.content(2).agencies().stream()
            .map(m -> m.name().value().equals("fr.customs") ? revoking(m, revoked) : m)
            .toList();
    return federation.bundle(federation.content(2, members));
  }

  private static Member revoking(Member member, List<String> revoked) {
    return new Member(
        member.name(),
        member.jurisdiction(),
        member.kind(),
        member.roles(),
        member.authorities(),
        member.signing(),
        member.audit(),
        member.endpoints(),
        member.via(),
        revoked);
  }

  /** Threat 51: nobody is accepted on the word of a bundle whose grace is over. */
  @Test
  void peer_bundleBeyondGrace_refused() {
    Instant late = END.plus(BundleVerifier.MAX_GRACE).plusSeconds(1);
    assertRefused(
        Code.TRUST_EXPIRED,
        "grace is over",
        peers.identify(List.of(issue("fr.customs", FR)), bundle, late));
  }

  /** Grace is for bundles; the certificates must still be good. */
  @Test
  void peer_bundleInGrace_isIdentified() {
    BundleContent week = federation.content(1);
    TrustBundle hour =
        federation.bundle(
            new BundleContent(
                week.federation(),
                1,
                START,
                START.plusSeconds(3600),
                week.roots(),
                week.groups(),
                week.agencies()));
    List<X509Certificate> chain = List.of(issue("fr.customs", FR));
    Instant grace = START.plusSeconds(3600).plus(BundleVerifier.MAX_GRACE);
    Results.value(peers.identify(chain, hour, grace));
    assertRefused(
        Code.TRUST_EXPIRED, "grace is over", peers.identify(chain, hour, grace.plusSeconds(1)));
  }
}
