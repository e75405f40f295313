package org.entente.gateway.deliver;

import java.util.Optional;
import org.entente.gateway.ledger.commit.Transaction;
import org.entente.gateway.model.AgencyName;
import org.entente.gateway.model.MessageId;
import org.entente.proto.v1.EvidenceItem;

/** What an origin is told of a message that a client acknowledges late. */
@FunctionalInterface
public interface LateAnswers {
  /**
   * The answer to the recall of a message anew, with who has had it by now; empty if it was not
   * recalled, or the recall is not answered yet.
   */
  Optional<EvidenceItem> answer(Transaction tx, AgencyName origin, MessageId id);
}
