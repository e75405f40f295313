package org.entente.gateway.wire;

import java.security.cert.X509Certificate;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import javax.net.ssl.X509ExtendedTrustManager;
import org.entente.gateway.identity.Identification;
import org.entente.gateway.identity.Identified;
import org.entente.gateway.identity.PeerIdentity;
import org.entente.gateway.model.AgencyName;
import org.entente.gateway.model.Problem;
import org.entente.gateway.trust.TrustBundle;

/**
 * Which gateways may connect or be dialled, by the trust bundle in force at each handshake. Safe
 * for use by many threads.
 */
public final class PeerTrust implements Identities {
  private final PeerIdentity peers;
  private final Supplier<TrustBundle> bundle;
  private final InstantSource clock;

  /** Trust in the gateways of other members. */
  public PeerTrust(PeerIdentity peers, Supplier<TrustBundle> bundle, InstantSource clock) {
    this.peers = peers;
    this.bundle = bundle;
    this.clock = clock;
  }

  @Override
  public Identification identify(List<X509Certificate> chain) {
    return peers.identify(chain, bundle.get(), clock.instant());
  }

  @Override
  public Optional<Problem> recheck(Identified identified) {
    return peers.recheck(identified, bundle.get(), clock.instant());
  }

  /** Says who holds these certificates, where a certain agency was dialled. */
  Identification identifyAs(AgencyName expected, List<X509Certificate> chain) {
    return peers.identifyAs(expected, chain, bundle.get(), clock.instant());
  }

  /** Refuses in the handshake whoever is no peer. */
  X509ExtendedTrustManager inHandshake() {
    return new HandshakeTrust(this::identify);
  }

  /** Refuses in the handshake whoever is no gateway of the agency that was dialled. */
  X509ExtendedTrustManager dialling(AgencyName expected) {
    return new HandshakeTrust(chain -> identifyAs(expected, chain));
  }
}
