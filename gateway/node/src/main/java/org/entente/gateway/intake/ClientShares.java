package org.entente.gateway.intake;

import java.util.Optional;
import org.entente.gateway.account.Account;
import org.entente.gateway.account.Accounts;
import org.entente.gateway.account.Holding;
import org.entente.gateway.model.Code;
import org.entente.gateway.model.NodeName;
import org.entente.gateway.model.Problem;

/**
 * Each client's drafts on their way into the ledger, held by its account. Safe for use by several
 * threads.
 */
record ClientShares(Accounts clients) {
  /** Reserves room for a draft, or returns why there is none. */
  Optional<Problem> take(NodeName client, long bytes) {
    Account account = clients.of(client.value());
    if (!account.hold(Holding.DRAFTS, 1)) {
      return overloaded(account.held(Holding.DRAFTS) + " drafts of this client");
    }
    if (!account.hold(Holding.DRAFT_BYTES, bytes)) {
      account.release(Holding.DRAFTS, 1);
      return overloaded(
          "%d bytes of this client's drafts and %d of all drafts"
              .formatted(account.held(Holding.DRAFT_BYTES), clients.total(Holding.DRAFT_BYTES)));
    }
    return Optional.empty();
  }

  private static Optional<Problem> overloaded(String what) {
    return Optional.of(new Problem(Code.OVERLOADED, "", what + " are in progress; slow down"));
  }

  /** Releases the room of a draft that was answered. */
  void giveBack(NodeName client, long bytes) {
    Account account = clients.of(client.value());
    account.release(Holding.DRAFT_BYTES, bytes);
    account.release(Holding.DRAFTS, 1);
  }
}
