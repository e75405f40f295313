package org.entente.gateway.ledger;

import java.util.ArrayList;
import java.util.List;
import org.entente.gateway.audit.AuditRecord;
import org.entente.gateway.store.Scan;
import org.entente.gateway.store.Store;
import org.entente.gateway.store.Table;
import org.jspecify.annotations.Nullable;

/**
 * What a {@link Mutation} sees and changes: the committed state under the changes of those before
 * it in the batch and its own. Confined to the writer thread and to one mutation.
 */
public final class Transaction {
  private final Store store;
  private final Overlay batch;
  private final long nowMillis;
  private final @Nullable Transaction outer;
  private final Overlay own = new Overlay();
  private final List<AuditRecord> leaves = new ArrayList<>();
  private final List<Runnable> afterCommit = new ArrayList<>();

  Transaction(Store store, Overlay batch, long nowMillis) {
    this.store = store;
    this.batch = batch;
    this.nowMillis = nowMillis;
    this.outer = null;
  }

  private Transaction(Transaction outer) {
    this.store = outer.store;
    this.batch = outer.batch;
    this.nowMillis = outer.nowMillis;
    this.outer = outer;
  }

  /**
   * Applies a change within this one: part of it if it returns, and undone alone if it throws, with
   * its leaves and what it wanted done after the commit.
   */
  public <T> T within(Mutation<T> change) {
    Transaction inner = new Transaction(this);
    T result = change.apply(inner);
    own.absorb(inner.own);
    leaves.addAll(inner.leaves);
    afterCommit.addAll(inner.afterCommit);
    return result;
  }

  /** The value of a key, or null; not to be changed. */
  public byte @Nullable [] get(Table table, byte[] key) {
    byte[] changed = own.find(table, key);
    if (changed == null && outer != null) {
      return outer.get(table, key);
    }
    byte[] found = changed == null ? batch.find(table, key) : changed;
    if (found == null) {
      return store.get(table, key);
    }
    return Overlay.isDeleted(found) ? null : found;
  }

  /** Sets a key. The arrays are not copied. */
  public void put(Table table, byte[] key, byte[] value) {
    own.put(table, key, value);
  }

  /** Removes a key. */
  public void delete(Table table, byte[] key) {
    own.delete(table, key);
  }

  /**
   * Walks over committed entries only: what this batch has put is not seen, and what it has deleted
   * still is, so the caller asks {@link #get} before it relies on an entry.
   */
  public Scan scanCommitted(Table table, byte[] fromInclusive, byte @Nullable [] toExclusive) {
    return store.scan(table, fromInclusive, toExclusive);
  }

  /** Adds a leaf to the audit log, in the same commit. */
  public void audit(AuditRecord leaf) {
    leaves.add(leaf);
  }

  /** Registers what is done once this change is durable; in order, on the writer thread, quick. */
  public void afterCommit(Runnable action) {
    afterCommit.add(action);
  }

  /** The time of the batch, milliseconds since 1970. */
  public long nowMillis() {
    return nowMillis;
  }

  Overlay changes() {
    return own;
  }

  List<AuditRecord> leaves() {
    return leaves;
  }

  List<Runnable> actions() {
    return afterCommit;
  }
}
