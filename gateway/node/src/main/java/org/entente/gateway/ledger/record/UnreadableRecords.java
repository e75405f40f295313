package org.entente.gateway.ledger.record;

import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentSkipListSet;
import org.entente.gateway.model.Code;
import org.entente.gateway.store.Table;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Records of the queues that were found to be not what this program writes, since the start or
 * until they were settled: a defect, or damage that no checksum shows. Each is told of once, in the
 * log; whoever works through a queue passes it over, so that it holds up nothing else. Safe for
 * many threads; at most 1,000 are remembered.
 */
public final class UnreadableRecords {
  private static final Logger LOG = LoggerFactory.getLogger(UnreadableRecords.class);
  private static final int MOST = 1_000;

  private final Set<String> found = new ConcurrentSkipListSet<>();

  public UnreadableRecords() {}

  /**
   * One was met.
   *
   * @param which recipient or peer, lane and number
   */
  public void found(Table table, String which, Throwable cause) {
    if (found.size() < MOST && found.add(name(table, which))) {
      LOG.error(
          "ALARM {}: the record {} of table {} cannot be read; the others go on without it",
          Code.DAMAGED,
          which,
          table,
          cause);
    }
  }

  /** One is not there any more. */
  public void settled(Table table, String which) {
    if (found.remove(name(table, which))) {
      LOG.warn("the record {} of table {}, which could not be read, is settled", which, table);
    }
  }

  /** Whether none is known, which is as it should be. */
  public boolean isEmpty() {
    return found.isEmpty();
  }

  private static String name(Table table, String which) {
    return table + " " + which;
  }

  /** How many there are of a table. */
  public long count(Table table) {
    return found.stream().filter(one -> one.startsWith(name(table, ""))).count();
  }

  /** All, by table and place, in words. */
  public List<String> list() {
    return List.copyOf(found);
  }
}
