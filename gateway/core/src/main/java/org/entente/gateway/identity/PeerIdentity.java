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
 * How a gateway knows its peers: by a certificate for server and client use whose SPIFFE identity
 * names a gateway of another member, issued by that member's CA.
 *
 * <p>Pure: bundle and time are given. Immutable and safe for use by many threads.
 */
public final class PeerIdentity {
  private static final Set<String> PURPOSES =
      Set.of(CertificateCheck.SERVER, CertificateCheck.CLIENT);

  private final AgencyName own;
  private final Duration grace;
  private final int maxStreams;

  /**
   * Checks peers of an agency.
   *
   * @param own the agency whose gateway asks; its own gateways are no peers
   * @param grace how long an expired bundle goes on
   * @param maxStreams streams that a peer may have open at once
   */
  public PeerIdentity(AgencyName own, Duration grace, int maxStreams) {
    this.own = own;
    this.grace = grace;
    this.maxStreams = maxStreams;
  }

  /**
   * Says who holds these certificates.
   *
   * @param chain what the peer showed, its own certificate first
   */
  public Identification identify(List<X509Certificate> chain, TrustBundle bundle, Instant now) {
    if (bundle.stateAt(now, grace) == TrustState.EXPIRED) {
      return refused(
          Code.TRUST_EXPIRED,
          "the trust bundle expired at " + bundle.content().expires() + " and its grace is over");
    }
    CertificateCheck.Outcome outcome = CertificateCheck.check(chain, PURPOSES, bundle, now);
    if (outcome instanceof CertificateCheck.Outcome.UnknownAgency unknown) {
      return refused(Code.UNKNOWN_PEER, unknown.reason());
    }
    if (outcome instanceof CertificateCheck.Outcome.Failed failed) {
      return refused(Code.IDENTITY_MISMATCH, failed.reason());
    }
    CertificateCheck.Outcome.Passed passed = (CertificateCheck.Outcome.Passed) outcome;
    SpiffeId id = passed.id();
    if (id.kind() != SpiffeId.Kind.GATEWAY) {
      return refused(Code.IDENTITY_MISMATCH, id + " is a client; peers are gateways");
    }
    if (id.agency().equals(own)) {
      return refused(Code.IDENTITY_MISMATCH, id + " is of this agency and no peer of it");
    }
    return new Identified(id, Set.of(), maxStreams, chain, passed.fingerprint());
  }

  /**
   * Why peers would not take these certificates as those of a gateway of this agency; empty if they
   * do.
   */
  public Optional<String> ownFault(List<X509Certificate> chain, TrustBundle bundle, Instant now) {
    CertificateCheck.Outcome outcome = CertificateCheck.check(chain, PURPOSES, bundle, now);
    if (outcome instanceof CertificateCheck.Outcome.UnknownAgency unknown) {
      return Optional.of(unknown.reason());
    }
    if (outcome instanceof CertificateCheck.Outcome.Failed failed) {
      return Optional.of(failed.reason());
    }
    SpiffeId id = ((CertificateCheck.Outcome.Passed) outcome).id();
    return id.kind() == SpiffeId.Kind.GATEWAY && id.agency().equals(own)
        ? Optional.empty()
        : Optional.of(id + " is no gateway of " + own);
  }

  /** Says who holds these certificates, where a certain agency was dialled. */
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
   * Asks again about a peer that was identified, such as when the bundle changed; empty if it still
   * holds, otherwise why its streams must close.
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
