package org.entente.gateway.rpc.server;

import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.function.ToIntFunction;
import java.util.stream.Collectors;
import org.entente.gateway.config.NodeConfig;
import org.entente.gateway.identity.Identified;
import org.entente.gateway.model.AgencyName;
import org.entente.gateway.model.Code;
import org.entente.gateway.model.Problem;

/**
 * Who counts as one caller of a port, and how much of the port that caller may use. Clients are
 * counted one by one: the configuration names each. Peers are counted by agency, since an agency's
 * own CA can issue certificates for any number of gateways.
 *
 * @param party the name under which a caller's use is counted
 * @param noun what such a party is called in refusals
 * @param connections most connections of one party
 * @param setting the setting of that limit
 * @param calls most open calls of one party
 * @param refusal why a caller may make no call at all; judged from the headers alone
 * @param expected parties for which a place is kept while they have no connection
 */
public record CallerShares(
    Function<Identified, String> party,
    String noun,
    int connections,
    String setting,
    ToIntFunction<Identified> calls,
    Function<Identified, Optional<Problem>> refusal,
    Supplier<Set<String>> expected) {

  /** Each client by itself. */
  public static CallerShares ofClients(NodeConfig.Limits limits) {
    return new CallerShares(
        client -> client.id().toString(),
        "caller",
        limits.perClientInForce().connections(),
        "limits.per_client.connections",
        Identified::maxStreams,
        client -> Optional.empty(),
        Set::of);
  }

  /**
   * All gateways of an agency together.
   *
   * @param linked agencies with which this gateway has a link; others may make no call
   */
  public static CallerShares ofAgencies(
      NodeConfig.Limits limits, Supplier<Set<AgencyName>> linked) {
    NodeConfig.PerAgency each = limits.perAgencyInForce();
    return new CallerShares(
        peer -> peer.agency().value(),
        "agency",
        each.connections(),
        "limits.per_agency.connections",
        peer -> each.streams(),
        peer -> unlinked(peer, linked.get()),
        () -> linked.get().stream().map(AgencyName::value).collect(Collectors.toSet()));
  }

  private static Optional<Problem> unlinked(Identified peer, Set<AgencyName> linked) {
    return linked.contains(peer.agency())
        ? Optional.empty()
        : Optional.of(
            new Problem(
                Code.UNKNOWN_PEER,
                "",
                "this gateway has no link with " + peer.agency() + "; its operator adds links"));
  }
}
