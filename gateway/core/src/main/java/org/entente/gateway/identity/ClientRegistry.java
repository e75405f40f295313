package org.entente.gateway.identity;

import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.entente.gateway.identity.Identification.Unidentified;
import org.entente.gateway.model.AgencyName;
import org.entente.gateway.model.Code;
import org.entente.gateway.model.InvalidValue;
import org.entente.gateway.model.NodeName;
import org.entente.gateway.model.Problem;
import org.entente.gateway.trust.TrustBundle;

/**
 * The clients that a node's configuration knows, and how the node tells that a caller is one: by a
 * certificate for client use whose SPIFFE identity names a client of the node's own agency, issued
 * by that agency's CA.
 *
 * <p>A bundle beyond its grace does not shut clients out: they are the agency's own, and its
 * operators must be able to mend the matter. Pure, immutable and safe for use by many threads.
 */
public final class ClientRegistry {
  private static final Set<String> PURPOSES = Set.of(CertificateCheck.CLIENT);

  private final AgencyName own;
  private final Map<NodeName, ClientGrant> grants;

  private ClientRegistry(AgencyName own, Map<NodeName, ClientGrant> grants) {
    this.own = own;
    this.grants = Map.copyOf(grants);
  }

  /**
   * A registry of these grants.
   *
   * @param own the node's agency
   * @throws InvalidValue if a client stands twice
   */
  public static ClientRegistry of(AgencyName own, List<ClientGrant> grants) {
    Map<NodeName, ClientGrant> byName = new HashMap<>();
    for (ClientGrant grant : grants) {
      if (byName.put(grant.name(), grant) != null) {
        throw new InvalidValue("a client stands once", grant.name().value());
      }
    }
    return new ClientRegistry(own, byName);
  }

  /**
   * Says who holds these certificates.
   *
   * @param chain what the caller showed, its own certificate first
   */
  public Identification identify(List<X509Certificate> chain, TrustBundle bundle, Instant now) {
    CertificateCheck.Outcome outcome = CertificateCheck.check(chain, PURPOSES, bundle, now);
    if (outcome instanceof CertificateCheck.Outcome.UnknownAgency unknown) {
      return refused(Code.UNKNOWN_CLIENT, unknown.reason());
    }
    if (outcome instanceof CertificateCheck.Outcome.Failed failed) {
      return refused(Code.IDENTITY_MISMATCH, failed.reason());
    }
    CertificateCheck.Outcome.Passed passed = (CertificateCheck.Outcome.Passed) outcome;
    SpiffeId id = passed.id();
    if (id.kind() != SpiffeId.Kind.CLIENT) {
      return refused(Code.IDENTITY_MISMATCH, id + " is a gateway; callers here are clients");
    }
    if (!id.agency().equals(own)) {
      return refused(Code.IDENTITY_MISMATCH, id + " is of another agency than " + own);
    }
    ClientGrant grant = grants.get(id.name());
    return grant == null
        ? refused(Code.UNKNOWN_CLIENT, "client " + id.name() + " is not in the configuration")
        : new Identified(id, grant.scopes(), grant.maxStreams(), chain, passed.fingerprint());
  }

  /**
   * Asks again about a client that was identified; empty if it still holds with the same scopes,
   * otherwise why its streams must close.
   */
  public Optional<Problem> recheck(Identified client, TrustBundle bundle, Instant now) {
    Identification again = identify(client.chain(), bundle, now);
    if (again instanceof Unidentified unidentified) {
      return Optional.of(unidentified.problem());
    }
    return ((Identified) again).scopes().containsAll(client.scopes())
        ? Optional.empty()
        : Optional.of(new Problem(Code.SCOPE_MISSING, "", "scopes were withdrawn"));
  }

  private static Unidentified refused(Code code, String reason) {
    return new Unidentified(new Problem(code, "", reason));
  }
}
