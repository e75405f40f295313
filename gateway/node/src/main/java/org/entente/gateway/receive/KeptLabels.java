package org.entente.gateway.receive;

import java.time.LocalDate;
import java.util.Optional;
import java.util.function.Predicate;
import org.entente.gateway.intake.IntakeParts;
import org.entente.gateway.ledger.Desks;
import org.entente.gateway.ledger.Ledger;
import org.entente.gateway.ledger.record.CorruptRecord;
import org.entente.gateway.ledger.table.InboxTable;
import org.entente.gateway.model.MessageId;
import org.entente.gateway.model.NodeName;
import org.entente.proto.store.v1.InboxRecord;
import org.entente.proto.v1.Label;

/**
 * Labels of received messages that new messages may refer to: kept with their key, not recalled (a
 * legal hold keeps a recalled message, but no client gets it), not restricted, and not quarantined.
 * Unlike delivery, this use does not end with the delivery deadline. Safe for many threads.
 */
public final class KeptLabels implements IntakeParts.ReceivedMessages {
  private final Ledger ledger;
  private final InboxOpener opening;
  private final Desks desks;
  private final Predicate<InboxRecord> given;

  /** Labels of a ledger's messages of all desks. */
  public KeptLabels(Ledger ledger, InboxOpener opening, Desks desks) {
    this(ledger, opening, desks, record -> true);
  }

  private KeptLabels(
      Ledger ledger, InboxOpener opening, Desks desks, Predicate<InboxRecord> given) {
    this.ledger = ledger;
    this.opening = opening;
    this.desks = desks;
    this.given = given;
  }

  @Override
  public KeptLabels by(NodeName client) {
    return new KeptLabels(ledger, opening, desks, desks.sight(client)::sees);
  }

  /** The label of a message; empty if it may not be referred to or is damaged. */
  @Override
  public Optional<Label> label(MessageId id) {
    try {
      InboxTable.PlacedRecord placed = ledger.inbox().find(id);
      return placed == null
              || placed.record().getRecalled()
              || placed.record().getRestricted()
              || !given.test(placed.record())
              || ledger.quarantine().holds(placed.position())
          ? Optional.empty()
          : opening.label(placed);
    } catch (CorruptRecord e) {
      // Delivery quarantines it.
      return Optional.empty();
    }
  }

  /** Until when its key is kept, which includes a shorter retention by this agency's own rule. */
  @Override
  public Optional<LocalDate> lastDay(MessageId id) {
    return Optional.ofNullable(ledger.inbox().find(id))
        .map(placed -> LocalDate.ofEpochDay(placed.record().getBucketDay()));
  }

  @Override
  public boolean isRestricted(MessageId id) {
    InboxTable.PlacedRecord placed = ledger.inbox().find(id);
    return placed != null
        && !placed.record().getRecalled()
        && placed.record().getRestricted()
        && given.test(placed.record());
  }
}
