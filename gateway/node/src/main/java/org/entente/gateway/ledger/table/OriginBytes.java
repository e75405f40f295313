package org.entente.gateway.ledger.table;

import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.entente.gateway.ledger.commit.Transaction;
import org.entente.gateway.model.AgencyName;
import org.entente.gateway.model.BigEndian;
import org.entente.gateway.model.Lane;
import org.entente.gateway.store.KeyBuilder;
import org.entente.gateway.store.KeyReader;
import org.entente.gateway.store.Scan;
import org.entente.gateway.store.Store;
import org.entente.gateway.store.Table;
import org.jspecify.annotations.Nullable;

/**
 * Bytes of the stored pages of received messages, of each origin, with those of removed messages
 * until their page is written again. FLASH has an account of its own, so that no other mail uses up
 * its space.
 *
 * <pre>
 * META "inbox-bytes" ascii origin · u8 1 for FLASH, otherwise 0 → u64 bytes
 * </pre>
 *
 * <p>Each account is written once in a change, and is read at a start, so that a restart forgets
 * nothing. A page that is removed while it cannot be read stays counted. Safe for many threads.
 */
public final class OriginBytes {
  private static final String NAME = "inbox-bytes";

  private final Map<Account, Long> committed = new ConcurrentHashMap<>();

  /**
   * An account.
   *
   * @param origin the agency that sealed the messages
   * @param isFlash whether it is that of its FLASH messages
   */
  public record Account(AgencyName origin, boolean isFlash) {
    private byte[] key() {
      return KeyBuilder.key().ascii(NAME).ascii(origin.value()).u8(isFlash ? 1 : 0).done();
    }
  }

  OriginBytes(Store store) {
    byte[] prefix = KeyBuilder.key().ascii(NAME).done();
    try (Scan scan = store.scan(Table.META, prefix, KeyBuilder.endOf(prefix))) {
      while (scan.hasNext()) {
        scan.next();
        KeyReader key = KeyReader.of(scan.key());
        key.ascii();
        Account account = new Account(new AgencyName(key.ascii()), key.u8() == 1);
        committed.put(account, bytes(scan.value()));
      }
    }
  }

  /** Committed bytes of an origin in the account of a lane. */
  public long of(AgencyName origin, Lane lane) {
    return committed.getOrDefault(new Account(origin, lane == Lane.FLASH), 0L);
  }

  /** Committed bytes of all accounts that have any. */
  public Map<Account, Long> all() {
    return Map.copyOf(committed);
  }

  Change change() {
    return new Change();
  }

  /** What one change of the ledger adds. Confined to the writer's thread. */
  final class Change {
    private final Map<Account, Long> added = new HashMap<>();

    void add(MessagePage page, long bytes) {
      // A damaged page, which names no origin, counts none.
      if (bytes != 0) {
        added.merge(new Account(page.origin(), page.lane() == Lane.FLASH), bytes, Long::sum);
      }
    }

    void write(Transaction tx) {
      added.forEach((account, bytes) -> write(tx, account, bytes));
    }

    private void write(Transaction tx, Account account, long bytes) {
      long now = bytes(tx.get(Table.META, account.key())) + bytes;
      if (now > 0) {
        tx.put(Table.META, account.key(), KeyBuilder.key().u64(now).done());
        tx.afterCommit(() -> committed.put(account, now));
      } else {
        tx.delete(Table.META, account.key());
        tx.afterCommit(() -> committed.remove(account));
      }
    }
  }

  private static long bytes(byte @Nullable [] value) {
    return value == null ? 0 : BigEndian.u64(value, 0);
  }
}
