package org.entente.gateway.ledger;

import com.google.protobuf.ByteString;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.CompletionException;
import java.util.concurrent.atomic.AtomicBoolean;
import org.entente.gateway.ledger.commit.LedgerFailure;
import org.entente.gateway.ledger.commit.Transaction;
import org.entente.gateway.ledger.record.CorruptRecord;
import org.entente.gateway.ledger.table.ChainTable;
import org.entente.gateway.ledger.table.InboxTable;
import org.entente.gateway.ledger.table.QuarantineTable;
import org.entente.gateway.ledger.table.RetentionTable;
import org.entente.gateway.model.AgencyName;
import org.entente.gateway.model.BigEndian;
import org.entente.gateway.model.Code;
import org.entente.gateway.model.Lane;
import org.entente.gateway.model.MessageId;
import org.entente.gateway.store.KeyBuilder;
import org.entente.gateway.store.Scan;
import org.entente.gateway.store.Store;
import org.entente.gateway.store.Table;
import org.entente.proto.store.v1.ChainRecord;

/**
 * Received messages that come anew, behind all others. Whatever makes them do so only notes it, in
 * a few bytes: one small message can concern any number of large ones, whose bodies are moved. They
 * are moved afterwards, so many bytes in a commit, in the lowest lane; what is noted survives a
 * restart.
 *
 * <pre>
 * CHAIN u8 3 · ascii origin · 16-byte message id → empty: it comes anew itself
 * CHAIN u8 4 · ascii origin · 16-byte message id → u8 steps · u32 n: what changes it does, but for
 *                                                  the first n, and what changes that in its turn,
 *                                                  so many steps in all
 * </pre>
 *
 * Safe for many threads; changes are made in transactions.
 */
final class RedeliveryQueue {
  /** Bytes of a commit with which moving goes on in the next. */
  static final long BYTES = 8L << 20;

  /** Messages and notes that are looked at in a commit. */
  static final int LOOKED = 256;

  /** After so long it is tried again where too much waits for the disk. */
  private static final Duration PAUSE = Duration.ofSeconds(1);

  private static final int ITSELF = 3;
  private static final int CHANGES = 4;
  private static final byte[] FIRST = KeyBuilder.key().u8(ITSELF).done();
  private static final byte[] END = KeyBuilder.key().u8(CHANGES + 1).done();
  private static final byte[] NOTHING = new byte[0];

  private final Store store;
  private final ChainTable book;
  private final InboxTable inbox;
  private final RetentionTable retention;
  private final QuarantineTable quarantine;
  private final GroupCommit writer;
  private final AtomicBoolean waits = new AtomicBoolean();
  private volatile Runnable moved = () -> {};

  /** Where the notes of the next commit begin, so that none waits behind others for ever. */
  private byte[] from = FIRST;

  RedeliveryQueue(
      Store store,
      ChainTable book,
      InboxTable inbox,
      RetentionTable retention,
      QuarantineTable quarantine,
      GroupCommit writer) {
    this.store = store;
    this.book = book;
    this.inbox = inbox;
    this.retention = retention;
    this.quarantine = quarantine;
    this.writer = writer;
  }

  /**
   * Has somebody told after each commit in which something came anew. On the writer's thread, so it
   * must be quick.
   */
  void whenMoved(Runnable told) {
    moved = told;
  }

  /** A message comes anew. */
  void itself(Transaction tx, AgencyName origin, MessageId id) {
    tx.put(Table.CHAIN, key(ITSELF, origin, id), NOTHING);
    tx.afterCommit(this::goOn);
  }

  /** What changes a message comes anew, and what changes that in its turn, so many steps. */
  void changesOf(Transaction tx, AgencyName origin, MessageId id, int steps) {
    note(tx, key(CHANGES, origin, id), steps, 0);
    tx.afterCommit(this::goOn);
  }

  private static void note(Transaction tx, byte[] key, int steps, int done) {
    tx.put(Table.CHAIN, key, KeyBuilder.key().u8(steps).u32(done).done());
  }

  /** Goes on with what is noted; returns at once. */
  void goOn() {
    if (isNoted() && waits.compareAndSet(false, true)) {
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

  private boolean isNoted() {
    try (Scan scan = store.scan(Table.CHAIN, FIRST, END)) {
      return scan.hasNext();
    }
  }

  /** What failed by a defect is in the log, and tried when the next is noted. */
  private void failed(Throwable failure) {
    waits.set(false);
    Throwable cause = failure instanceof CompletionException ? failure.getCause() : failure;
    if (cause instanceof LedgerFailure why && why.code() == Code.OVERLOADED) {
      writer.after(PAUSE, this::goOn);
    }
  }

  /** One commit's part; how many messages were moved. */
  private int move(Transaction tx) {
    // From here on whoever notes something asks for a commit of its own.
    waits.set(false);
    tx.afterCommit(this::goOn);
    Round round = new Round(tx, noted());
    round.run();
    if (round.moved > 0) {
      tx.afterCommit(() -> moved.run());
    }
    return round.moved;
  }

  private Deque<byte[]> noted() {
    Deque<byte[]> noted = noted(from);
    return noted.isEmpty() ? noted(FIRST) : noted;
  }

  private Deque<byte[]> noted(byte[] first) {
    Deque<byte[]> out = new ArrayDeque<>();
    try (Scan scan = store.scan(Table.CHAIN, first, END)) {
      while (out.size() < LOOKED && scan.hasNext()) {
        scan.next();
        out.add(scan.key());
      }
    }
    return out;
  }

  /** What is done in one commit. */
  private final class Round {
    private final Transaction tx;
    private final Deque<byte[]> noted;
    private int looked;
    private int moved;

    Round(Transaction tx, Deque<byte[]> noted) {
      this.tx = tx;
      this.noted = noted;
    }

    private void run() {
      while (!noted.isEmpty() && !isFull()) {
        byte[] key = noted.remove();
        byte[] value = tx.get(Table.CHAIN, key);
        from = KeyBuilder.key().bytes(key).u8(0).done();
        looked++;
        if (value != null) {
          go(key, value);
        }
      }
    }

    private boolean isFull() {
      return looked >= LOOKED || (moved > 0 && tx.changes().bytes() > BYTES);
    }

    private void go(byte[] key, byte[] value) {
      if (key[0] == ITSELF) {
        tx.delete(Table.CHAIN, key);
        move(ChainTable.origin(key), ChainTable.id(key));
      } else {
        changes(key, value[0], BigEndian.u32(value, 1));
      }
    }

    private void changes(byte[] key, int steps, int done) {
      AgencyName origin = ChainTable.origin(key);
      List<ByteString> all = changedBy(origin, ChainTable.id(key));
      for (int i = done; i < all.size(); i++) {
        if (isFull()) {
          note(tx, key, steps, i);
          from = key;
          return;
        }
        MessageId change = MessageId.of(all.get(i).toByteArray());
        looked++;
        move(origin, change);
        if (!change.equals(ChainTable.id(key))) {
          follow(origin, change, steps - 1);
        }
      }
      tx.delete(Table.CHAIN, key);
    }

    /** Behind the change comes what changes it. */
    private void follow(AgencyName origin, MessageId change, int steps) {
      if (steps > 0 && !changedBy(origin, change).isEmpty()) {
        byte[] key = key(CHANGES, origin, change);
        byte[] before = tx.get(Table.CHAIN, key);
        note(tx, key, before == null ? steps : Math.max(steps, before[0]), 0);
        noted.add(key);
      }
    }

    /** Nothing where the record is damaged: what has come has not. */
    private List<ByteString> changedBy(AgencyName origin, MessageId id) {
      try {
        ChainRecord record = book.read(tx, origin, id);
        return record == null ? List.of() : record.getChangedByList();
      } catch (CorruptRecord e) {
        return List.of();
      }
    }

    private void move(AgencyName origin, MessageId id) {
      try {
        InboxTable.PlacedRecord placed = inbox.find(tx, id);
        if (placed != null && mayMove(origin, placed)) {
          move(placed);
          moved++;
        }
      } catch (CorruptRecord e) {
        // Delivery sets it aside where it stands.
      }
    }

    /** What is set aside is known by its place, and comes anew when it is released. */
    private boolean mayMove(AgencyName origin, InboxTable.PlacedRecord placed) {
      return placed.record().getOrigin().equals(origin.value())
          && !quarantine.holds(tx, placed.position());
    }

    private void move(InboxTable.PlacedRecord placed) {
      long bucket = placed.record().getBucketDay();
      long position = inbox.moveToEnd(tx, placed);
      retention.removed(
          tx, new RetentionTable.BucketPosition(bucket, placed.lane(), placed.position()));
      retention.placed(tx, new RetentionTable.BucketPosition(bucket, placed.lane(), position));
    }
  }

  private static byte[] key(int space, AgencyName origin, MessageId id) {
    return ChainTable.key(space, origin, id);
  }
}
