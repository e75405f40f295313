package org.entente.gateway.rpc.tls;

import java.security.cert.X509Certificate;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Supplier;
import javax.net.ssl.X509ExtendedTrustManager;
import org.entente.gateway.identity.Identified;
import org.entente.gateway.identity.PeerIdentity;
import org.entente.gateway.model.AgencyName;
import org.entente.gateway.model.Problem;
import org.entente.gateway.model.Result;
import org.entente.gateway.trust.TrustBundle;

/**
 * Decides which gateways may connect or be dialled, by the trust bundle in force at each handshake.
 * Safe for use by many threads.
 */
public final class PeerTrust implements IdentityResolver {
  private final PeerIdentity peers;
  private final Supplier<TrustBundle> bundle;
  private final InstantSource clock;
  private final Consumer<Problem> refused;

  /**
   * Creates the trust in the gateways of other members.
   *
   * @param refused told why a handshake was refused, while the other side sees only a TLS alert;
   *     called on network threads, as often as strangers cause it
   */
  public PeerTrust(
      PeerIdentity peers,
      Supplier<TrustBundle> bundle,
      InstantSource clock,
      Consumer<Problem> refused) {
    this.peers = peers;
    this.bundle = bundle;
    this.clock = clock;
    this.refused = refused;
  }

  @Override
  public Result<Identified> identify(List<X509Certificate> chain) {
    return peers.identify(chain, bundle.get(), clock.instant());
  }

  @Override
  public Optional<Problem> recheck(Identified identified) {
    return peers.recheck(identified, bundle.get(), clock.instant());
  }

  /** The identity behind these certificates, when a certain agency was dialled. */
  public Result<Identified> identifyAs(AgencyName expected, List<X509Certificate> chain) {
    return peers.identifyAs(expected, chain, bundle.get(), clock.instant());
  }

  /** A trust manager that refuses non-peers in the handshake. */
  public X509ExtendedTrustManager inHandshake() {
    return new HandshakeTrust(this::identify, refused);
  }

  /** A trust manager that accepts only gateways of the dialled agency in the handshake. */
  public X509ExtendedTrustManager dialling(AgencyName expected) {
    return new HandshakeTrust(chain -> identifyAs(expected, chain), refused);
  }
}
