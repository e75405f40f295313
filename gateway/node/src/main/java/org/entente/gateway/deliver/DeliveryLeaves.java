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
import org.jspecify.annotations.Nullable;

/**
 * Rules for audit leaves of deliveries: one leaf for each range of positions that a client's cursor
 * has passed, in the commit that moves the cursor.
 *
 * <p>The first range after a pause has its leaf at once. Later ranges within {@code every} join
 * into one range in the cursor's record, as durable as the cursor itself. That range gets its leaf
 * when this time has passed, when it has {@code most} deliveries, or after the next start. So the
 * ranges of a cursor have no gaps, whenever the gateway is killed, and a leaf needs no extra commit
 * while a client acknowledges. Deliveries unacknowledged at the end of a stream are recorded in the
 * same way, in separate ranges: opening and closing streams makes no more leaves than reading on. A
 * cursor without any acknowledgement is kept only until its leaf. Pure except for the transaction.
 *
 * @param self the agency of the clients
 * @param every least time between the leaves of a cursor
 * @param most deliveries after which a leaf is due; one acknowledgement may cover more
 */
public record DeliveryLeaves(AgencyName self, Duration every, long most) {

  /** The name of a cursor. */
  record Cursor(String client, String name) {}

  /** The range that one acknowledgement passed. */
  record Advance(Lane lane, LaneCursor.Range range, long count) {}

  /**
   * Returns the cursor's next record, and adds its due leaves.
   *
   * @param places its positions; null if they stay
   */
  CursorRecord advanced(
      Transaction tx,
      Cursor cursor,
      CursorRecord before,
      @Nullable CursorRecord places,
      Advance advance) {
    List<UnloggedRange> ranges =
        UnauditedRanges.with(before.getUnloggedList(), range(advance, false));
    CursorRecord next =
        moved(before, places).toBuilder().clearUnlogged().addAllUnlogged(ranges).build();
    return isDue(tx, next) ? told(tx, cursor, next) : next;
  }

  /**
   * Returns a cursor's record with other positions.
   *
   * @param places null if they stay
   */
  static CursorRecord moved(CursorRecord before, @Nullable CursorRecord places) {
    if (places == null) {
      return before;
    }
    return places.toBuilder()
        .addAllUnlogged(before.getUnloggedList())
        .setLoggedAtMs(before.getLoggedAtMs())
        .setSealedSettings(before.getSealedSettings())
        .build();
  }

  /**
   * Returns the cursor's next record after a stream ended with these deliveries unacknowledged, and
   * adds its due leaves.
   */
  CursorRecord ended(Transaction tx, Cursor cursor, CursorRecord before, List<Advance> unanswered) {
    List<UnloggedRange> ranges = before.getUnloggedList();
    for (Advance given : unanswered) {
      ranges = UnauditedRanges.with(ranges, range(given, true));
    }
    CursorRecord next = before.toBuilder().clearUnlogged().addAllUnlogged(ranges).build();
    return isDue(tx, next) ? told(tx, cursor, next) : next;
  }

  /** Whether the unrecorded ranges are due by now. */
  boolean isDue(Transaction tx, CursorRecord record) {
    return isDue(record, tx.nowMillis());
  }

  /** The same at a time in milliseconds since 1970. */
  boolean isDue(CursorRecord record, long nowMillis) {
    long since = nowMillis - record.getLoggedAtMs();
    long count = record.getUnloggedList().stream().mapToLong(UnloggedRange::getCount).sum();
    // A clock set back must not delay leaves.
    return count > 0 && (count >= most || since >= every.toMillis() || since < 0);
  }

  /** First position of a lane that a cursor has not passed. */
  static long nextPosition(CursorRecord record, Lane lane) {
    int index = lane.number() - 1;
    return index < record.getNextPositionCount() ? record.getNextPosition(index) : 1;
  }

  /** Whether a cursor has no durable position: its client never acknowledged anything. */
  static boolean hasNoPlace(CursorRecord record) {
    return record.getNextPositionCount() == 0;
  }

  /**
   * Whether a cursor must be removed: it has no position, all its deliveries are recorded, and
   * {@code every} has passed since.
   */
  boolean isDone(CursorRecord record, long nowMillis) {
    long since = nowMillis - record.getLoggedAtMs();
    return hasNoPlace(record)
        && record.getUnloggedCount() == 0
        && (since >= every.toMillis() || since < 0);
  }

  /** Adds leaves for all unrecorded ranges; returns the record without them. */
  CursorRecord told(Transaction tx, Cursor cursor, CursorRecord record) {
    record.getUnloggedList().forEach(range -> leaf(tx, cursor, range));
    return record.toBuilder().clearUnlogged().setLoggedAtMs(tx.nowMillis()).build();
  }

  private void leaf(Transaction tx, Cursor cursor, UnloggedRange range) {
    String what = range.getUnanswered() ? "delivered, not acknowledged" : "acknowledged";
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
