package org.entente.gateway.rpc.server;

import org.entente.gateway.account.Work;
import org.entente.gateway.model.Code;
import org.entente.gateway.model.Problem;

/**
 * What a call costs the account of its client, in units of about what a look-up takes. The account
 * limits the cost of the calls that a client begins each second.
 */
public enum CallCost {
  /** Shows state that is at hand. */
  LOOKUP(1),
  /** Reads one leaf or tile of the audit log. */
  AUDIT(2),
  /** Changes the ledger, which is synced. */
  CHANGE(4),
  /** Reads a page of records, opens a message, or decides by policy. */
  READ(10),
  /** Examines up to a thousand entries, or collects all about a message. */
  SEARCH(50),
  /** Runs on all agreements or the whole ledger, or compiles what the client wrote. */
  RUN(200);

  private static final Problem EXCEEDED =
      new Problem(
          Code.OVERLOADED,
          "",
          "the calls of this client cost more than limits.per_client.call_cost allows; slow down");

  private final int units;

  CallCost(int units) {
    this.units = units;
  }

  /** The units that it takes from the account. */
  public int units() {
    return units;
  }

  /**
   * Charges the caller of the current call.
   *
   * @throws io.grpc.StatusRuntimeException with OVERLOADED if that exceeds its rate
   */
  void charge() {
    if (!Caller.account().spend(Work.CALL_COST, units)) {
      throw StatusMapper.exception(EXCEEDED);
    }
  }
}
