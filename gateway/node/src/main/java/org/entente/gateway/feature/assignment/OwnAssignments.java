package org.entente.gateway.feature.assignment;

import java.util.List;
import org.entente.gateway.ledger.DeskVisibility;
import org.entente.gateway.ledger.Desks;
import org.entente.gateway.ledger.Ledger;
import org.entente.gateway.ledger.record.CorruptRecord;
import org.entente.gateway.ledger.table.InboxTable;
import org.entente.gateway.model.MessageId;
import org.entente.gateway.model.NodeName;
import org.entente.proto.v1.ChargeState;
import org.jspecify.annotations.Nullable;

/**
 * Lists who in this agency acts on received messages, as far as a client may see them. Reads
 * committed state; safe for use by several threads.
 */
public final class OwnAssignments {
  private final Ledger ledger;
  private final AssignmentRecords records;
  private final Desks desks;

  /** The assignments in a ledger. */
  public OwnAssignments(Ledger ledger, AssignmentRecords records, Desks desks) {
    this.ledger = ledger;
    this.records = records;
    this.desks = desks;
  }

  /**
   * A page; shorter if the client may not see the messages concerned.
   *
   * @param of only for this message; null for all
   * @param after the position from the previous page; empty for the first
   */
  public AssignmentRecords.Page page(
      NodeName client, @Nullable MessageId of, byte[] after, int size) {
    AssignmentRecords.Page page = records.own(AssignmentTable.of(ledger), of, after, size);
    DeskVisibility sight = desks.sight(client);
    List<ChargeState> given =
        page.states().stream().filter(state -> sight.seesAbout(placed(state))).toList();
    return new AssignmentRecords.Page(given, page.next());
  }

  /** The message; null if it is no longer stored or cannot be read. */
  private InboxTable.@Nullable PlacedRecord placed(ChargeState state) {
    try {
      return ledger.inbox().find(MessageId.of(state.getCharge().getMessageId().toByteArray()));
    } catch (CorruptRecord e) {
      return null;
    }
  }
}
