package org.entente.gateway.transmit;

import java.util.List;
import org.entente.gateway.ledger.table.OutboxTable;
import org.entente.gateway.model.AgencyName;

/**
 * What is said to a recipient about mail that is owed to it. Nothing of it is durable: it is said
 * again until it has had its effect. Thread-safe.
 */
public interface RecipientNotices {
  /** Tells it under signature that numbers are withdrawn. */
  void withdraw(AgencyName recipient, List<OutboxTable.NumberedEntry> numbers);

  /** Asks for its keys, of itself or of whoever knows them on the way to it. */
  void askKeys(AgencyName recipient);
}
