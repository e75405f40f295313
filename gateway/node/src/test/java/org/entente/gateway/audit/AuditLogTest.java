package org.entente.gateway.audit;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.entente.gateway.audit.record.AuditFixture;
import org.entente.gateway.audit.record.AuditRecord;
import org.entente.gateway.audit.record.BucketSealer;
import org.entente.gateway.audit.record.LeafOpener;
import org.entente.gateway.audit.record.OpenedLeaf;
import org.entente.gateway.audit.tree.MemoryTree;
import org.entente.gateway.audit.tree.MerkleTree;
import org.entente.gateway.audit.tree.TreeHead;
import org.entente.gateway.store.Batch;
import org.entente.gateway.store.Durability;
import org.entente.gateway.store.RocksOptions;
import org.entente.gateway.store.RocksStore;
import org.entente.gateway.store.Scan;
import org.entente.gateway.store.Store;
import org.entente.gateway.store.StoreFailure;
import org.entente.gateway.store.Table;
import org.entente.gateway.testkit.MemoryStore;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Leaves in the store's batches, and threat 57: without its leaf nothing is acknowledged. */
class AuditLogTest {

  @TempDir Path directory;

  private final MemoryStore.Disk disk = new MemoryStore.Disk();
  private final BucketSealer sealer = new BucketSealer();

  @Test
  void log_empty_hasTheEmptyRoot() {
    AuditLog log = AuditFixture.open(new MemoryStore(disk), directory);
    assertEquals(TreeHead.empty(), log.head());
    assertTrue(log.checkpoint().isEmpty());
    assertTrue(log.commitment(0).isEmpty());
    assertTrue(log.open(0, sealer).isEmpty());
  }

  @Test
  void append_acrossReopens_buildsOneTree() {
    MemoryTree expected = new MemoryTree();
    for (int round = 0; round < 12; round++) {
      try (Store store = new MemoryStore(disk)) {
        assertGrows(store, expected, round);
      }
    }
    assertEquals(78, expected.frontier().size());
  }

  @Test
  void append_acrossReopensOfRocks_buildsOneTree() {
    MemoryTree expected = new MemoryTree();
    for (int round = 0; round < 4; round++) {
      try (Store store = RocksStore.open(directory.resolve("store"), RocksOptions.defaults())) {
        assertGrows(store, expected, 10 + round);
      }
    }
    assertEquals(50, expected.frontier().size());
  }

  /** Adds round + 1 leaves and compares the log with a tree that is built beside it. */
  private void assertGrows(Store store, MemoryTree expected, int round) {
    AuditLog log = AuditFixture.open(store, directory.resolve("audit"));
    assertEquals(expected.frontier().head(), log.head());
    AuditFixture.grow(store, AuditFixture.appender(log, sealer), round + 1);
    for (long i = expected.frontier().size(); i < log.head().size(); i++) {
      expected.append(MerkleTree.leafHash(log.commitment(i).orElseThrow()));
    }
    assertEquals(expected.frontier().head(), log.head());
    assertEquals(Optional.of(log.head().root()), MerkleTree.root(log.head().size(), log.nodes()));
    AuditFixture.signer(log).sign(AuditFixture.NOW);
  }

  @Test
  void append_severalTimesIntoOneBatch_countsOn() {
    Store store = new MemoryStore(disk);
    AuditLog log = AuditFixture.open(store, directory);
    Appender appender = AuditFixture.appender(log, sealer);
    Batch batch = store.batch();

    assertEquals(0, appender.append(batch, AuditFixture.records(2, 1)));
    assertEquals(2, appender.append(batch, AuditFixture.records(3, 2)));
    assertEquals(5, appender.append(batch, List.of()));
    assertEquals(0, log.head().size());
    store.commit(batch, Durability.SYNCED);
    appender.committed();

    assertEquals(5, log.head().size());
    assertEquals(log.head(), AuditFixture.open(store, directory).head());
  }

  @Test
  void append_rolledBack_leavesNoTrace() {
    Store store = new MemoryStore(disk);
    AuditLog log = AuditFixture.open(store, directory);
    Appender appender = AuditFixture.appender(log, sealer);
    AuditFixture.grow(store, appender, 3);
    TreeHead before = log.head();

    appender.append(store.batch(), AuditFixture.records(4, 1));
    appender.rolledBack();
    assertEquals(before, log.head());
    AuditFixture.grow(store, appender, 4);

    assertEquals(7, log.head().size());
    assertEquals(log.head(), AuditFixture.open(store, directory).head());
  }

  @Test
  void append_sealingFails_touchesNeitherBatchNorLog() {
    Store store = new MemoryStore(disk);
    AuditLog log = AuditFixture.open(store, directory);
    Appender appender = AuditFixture.appender(log, sealer);
    Batch batch = store.batch().put(Table.META, new byte[] {1}, new byte[] {1});
    sealer.fail();

    List<AuditRecord> records = AuditFixture.records(2, 1);
    assertThrows(IllegalStateException.class, () -> appender.append(batch, records));

    assertEquals(1, batch.size());
    assertEquals(0, appender.append(batch, List.of()));
    assertEquals(0, log.head().size());
  }

  @Test
  void commit_fails_neitherMessageNorLeafIsThere() {
    byte[] message = {42};
    try (MemoryStore store = new MemoryStore(disk)) {
      AuditLog log = AuditFixture.open(store, directory);
      Appender appender = AuditFixture.appender(log, sealer);
      AuditFixture.grow(store, appender, 3);
      Batch batch = store.batch().put(Table.MESSAGE, message, message);
      appender.append(batch, AuditFixture.records(1, 1));
      store.failNextCommit(new StoreFailure(StoreFailure.Kind.DISK_FULL, "full", null));
      assertThrows(StoreFailure.class, () -> store.commit(batch, Durability.SYNCED));
      assertEquals(3, log.head().size());
    }
    Store store = new MemoryStore(disk);
    assertEquals(3, AuditFixture.open(store, directory).head().size());
    assertEquals(null, store.get(Table.MESSAGE, message));
  }

  @Test
  void appender_secondOne_isRefused() {
    Store store = new MemoryStore(disk);
    AuditLog log = AuditFixture.open(store, directory);
    AuditFixture.appender(log, sealer);
    assertThrows(IllegalStateException.class, () -> AuditFixture.appender(log, sealer));
  }

  @Test
  void record_opened_isTheOneAppended() {
    Store store = new MemoryStore(disk);
    AuditLog log = AuditFixture.open(store, directory);
    AuditFixture.grow(store, AuditFixture.appender(log, sealer), 3);

    OpenedLeaf opened = log.open(1, sealer).orElseThrow();

    assertTrue(opened.matches());
    assertEquals(Optional.of(AuditFixture.records(3, 0).get(1)), opened.record());
    assertEquals(32, opened.seed().length);
    assertTrue(log.open(3, sealer).isEmpty());
    assertTrue(log.open(-1, sealer).isEmpty());
    assertTrue(log.open(1, LeafOpener.WITHOUT_KEYS).isEmpty());
  }

  @Test
  void record_bucketErased_opensNoMoreButItsLeafStays() {
    Store store = new MemoryStore(disk);
    AuditLog log = AuditFixture.open(store, directory);
    AuditFixture.grow(store, AuditFixture.appender(log, sealer), 12);
    sealer.erase(0);

    assertTrue(log.open(7, sealer).isEmpty());
    assertTrue(log.open(8, sealer).isPresent());
    assertTrue(log.commitment(7).isPresent());
    assertEquals(12, AuditFixture.open(store, directory).head().size());
  }

  @Test
  void leaf_sameRecordTwice_differs() {
    Store store = new MemoryStore(disk);
    AuditLog log = AuditFixture.open(store, directory);
    Appender appender = AuditFixture.appender(log, sealer);
    AuditRecord record = AuditFixture.records(1, 1).get(0);
    Batch batch = store.batch();
    appender.append(batch, List.of(record, record));
    store.commit(batch, Durability.SYNCED);
    appender.committed();

    assertFalse(Arrays.equals(log.commitment(0).orElseThrow(), log.commitment(1).orElseThrow()));
    assertNotEquals(
        Arrays.toString(log.open(0, sealer).orElseThrow().seed()),
        Arrays.toString(log.open(1, sealer).orElseThrow().seed()));
    assertArrayEquals(
        log.open(0, sealer).orElseThrow().encodedRecord(),
        log.open(1, sealer).orElseThrow().encodedRecord());
  }

  @Test
  void store_searched_holdsNoRecordInPlaintext() {
    Store store = new MemoryStore(disk);
    AuditLog log = AuditFixture.open(store, directory);
    AuditFixture.grow(store, AuditFixture.appender(log, sealer), 6);
    byte[] seed = log.open(0, sealer).orElseThrow().seed();
    AuditRecord record = AuditFixture.records(3, 0).get(0);
    byte[] message = record.subject().messages().get(0).bytes();
    String all = allValues(store);

    assertTrue(all.length() > 6 * 200);
    assertFalse(all.contains(AuditFixture.OFFICER));
    assertFalse(all.contains(AuditFixture.JUSTIFICATION));
    assertFalse(all.contains(AuditFixture.PEER.value()));
    assertFalse(all.contains(new String(seed, StandardCharsets.ISO_8859_1)));
    assertFalse(all.contains(new String(message, StandardCharsets.ISO_8859_1)));
  }

  private static String allValues(Store store) {
    StringBuilder all = new StringBuilder();
    for (Table table : List.of(Table.META, Table.AUDIT_NODE, Table.AUDIT_LEAF)) {
      try (Scan scan = store.scan(table, new byte[0], null)) {
        while (scan.hasNext()) {
          scan.next();
          all.append(new String(scan.value(), StandardCharsets.ISO_8859_1));
        }
      }
    }
    return all.toString();
  }

  @Test
  void open_edgeDamaged_isRefused() {
    Store store = new MemoryStore(disk);
    AuditFixture.grow(store, AuditFixture.appender(AuditFixture.open(store, directory), sealer), 6);
    byte[] key = AuditFixture.FIRST_LOG.nodeKey(2, 0);
    byte[] node = Objects.requireNonNull(store.get(Table.AUDIT_NODE, key));

    store.commit(store.batch().put(Table.AUDIT_NODE, key, new byte[32]), Durability.SYNCED);
    assertDamaged(store, "does not give its root");
    store.commit(store.batch().delete(Table.AUDIT_NODE, key), Durability.SYNCED);
    assertDamaged(store, "is missing");
    store.commit(store.batch().put(Table.AUDIT_NODE, key, node), Durability.SYNCED);
    byte[] leaf =
        Objects.requireNonNull(store.get(Table.AUDIT_LEAF, AuditFixture.FIRST_LOG.leafKey(0)));
    store.commit(
        store.batch().put(Table.AUDIT_LEAF, AuditFixture.FIRST_LOG.leafKey(6), leaf),
        Durability.SYNCED);
    assertDamaged(store, "beyond the size");
    store.commit(
        store.batch().delete(Table.META, AuditFixture.FIRST_LOG.headKey()), Durability.SYNCED);
    assertDamaged(store, "is missing");
  }

  private void assertDamaged(Store store, String why) {
    AuditLog.Opening opening = AuditLog.open(store, directory, AuditFixture.VERIFIER);
    String reason = assertInstanceOf(AuditLog.Opening.Damaged.class, opening).reason();
    assertTrue(reason.contains(why), reason);
  }
}
