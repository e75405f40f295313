package org.entente.gateway.rpc.server;

import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.entente.gateway.account.Holding;
import org.entente.gateway.identity.Identified;
import org.entente.gateway.model.Problem;
import org.entente.gateway.rpc.tls.IdentityResolver;

/**
 * The open calls of a server, each held by the account of its caller. Safe for use by many threads.
 */
final class OpenCalls {
  private final Set<GuardedCall<?, ?>> calls = ConcurrentHashMap.newKeySet();
  private final CallerShares shares;

  OpenCalls(CallerShares shares) {
    this.shares = shares;
  }

  /** Adds a call; false if its caller has reached its limit, over all its connections. */
  boolean add(GuardedCall<?, ?> call) {
    return shares.of(call.caller()).hold(Holding.CALLS, 1) && calls.add(call);
  }

  /** Removes a call, if it is still here. */
  void remove(GuardedCall<?, ?> call) {
    if (calls.remove(call)) {
      shares.of(call.caller()).release(Holding.CALLS, 1);
    }
  }

  /** Ends the calls whose caller's identity is no longer valid; returns how many. */
  int recheck(IdentityResolver identities) {
    // A client has few certificates and many calls: one check each.
    Map<Identified, Optional<Problem>> checked = new HashMap<>();
    int ended = 0;
    for (GuardedCall<?, ?> call : calls) {
      Optional<Problem> problem = checked.computeIfAbsent(call.caller(), identities::recheck);
      if (problem.isPresent()) {
        call.end(problem.get());
        ended++;
      }
    }
    return ended;
  }

  /** Ends all calls. */
  void endAll(Problem problem) {
    calls.forEach(call -> call.end(problem));
  }

  /** The number of open calls. */
  int count() {
    return calls.size();
  }
}
