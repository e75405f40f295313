package org.entente.gateway.rpc.server;

import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.entente.gateway.account.Account;
import org.entente.gateway.account.Accounts;
import org.entente.gateway.identity.Identified;
import org.entente.gateway.model.AgencyName;
import org.entente.gateway.model.Code;
import org.entente.gateway.model.Problem;

/**
 * Whose account a caller of a port uses. Each client has its own: the configuration names each.
 * Peers share that of their agency, since an agency's own CA can issue certificates for any number
 * of gateways.
 *
 * @param accounts the accounts of the port's callers
 * @param party the name of a caller's account
 * @param noun what such a party is called in refusals
 * @param setting the setting of its limit on connections
 * @param full the problem of a call when its account holds as many bytes as it may
 * @param refusal why a caller may make no call at all; judged from the headers alone
 * @param expected parties for which a place is kept while they have no connection
 */
public record CallerShares(
    Accounts accounts,
    Function<Identified, String> party,
    String noun,
    String setting,
    Problem full,
    Function<Identified, Optional<Problem>> refusal,
    Supplier<Set<String>> expected) {

  /** Each client by itself. */
  public static CallerShares ofClients(Accounts accounts) {
    return new CallerShares(
        accounts,
        client -> client.name().value(),
        "caller",
        "limits.per_client.connections",
        InboundCount.OF_CLIENT,
        client -> Optional.empty(),
        Set::of);
  }

  /**
   * All gateways of an agency together.
   *
   * @param linked agencies with which this gateway has a link; others may make no call
   */
  public static CallerShares ofAgencies(Accounts accounts, Supplier<Set<AgencyName>> linked) {
    return new CallerShares(
        accounts,
        peer -> peer.agency().value(),
        "agency",
        "limits.per_agency.connections",
        InboundCount.OF_AGENCY,
        peer -> unlinked(peer, linked.get()),
        () -> linked.get().stream().map(AgencyName::value).collect(Collectors.toSet()));
  }

  /** The account that a caller uses. */
  Account of(Identified caller) {
    return accounts.of(party.apply(caller));
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
