package org.entente.gateway.store;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A store whose log is elsewhere. */
class RocksReplicaTest {
  private static final RocksOptions OPTIONS = RocksOptions.defaults();
  private static final byte[] KEY = {1};

  @TempDir private Path temp;

  private static void apply(RocksReplica replica, int number) {
    byte[] value = {(byte) number};
    replica.apply(
        new Batch().put(Table.INBOX, KEY, value).put(Table.META, KEY, value),
        new LogPosition(1, 10 + number, number));
  }

  /** The memory is lost, for all tables back to the same commit. */
  @Test
  void files_ofAKilledProcess_areAtTheLastFlush() {
    Path dir = temp.resolve("data");
    try (RocksReplica replica = RocksReplica.open(dir, OPTIONS)) {
      apply(replica, 1);
      apply(replica, 2);
      assertEquals(new LogPosition(1, 12, 2), replica.flush());
      apply(replica, 3);
      assertEquals(new LogPosition(1, 13, 3), replica.position());
      Path killed = NumberedCommits.copy(dir, temp.resolve("killed"));

      try (RocksReplica reopened = RocksReplica.open(killed, OPTIONS)) {
        assertEquals(new LogPosition(1, 12, 2), reopened.position());
        assertArrayEquals(new byte[] {2}, reopened.store().get(Table.INBOX, KEY));
        assertArrayEquals(new byte[] {2}, reopened.store().get(Table.META, KEY));
        apply(reopened, 3);
      }
    }
  }

  @Test
  void close_keepsEverything() {
    Path dir = temp.resolve("data");
    try (RocksReplica replica = RocksReplica.open(dir, OPTIONS)) {
      assertEquals(LogPosition.START, replica.position());
      apply(replica, 1);
    }
    try (RocksReplica replica = RocksReplica.open(dir, OPTIONS)) {
      assertEquals(new LogPosition(1, 11, 1), replica.position());
      assertArrayEquals(new byte[] {1}, replica.store().get(Table.INBOX, KEY));
    }
  }

  @Test
  void checkpoint_isAReplicaOfThatMoment() {
    Path copy = temp.resolve("copy");
    try (RocksReplica replica = RocksReplica.open(temp.resolve("data"), OPTIONS)) {
      apply(replica, 1);
      replica.checkpoint(copy);
      apply(replica, 2);
    }
    try (RocksReplica replica = RocksReplica.open(copy, OPTIONS)) {
      assertEquals(new LogPosition(1, 11, 1), replica.position());
      assertArrayEquals(new byte[] {1}, replica.store().get(Table.INBOX, KEY));
      assertArrayEquals(new byte[] {1}, replica.store().get(Table.META, KEY));
    }
  }

  /** Also what no flush has made durable yet. A machine alone goes on from it. */
  @Test
  void backup_holdsAllThatWasApplied_andOpensAsAStoreWithALogOfItsOwn() {
    RocksBackups backups = new RocksBackups(temp.resolve("backup"));
    try (RocksReplica replica = RocksReplica.open(temp.resolve("data"), OPTIONS)) {
      apply(replica, 1);
      assertEquals(1, backups.add(replica, "note", 7).number());
      apply(replica, 2);
      assertEquals("note", backups.add(replica, "note", 1).note());
    }
    Path restored = temp.resolve("restored");
    backups.restore(2, restored);
    try (RocksStore store = RocksStore.open(restored, OPTIONS)) {
      store.commit(new Batch().put(Table.OUTBOX, KEY, KEY), Durability.SYNCED);
    }
    try (RocksStore store = RocksStore.openReadOnly(restored)) {
      assertArrayEquals(new byte[] {2}, store.get(Table.INBOX, KEY));
      assertArrayEquals(new byte[] {2}, store.get(Table.META, KEY));
      assertArrayEquals(KEY, store.get(Table.OUTBOX, KEY));
    }
  }

  @Test
  void entry_thatIsNotLater_isRefused() {
    try (RocksReplica replica = RocksReplica.open(temp.resolve("data"), OPTIONS)) {
      apply(replica, 1);
      assertThrows(IllegalArgumentException.class, () -> apply(replica, 1));
      assertEquals(new LogPosition(1, 11, 1), replica.position());
      assertNull(replica.store().get(Table.OUTBOX, KEY));
    }
  }
}
