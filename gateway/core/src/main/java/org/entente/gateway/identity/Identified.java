package org.entente.gateway.identity;

import java.security.cert.X509Certificate;
import java.util.Collections;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.entente.gateway.model.AgencyName;
import org.entente.gateway.model.Code;
import org.entente.gateway.model.NodeName;
import org.entente.gateway.model.Problem;

/**
 * Proven identity of the other end of a connection.
 *
 * <p>Only this package makes one: an instance proves that the certificate was checked against the
 * trust bundle and, for a client, the node's configuration. The proof holds at the time of the
 * check: when the bundle changes, check again. Immutable and safe for use by many threads.
 */
public final class Identified {
  private final SpiffeId id;
  private final Set<Scope> scopes;
  private final List<X509Certificate> chain;
  private final String fingerprint;

  Identified(SpiffeId id, Set<Scope> scopes, List<X509Certificate> chain, String fingerprint) {
    this.id = id;
    this.scopes = scopes.isEmpty() ? Set.of() : Collections.unmodifiableSet(EnumSet.copyOf(scopes));
    this.chain = List.copyOf(chain);
    this.fingerprint = fingerprint;
  }

  /** The identity in the certificate. */
  public SpiffeId id() {
    return id;
  }

  /** The agency. */
  public AgencyName agency() {
    return id.agency();
  }

  /** Name of the gateway or client within its agency. */
  public NodeName name() {
    return id.name();
  }

  /** What a client may do; none for a gateway. */
  public Set<Scope> scopes() {
    return scopes;
  }

  /** SHA-256 of the certificate, 64 hex digits. */
  public String fingerprint() {
    return fingerprint;
  }

  /** The presented certificates, the holder's first. */
  List<X509Certificate> chain() {
    return chain;
  }

  /** Empty if it has this scope; otherwise the problem to answer with. */
  public Optional<Problem> require(Scope scope) {
    return scopes.contains(scope)
        ? Optional.empty()
        : Optional.of(
            new Problem(
                Code.SCOPE_MISSING,
                "",
                id.kind() + " " + id.name() + " has not been granted the scope " + scope));
  }

  /** The identity and the beginning of the fingerprint. */
  @Override
  public String toString() {
    return id + " " + fingerprint.substring(0, 16);
  }
}
