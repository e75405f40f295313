package org.entente.gateway.report;

import java.util.List;
import org.entente.gateway.ledger.DeskVisibility;
import org.entente.gateway.ledger.Desks;
import org.entente.gateway.ledger.Ledger;
import org.entente.gateway.ledger.record.CorruptRecord;
import org.entente.gateway.ledger.table.AssignmentRecords;
import org.entente.gateway.ledger.table.InboxTable;
import org.entente.gateway.model.MessageId;
import org.entente.gateway.model.NodeName;
import org.entente.proto.v1.ChargeState;
import org.jspecify.annotations.Nullable;

/**
 * Who of this agency acts on what it received, as far as a client is given that. Reads what is
 * committed; safe for many threads.
 */
public final class OwnAssignments {
  private final Ledger ledger;
  private final AssignmentRecords records;
  private final Desks desks;

  /** What was said on a ledger. */
  public OwnAssignments(Ledger ledger, AssignmentRecords records, Desks desks) {
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
  public AssignmentRecords.Page page(
      NodeName client, @Nullable MessageId of, byte[] after, int size) {
    AssignmentRecords.Page page = records.own(ledger.charges(), of, after, size);
    DeskVisibility sight = desks.sight(client);
    List<ChargeState> given =
        page.states().stream().filter(state -> sight.seesAbout(placed(state))).toList();
    return new AssignmentRecords.Page(given, page.next());
  }

  /** The message; null if it is not here any more, or cannot be read. */
  private InboxTable.@Nullable PlacedRecord placed(ChargeState state) {
    try {
      return ledger.inbox().find(MessageId.of(state.getCharge().getMessageId().toByteArray()));
    } catch (CorruptRecord e) {
      return null;
    }
  }
}
