package org.entente.gateway.retain;

import java.time.InstantSource;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.List;
import org.entente.gateway.ledger.EvidenceRecords;
import org.entente.gateway.ledger.InboxBook;
import org.entente.gateway.ledger.Ledger;
import org.entente.gateway.ledger.RetentionBook;
import org.entente.gateway.ledger.Transaction;
import org.entente.gateway.model.AgencyName;
import org.entente.gateway.model.Lane;
import org.entente.gateway.model.MessageId;
import org.entente.proto.store.v1.InboxRecord;
import org.entente.proto.v1.EvidenceItem;
import org.entente.proto.v1.EvidenceKind;

/**
 * Takes the ciphertext of ended buckets out of the ledger; their keys are destroyed by then, so
 * nothing of it could be read any more. What a legal hold keeps stays. Called regularly by one
 * thread.
 */
public final class Sweep {
  private static final int AT_ONCE = 500;

  private final AgencyName self;
  private final Ledger ledger;
  private final EvidenceRecords evidence;
  private final InstantSource clock;

  /** Sweeping a ledger. */
  public Sweep(AgencyName self, Ledger ledger, EvidenceRecords evidence, InstantSource clock) {
    this.self = self;
    this.ledger = ledger;
    this.evidence = evidence;
    this.clock = clock;
  }

  /** Removes what has ended; how many messages. */
  public int round() {
    long today = LocalDate.ofInstant(clock.instant(), ZoneOffset.UTC).toEpochDay();
    int removed = 0;
    List<RetentionBook.Place> ended = ledger.retention().before(today, AT_ONCE);
    while (!ended.isEmpty()) {
      List<RetentionBook.Place> page = ended;
      removed += ledger.write(Lane.ROUTINE, tx -> remove(tx, page)).join();
      ended = ledger.retention().before(today, AT_ONCE);
    }
    ledger
        .write(
            Lane.ROUTINE, tx -> ledger.retention().prune(tx, tx.nowMillis(), today, AT_ONCE * 20))
        .join();
    return removed;
  }

  private int remove(Transaction tx, List<RetentionBook.Place> places) {
    int removed = 0;
    for (RetentionBook.Place place : places) {
      ledger.retention().removed(tx, place);
      InboxRecord record = ledger.inbox().read(tx, place.lane(), place.position());
      if (record != null && !record.getOnHold()) {
        ledger.inbox().remove(tx, new InboxBook.Placed(place.lane(), place.position(), record));
        tellUnretrieved(tx, record);
        removed++;
      }
    }
    return removed;
  }

  /** The origin learns that no subscriber ever took it. */
  private void tellUnretrieved(Transaction tx, InboxRecord record) {
    MessageId id = MessageId.of(record.getMessageId().toByteArray());
    if (ledger.evidence().retrieval(tx, id) == null) {
      EvidenceItem item =
          evidence.item(
              EvidenceKind.EVIDENCE_KIND_NON_RETRIEVAL,
              id,
              self.value(),
              record.getHeaderHash().toByteArray(),
              tx.nowMillis());
      ledger.evidence().owe(tx, new AgencyName(record.getOrigin()), evidence.seal(item));
    }
  }
}
