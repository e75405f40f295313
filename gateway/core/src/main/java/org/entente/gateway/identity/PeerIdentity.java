package org.entente.gateway.identity;

import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.entente.gateway.model.AgencyName;
import org.entente.gateway.model.Code;
import org.entente.gateway.model.Problem;
import org.entente.gateway.model.Result;
import org.entente.gateway.trust.TrustBundle;
import org.entente.gateway.trust.TrustState;

/**
 * Identification of peers: a certificate for server and client use, issued by another member's CA,
 * with the SPIFFE identity of a gateway of that member.
 *
 * <p>Pure: the caller passes bundle and time. Immutable and safe for use by many threads.
 */
public final class PeerIdentity {
  /** A certificate of any gateway. */
  static final CertificateCheck.Role GATEWAY =
      new CertificateCheck.Role(
          Set.of(CertificateCheck.SERVER, CertificateCheck.CLIENT),
          Code.UNKNOWN_PEER,
          Code.IDENTITY_MISMATCH,
          Code.IDENTITY_MISMATCH);

  private final AgencyName own;
  private final Duration grace;

  /**
   * Checks peers of an agency.
   *
   * @param own the agency of this gateway; its own gateways are not peers
   * @param grace how long an expired bundle remains usable
   */
  public PeerIdentity(AgencyName own, Duration grace) {
    this.own = own;
    this.grace = grace;
  }

  /**
   * Identifies the holder of a certificate chain.
   *
   * @param chain the peer's chain, its own certificate first
   */
  public Result<Identified> identify(List<X509Certificate> chain, TrustBundle bundle, Instant now) {
    if (bundle.stateAt(now, grace) == TrustState.EXPIRED) {
      return refused(
          Code.TRUST_EXPIRED,
          "the trust bundle expired at " + bundle.content().expires() + " and its grace is over");
    }
    return CertificateCheck.check(chain, GATEWAY, this::mismatch, bundle, now)
        .map(passed -> new Identified(passed.id(), Set.of(), chain, passed.fingerprint()));
  }

  private Optional<String> mismatch(SpiffeId id) {
    if (id.kind() != SpiffeId.Kind.GATEWAY) {
      return Optional.of("is a client's; only gateways may connect here");
    }
    return id.agency().equals(own)
        ? Optional.of("is of this gateway's own agency; peers are of other agencies")
        : Optional.empty();
  }

  /**
   * Why peers would refuse this chain as that of a gateway of this agency; empty if they accept it.
   */
  public Optional<String> ownFault(List<X509Certificate> chain, TrustBundle bundle, Instant now) {
    return CertificateCheck.check(chain, GATEWAY, this::notOwn, bundle, now)
        .refusal()
        .map(Problem::message);
  }

  private Optional<String> notOwn(SpiffeId id) {
    return id.kind() == SpiffeId.Kind.GATEWAY && id.agency().equals(own)
        ? Optional.empty()
        : Optional.of("is not of a gateway of " + own);
  }

  /** Identifies the holder of a certificate chain as the dialled agency. */
  public Result<Identified> identifyAs(
      AgencyName expected, List<X509Certificate> chain, TrustBundle bundle, Instant now) {
    return identify(chain, bundle, now)
        .then(
            peer ->
                peer.agency().equals(expected)
                    ? Result.done(peer)
                    : refused(
                        Code.IDENTITY_MISMATCH,
                        "dialled " + expected + ", but " + peer.id() + " answered"));
  }

  /**
   * Checks an identified peer again, such as after a change of bundle; empty if it is still valid,
   * otherwise why its streams must close.
   */
  public Optional<Problem> recheck(Identified peer, TrustBundle bundle, Instant now) {
    return identify(peer.chain(), bundle, now).refusal();
  }

  private static <T> Result<T> refused(Code code, String reason) {
    return Result.refused(code, "", reason);
  }
}
