package org.entente.gateway.feature.ipr;

import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import org.entente.gateway.audit.record.AuditActor;
import org.entente.gateway.audit.record.AuditRecord;
import org.entente.gateway.audit.record.AuditSubject;
import org.entente.gateway.audit.record.AuditType;
import org.entente.gateway.audit.record.LawCategory;
import org.entente.gateway.feature.ipr.IprTable.Kind;
import org.entente.gateway.ledger.commit.Transaction;
import org.entente.gateway.ledger.record.CorruptRecord;
import org.entente.gateway.model.Lane;
import org.entente.gateway.store.Table;
import org.entente.proto.store.v1.IprRecord;
import org.entente.proto.v1.IprCase;
import org.entente.proto.v1.Recordation;

/**
 * Prolongs the retention of open records, and erases ended ones after their retention. Call it
 * regularly from one thread.
 */
public final class IprRetention {
  private static final int AT_ONCE = 200;

  private final IprParts parts;
  private final IprRecords records;
  private final InstantSource ending;

  /**
   * Retention of an agency's records.
   *
   * @param ending the clock by which records expire irrevocably
   */
  public IprRetention(IprParts parts, IprSettings settings, InstantSource ending) {
    this.parts = parts;
    this.records = new IprRecords(IprTable.of(parts.ledger()), parts.atRest(), settings.keep());
    this.ending = ending;
  }

  /**
   * Runs what is due: cases first, since they prolong their recordations.
   *
   * @return the number of records erased
   */
  public int round() {
    return round(Kind.CASE) + round(Kind.RECORDATION);
  }

  private int round(Kind kind) {
    AtomicInteger erased = new AtomicInteger();
    List<IprTable.Entry> page = records.book().page(kind, null, AT_ONCE);
    while (!page.isEmpty()) {
      // A record has up to some 20 KiB, and is put again whole.
      parts
          .ledger()
          .commitEach(
              Lane.ROUTINE,
              page.stream().filter(this::isDue).toList(),
              (tx, seen) -> care(tx, kind, seen, erased));
      page = records.book().page(kind, page.get(page.size() - 1).id(), AT_ONCE);
    }
    return erased.get();
  }

  private boolean isDue(IprTable.Entry entry) {
    IprRecord record = entry.record();
    long left = record.getKeepUntilMs() - ending.millis();
    return record.getOpen() ? left < records.keep().toMillis() / 2 : isOver(record);
  }

  private void care(Transaction tx, Kind kind, IprTable.Entry seen, AtomicInteger erased) {
    IprRecord now = records.book().read(tx, kind, seen.id());
    if (now == null || !isDue(new IprTable.Entry(seen.id(), now))) {
      return;
    }
    boolean prolonged = now.getOpen() && prolonged(tx, kind, new IprTable.Entry(seen.id(), now));
    if (!prolonged && isOver(now)) {
      erase(tx, kind, seen);
      tx.afterCommit(erased::incrementAndGet);
    }
  }

  private boolean isOver(IprRecord record) {
    return record.getKeepUntilMs() <= ending.millis();
  }

  /** Seals it for longer; whether it could: its key may be lost, or its content damaged. */
  private boolean prolonged(Transaction tx, Kind kind, IprTable.Entry entry) {
    try {
      return putAgain(tx, kind, entry);
    } catch (CorruptRecord e) {
      // It must not keep the others of this change from being prolonged.
      parts.ledger().unreadable().found(Table.IPR, entry.id().toString(), e);
      return false;
    }
  }

  private boolean putAgain(Transaction tx, Kind kind, IprTable.Entry entry) {
    if (kind == Kind.CASE) {
      Optional<IprCase> kept = records.theCase(entry);
      kept.ifPresent(one -> records.put(tx, one));
      return kept.isPresent();
    }
    Optional<Recordation> kept = records.recordation(entry);
    kept.ifPresent(one -> records.put(tx, one));
    return kept.isPresent();
  }

  private void erase(Transaction tx, Kind kind, IprTable.Entry entry) {
    records.book().remove(tx, kind, entry.id());
    tx.audit(
        AuditRecord.of(
                AuditType.ERASED,
                LawCategory.ERASURE,
                Instant.ofEpochMilli(tx.nowMillis()),
                AuditActor.gateway(parts.self()),
                new AuditSubject(null, List.of(entry.id()), List.of(), null))
            .saying(kind == Kind.CASE ? "case about a right" : "recordation of a right"));
  }
}
