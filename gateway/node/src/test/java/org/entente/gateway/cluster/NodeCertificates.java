package org.entente.gateway.cluster;

import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.entente.gateway.identity.NodeIdentity;
import org.entente.gateway.identity.SpiffeId;
import org.entente.gateway.model.AgencyName;
import org.entente.gateway.model.Problem;
import org.entente.gateway.rpc.tls.NodeTrust;
import org.entente.gateway.rpc.tls.TlsIdentity;
import org.entente.gateway.testkit.TestFederation;
import org.entente.gateway.testkit.TlsHolder;
import org.entente.gateway.trust.BundleEdit;
import org.entente.gateway.trust.Fingerprint;
import org.entente.gateway.trust.TrustBundle;

/**
 * Certificates for nodes of the gateway {@code gateway-1} of {@code fr.customs}. Processes that
 * name the same start have the same authorities, since all keys come from it.
 */
final class NodeCertificates {
  private static final String ROOT = "spiffe://" + TestFederation.NAME + "/agency/";

  /** The identity that all nodes share. */
  static final String OWN = "fr.customs/gateway/gateway-1";

  /** Why nodes refused others. */
  final List<Problem> refused = new CopyOnWriteArrayList<>();

  private final TestFederation federation;
  private volatile TrustBundle bundle;

  NodeCertificates(Instant start) {
    federation = new TestFederation(start, random(start));
    bundle = federation.bundle(federation.content(1));
  }

  /** The bundle revokes a node's certificate from now on. */
  void revoke(ClusterSettings.Tls node) {
    X509Certificate stolen = node.identity().getCertificateChain("generation-0")[0];
    bundle =
        federation.bundle(
            BundleEdit.after(bundle.content())
                .revoke(new AgencyName("fr.customs"), Fingerprint.ofKey(stolen))
                .build(federation.start(), federation.start().plus(TestFederation.LIFETIME)));
  }

  private static SecureRandom random(Instant start) {
    try {
      SecureRandom random = SecureRandom.getInstance("SHA1PRNG");
      random.setSeed(start.toString().getBytes(StandardCharsets.UTF_8));
      return random;
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(e);
    }
  }

  /** A node whose certificate says that it is {@code agency/kind/name}, by that agency's CA. */
  ClusterSettings.Tls of(String identity) {
    String agency = identity.substring(0, identity.indexOf('/'));
    TlsHolder holder =
        TlsHolder.issue(
            federation.authority(agency),
            ROOT + identity,
            federation.start(),
            federation.start().plus(TestFederation.LIFETIME));
    NodeTrust trust =
        new NodeTrust(
            new NodeIdentity(SpiffeId.parse(ROOT + OWN)),
            () -> bundle,
            InstantSource.system(),
            refused::add);
    try {
      return new ClusterSettings.Tls(
          new TlsIdentity(holder.key(), holder.chain()).manager(), trust.inHandshake());
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(e);
    }
  }
}
