package org.entente.gateway.rpc.server;

import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.BooleanSupplier;
import java.util.function.Function;
import org.entente.gateway.account.Account;
import org.entente.gateway.account.Work;
import org.entente.gateway.model.Code;
import org.entente.gateway.model.NodeName;
import org.entente.gateway.model.Problem;
import org.entente.gateway.model.Result;

/**
 * Calls that examine more than their price covers. The client pays for the rest on credit, so that
 * its next calls wait, and has one such call at a time: each occupies a thread that serves all
 * clients. Safe for many threads.
 */
public final class LongSearches {
  private static final Problem BUSY =
      new Problem(
          Code.OVERLOADED,
          "",
          "another call of this client examines as much as this one; wait for its end");

  private final Set<NodeName> clients = ConcurrentHashMap.newKeySet();

  /**
   * Runs a call of a client.
   *
   * @param account pays
   * @param cancelled whether nobody waits for the answer any more
   * @param call what it does; it runs what it is given before each further part, which ends it with
   *     OVERLOADED if another call of the client examines more than its price covers
   */
  public <T> Result<T> run(
      NodeName client,
      Account account,
      BooleanSupplier cancelled,
      Function<Runnable, Result<T>> call) {
    try (LongSearch search = new LongSearch(client, account, cancelled)) {
      return call.apply(search::further);
    } catch (SearchEnded e) {
      return Result.refused(BUSY);
    }
  }

  /** A call of a client; for one thread. */
  private final class LongSearch implements AutoCloseable {
    private final NodeName client;
    private final Account account;
    private final BooleanSupplier cancelled;
    private boolean counted;

    LongSearch(NodeName client, Account account, BooleanSupplier cancelled) {
      this.client = client;
      this.account = account;
      this.cancelled = cancelled;
    }

    /** Pays for a further part. */
    void further() {
      counted = counted || clients.add(client);
      if (!counted || cancelled.getAsBoolean()) {
        throw new SearchEnded();
      }
      long unused = account.charge(Work.CALL_COST, CallCost.SEARCH.units());
    }

    @Override
    public void close() {
      if (counted) {
        clients.remove(client);
      }
    }
  }

  /** Ends a call that may not go on. */
  private static final class SearchEnded extends RuntimeException {
    private static final long serialVersionUID = 1L;
  }
}
