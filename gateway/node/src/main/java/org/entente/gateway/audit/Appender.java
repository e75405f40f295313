package org.entente.gateway.audit;

import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.entente.gateway.audit.record.AuditRecord;
import org.entente.gateway.audit.record.LeafSealer;
import org.entente.gateway.audit.record.OpenedLeaf;
import org.entente.gateway.audit.record.StoredLeaf;
import org.entente.gateway.audit.tree.Frontier;
import org.entente.gateway.audit.tree.TreeHead;
import org.entente.gateway.store.Batch;

/**
 * Writes leaves into the batch of the changes that they record, so that neither is ever durable
 * without the other.
 *
 * <p>Protocol: any number of {@link #append}s, then the commit of their batch, then {@link
 * #committed()} or {@link #rolledBack()}. When {@code append} throws, the batch and the log are as
 * before and nothing may be acknowledged. After a commit whose outcome is unknown the store accepts
 * no further one; the log must then be reopened. Used by the ledger's writer thread alone.
 */
public final class Appender {

  private final StoredLog stored;
  private final Consumer<TreeHead> advance;
  private final LeafSealer sealer;
  private final SecureRandom random;
  private LogEdge committed;
  private LogEdge pending;

  /** The edge of the log, which is never changed, and the head over it, which costs hashes. */
  private record LogEdge(Frontier frontier, TreeHead head) {
    static LogEdge of(Frontier frontier) {
      return new LogEdge(frontier, frontier.head());
    }
  }

  Appender(
      StoredLog stored,
      Consumer<TreeHead> advance,
      Frontier committed,
      LeafSealer sealer,
      SecureRandom random) {
    this.stored = stored;
    this.advance = advance;
    this.sealer = sealer;
    this.random = random;
    this.committed = LogEdge.of(committed);
    this.pending = this.committed;
  }

  /**
   * Adds a leaf for each record, the nodes that it completes, and the new size.
   *
   * @return index of the first new leaf; the others follow it
   */
  public long append(Batch batch, List<AuditRecord> records) {
    long first = pending.frontier().size();
    if (records.isEmpty()) {
      return first;
    }
    Frontier next = pending.frontier().copy();
    // Sealing may fail, so it is done before the batch is changed.
    List<StoredLeaf> leaves = seal(first, records);
    for (int i = 0; i < leaves.size(); i++) {
      StoredLeaf leaf = leaves.get(i);
      stored.putLeaf(batch, first + i, leaf);
      stored.putIndex(batch, first + i, records.get(i));
      next.append(leaf.hash(), (level, index, hash) -> stored.putNode(batch, level, index, hash));
    }
    LogEdge edge = LogEdge.of(next);
    stored.putHead(batch, edge.head());
    pending = edge;
    return first;
  }

  private List<StoredLeaf> seal(long first, List<AuditRecord> records) {
    List<StoredLeaf> leaves = new ArrayList<>(records.size());
    for (AuditRecord record : records) {
      byte[] seed = new byte[OpenedLeaf.SEED_BYTES];
      random.nextBytes(seed);
      leaves.add(StoredLeaf.make(first + leaves.size(), seed, record, sealer));
    }
    return leaves;
  }

  /** The batch is committed: its leaves are part of the log. */
  public void committed() {
    committed = pending;
    advance.accept(committed.head());
  }

  /** The batch was dropped without a commit: its leaves do not exist. */
  public void rolledBack() {
    pending = committed;
  }
}
