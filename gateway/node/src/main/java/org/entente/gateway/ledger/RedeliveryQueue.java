package org.entente.gateway.ledger;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletionException;
import java.util.concurrent.atomic.AtomicBoolean;
import org.entente.gateway.ledger.commit.LedgerFailure;
import org.entente.gateway.ledger.commit.Transaction;
import org.entente.gateway.ledger.record.CorruptRecord;
import org.entente.gateway.ledger.table.ChainTable;
import org.entente.gateway.ledger.table.InboxTable;
import org.entente.gateway.ledger.table.QuarantineTable;
import org.entente.gateway.model.AgencyName;
import org.entente.gateway.model.BigEndian;
import org.entente.gateway.model.Code;
import org.entente.gateway.model.Lane;
import org.entente.gateway.model.MessageId;
import org.entente.gateway.store.KeyBuilder;
import org.entente.gateway.store.Scan;
import org.entente.gateway.store.Store;
import org.entente.gateway.store.Table;
import org.entente.proto.store.v1.ChainChange;
import org.entente.proto.store.v1.ChainRecord;
import org.jspecify.annotations.Nullable;

/**
 * Queue of received messages to redeliver at the tail. Triggers record only an id, as one small
 * message can affect any number of large ones, whose bodies must be moved. A background task moves
 * them later, a bounded number of bytes per commit, in the lowest lane; the queue survives a
 * restart. If a commit's share fails, its entries are tried one by one, so that one that fails
 * holds up no other.
 *
 * <pre>
 * CHAIN u8 3 · ascii origin · 16-byte message id → empty: redeliver the message itself
 * CHAIN u8 4 · ascii origin · 16-byte message id → u8 steps · u32 n: redeliver its changes, except
 *                                                  the first n, and their changes, for all steps
 * </pre>
 *
 * Safe for many threads; changes are made in transactions.
 */
final class RedeliveryQueue {
  /** Bytes moved per commit, if a quarter of what a change may put is not less. */
  static final long BYTES = 8L << 20;

  /** Messages and entries examined per commit. */
  static final int LOOKED = 256;

  /** The pause before a retry when too many changes wait for the disk. */
  private static final Duration PAUSE = Duration.ofSeconds(1);

  /** The pause before entries that failed are tried again. */
  private static final Duration RETRY = Duration.ofMinutes(1);

  /** How long the queue may have entries before an operator is warned. */
  private static final Duration LONG = Duration.ofHours(1);

  private static final int ITSELF = 3;
  private static final int CHANGES = 4;
  private static final byte[] FIRST = KeyBuilder.key().u8(ITSELF).done();
  private static final byte[] END = KeyBuilder.key().u8(CHANGES + 1).done();
  private static final byte[] NOTHING = new byte[0];

  private final Store store;
  private final ChainTable book;
  private final InboxTable inbox;
  private final QuarantineTable quarantine;
  private final GroupCommit writer;
  private final InstantSource clock;
  private final AtomicBoolean waits = new AtomicBoolean();
  private volatile Runnable moved = () -> {};

  /** Since when the queue has had entries; null if it is empty. */
  private volatile @Nullable Instant since;

  /** The key at which the next commit starts, so that no entry waits forever behind others. */
  private byte[] from = FIRST;

  /** The first entry of the latest commit. */
  private byte[] begun = FIRST;

  /** Commits that take one entry each, as one that took more has failed. */
  private int single;

  RedeliveryQueue(
      Store store,
      ChainTable book,
      InboxTable inbox,
      QuarantineTable quarantine,
      GroupCommit writer,
      InstantSource clock) {
    this.store = store;
    this.book = book;
    this.inbox = inbox;
    this.quarantine = quarantine;
    this.writer = writer;
    this.clock = clock;
  }

  /** Bytes of messages moved per commit; one that is larger is moved alone. */
  static long bytes(Store store) {
    return Math.min(BYTES, Transaction.mostBytes(store) / 4);
  }

  /**
   * Sets the listener called after each commit that redelivers something, on the writer's thread,
   * so it must be quick.
   */
  void onMoved(Runnable told) {
    moved = told;
  }

  /** Queues a message for redelivery. */
  void addMessage(Transaction tx, AgencyName origin, MessageId id) {
    tx.put(Table.CHAIN, key(ITSELF, origin, id), NOTHING);
    tx.afterCommit(this::resume);
  }

  /** Queues the changes of a message for redelivery, and their changes, for {@code steps} steps. */
  void addChanges(Transaction tx, AgencyName origin, MessageId id, int steps) {
    note(tx, key(CHANGES, origin, id), steps, 0);
    tx.afterCommit(this::resume);
  }

  private static void note(Transaction tx, byte[] key, int steps, int done) {
    tx.put(Table.CHAIN, key, KeyBuilder.key().u8(steps).u32(done).done());
  }

  /** Continues with the queued entries; returns at once. */
  void resume() {
    boolean noted = isNoted(FIRST);
    since = !noted ? null : since == null ? clock.instant() : since;
    if (noted && waits.compareAndSet(false, true)) {
      var unused =
          writer
              .submit(Lane.ROUTINE, this::move)
              .whenComplete(
                  (moved, failure) -> {
                    if (failure != null) {
                      failed(failure);
                    }
                  });
    }
  }

  /** Since when the queue has never been empty, if that is longer than an hour. */
  Optional<Instant> waitsLongSince() {
    Instant limit = clock.instant().minus(LONG);
    return Optional.ofNullable(since).filter(first -> first.isBefore(limit));
  }

  private boolean isNoted(byte[] first) {
    try (Scan scan = store.scan(Table.CHAIN, first, END)) {
      return scan.hasNext();
    }
  }

  private void failed(Throwable failure) {
    waits.set(false);
    Throwable cause = failure instanceof CompletionException ? failure.getCause() : failure;
    if (!(cause instanceof LedgerFailure why)) {
      passOver();
    } else if (why.code() == Code.OVERLOADED) {
      writer.after(PAUSE, this::resume);
    }
  }

  /**
   * Tries the entries of a commit that failed one by one, and passes over one that fails alone,
   * until all others had their turn. The writer has logged it, and calls this on its thread.
   */
  private void passOver() {
    from = single > 0 ? behind(begun) : begun;
    single = LOOKED;
    if (isNoted(from)) {
      resume();
    } else {
      from = FIRST;
      writer.after(RETRY, this::resume);
    }
  }

  private static byte[] behind(byte[] key) {
    return KeyBuilder.key().bytes(key).u8(0).done();
  }

  /** Does one commit's share; returns how many messages were moved. */
  private int move(Transaction tx) {
    // From here on, queuing an entry schedules another commit.
    waits.set(false);
    Deque<byte[]> noted = noted();
    begun = noted.isEmpty() ? FIRST : noted.getFirst();
    Round round = new Round(tx, noted, single > 0 ? 0 : bytes(store));
    round.run();
    tx.afterCommit(() -> proceed(round.next));
    if (round.moved > 0) {
      tx.afterCommit(() -> moved.run());
    }
    return round.moved;
  }

  private void proceed(byte[] next) {
    from = next;
    single = Math.max(0, single - 1);
    resume();
  }

  private Deque<byte[]> noted() {
    Deque<byte[]> noted = noted(from);
    return noted.isEmpty() ? noted(FIRST) : noted;
  }

  private Deque<byte[]> noted(byte[] first) {
    Deque<byte[]> out = new ArrayDeque<>();
    try (Scan scan = store.scan(Table.CHAIN, first, END)) {
      while (out.size() < (single > 0 ? 1 : LOOKED) && scan.hasNext()) {
        scan.next();
        out.add(scan.key());
      }
    }
    return out;
  }

  /** The work of one commit. */
  private final class Round {
    private final Transaction tx;
    private final Deque<byte[]> noted;
    private final long most;
    private byte[] next = FIRST;
    private boolean full;
    private int looked;
    private int moved;

    Round(Transaction tx, Deque<byte[]> noted, long most) {
      this.tx = tx;
      this.noted = noted;
      this.most = most;
    }

    private void run() {
      while (!noted.isEmpty() && !isFull()) {
        byte[] key = noted.remove();
        byte[] value = tx.get(Table.CHAIN, key);
        next = behind(key);
        looked++;
        if (value != null) {
          go(key, value);
        }
      }
    }

    private boolean isFull() {
      return full || looked >= LOOKED;
    }

    private void go(byte[] key, byte[] value) {
      if (key[0] == ITSELF) {
        if (move(ChainTable.origin(key), ChainTable.id(key))) {
          tx.delete(Table.CHAIN, key);
        } else {
          next = key;
        }
      } else {
        changes(key, value[0], BigEndian.u32(value, 1));
      }
    }

    private void changes(byte[] key, int steps, int done) {
      AgencyName origin = ChainTable.origin(key);
      List<ChainChange> all = changes(origin, ChainTable.id(key));
      for (int i = done; i < all.size(); i++) {
        MessageId change = MessageId.of(all.get(i).getMessageId().toByteArray());
        if (isFull() || !move(origin, change)) {
          note(tx, key, steps, i);
          next = key;
          return;
        }
        looked++;
        if (!change.equals(ChainTable.id(key))) {
          follow(origin, change, steps - 1);
        }
      }
      tx.delete(Table.CHAIN, key);
    }

    /** Queues the changes of a change after it. */
    private void follow(AgencyName origin, MessageId change, int steps) {
      if (steps > 0 && !changes(origin, change).isEmpty()) {
        byte[] key = key(CHANGES, origin, change);
        byte[] before = tx.get(Table.CHAIN, key);
        note(tx, key, before == null ? steps : Math.max(steps, before[0]), 0);
        if (most > 0) {
          noted.add(key);
        }
      }
    }

    /** The changes of a message; none if its record is damaged. */
    private List<ChainChange> changes(AgencyName origin, MessageId id) {
      try {
        ChainRecord record = book.read(tx, origin, id);
        return record == null ? List.of() : record.getChangesList();
      } catch (CorruptRecord e) {
        return List.of();
      }
    }

    /** Moves a message if it may be; false if this commit has no room for it. */
    private boolean move(AgencyName origin, MessageId id) {
      try {
        InboxTable.PlacedRecord placed = inbox.find(tx, id);
        if (placed != null && mayMove(origin, placed)) {
          full = inbox.moveToEnd(tx, placed, most) == 0;
          moved += full ? 0 : 1;
        }
      } catch (CorruptRecord e) {
        // Delivery quarantines it at its position.
      }
      return !full;
    }

    /**
     * Whether a message may be moved. A quarantined one is identified by its position, and is
     * redelivered on release.
     */
    private boolean mayMove(AgencyName origin, InboxTable.PlacedRecord placed) {
      return placed.record().getOrigin().equals(origin.value())
          && !quarantine.holds(tx, placed.position());
    }
  }

  private static byte[] key(int space, AgencyName origin, MessageId id) {
    return ChainTable.key(space, origin, id);
  }
}
