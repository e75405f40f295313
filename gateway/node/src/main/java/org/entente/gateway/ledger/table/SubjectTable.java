package org.entente.gateway.ledger.table;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.entente.gateway.ledger.commit.Transaction;
import org.entente.gateway.ledger.record.RecordSeal;
import org.entente.gateway.model.BigEndian;
import org.entente.gateway.model.MessageId;
import org.entente.gateway.store.KeyBuilder;
import org.entente.gateway.store.Scan;
import org.entente.gateway.store.Store;
import org.entente.gateway.store.Table;

/**
 * Index of messages by the persons and objects they name, so that an agency can answer requests for
 * access (what was exchanged about me), also when the content is gone.
 *
 * <p>A term is a MAC under the key of the bucket with which the evidence about its message ends.
 * Terms cannot be found or guessed without the keystore, and not at all once the bucket's key is
 * destroyed.
 *
 * <pre>
 * SUBJECT u32 last day of the bucket · 16 bytes of the term's MAC · 16-byte message id → empty
 * </pre>
 */
public final class SubjectTable {
  /** Bytes that a term of a message puts. */
  public static final int BYTES = Integer.BYTES + 16 + MessageId.SIZE;

  private static final byte[] NOTHING = new byte[0];

  private final Store store;

  public SubjectTable(Store store) {
    this.store = store;
  }

  /** Records the terms that a message names. */
  public void put(Transaction tx, List<RecordSeal.Token> tokens, MessageId id) {
    for (RecordSeal.Token token : tokens) {
      tx.put(
          Table.SUBJECT,
          KeyBuilder.key().u32(token.lastDay()).bytes(token.mac()).bytes(id.bytes()).done(),
          NOTHING);
    }
  }

  /**
   * Passes on the messages that name a term, in the order in which their evidence ends. There may
   * be too many to hold; a message of several buckets comes once for each.
   */
  public void find(RecordSeal atRest, String term, Consumer<MessageId> found) {
    for (long day : days()) {
      atRest
          .existingToken(term, day)
          .ifPresent(
              token -> {
                byte[] prefix = KeyBuilder.key().u32(day).bytes(token.mac()).done();
                try (Scan scan = store.scan(Table.SUBJECT, prefix, KeyBuilder.endOf(prefix))) {
                  while (scan.hasNext()) {
                    scan.next();
                    byte[] key = scan.key();
                    found.accept(
                        MessageId.of(
                            java.util.Arrays.copyOfRange(
                                key, key.length - MessageId.SIZE, key.length)));
                  }
                }
              });
    }
  }

  private List<Long> days() {
    List<Long> out = new ArrayList<>();
    long next = 0;
    while (true) {
      try (Scan scan = store.scan(Table.SUBJECT, KeyBuilder.key().u32(next).done(), null)) {
        if (!scan.hasNext()) {
          return out;
        }
        scan.next();
        long day = BigEndian.u32(scan.key(), 0) & 0xffff_ffffL;
        out.add(day);
        next = day + 1;
      }
    }
  }

  /** Removes entries of buckets that ended before a day, at most {@code most}; returns how many. */
  public int prune(Transaction tx, long today, int most) {
    int gone = 0;
    byte[] end = KeyBuilder.key().u32(today).done();
    try (Scan scan = tx.scanCommitted(Table.SUBJECT, KeyBuilder.key().u32(0).done(), end)) {
      while (gone < most && scan.hasNext()) {
        scan.next();
        tx.delete(Table.SUBJECT, scan.key());
        gone++;
      }
    }
    return gone;
  }
}
