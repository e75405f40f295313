package org.entente.gateway.identity;

import static org.entente.gateway.testkit.TestFederation.START;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.entente.gateway.model.Code;
import org.entente.gateway.model.Problem;
import org.entente.gateway.model.Result;
import org.entente.gateway.testkit.OddCertificate;
import org.entente.gateway.testkit.Results;
import org.entente.gateway.testkit.TestFederation;
import org.entente.gateway.trust.BundleContent;
import org.entente.gateway.trust.TrustBundle;
import org.entente.gateway.trust.TrustState;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Who is another node of a gateway. */
final class NodeIdentityTest {
  private static final Instant NOW = START.plus(Duration.ofDays(1));
  private static final Instant END = START.plus(TestFederation.LIFETIME);
  private static final String ROOT = "spiffe://" + TestFederation.NAME + "/agency/";
  private static final String OWN = ROOT + "fr.customs/gateway/gateway-1";

  private final TestFederation federation = new TestFederation(START);
  private final TrustBundle bundle = federation.bundle(federation.content(1));
  private final NodeIdentity nodes = new NodeIdentity(SpiffeId.parse(OWN));

  /** Exchange with others ends with the bundle; the nodes still find each other. */
  @Test
  void node_underAnExpiredBundle_isIdentified() {
    BundleContent content = federation.content(1);
    BundleContent brief =
        new BundleContent(
            content.federation(),
            content.version(),
            content.issued(),
            START.plus(Duration.ofHours(1)),
            content.roots(),
            content.groups(),
            content.agencies());
    X509Certificate certificate = federation.certificate("fr.customs", OWN, START, END);
    TrustBundle expired = federation.bundle(brief);

    assertEquals(TrustState.EXPIRED, expired.stateAt(NOW, Duration.ZERO));
    assertEquals(
        OWN, Results.value(nodes.identify(List.of(certificate), expired, NOW)).id().toString());
  }

  private Result<Identified> identify(String issuer, String id, Instant now) {
    X509Certificate certificate = federation.certificate(issuer, id, START, END);
    return nodes.identify(List.of(certificate), bundle, now);
  }

  @Test
  void node_withItsOwnKeyAndTheSharedIdentity_isIdentified() {
    Identified first = Results.value(identify("fr.customs", OWN, NOW));
    Identified second = Results.value(identify("fr.customs", OWN, NOW));

    assertEquals(OWN, first.id().toString());
    assertTrue(!first.fingerprint().equals(second.fingerprint()), "keys differ");
  }

  @ParameterizedTest
  @CsvSource({
    "de.customs, de.customs/gateway/gateway-1",
    "de.customs, fr.customs/gateway/gateway-1",
    "fr.customs, fr.customs/gateway/gateway-2",
    "fr.customs, fr.customs/client/gateway-1"
  })
  void node_ofAnother_isRefused(String issuer, String id) {
    Problem problem = Results.problem(identify(issuer, ROOT + id, NOW));

    assertEquals(Code.IDENTITY_MISMATCH, problem.code(), problem.message());
  }

  /** The cost of a path is not for other members. */
  @Test
  void node_ofAnother_isRefusedBeforeItsPathIsValidated() throws Exception {
    X509Certificate certificate =
        new OddCertificate(federation.authority("de.customs"), START, END)
            .uris(ROOT + "de.customs/gateway/gateway-1")
            .policies(5)
            .issue();
    Problem problem = Results.problem(nodes.identify(List.of(certificate), bundle, NOW));

    assertTrue(problem.message().contains("whose nodes alone"), problem.message());
  }
}
