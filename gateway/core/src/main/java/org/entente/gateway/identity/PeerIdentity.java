package org.entente.gateway.identity;

import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.entente.gateway.identity.Identification.Unidentified;
import org.entente.gateway.model.AgencyName;
import org.entente.gateway.model.Code;
import org.entente.gateway.model.Problem;
import org.entente.gateway.trust.TrustBundle;
import org.entente.gateway.trust.TrustState;

/**
 * Identification of peers: a certificate for server and client use, issued by another member's CA,
 * with the SPIFFE identity of a gateway of that member.
 *
 * <p>Pure: the caller passes bundle and time. Immutable and safe for use by many threads.
 */
public final class PeerIdentity {
  private static final Set<String> PURPOSES =
      Set.of(CertificateCheck.SERVER, CertificateCheck.CLIENT);

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
  public Identification identify(List<X509Certificate> chain, TrustBundle bundle, Instant now) {
    if (bundle.stateAt(now, grace) == TrustState.EXPIRED) {
      return refused(
          Code.TRUST_EXPIRED,
          "the trust bundle expired at " + bundle.content().expires() + " and its grace is over");
    }
    CertificateCheck.Outcome outcome = CertificateCheck.check(chain, PURPOSES, bundle, now);
    if (outcome instanceof CertificateCheck.Outcome.Refused failed) {
      boolean unknown = failed instanceof CertificateCheck.Outcome.UnknownAgency;
      return refused(unknown ? Code.UNKNOWN_PEER : Code.IDENTITY_MISMATCH, failed.reason());
    }
    CertificateCheck.Outcome.Passed passed = (CertificateCheck.Outcome.Passed) outcome;
    SpiffeId id = passed.id();
    if (id.kind() != SpiffeId.Kind.GATEWAY) {
      return refused(Code.IDENTITY_MISMATCH, id + " is a client; only gateways may connect here");
    }
    if (id.agency().equals(own)) {
      return refused(
          Code.IDENTITY_MISMATCH,
          id + " is of this gateway's own agency; peers are of other agencies");
    }
    return new Identified(id, Set.of(), chain, passed.fingerprint());
  }

  /**
   * Why peers would refuse this chain as that of a gateway of this agency; empty if they accept it.
   */
  public Optional<String> ownFault(List<X509Certificate> chain, TrustBundle bundle, Instant now) {
    CertificateCheck.Outcome outcome = CertificateCheck.check(chain, PURPOSES, bundle, now);
    if (outcome instanceof CertificateCheck.Outcome.Refused failed) {
      return Optional.of(failed.reason());
    }
    SpiffeId id = ((CertificateCheck.Outcome.Passed) outcome).id();
    return id.kind() == SpiffeId.Kind.GATEWAY && id.agency().equals(own)
        ? Optional.empty()
        : Optional.of(id + " is not a gateway of " + own);
  }

  /** Identifies the holder of a certificate chain as the dialled agency. */
  public Identification identifyAs(
      AgencyName expected, List<X509Certificate> chain, TrustBundle bundle, Instant now) {
    Identification identification = identify(chain, bundle, now);
    if (identification instanceof Identified peer && !peer.agency().equals(expected)) {
      return refused(
          Code.IDENTITY_MISMATCH, "dialled " + expected + ", but " + peer.id() + " answered");
    }
    return identification;
  }

  /**
   * Checks an identified peer again, such as after a change of bundle; empty if it is still valid,
   * otherwise why its streams must close.
   */
  public Optional<Problem> recheck(Identified peer, TrustBundle bundle, Instant now) {
    return identify(peer.chain(), bundle, now) instanceof Unidentified unidentified
        ? Optional.of(unidentified.problem())
        : Optional.empty();
  }

  private static Unidentified refused(Code code, String reason) {
    return new Unidentified(new Problem(code, "", reason));
  }
}
