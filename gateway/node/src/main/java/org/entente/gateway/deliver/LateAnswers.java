package org.entente.gateway.deliver;

import java.util.Optional;
import org.entente.gateway.ledger.commit.Transaction;
import org.entente.gateway.model.AgencyName;
import org.entente.gateway.model.MessageId;
import org.entente.proto.v1.EvidenceItem;

/** Answers to an origin about a message that a client acknowledges after its recall. */
@FunctionalInterface
public interface LateAnswers {
  /**
   * A renewed answer to a message's recall, with the clients that have retrieved it by now; empty
   * if it was not recalled, or the recall is not answered yet.
   */
  Optional<EvidenceItem> answer(Transaction tx, AgencyName origin, MessageId id);
}
