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
 */
public record ClientGrant(NodeName name, Set<Scope> scopes) {
  public ClientGrant {
    if (scopes.isEmpty()) {
      throw new InvalidValue("a client has at least one scope", name.value());
    }
    if (scopes.contains(Scope.RIGHTS_HOLDER) && scopes.size() > 1) {
      throw new InvalidValue(
          "a client with the scope " + Scope.RIGHTS_HOLDER + " has no other", scopes.toString());
    }
    scopes = Collections.unmodifiableSet(EnumSet.copyOf(scopes));
  }
}
