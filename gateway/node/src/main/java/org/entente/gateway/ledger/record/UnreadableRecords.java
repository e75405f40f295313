package org.entente.gateway.ledger.record;

import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentSkipListSet;
import org.entente.gateway.model.Code;
import org.entente.gateway.store.Table;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Unreadable queue records found since the start and not settled: a defect, or damage that no
 * checksum shows. Each is logged once; queue processing skips it, so that it blocks nothing else.
 * Safe for many threads; at most 1,000 are remembered.
 */
public final class UnreadableRecords {
  private static final Logger LOG = LoggerFactory.getLogger(UnreadableRecords.class);
  private static final int MOST = 1_000;

  private final Set<String> found = new ConcurrentSkipListSet<>();

  public UnreadableRecords() {}

  /**
   * Adds an unreadable record.
   *
   * @param which recipient or peer, lane and number
   */
  public void found(Table table, String which, Throwable cause) {
    if (found.size() < MOST && found.add(name(table, which))) {
      LOG.error(
          "ALARM {}: the record {} of table {} cannot be read and is skipped",
          Code.DAMAGED,
          which,
          table,
          cause);
    }
  }

  /** Removes a record that no longer exists. */
  public void settled(Table table, String which) {
    if (found.remove(name(table, which))) {
      LOG.warn("the unreadable record {} of table {} is settled", which, table);
    }
  }

  /** Whether there are none. */
  public boolean isEmpty() {
    return found.isEmpty();
  }

  private static String name(Table table, String which) {
    return table + " " + which;
  }

  /** The number of a table's unreadable records. */
  public long count(Table table) {
    return found.stream().filter(one -> one.startsWith(name(table, ""))).count();
  }

  /** Descriptions of all, by table and position. */
  public List<String> list() {
    return List.copyOf(found);
  }
}
