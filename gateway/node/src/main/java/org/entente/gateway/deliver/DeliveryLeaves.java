package org.entente.gateway.deliver;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.entente.gateway.audit.record.AuditActor;
import org.entente.gateway.audit.record.AuditRecord;
import org.entente.gateway.audit.record.AuditSubject;
import org.entente.gateway.audit.record.AuditType;
import org.entente.gateway.audit.record.LawCategory;
import org.entente.gateway.ledger.commit.Transaction;
import org.entente.gateway.model.AgencyName;
import org.entente.gateway.model.Lane;
import org.entente.gateway.model.NodeName;
import org.entente.proto.store.v1.CursorRecord;
import org.entente.proto.store.v1.UnloggedRange;
import org.entente.proto.v1.OnBehalfOf;

/**
 * When the audit log is told of deliveries: one leaf for each range of positions that a cursor of a
 * client put behind it, in the commit that moves the cursor.
 *
 * <p>The first range after a pause has its leaf at once. What follows within {@code every} joins
 * into one range in the cursor's record, which is as durable as the cursor itself, and has its leaf
 * when that time is over, when {@code most} deliveries have come together, or after the next start.
 * So the ranges of a cursor follow upon each other without a gap, whenever the gateway is killed,
 * and a leaf costs no commit of its own while a client acknowledges. What a stream had given and
 * its client had not acknowledged when it ended is told of in the same way, by ranges of its own: a
 * client that opens and closes streams makes no more leaves than one that reads on. A cursor under
 * which nothing was ever acknowledged is kept no longer than that takes. Pure but for the
 * transaction.
 *
 * @param self the agency, whose own client acts
 * @param every least time between the leaves of a cursor
 * @param most deliveries that are told of in one leaf; one acknowledgement may be of more
 */
public record DeliveryLeaves(AgencyName self, Duration every, long most) {

  /** Which cursor. */
  record Cursor(String client, String name) {}

  /** What one acknowledgement put behind a cursor. */
  record Advance(Lane lane, LaneCursor.Range range, long count) {}

  /** The cursor's next record, and its leaves where they are due. */
  CursorRecord advanced(
      Transaction tx, Cursor cursor, CursorRecord before, CursorRecord places, Advance advance) {
    List<UnloggedRange> ranges =
        UnauditedRanges.with(before.getUnloggedList(), range(advance, false));
    CursorRecord next =
        places.toBuilder().addAllUnlogged(ranges).setLoggedAtMs(before.getLoggedAtMs()).build();
    return isDue(tx, next) ? told(tx, cursor, next) : next;
  }

  /**
   * The cursor's next record once a stream has ended whose client has not acknowledged these, and
   * its leaves where they are due.
   */
  CursorRecord ended(Transaction tx, Cursor cursor, CursorRecord before, List<Advance> unanswered) {
    List<UnloggedRange> ranges = before.getUnloggedList();
    for (Advance given : unanswered) {
      ranges = UnauditedRanges.with(ranges, range(given, true));
    }
    CursorRecord next = before.toBuilder().clearUnlogged().addAllUnlogged(ranges).build();
    return isDue(tx, next) ? told(tx, cursor, next) : next;
  }

  /** Whether what is not told of has to be by now. */
  boolean isDue(Transaction tx, CursorRecord record) {
    return isDue(record, tx.nowMillis());
  }

  /** The same at a time in milliseconds since 1970. */
  boolean isDue(CursorRecord record, long nowMillis) {
    long since = nowMillis - record.getLoggedAtMs();
    long count = record.getUnloggedList().stream().mapToLong(UnloggedRange::getCount).sum();
    // A clock that was set back must not hold leaves back.
    return count > 0 && (count >= most || since >= every.toMillis() || since < 0);
  }

  /** Whether a cursor has no place to begin from again: its client acknowledged nothing, ever. */
  static boolean hasNoPlace(CursorRecord record) {
    return record.getNextPositionCount() == 0;
  }

  /**
   * Whether a cursor is to be forgotten: it has no place, all that was given is told of, and so
   * long ago that its next leaf is not too soon.
   */
  boolean isDone(CursorRecord record, long nowMillis) {
    long since = nowMillis - record.getLoggedAtMs();
    return hasNoPlace(record)
        && record.getUnloggedCount() == 0
        && (since >= every.toMillis() || since < 0);
  }

  /** Tells of all that is not told of; the record that says so. */
  CursorRecord told(Transaction tx, Cursor cursor, CursorRecord record) {
    record.getUnloggedList().forEach(range -> leaf(tx, cursor, range));
    return record.toBuilder().clearUnlogged().setLoggedAtMs(tx.nowMillis()).build();
  }

  private void leaf(Transaction tx, Cursor cursor, UnloggedRange range) {
    String what = range.getUnanswered() ? "given and not acknowledged" : "acknowledged";
    tx.audit(
        AuditRecord.of(
                AuditType.DELIVERED_RANGE,
                LawCategory.CONSULTATION,
                Instant.ofEpochMilli(tx.nowMillis()),
                AuditActor.client(
                    self, new NodeName(cursor.client()), OnBehalfOf.getDefaultInstance()),
                AuditSubject.of(Lane.of(range.getLane()), range.getFirst(), range.getLast()))
            .saying("%d %s, cursor %s".formatted(range.getCount(), what, cursor.name())));
  }

  private static UnloggedRange range(Advance advance, boolean unanswered) {
    return UnloggedRange.newBuilder()
        .setLane(advance.lane().number())
        .setFirst(advance.range().first())
        .setLast(advance.range().last())
        .setCount(advance.count())
        .setUnanswered(unanswered)
        .build();
  }
}
