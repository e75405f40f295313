package org.entente.gateway.feature.report;

import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.BooleanSupplier;
import org.entente.gateway.account.Account;
import org.entente.gateway.account.Work;
import org.entente.gateway.model.NodeName;
import org.entente.gateway.rpc.server.CallCost;

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
    private final BooleanSupplier cancelled;
    private boolean counted;

    private LongSearch(NodeName client, Account account, BooleanSupplier cancelled) {
      this.client = client;
      this.account = account;
      this.cancelled = cancelled;
    }

    /**
     * Pays for a further thousand entries; false, and nothing paid, if another call of the client
     * does the same, or if this call was cancelled.
     */
    boolean further() {
      counted = counted || clients.add(client);
      if (!counted || cancelled.getAsBoolean()) {
        return false;
      }
      long unused = account.charge(Work.CALL_COST, CallCost.SEARCH.units());
      return true;
    }

    @Override
    public void close() {
      if (counted) {
        clients.remove(client);
      }
    }
  }

  /** A call that has examined nothing; close it at its end. */
  LongSearch begin(NodeName client, Account account, BooleanSupplier cancelled) {
    return new LongSearch(client, account, cancelled);
  }
}
