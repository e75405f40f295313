package org.entente.gateway.retention;

import java.time.Instant;
import java.time.InstantSource;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;
import org.entente.gateway.ledger.Ledger;
import org.entente.gateway.ledger.commit.Transaction;
import org.entente.gateway.ledger.table.EvidenceRecords;
import org.entente.gateway.ledger.table.InboxTable;
import org.entente.gateway.ledger.table.RetentionTable;
import org.entente.gateway.model.AgencyName;
import org.entente.gateway.model.Code;
import org.entente.gateway.model.Lane;
import org.entente.gateway.model.MessageId;
import org.entente.proto.store.v1.InboxRecord;
import org.entente.proto.v1.EvidenceItem;
import org.entente.proto.v1.EvidenceKind;

/**
 * Removes the ciphertext of ended buckets from the ledger; their keys have been destroyed, so it is
 * no longer readable. Messages under legal hold stay. Called regularly by one thread.
 */
public final class BucketSweep {
  private static final int AT_ONCE = 500;

  /** Records of recalls and erasures, of each kind, that one change removes. */
  static final int PRUNED = 10_000;

  /** The origin's evidence about a message that nobody retrieved; empty if it gets none. */
  private interface Saying {
    Optional<EvidenceItem> apply(EvidenceItem item, InboxRecord record);
  }

  private final AgencyName self;
  private final Ledger ledger;
  private final EvidenceRecords evidence;
  private final InstantSource clock;

  /** Creates the sweep of a ledger. */
  public BucketSweep(
      AgencyName self, Ledger ledger, EvidenceRecords evidence, InstantSource clock) {
    this.self = self;
    this.ledger = ledger;
    this.evidence = evidence;
    this.clock = clock;
  }

  /** Removes messages of ended buckets; returns how many. */
  public int round() {
    long today = today();
    int removed = 0;
    List<RetentionTable.BucketPosition> ended = ledger.retention().before(today, AT_ONCE);
    while (!ended.isEmpty()) {
      List<RetentionTable.BucketPosition> page = ended;
      removed += ledger.commit(Lane.ROUTINE, tx -> remove(tx, page, this::unretrieved));
      ended = ledger.retention().before(today, AT_ONCE);
    }
    prune(today);
    return removed;
  }

  /** Until less than a whole change is over: a member makes such records as fast as it recalls. */
  private void prune(long today) {
    int pruned;
    do {
      pruned =
          ledger.commit(
              Lane.ROUTINE, tx -> ledger.retention().prune(tx, clock.millis(), today, PRUNED));
    } while (pruned >= PRUNED);
  }

  /**
   * Removes messages whose bucket's key was lost before their retention ended. Informs the origins
   * of those not retrieved, which can send them again. Called once at startup. Those of ended
   * buckets, whose keys may be gone, are left to {@link #round}.
   *
   * @param lost whether the key of the bucket that ends on a day is missing
   * @return the number of removed messages
   */
  public int removeUnreadable(Predicate<LocalDate> lost) {
    int removed = 0;
    // The time by which keys end may be in doubt, and that of the copy: a bucket that has ended by
    // the machine's clock, or had when the ledger was restored, is no lost one.
    long machine = Math.max(ledger.clock().millis(), ledger.retention().setBackAtMillis());
    long first = Math.max(today(), day(machine));
    for (long day : ledger.retention().days()) {
      if (day < first || !lost.test(LocalDate.ofEpochDay(day))) {
        continue;
      }
      List<RetentionTable.BucketPosition> places = ledger.retention().of(day, AT_ONCE);
      while (!places.isEmpty()) {
        List<RetentionTable.BucketPosition> page = places;
        removed +=
            ledger.commit(
                Lane.ROUTINE, tx -> remove(tx, page, (item, of) -> Optional.of(keyLost(item))));
        places = ledger.retention().of(day, AT_ONCE);
      }
    }
    return removed;
  }

  private long today() {
    return LocalDate.ofInstant(clock.instant(), ZoneOffset.UTC).toEpochDay();
  }

  /**
   * The statement that nobody retrieved a message by the end of its retention. There is none of a
   * message that was here before a restore and ended by then: the lost ledger may have known of a
   * retrieval. What ends later was delivered to the subscribers again.
   */
  private Optional<EvidenceItem> unretrieved(EvidenceItem item, InboxRecord record) {
    long setBack = ledger.retention().setBackAtMillis();
    boolean mayBeRetrieved =
        record.getReceivedAtMs() < setBack && record.getBucketDay() <= day(setBack);
    return mayBeRetrieved ? Optional.empty() : Optional.of(item);
  }

  private static long day(long millis) {
    return LocalDate.ofInstant(Instant.ofEpochMilli(millis), ZoneOffset.UTC).toEpochDay();
  }

  private EvidenceItem keyLost(EvidenceItem item) {
    return evidence.failed(
        item, Code.KEY_LOST, "the recipient lost the storage key of this message; send it again");
  }

  private int remove(Transaction tx, List<RetentionTable.BucketPosition> places, Saying saying) {
    int removed = 0;
    for (RetentionTable.BucketPosition place : places) {
      RetentionTable.removed(tx, place);
      for (InboxTable.PlacedRecord placed :
          ledger.inbox().page(tx, place.lane(), place.position())) {
        if (!placed.record().getOnHold()) {
          remove(tx, placed, saying);
          removed++;
        }
      }
    }
    return removed;
  }

  private void remove(Transaction tx, InboxTable.PlacedRecord placed, Saying saying) {
    ledger.inbox().remove(tx, placed);
    if (!placed.isDamaged()) {
      ledger.scores().remove(tx, MessageId.of(placed.record().getMessageId().toByteArray()));
      tellUnretrieved(tx, placed, saying);
    }
  }

  /** Informs the origin that no subscriber retrieved the message. */
  private void tellUnretrieved(Transaction tx, InboxTable.PlacedRecord placed, Saying saying) {
    InboxRecord record = placed.record();
    MessageId id = MessageId.of(record.getMessageId().toByteArray());
    if (!evidence.retrievals().isRetrieved(tx, placed.retrieval())) {
      EvidenceItem item =
          evidence.item(
              EvidenceKind.EVIDENCE_KIND_NON_RETRIEVAL,
              id,
              self.value(),
              record.getHeaderHash().toByteArray(),
              tx.nowMillis());
      AgencyName origin = new AgencyName(record.getOrigin());
      saying
          .apply(item, record)
          .ifPresent(said -> evidence.owe(tx, ledger.evidence(), origin, said));
    }
  }
}
