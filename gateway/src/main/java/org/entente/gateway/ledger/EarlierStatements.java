package org.entente.gateway.ledger;

import java.util.ArrayList;
import java.util.List;
import org.entente.gateway.model.MessageId;
import org.entente.gateway.store.Keys;
import org.entente.gateway.store.Scan;
import org.entente.gateway.store.Store;
import org.entente.gateway.store.Table;
import org.jspecify.annotations.Nullable;

/**
 * What {@link EvidenceBook} keeps in {@link Table#STATEMENT}, where releases before format 6 kept
 * it: only read, and swept when its time is over. A store that has none of it is not asked. Safe
 * for many threads.
 *
 * <pre>
 * EVIDENCE u8 4 · 16-byte message id                   → sealed SentFacts
 * EVIDENCE u8 11 · 16-byte message id · 8-byte mark ·
 *          u8 which time                               → u64 number · sealed EvidenceItem
 *
 * before format 3, instead of the latter:
 * EVIDENCE u8 1 · 16-byte message id · u64 number      → sealed EvidenceItem
 * EVIDENCE u8 7 · 16-byte message id · 8-byte mark     → u8 how often it is known
 * </pre>
 */
final class EarlierStatements {
  private static final int KNOWN = 1;
  private static final int SENT = 4;
  private static final int MARK = 7;
  private static final int STATEMENT = 11;

  private final Store store;
  private final boolean sent;
  private final boolean marks;
  private final boolean statements;

  /** Where a record is read. */
  interface Reader {
    /** The value, or null. */
    byte @Nullable [] get(Table table, byte[] key);
  }

  EarlierStatements(Store store) {
    this.store = store;
    this.sent = hasAny(SENT);
    this.marks = hasAny(MARK);
    this.statements = hasAny(STATEMENT);
  }

  private boolean hasAny(int part) {
    byte[] prefix = Keys.key().u8(part).done();
    try (Scan scan = store.scan(Table.EVIDENCE, prefix, Keys.endOf(prefix))) {
      return scan.hasNext();
    }
  }

  /** How often a statement was kept. */
  int times(Reader reader, EvidenceName name) {
    byte[] mark = marks ? reader.get(Table.EVIDENCE, key(MARK, name).done()) : null;
    int times = mark == null ? 0 : mark[0];
    while (statements
        && reader.get(Table.EVIDENCE, key(STATEMENT, name).u8(times + 1).done()) != null) {
      times++;
    }
    return times;
  }

  /** Statements from before format 3, oldest first. */
  List<byte[]> first(MessageId id) {
    return marks ? values(KNOWN, id) : List.of();
  }

  /** Those since, each behind its number. */
  List<byte[]> numbered(MessageId id) {
    return statements ? values(STATEMENT, id) : List.of();
  }

  /** Whom a message went to, or null. */
  byte @Nullable [] sent(MessageId id) {
    return sent ? store.get(Table.EVIDENCE, Keys.key().u8(SENT).bytes(id.bytes()).done()) : null;
  }

  private List<byte[]> values(int part, MessageId id) {
    byte[] prefix = Keys.key().u8(part).bytes(id.bytes()).done();
    List<byte[]> out = new ArrayList<>();
    try (Scan scan = store.scan(Table.EVIDENCE, prefix, Keys.endOf(prefix))) {
      while (scan.hasNext()) {
        scan.next();
        out.add(scan.value());
      }
    }
    return out;
  }

  private static Keys key(int part, EvidenceName name) {
    return Keys.key().u8(part).bytes(name.id().bytes()).bytes(name.mark());
  }
}
