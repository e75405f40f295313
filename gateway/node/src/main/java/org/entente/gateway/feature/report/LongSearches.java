package org.entente.gateway.feature.report;

import io.grpc.Context;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.entente.gateway.account.Account;
import org.entente.gateway.account.Work;
import org.entente.gateway.model.Code;
import org.entente.gateway.model.NodeName;
import org.entente.gateway.model.Problem;
import org.entente.gateway.rpc.server.CallCost;
import org.entente.gateway.rpc.server.StatusMapper;

/**
 * Calls that examine more entries than their price covers. The client pays for the others on
 * credit, so that its next calls wait, and has one such call at a time: each occupies a thread that
 * serves all clients. Safe for many threads.
 */
final class LongSearches {
  private final Set<NodeName> clients = ConcurrentHashMap.newKeySet();

  /** A call of a client; for one thread. */
  final class LongSearch implements AutoCloseable {
    private final NodeName client;
    private final Account account;
    private boolean counted;

    private LongSearch(NodeName client, Account account) {
      this.client = client;
      this.account = account;
    }

    /**
     * Pays for a further thousand entries.
     *
     * @throws io.grpc.StatusRuntimeException with OVERLOADED if another call of the client does the
     *     same, or if this call was cancelled
     */
    void further() {
      counted = counted || clients.add(client);
      if (!counted) {
        throw overloaded("another export of this client examines as many messages; wait for it");
      }
      if (Context.current().isCancelled()) {
        throw overloaded("the call was cancelled");
      }
      long unused = account.charge(Work.CALL_COST, CallCost.SEARCH.units());
    }

    private RuntimeException overloaded(String message) {
      return StatusMapper.exception(new Problem(Code.OVERLOADED, "subject", message));
    }

    @Override
    public void close() {
      if (counted) {
        clients.remove(client);
      }
    }
  }

  /** A call that has examined nothing; close it at its end. */
  LongSearch begin(NodeName client, Account account) {
    return new LongSearch(client, account);
  }
}
