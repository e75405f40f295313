package org.entente.gateway.transmit;

import java.util.List;
import org.entente.gateway.ledger.table.OutboxTable;
import org.entente.gateway.model.AgencyName;
import org.entente.gateway.model.MessageId;
import org.entente.gateway.seal.format.OriginNumber;

/**
 * Notices to a recipient about mail owed to it. They are not durable: they are repeated until they
 * take effect. Thread-safe.
 */
public interface RecipientNotices {
  /** Sends a signed statement that numbers are withdrawn. */
  void withdraw(AgencyName recipient, List<OutboxTable.NumberedEntry> numbers);

  /**
   * Raises an alarm: the recipient acknowledged, refused or asked for these repeatedly over its own
   * link, but its signed statements do not name them. Something else may have its place on the
   * network.
   */
  void unconfirmed(AgencyName recipient, List<OriginNumber> numbers);

  /** Asks for the recipient's keys, from itself or from gateways on the way that know them. */
  void askKeys(AgencyName recipient);

  /**
   * Asks a recipient to send its evidence about messages again.
   *
   * @param undelivered messages without evidence of delivery
   * @param unopened messages without evidence of a retrieval
   */
  void askEvidence(AgencyName recipient, List<MessageId> undelivered, List<MessageId> unopened);
}
