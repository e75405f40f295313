package org.entente.gateway.identity;

import static org.entente.gateway.testkit.Agencies.FR;
import static org.entente.gateway.testkit.TestFederation.START;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.security.KeyPairGenerator;
import java.security.cert.X509Certificate;
import java.security.spec.ECGenParameterSpec;
import java.time.Duration;
import java.time.Instant;
import java.util.EnumSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.bouncycastle.asn1.x509.KeyPurposeId;
import org.entente.gateway.crypto.Sha256;
import org.entente.gateway.model.Code;
import org.entente.gateway.model.InvalidValue;
import org.entente.gateway.model.NodeName;
import org.entente.gateway.model.Problem;
import org.entente.gateway.model.Result;
import org.entente.gateway.testkit.OddCertificate;
import org.entente.gateway.testkit.Results;
import org.entente.gateway.testkit.TestFederation;
import org.entente.gateway.trust.BundleContent;
import org.entente.gateway.trust.BundleVerifier;
import org.entente.gateway.trust.TrustBundle;
import org.entente.gateway.trust.TrustState;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Threat 58: a client without scope, and clients that are none. */
final class ClientRegistryTest {
  private static final Instant NOW = START.plus(Duration.ofDays(1));
  private static final Instant END = START.plus(TestFederation.LIFETIME);
  private static final ClientGrant DESK =
      new ClientGrant(new NodeName("desk"), Set.of(Scope.SUBSCRIBE, Scope.EVIDENCE));

  private final TestFederation federation = new TestFederation(START);
  private final TrustBundle bundle = federation.bundle(federation.content(1));
  private final ClientRegistry registry = ClientRegistry.of(FR, List.of(DESK));

  private static String client(String agency, String name) {
    return "spiffe://" + TestFederation.NAME + "/agency/" + agency + "/client/" + name;
  }

  private List<X509Certificate> issue(String issuer, String id) {
    return List.of(federation.certificate(issuer, id, START, END));
  }

  private Result<Identified> identify(String issuer, String id) {
    return registry.identify(issue(issuer, id), bundle, NOW);
  }

  private static void assertRefused(Code code, String why, Result<Identified> identification) {
    Problem problem = Results.problem(identification);
    assertEquals(code, problem.code(), problem.message());
    assertTrue(problem.message().contains(why), problem.message());
  }

  @Test
  void client_inConfiguration_hasItsScopesOnly() {
    Result<Identified> identification = identify("fr.customs", client("fr.customs", "desk"));
    Identified desk = Results.value(identification);
    assertEquals(DESK.scopes(), desk.scopes());
    assertEquals(Optional.empty(), desk.require(Scope.SUBSCRIBE));
    Problem problem = desk.require(Scope.PUBLISH).orElseThrow();
    assertEquals(Code.SCOPE_MISSING, problem.code());
    assertTrue(problem.message().contains("publish"), problem.message());
    assertTrue(desk.require(Scope.OPERATOR).isPresent());
  }

  @Test
  void client_notInConfiguration_refused() {
    assertRefused(
        Code.UNKNOWN_CLIENT,
        "not in the node's configuration",
        identify("fr.customs", client("fr.customs", "other")));
  }

  @Test
  void client_ofAnotherAgency_refused() {
    assertRefused(
        Code.IDENTITY_MISMATCH,
        "of another agency",
        identify("de.customs", client("de.customs", "desk")));
  }

  /** The cost of a path is not for other members. */
  @Test
  void client_ofAnotherAgency_isRefusedBeforeItsPathIsValidated() throws Exception {
    X509Certificate certificate =
        new OddCertificate(federation.authority("de.customs"), START, END)
            .uris(client("de.customs", "desk"))
            .policies(5)
            .issue();
    assertRefused(
        Code.IDENTITY_MISMATCH,
        "of another agency",
        registry.identify(List.of(certificate), bundle, NOW));
  }

  @Test
  void client_namedByAnotherAgencysAuthority_refused() {
    assertRefused(
        Code.IDENTITY_MISMATCH,
        "not issued by the CA",
        identify("de.customs", client("fr.customs", "desk")));
  }

  @Test
  void client_withAKeyThatIsNotOnP256_refused() throws Exception {
    KeyPairGenerator other = KeyPairGenerator.getInstance("EC");
    other.initialize(new ECGenParameterSpec("secp384r1"));
    X509Certificate certificate =
        new OddCertificate(federation.authority("fr.customs"), START, END)
            .uris(client("fr.customs", "desk"))
            .keys(other.generateKeyPair())
            .issue();
    assertRefused(
        Code.IDENTITY_MISMATCH,
        "not on P-256",
        registry.identify(List.of(certificate), bundle, NOW));
  }

  @Test
  void client_ofUnknownAgency_refused() {
    assertRefused(
        Code.UNKNOWN_CLIENT, "not a member", identify("de.customs", client("us.cbp", "desk")));
  }

  @Test
  void client_withGatewaysCertificate_refused() {
    String gateway = "spiffe://" + TestFederation.NAME + "/agency/fr.customs/gateway/desk";
    assertRefused(Code.IDENTITY_MISMATCH, "is a gateway", identify("fr.customs", gateway));
  }

  @Test
  void client_certificateForServersOnly_refused() throws Exception {
    OddCertificate odd = new OddCertificate(federation.authority("fr.customs"), START, END);
    odd.uris(client("fr.customs", "desk"));
    X509Certificate clientOnly = odd.purposes(KeyPurposeId.id_kp_clientAuth).issue();
    Results.value(registry.identify(List.of(clientOnly), bundle, NOW));
    X509Certificate serverOnly = odd.purposes(KeyPurposeId.id_kp_serverAuth).issue();
    assertRefused(
        Code.IDENTITY_MISMATCH,
        "lacks the key usage",
        registry.identify(List.of(serverOnly), bundle, NOW));
  }

  @Test
  void client_certificateExpired_refused() {
    List<X509Certificate> chain =
        List.of(
            federation.certificate(
                "fr.customs", client("fr.customs", "desk"), START, NOW.minusSeconds(1)));
    assertRefused(Code.CERTIFICATE_EXPIRED, "ended at", registry.identify(chain, bundle, NOW));
  }

  /** Only the CA's own expired certificates are called that. */
  @Test
  void client_certificateExpiredOfAnotherAuthority_isAForgery() {
    List<X509Certificate> chain =
        List.of(
            federation.certificate(
                "de.customs", client("fr.customs", "desk"), START, NOW.minusSeconds(1)));
    assertRefused(Code.IDENTITY_MISMATCH, "not issued by", registry.identify(chain, bundle, NOW));
  }

  @Test
  void client_revoked_isToldSo_whateverItsGrantSays() {
    ClientRegistry revoking =
        ClientRegistry.of(FR, List.of(DESK), Map.of(DESK.name(), NOW.minusSeconds(5)));
    List<X509Certificate> chain = issue("fr.customs", client("fr.customs", "desk"));
    assertRefused(
        Code.CERTIFICATE_REVOKED, "was revoked at", revoking.identify(chain, bundle, NOW));
    Identified before = Results.value(registry.identify(chain, bundle, NOW));
    assertEquals(
        Code.CERTIFICATE_REVOKED,
        revoking.recheck(before, bundle, NOW).map(Problem::code).orElseThrow());
  }

  @Test
  void client_withOtherCertificateThanItsOwn_refused() throws Exception {
    List<X509Certificate> own = issue("fr.customs", client("fr.customs", "desk"));
    List<X509Certificate> other = issue("fr.customs", client("fr.customs", "desk"));
    ClientRegistry limited =
        ClientRegistry.of(
            FR,
            List.of(
                new ClientGrant(
                    DESK.name(),
                    DESK.scopes(),
                    Set.of(HexFormat.of().formatHex(Sha256.hash(own.get(0).getEncoded()))))));
    Results.value(limited.identify(own, bundle, NOW));
    assertRefused(
        Code.CERTIFICATE_REVOKED,
        "replaced or never registered",
        limited.identify(other, bundle, NOW));
  }

  @Test
  void client_scopesWithdrawn_doesNotHoldAnyMore() {
    Identified desk = Results.value(identify("fr.customs", client("fr.customs", "desk")));
    assertEquals(Optional.empty(), registry.recheck(desk, bundle, NOW));
    ClientGrant less = new ClientGrant(DESK.name(), Set.of(Scope.EVIDENCE));
    Problem withdrawn =
        ClientRegistry.of(FR, List.of(less)).recheck(desk, bundle, NOW).orElseThrow();
    assertEquals(Code.SCOPE_MISSING, withdrawn.code());
    Problem gone = ClientRegistry.of(FR, List.of()).recheck(desk, bundle, NOW).orElseThrow();
    assertEquals(Code.UNKNOWN_CLIENT, gone.code());
    assertEquals(
        Code.CERTIFICATE_EXPIRED,
        registry.recheck(desk, bundle, END.plusSeconds(1)).map(Problem::code).orElseThrow());
  }

  /** An agency's operators must be able to mend an expired bundle. */
  @Test
  void client_bundleBeyondGrace_mayStillCall() {
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
    Instant late = START.plusSeconds(3601).plus(BundleVerifier.MAX_GRACE);
    assertEquals(TrustState.EXPIRED, hour.stateAt(late, BundleVerifier.MAX_GRACE));
    Result<Identified> identification =
        registry.identify(issue("fr.customs", client("fr.customs", "desk")), hour, late);
    Results.value(identification);
  }

  @Test
  void registry_clientTwice_refused() {
    assertThrows(InvalidValue.class, () -> ClientRegistry.of(FR, List.of(DESK, DESK)));
  }

  @Test
  void grant_withoutScopeOrStreams_refused() {
    assertThrows(InvalidValue.class, () -> new ClientGrant(DESK.name(), Set.of()));
  }

  /** Attack: a rights holder's client is given more than its own matters. */
  @Test
  void grant_ofRightsHolderWithAnyOtherScope_refused() {
    for (Scope other : Scope.values()) {
      Set<Scope> scopes = EnumSet.of(Scope.RIGHTS_HOLDER, other);
      if (other != Scope.RIGHTS_HOLDER) {
        assertThrows(InvalidValue.class, () -> new ClientGrant(DESK.name(), scopes));
      }
    }
    assertEquals(
        Set.of(Scope.RIGHTS_HOLDER),
        new ClientGrant(DESK.name(), Set.of(Scope.RIGHTS_HOLDER)).scopes());
  }

  @Test
  void scope_everyName_printsAsParsed() {
    for (Scope scope : Scope.values()) {
      assertEquals(scope, Scope.parse(scope.toString()));
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "PUBLISH", "publish ", "all", "*"})
  void scope_otherName_refused(String text) {
    assertThrows(InvalidValue.class, () -> Scope.parse(text));
  }
}
