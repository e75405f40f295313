package org.entente.gateway.report;

import java.util.List;
import org.entente.gateway.ledger.Desks;
import org.entente.gateway.ledger.Ledger;
import org.entente.gateway.ledger.Sight;
import org.entente.gateway.ledger.record.CorruptRecord;
import org.entente.gateway.ledger.table.ChargeRecords;
import org.entente.gateway.ledger.table.InboxBook;
import org.entente.gateway.model.MessageId;
import org.entente.gateway.model.NodeName;
import org.entente.proto.v1.ChargeState;
import org.jspecify.annotations.Nullable;

/**
 * Who of this agency acts on what it received, as far as a client is given that. Reads what is
 * committed; safe for many threads.
 */
public final class OwnCharges {
  private final Ledger ledger;
  private final ChargeRecords records;
  private final Desks desks;

  /** What was said on a ledger. */
  public OwnCharges(Ledger ledger, ChargeRecords records, Desks desks) {
    this.ledger = ledger;
    this.records = records;
    this.desks = desks;
  }

  /**
   * A page, shorter where the client is not given what is spoken of.
   *
   * @param of of this message only; null for all
   * @param after as the page before gave it; empty for the first
   */
  public ChargeRecords.Page page(NodeName client, @Nullable MessageId of, byte[] after, int size) {
    ChargeRecords.Page page = records.own(ledger.charges(), of, after, size);
    Sight sight = desks.sight(client);
    List<ChargeState> given =
        page.states().stream().filter(state -> sight.seesAbout(placed(state))).toList();
    return new ChargeRecords.Page(given, page.next());
  }

  /** The message; null if it is not here any more, or cannot be read. */
  private InboxBook.@Nullable Placed placed(ChargeState state) {
    try {
      return ledger.inbox().find(MessageId.of(state.getCharge().getMessageId().toByteArray()));
    } catch (CorruptRecord e) {
      return null;
    }
  }
}
