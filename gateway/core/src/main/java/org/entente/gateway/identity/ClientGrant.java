package org.entente.gateway.identity;

import java.util.Collections;
import java.util.EnumSet;
import java.util.Set;
import org.entente.gateway.model.InvalidValue;
import org.entente.gateway.model.NodeName;

/**
 * Rights of one client in the node's configuration.
 *
 * @param name the client's name, as in its certificate
 * @param scopes what it may do; at least one; {@link Scope#RIGHTS_HOLDER} only alone
 * @param fingerprints SHA-256 of the certificates that are accepted, 64 hex digits each; empty if
 *     each is that the agency's CA issues for the name
 */
public record ClientGrant(NodeName name, Set<Scope> scopes, Set<String> fingerprints) {
  public ClientGrant {
    if (scopes.isEmpty()) {
      throw new InvalidValue("a client has at least one scope", name.value());
    }
    if (scopes.contains(Scope.RIGHTS_HOLDER) && scopes.size() > 1) {
      throw new InvalidValue(
          "a client with the scope " + Scope.RIGHTS_HOLDER + " has no other", scopes.toString());
    }
    scopes = Collections.unmodifiableSet(EnumSet.copyOf(scopes));
    fingerprints = Set.copyOf(fingerprints);
  }

  /** The rights of a client whose certificates are not limited. */
  public ClientGrant(NodeName name, Set<Scope> scopes) {
    this(name, scopes, Set.of());
  }

  /** Whether it may use the certificate with this fingerprint. */
  boolean accepts(String fingerprint) {
    return fingerprints.isEmpty() || fingerprints.contains(fingerprint);
  }
}
