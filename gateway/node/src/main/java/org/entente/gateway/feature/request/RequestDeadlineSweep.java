package org.entente.gateway.feature.request;

import static org.entente.gateway.meter.Meters.Reminder.NEAR;
import static org.entente.gateway.meter.Meters.Reminder.OVERDUE;

import java.time.Duration;
import java.time.InstantSource;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.entente.gateway.feature.request.RequestTable.DueRecord;
import org.entente.gateway.feature.request.RequestTable.Side;
import org.entente.gateway.ledger.Ledger;
import org.entente.gateway.ledger.commit.Transaction;
import org.entente.gateway.ledger.record.CorruptRecord;
import org.entente.gateway.ledger.record.EvidenceName;
import org.entente.gateway.meter.Meters;
import org.entente.gateway.model.AgencyName;
import org.entente.gateway.model.Lane;
import org.entente.gateway.store.Table;
import org.entente.proto.store.v1.RequestRecord;
import org.entente.proto.store.v1.RequestState;
import org.entente.proto.v1.EvidenceKind;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Acts on the deadlines of requests. After a part of its time, the agency that owes the answer is
 * reminded ({@link ReminderSchedule}). At the end of its time a request is overdue, 30 days later
 * it is closed, and 400 days after its closure its record is deleted. One that expired before it
 * was delivered counts no longer among those open at its recipient. Deadlines are in the ledger, so
 * a restart loses none; each is checked again in the transaction that acts on it. One thread calls
 * {@link #round} regularly.
 */
public final class RequestDeadlineSweep {
  private static final Logger LOG = LoggerFactory.getLogger(RequestDeadlineSweep.class);
  private static final int PAGE = 256;

  /** Time after a message's expiry within which it is stated that it was not delivered. */
  static final Duration STATED_WITHIN = Duration.ofHours(1);

  private final AgencyName self;
  private final Ledger ledger;
  private final RequestTable book;
  private final ReminderSchedule remindAt;
  private final Meters meters;
  private final InstantSource ending;

  /**
   * A sweep of a ledger.
   *
   * @param remindAt when this agency is reminded of answers that it owes
   * @param ending the clock by which deadlines pass
   */
  public RequestDeadlineSweep(
      AgencyName self,
      Ledger ledger,
      ReminderSchedule remindAt,
      Meters meters,
      InstantSource ending) {
    this.self = self;
    this.ledger = ledger;
    this.book = RequestTable.of(ledger);
    this.remindAt = remindAt;
    this.meters = meters;
    this.ending = ending;
  }

  private record Group(Side side, String agency) {}

  /** Acts on all that is due; returns the number of requests. */
  public int round() {
    long now = ending.millis();
    int looked = 0;
    lookUpDeliveries(now);
    List<DueRecord> due;
    do {
      due = book.due(now, PAGE);
      if (!due.isEmpty()) {
        page(due, now);
        looked += due.size();
      }
    } while (due.size() == PAGE);
    return looked;
  }

  private void lookUpDeliveries(long now) {
    List<DueRecord> due;
    do {
      due = book.deliveriesDue(now, PAGE);
      if (!due.isEmpty()) {
        List<DueRecord> some = due;
        ledger.commit(
            Lane.ROUTINE,
            tx -> {
              some.forEach(one -> lookUpDelivery(tx, one));
              return some.size();
            });
      }
    } while (due.size() == PAGE);
  }

  /**
   * What did not arrive takes no room at its recipient; an answer would be taken all the same. A
   * gateway that was stopped at the expiry states it later, so it is looked up again until then.
   */
  private void lookUpDelivery(Transaction tx, DueRecord due) {
    book.lookedUpDelivery(tx, due);
    RequestTable.Name name = due.name();
    RequestRecord record = readable(tx, name);
    if (record == null
        || !RequestTable.isOpen(record)
        || isStated(tx, name, EvidenceKind.EVIDENCE_KIND_DELIVERY, name.agency())) {
      return;
    }
    if (isStated(tx, name, EvidenceKind.EVIDENCE_KIND_NON_DELIVERY, self.value())) {
      book.uncount(tx, name);
    } else {
      long again = ending.millis() + STATED_WITHIN.toMillis();
      book.lookUpDelivery(tx, new DueRecord(again, name));
    }
  }

  private boolean isStated(
      Transaction tx, RequestTable.Name name, EvidenceKind kind, String agency) {
    try {
      return ledger.evidence().has(tx, new EvidenceName(name.id(), kind, agency, name.agency()));
    } catch (CorruptRecord e) {
      ledger.unreadable().found(Table.STATEMENT, name.id().toString(), e);
      return false;
    }
  }

  private void page(List<DueRecord> due, long now) {
    Map<Group, Integer> late = new LinkedHashMap<>();
    ledger.commit(
        Lane.ROUTINE,
        tx -> {
          late.clear();
          due.forEach(one -> look(tx, one, now, late));
          return due.size();
        });
    late.forEach(RequestDeadlineSweep::tell);
  }

  private void look(Transaction tx, DueRecord due, long now, Map<Group, Integer> late) {
    RequestRecord record = readable(tx, due.name());
    if (record == null) {
      book.looked(tx, due);
    } else if (RequestTable.due(record) > now) {
      // It was answered meanwhile, and is handled when its record is due for deletion.
      return;
    } else if (!RequestTable.isOpen(record)) {
      book.remove(tx, due.name());
    } else if (record.getOverdue()) {
      book.put(
          tx,
          due.name(),
          record.toBuilder()
              .setState(RequestState.REQUEST_STATE_LAPSED)
              .setClosedAtMs(now)
              .build());
    } else if (record.getAnswerByMs() > now) {
      near(tx, due.name(), record, now);
    } else {
      over(tx, due.name(), record, now);
      if (!record.getExercise()) {
        late.merge(new Group(due.name().side(), due.name().agency()), 1, Integer::sum);
      }
    }
  }

  /** The record, or null if there is none or it cannot be read, which must delay no other. */
  private @Nullable RequestRecord readable(Transaction tx, RequestTable.Name name) {
    try {
      return book.read(tx, name);
    } catch (CorruptRecord e) {
      ledger.unreadable().found(Table.REQUEST, name.id().toString(), e);
      return null;
    }
  }

  private void near(Transaction tx, RequestTable.Name name, RequestRecord record, long now) {
    int passed = remindAt.passed(record, now);
    RequestRecord.Builder next = record.toBuilder().setNearAtMs(remindAt.next(record, now));
    if (passed > record.getNoticedPercent()) {
      remind(tx, name, next.setNoticedPercent(passed).setNoticedAtMs(now).build(), NEAR);
    } else {
      book.put(tx, name, next.build());
    }
  }

  private void over(Transaction tx, RequestTable.Name name, RequestRecord record, long now) {
    RequestRecord.Builder next = record.toBuilder().setOverdue(true);
    if (name.side() == Side.OWED) {
      remind(tx, name, next.setNoticedPercent(100).setNoticedAtMs(now).build(), OVERDUE);
    } else {
      book.put(tx, name, next.build());
    }
  }

  private void remind(
      Transaction tx, RequestTable.Name name, RequestRecord record, Meters.Reminder reminder) {
    book.remind(tx, name, record);
    if (!record.getExercise()) {
      tx.afterCommit(() -> meters.reminded(reminder, new AgencyName(name.agency())));
    }
  }

  /** Logs one line for all requests of an agency. */
  private static void tell(Group group, int count) {
    LOG.warn(
        group.side() == Side.ASKED
            ? "{} requests to {} were not answered in time"
            : "{} requests of {} were not answered in time by this agency",
        count,
        group.agency());
  }
}
