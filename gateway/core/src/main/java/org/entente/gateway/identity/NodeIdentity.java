package org.entente.gateway.identity;

import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.entente.gateway.model.Result;
import org.entente.gateway.trust.TrustBundle;

/**
 * Identification of the other nodes of this gateway: a certificate for server and client use,
 * issued by this agency's CA, with the SPIFFE identity of this very gateway.
 *
 * <p>An expired bundle still identifies nodes: it ends the exchange with other agencies, and must
 * not take from an agency the access to what it holds.
 *
 * <p>Pure: the caller passes bundle and time. Immutable and safe for use by many threads.
 */
public final class NodeIdentity {
  private final SpiffeId own;

  /**
   * Checks nodes of a gateway.
   *
   * @param own the identity that all its nodes share; their keys differ
   */
  public NodeIdentity(SpiffeId own) {
    this.own = own;
  }

  /**
   * Identifies the holder of a certificate chain.
   *
   * @param chain the other node's chain, its own certificate first
   */
  public Result<Identified> identify(List<X509Certificate> chain, TrustBundle bundle, Instant now) {
    return CertificateCheck.check(chain, PeerIdentity.GATEWAY, this::mismatch, bundle, now)
        .map(passed -> new Identified(own, Set.of(), chain, passed.fingerprint()));
  }

  private Optional<String> mismatch(SpiffeId id) {
    return id.equals(own)
        ? Optional.empty()
        : Optional.of("is not of " + own + ", whose nodes alone may connect here");
  }
}
