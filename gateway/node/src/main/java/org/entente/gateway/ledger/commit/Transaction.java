package org.entente.gateway.ledger.commit;

import java.util.ArrayList;
import java.util.List;
import org.entente.gateway.audit.record.AuditRecord;
import org.entente.gateway.audit.record.StoredLeaf;
import org.entente.gateway.store.Scan;
import org.entente.gateway.store.Store;
import org.entente.gateway.store.Table;
import org.jspecify.annotations.Nullable;

/**
 * The view of a {@link Mutation}: the committed state, with the changes of earlier mutations in the
 * batch and its own. Confined to the writer thread.
 */
public final class Transaction {
  private final Store store;
  private final long most;
  private final long nowMillis;
  private final Overlay changes = new Overlay();
  private final List<AuditRecord> leaves = new ArrayList<>();
  private final List<Runnable> afterCommit = new ArrayList<>();
  private @Nullable Ending ending;
  private long leafBytes;
  private int depth;
  private long before;

  /**
   * What is written at the end of a change, so that a record that it changes many times is written
   * once. Forgotten if the change is undone.
   */
  public interface Ending {
    /** Puts and deletes in the transaction. */
    void write();
  }

  /**
   * A change of the ledger, as a function from its state to its next state.
   *
   * <p>Runs on the writer thread, so it reads what it decides on and nobody changes it in between.
   * It is quick, does no I/O but through the transaction, and has no effect outside it: what must
   * happen afterwards is registered with {@link #afterCommit}. If it throws, it alone is undone.
   *
   * @param <T> what the one who asked is told once the change is durable
   */
  @FunctionalInterface
  public interface Mutation<T> {
    /** Applies the change. */
    T apply(Transaction tx);
  }

  /** One for a batch; its mutations are applied {@link #within} it. */
  public Transaction(Store store, long nowMillis) {
    this.store = store;
    this.most = mostBytes(store);
    this.nowMillis = nowMillis;
  }

  /**
   * Bytes that one change may put, with the keys that it deletes and its leaves; more is a failure
   * of this change alone: five eighths of the largest commit of the store, which is 40 MiB, or 5
   * MiB where the ledger is replicated. The rest is for what is put before a commit is closed, and
   * an eighth for the end of the audit log. So no change stops the ledger.
   */
  public static long mostBytes(Store store) {
    return store.maxBatchBytes() / 8 * 5L;
  }

  /** Bytes put after which a commit is closed: a quarter of the largest commit of the store. */
  public static long closingBytes(Store store) {
    return store.maxBatchBytes() / 4;
  }

  /**
   * Applies a change within this transaction. If it throws, it alone is undone, with its leaves and
   * its actions after the commit.
   *
   * @throws ChangeFull if all changes within the outermost put more than {@link #mostBytes}
   */
  public <T> T within(Mutation<T> change) {
    end();
    if (depth == 0) {
      before = bytes();
    }
    depth++;
    int changed = changes.mark();
    long leavesBefore = leafBytes;
    int left = leaves.size();
    int wanted = afterCommit.size();
    boolean applied = false;
    try {
      T result = change.apply(this);
      end();
      applied = true;
      return result;
    } finally {
      depth--;
      if (!applied) {
        ending = null;
        changes.undoTo(changed);
        leaves.subList(left, leaves.size()).clear();
        leafBytes = leavesBefore;
        afterCommit.subList(wanted, afterCommit.size()).clear();
      }
    }
  }

  /** The value of a key, or null; the array must not be modified. */
  public byte @Nullable [] get(Table table, byte[] key) {
    byte[] found = changes.find(table, key);
    if (found == null) {
      return store.get(table, key);
    }
    return Overlay.isDeleted(found) ? null : found;
  }

  /** Sets a key. The arrays are not copied. */
  public void put(Table table, byte[] key, byte[] value) {
    requireRoom(key.length + value.length);
    changes.put(table, key, value);
  }

  private void requireRoom(int bytes) {
    // The outer change goes on when a change within it failed.
    long allowed = depth > 1 ? most - most / 40 : most;
    if (depth > 0 && bytes() - before + bytes > allowed) {
      throw new ChangeFull(allowed);
    }
  }

  /** Removes a key. */
  public void delete(Table table, byte[] key) {
    requireRoom(key.length);
    changes.delete(table, key);
  }

  /** Removes all keys of a range; the same as for each of them, at the cost of one. */
  public void deleteRange(Table table, byte[] fromInclusive, byte[] toExclusive) {
    requireRoom(fromInclusive.length + toExclusive.length);
    changes.deleteRange(table, fromInclusive, toExclusive);
  }

  /**
   * Scans committed entries only: it misses entries put by this batch and shows entries deleted by
   * it, so the caller must check {@link #get} before relying on an entry.
   */
  public Scan scanCommitted(Table table, byte[] fromInclusive, byte @Nullable [] toExclusive) {
    return store.scan(table, fromInclusive, toExclusive);
  }

  /** Adds a leaf to the audit log, in the same commit. */
  public void audit(AuditRecord leaf) {
    int bytes = StoredLeaf.mostBytes(leaf);
    requireRoom(bytes);
    leafBytes += bytes;
    leaves.add(leaf);
  }

  /**
   * Registers a quick action for when this change is durable; actions run in order, on the writer
   * thread.
   */
  public void afterCommit(Runnable action) {
    afterCommit.add(action);
  }

  /** The time of the batch, milliseconds since 1970. */
  public long nowMillis() {
    return nowMillis;
  }

  /** What is written at the end of the present change; null for nothing. */
  public @Nullable Ending ending() {
    return ending;
  }

  /** Sets what is written at the end of the present change; there is one such. */
  public void ending(Ending written) {
    ending = written;
  }

  private void end() {
    Ending written = ending;
    ending = null;
    if (written != null) {
      written.write();
    }
  }

  /** Bytes of keys and values that the batch needs at most, with those of its leaves. */
  public long bytes() {
    return changes.bytes() + leafBytes;
  }

  public Overlay changes() {
    end();
    return changes;
  }

  public List<AuditRecord> leaves() {
    return leaves;
  }

  public List<Runnable> actions() {
    return afterCommit;
  }
}
