package org.entente.gateway.identity;

import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.entente.gateway.model.AgencyName;
import org.entente.gateway.model.Code;
import org.entente.gateway.model.InvalidValue;
import org.entente.gateway.model.NodeName;
import org.entente.gateway.model.Problem;
import org.entente.gateway.model.Result;
import org.entente.gateway.trust.TrustBundle;

/**
 * The clients in a node's configuration, and the check that a caller is one of them. It needs a
 * certificate for client use, issued by the CA of the node's own agency, with the SPIFFE identity
 * of a client of that agency.
 *
 * <p>A trust bundle beyond its grace does not lock clients out: they belong to the agency, and its
 * operators must be able to replace the bundle. Pure, immutable and safe for use by many threads.
 */
public final class ClientRegistry {
  private static final CertificateCheck.Role CLIENT =
      new CertificateCheck.Role(
          Set.of(CertificateCheck.CLIENT),
          Code.UNKNOWN_CLIENT,
          Code.CERTIFICATE_EXPIRED,
          Code.CERTIFICATE_REVOKED);

  private final AgencyName own;
  private final Map<NodeName, ClientGrant> grants;
  private final Map<NodeName, Instant> revoked;

  private ClientRegistry(
      AgencyName own, Map<NodeName, ClientGrant> grants, Map<NodeName, Instant> revoked) {
    this.own = own;
    this.grants = Map.copyOf(grants);
    this.revoked = Map.copyOf(revoked);
  }

  /**
   * A registry of these grants, of which none was revoked.
   *
   * @param own the node's agency
   * @throws InvalidValue if a client occurs twice
   */
  public static ClientRegistry of(AgencyName own, List<ClientGrant> grants) {
    return of(own, grants, Map.of());
  }

  /**
   * A registry of these grants.
   *
   * @param own the node's agency
   * @param revoked when clients were revoked; a grant of the same name counts for nothing
   * @throws InvalidValue if a client occurs twice
   */
  public static ClientRegistry of(
      AgencyName own, List<ClientGrant> grants, Map<NodeName, Instant> revoked) {
    Map<NodeName, ClientGrant> byName = new HashMap<>();
    for (ClientGrant grant : grants) {
      if (byName.put(grant.name(), grant) != null) {
        throw new InvalidValue("a client is listed once", grant.name().value());
      }
    }
    return new ClientRegistry(own, byName, revoked);
  }

  /**
   * Identifies the holder of a certificate chain.
   *
   * @param chain the caller's chain, its own certificate first
   */
  public Result<Identified> identify(List<X509Certificate> chain, TrustBundle bundle, Instant now) {
    return CertificateCheck.check(chain, CLIENT, this::mismatch, bundle, now)
        .then(passed -> identified(passed, chain));
  }

  private Optional<String> mismatch(SpiffeId id) {
    if (id.kind() != SpiffeId.Kind.CLIENT) {
      return Optional.of("is a gateway's; only clients may connect here");
    }
    return id.agency().equals(own)
        ? Optional.empty()
        : Optional.of("is of another agency; expected agency " + own);
  }

  private Result<Identified> identified(
      CertificateCheck.Passed passed, List<X509Certificate> chain) {
    SpiffeId id = passed.id();
    Instant end = revoked.get(id.name());
    if (end != null) {
      return refused(Code.CERTIFICATE_REVOKED, "client " + id.name() + " was revoked at " + end);
    }
    ClientGrant grant = grants.get(id.name());
    if (grant == null) {
      return refused(
          Code.UNKNOWN_CLIENT, "client " + id.name() + " is not in the node's configuration");
    }
    if (!grant.accepts(passed.fingerprint())) {
      return refused(
          Code.CERTIFICATE_REVOKED,
          "client %s has another certificate than this one (serial %s), which was replaced or never registered"
              .formatted(id.name(), chain.get(0).getSerialNumber().toString(16)));
    }
    return Result.done(new Identified(id, grant.scopes(), chain, passed.fingerprint()));
  }

  /**
   * Checks an identified client again; empty if it is still valid with the same scopes, otherwise
   * why its streams must close.
   */
  public Optional<Problem> recheck(Identified client, TrustBundle bundle, Instant now) {
    return identify(client.chain(), bundle, now)
        .fold(
            again ->
                again.scopes().containsAll(client.scopes())
                    ? Optional.empty()
                    : Optional.of(new Problem(Code.SCOPE_MISSING, "", "scopes were withdrawn")),
            Optional::of);
  }

  private static <T> Result<T> refused(Code code, String reason) {
    return Result.refused(code, "", reason);
  }
}
