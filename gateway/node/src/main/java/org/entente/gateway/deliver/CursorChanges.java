package org.entente.gateway.deliver;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import org.entente.gateway.deliver.DeliveryLeaves.Cursor;
import org.entente.gateway.ledger.Ledger;
import org.entente.gateway.ledger.commit.LedgerFailure;
import org.entente.gateway.ledger.commit.Transaction;
import org.entente.gateway.ledger.commit.Transaction.Mutation;
import org.entente.gateway.model.Code;
import org.entente.gateway.model.Lane;
import org.entente.proto.store.v1.CursorRecord;
import org.jspecify.annotations.Nullable;

/**
 * The changes of cursors that are not durable yet, in the order in which they were made.
 *
 * <p>However many changes a cursor has, at most two changes of the ledger wait for them, and take
 * all that came meanwhile. So a client that acknowledges each message singly takes few places of
 * those that wait for the disk. A few acknowledgements begin no commit of their own ({@link
 * Ledger#writeAlong}), as no client waits for them; many do, and whatever is not an
 * acknowledgement. A change that the ledger refuses for load stays here and is submitted again, as
 * later positions of the cursor build on it. Any other failure fails all changes of the cursor that
 * wait. Safe for many threads.
 */
final class CursorChanges {
  /** The pause before a retry when too many changes wait for the disk. */
  private static final Duration PAUSE = Duration.ofMillis(100);

  /** Messages after which a change of the ledger takes no further changes: a whole window. */
  private static final int MESSAGES = OpenCursorCheck.MAX_WINDOW;

  /** Acknowledged messages that begin a commit: far fewer than those for which a stream stops. */
  static final int MANY = 64;

  /** Applies changes of one cursor, in their order. */
  interface Application {
    /** Applies as many as a change of the ledger has room for; returns how many, at least one. */
    int apply(Transaction tx, Cursor cursor, List<Change> changes);
  }

  /** The next record of a cursor. */
  interface Step {
    /**
     * Makes the record.
     *
     * @param places the positions to store; null if a later change stores them
     */
    CursorRecord apply(Transaction tx, CursorRecord before, @Nullable CursorRecord places);
  }

  /** One change, and the messages that it acknowledges. */
  static final class Change {
    private final List<LaneCursor.SentMessage> messages;
    private final Step step;
    private @Nullable CursorRecord places;
    private final CompletableFuture<@Nullable Void> done = new CompletableFuture<>();

    /** Where it was applied last. If that was undone, it is applied in a later transaction. */
    private @Nullable Transaction appliedIn;

    Change(List<LaneCursor.SentMessage> messages, @Nullable CursorRecord places, Step step) {
      this.messages = messages;
      this.places = places;
      this.step = step;
    }

    List<LaneCursor.SentMessage> messages() {
      return messages;
    }

    CursorRecord apply(Transaction tx, CursorRecord before) {
      return step.apply(tx, before, places);
    }
  }

  /** What waits for one cursor. */
  private static final class Waiting {
    private final Deque<Change> changes = new ArrayDeque<>();
    private @Nullable Change placed;

    /** Changes of the ledger that wait for these, and whether one of them begins a commit. */
    private int submitted;

    private boolean hurried;

    /**
     * Adds a change. Its positions are those of the earlier ones too: many records of a shared
     * subscription would fill the memory. Until then the stored positions are behind, which only
     * has messages delivered again after a crash.
     */
    void add(Change change) {
      if (change.places != null) {
        if (placed != null && placed.appliedIn == null) {
          placed.places = null;
        }
        placed = change;
      }
      changes.add(change);
    }

    /** Whether these are worth a commit of their own. */
    boolean hurries() {
      int messages = 0;
      for (Change one : changes) {
        messages += one.messages.size();
        if (one.messages.isEmpty() || messages >= MANY) {
          return true;
        }
      }
      return false;
    }

    /** Counts a change of the ledger. */
    void submits(boolean hurries) {
      submitted++;
      hurried |= hurries;
    }
  }

  private static final Waiting NONE = new Waiting();

  private final Ledger ledger;
  private final Application application;
  private final Map<Cursor, Waiting> waiting = new HashMap<>();

  CursorChanges(Ledger ledger, Application application) {
    this.ledger = ledger;
    this.application = application;
  }

  /** Adds a change; completes when it is durable. */
  CompletableFuture<?> add(Cursor cursor, Change change) {
    Waiting changes;
    boolean hurries;
    synchronized (waiting) {
      changes = waiting.computeIfAbsent(cursor, unused -> new Waiting());
      changes.add(change);
      hurries = !changes.hurried && changes.hurries();
      if (!hurries && changes.submitted > 0) {
        return change.done;
      }
      changes.submits(hurries);
    }
    submit(cursor, changes, hurries);
    return change.done;
  }

  /** Begins a commit of what waits for a cursor, if something does. */
  void hurry(Cursor cursor) {
    Waiting changes;
    synchronized (waiting) {
      changes = waiting.get(cursor);
      if (changes == null || changes.hurried) {
        return;
      }
      changes.submits(true);
    }
    submit(cursor, changes, true);
  }

  private void submit(Cursor cursor, Waiting changes, boolean hurries) {
    Mutation<Cursor> change =
        tx -> {
          apply(tx, cursor);
          return cursor;
        };
    var unused =
        (hurries ? ledger.write(Lane.ROUTINE, change) : ledger.writeAlong(Lane.ROUTINE, change))
            .whenComplete(
                (written, failure) -> {
                  if (failure == null) {
                    submitRest(cursor, changes);
                  } else {
                    failed(cursor, changes, failure);
                  }
                });
  }

  /** Whether a change of a cursor is not durable yet. */
  boolean isWaiting(Cursor cursor) {
    synchronized (waiting) {
      return !waiting.getOrDefault(cursor, NONE).changes.isEmpty();
    }
  }

  /**
   * Applies what waits for a cursor, as part of a change: up to {@link #MESSAGES} at a time, or
   * fewer if their evidence needs much room.
   */
  void apply(Transaction tx, Cursor cursor) {
    List<Change> next = next(tx, cursor);
    if (!next.isEmpty()) {
      int applied = application.apply(tx, cursor, next);
      leave(next.subList(applied, next.size()));
      tx.afterCommit(() -> durable(cursor, next.subList(0, applied)));
    }
  }

  private void leave(List<Change> unapplied) {
    synchronized (waiting) {
      unapplied.forEach(one -> one.appliedIn = null);
    }
  }

  /** Those that come next; none if they were applied in this transaction before. */
  private List<Change> next(Transaction tx, Cursor cursor) {
    List<Change> out = new ArrayList<>();
    int messages = 0;
    synchronized (waiting) {
      for (Change one : waiting.getOrDefault(cursor, NONE).changes) {
        if (one.appliedIn == tx || messages >= MESSAGES) {
          break;
        }
        one.appliedIn = tx;
        messages += one.messages.size();
        out.add(one);
      }
    }
    return out;
  }

  private void durable(Cursor cursor, List<Change> changes) {
    synchronized (waiting) {
      Deque<Change> all = waiting.getOrDefault(cursor, NONE).changes;
      changes.forEach(one -> all.remove(one)); // each is the first
    }
    changes.forEach(one -> one.done.complete(null));
  }

  private void submitRest(Cursor cursor, Waiting changes) {
    boolean hurries;
    synchronized (waiting) {
      changes.submitted--;
      if (changes.submitted > 0) {
        return;
      }
      if (changes.changes.isEmpty()) {
        waiting.remove(cursor, changes);
        return;
      }
      hurries = changes.hurries();
      changes.hurried = false;
      changes.submits(hurries);
    }
    submit(cursor, changes, hurries);
  }

  private void failed(Cursor cursor, Waiting changes, Throwable failure) {
    Throwable cause = failure instanceof CompletionException ? failure.getCause() : failure;
    if (cause instanceof LedgerFailure why && why.code() == Code.OVERLOADED) {
      ledger.after(PAUSE, () -> submit(cursor, changes, true));
      return;
    }
    List<Change> all;
    synchronized (waiting) {
      waiting.remove(cursor, changes);
      all = List.copyOf(changes.changes);
      changes.changes.clear();
    }
    all.forEach(one -> one.done.completeExceptionally(failure));
  }
}
