package org.entente.gateway.ceremony;

import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.entente.gateway.model.AgencyName;
import org.entente.gateway.model.FederationName;
import org.entente.gateway.model.NodeName;
import org.entente.gateway.trust.AgencyKind;
import org.entente.gateway.trust.AgencyRole;
import org.entente.gateway.trust.Endpoint;
import org.jspecify.annotations.Nullable;

/**
 * Plan of a new agency, before its keys are made.
 *
 * @param federation the federation that it joins
 * @param name the agency
 * @param kind kind of authority
 * @param roles what it may do
 * @param endpoints where its gateways listen for peers; none if it only dials out
 * @param via transits through which it is reached
 * @param gateways names of its gateways, at least one
 * @param clients names of its own systems
 * @param hosts DNS names and addresses under which its systems and peers reach its gateways
 * @param from when its keys and certificates become valid
 * @param until when they end
 */
public record AgencyPlan(
    FederationName federation,
    AgencyName name,
    AgencyKind kind,
    Set<AgencyRole> roles,
    List<Endpoint> endpoints,
    List<AgencyName> via,
    List<NodeName> gateways,
    List<NodeName> clients,
    List<String> hosts,
    Instant from,
    Instant until) {

  public AgencyPlan {
    roles = Set.copyOf(roles);
    endpoints = List.copyOf(endpoints);
    via = List.copyOf(via);
    gateways = List.copyOf(gateways);
    clients = List.copyOf(clients);
    hosts = List.copyOf(hosts);
    if (gateways.isEmpty()) {
      throw new IllegalArgumentException("an agency needs at least one gateway");
    }
  }

  /** ISO 3166-1 alpha-2 or bloc code, as the name says; null for an {@code x} agency. */
  @Nullable String jurisdiction() {
    String prefix = name.value().substring(0, name.value().indexOf('.'));
    return prefix.equals("x") ? null : prefix.toUpperCase(Locale.ROOT);
  }
}
