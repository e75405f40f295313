package org.entente.gateway.rpc.tls;

import java.time.InstantSource;
import java.util.function.Consumer;
import java.util.function.Supplier;
import javax.net.ssl.X509ExtendedTrustManager;
import org.entente.gateway.identity.NodeIdentity;
import org.entente.gateway.model.Problem;
import org.entente.gateway.trust.TrustBundle;

/**
 * Decides who is another node of this gateway, by the trust bundle in force at each handshake. Safe
 * for use by many threads.
 */
public final class NodeTrust {
  private final NodeIdentity nodes;
  private final Supplier<TrustBundle> bundle;
  private final InstantSource clock;
  private final Consumer<Problem> refused;

  /**
   * Creates the trust in the nodes of this gateway.
   *
   * @param refused told why a handshake was refused, while the other side sees only a TLS alert;
   *     called on network threads, as often as strangers cause it
   */
  public NodeTrust(
      NodeIdentity nodes,
      Supplier<TrustBundle> bundle,
      InstantSource clock,
      Consumer<Problem> refused) {
    this.nodes = nodes;
    this.bundle = bundle;
    this.clock = clock;
    this.refused = refused;
  }

  /** A trust manager that refuses others in the handshake, whichever side they are on. */
  public X509ExtendedTrustManager inHandshake() {
    return new HandshakeTrust(
        chain -> nodes.identify(chain, bundle.get(), clock.instant()), refused);
  }
}
