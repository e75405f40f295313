package org.entente.gateway.intake;

import java.util.ArrayList;
import java.util.List;
import org.entente.gateway.ledger.Ledger;
import org.entente.gateway.model.Code;
import org.entente.gateway.model.Permit;
import org.entente.gateway.model.Refusal;
import org.entente.gateway.policy.decide.Permitted;

/** What waits for one recipient leaves room on the disk for what goes to others. */
record OutboxShares(Ledger ledger) {
  /** A refusal for each recipient for whom a draft would exceed its share; others may have it. */
  List<Refusal> refusals(Submission draft) {
    List<Refusal> refusals = new ArrayList<>();
    for (Permitted part : draft.parts()) {
      for (Permit permit : part.permits()) {
        long waiting = ledger.outbox().bytes(permit.recipient(), part.lane());
        if (!ledger.room().hasRoom(waiting, draft.bytes())) {
          refusals.add(
              new Refusal(
                  permit.recipient().value(),
                  Code.OVERLOADED,
                  "",
                  "%d bytes wait for %s, its share of the disk; try again later"
                      .formatted(waiting, permit.recipient())));
        }
      }
    }
    return refusals;
  }
}
