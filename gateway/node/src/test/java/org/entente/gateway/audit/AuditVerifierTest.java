package org.entente.gateway.audit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Random;
import org.entente.gateway.audit.record.AuditFixture;
import org.entente.gateway.audit.record.AuditRecord;
import org.entente.gateway.audit.record.BucketSealer;
import org.entente.gateway.audit.record.LeafOpener;
import org.entente.gateway.audit.record.StoredLeaf;
import org.entente.gateway.audit.tree.CheckpointCheck;
import org.entente.gateway.audit.tree.TreeHead;
import org.entente.gateway.crypto.Sha256;
import org.entente.gateway.note.TreeHash;
import org.entente.gateway.store.Batch;
import org.entente.gateway.store.Durability;
import org.entente.gateway.store.KeyValue;
import org.entente.gateway.store.Scan;
import org.entente.gateway.store.Store;
import org.entente.gateway.store.StoreFailure;
import org.entente.gateway.store.Table;
import org.entente.gateway.testkit.MemoryStore;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Whatever is changed in a kept log, the verifier says so (threat 49). */
class AuditVerifierTest {

  private static final int LEAVES = 11;

  @TempDir Path directory;

  private final Store store = new MemoryStore();
  private final BucketSealer sealer = new BucketSealer();

  @BeforeEach
  void fillLog() {
    AuditLog log = AuditFixture.open(store, directory);
    AuditFixture.grow(store, AuditFixture.appender(log, sealer), LEAVES);
    AuditFixture.signer(log).sign(AuditFixture.NOW);
  }

  @Test
  void log_untouched_isFoundWhole() {
    AuditReport report = verify();

    assertTrue(report.ok(), () -> report.faults().toString());
    assertEquals(LEAVES, report.size());
    assertEquals(LEAVES, report.checkpointSize());
    assertEquals(LEAVES, report.openedRecords());
    assertEquals(0, report.blindedRecords());
    assertEquals(AuditFixture.open(store, directory).head().root(), report.root());
  }

  @Test
  void log_bucketErased_isFoundWholeWithBlindedRecords() {
    sealer.erase(0);
    AuditReport report = verify();
    assertTrue(report.ok(), () -> report.faults().toString());
    assertEquals(3, report.openedRecords());
    assertEquals(8, report.blindedRecords());
  }

  @Test
  void log_auditorWithoutKeys_isFoundWholeAllTheSame() {
    AuditReport report =
        new AuditVerifier(AuditFixture.VERIFIER, LeafOpener.WITHOUT_KEYS)
            .verify(StoredLog.inForce(store, directory));
    assertTrue(report.ok(), () -> report.faults().toString());
    assertEquals(LEAVES, report.blindedRecords());
  }

  @Test
  void log_leavesAfterTheCheckpoint_isFoundWhole() {
    AuditLog log = AuditFixture.open(store, directory);
    AuditFixture.grow(store, AuditFixture.appender(log, sealer), 2);
    AuditReport report = verify();
    assertTrue(report.ok(), () -> report.faults().toString());
    assertEquals(LEAVES + 2, report.size());
    assertEquals(LEAVES, report.checkpointSize());
  }

  @Test
  void storedByte_anyOfThemChanged_isReported() {
    long seed = 0xb17L;
    Random random = new Random(seed);
    List<Kept> kept = new ArrayList<>();
    entries(Table.AUDIT_NODE).forEach(entry -> kept.add(new Kept(Table.AUDIT_NODE, entry)));
    kept.add(new Kept(Table.META, entry(Table.META, AuditFixture.FIRST_LOG.headKey())));
    for (long leaf : new long[] {0, 5, LEAVES - 1}) {
      kept.add(
          new Kept(
              Table.AUDIT_LEAF, entry(Table.AUDIT_LEAF, AuditFixture.FIRST_LOG.leafKey(leaf))));
    }
    for (Kept one : kept) {
      byte[] original = one.entry.value();
      for (int i = 0; i < original.length; i++) {
        put(one.table, one.entry.key(), flip(original, i, random));
        int at = i;
        assertFalse(verify().ok(), () -> one.table + " byte " + at + " seed " + seed);
      }
      put(one.table, one.entry.key(), original);
    }
    assertTrue(verify().ok());
  }

  @Test
  void checkpointByte_anyOfThemChanged_isRefused() throws IOException {
    Random random = new Random(0xb18L);
    byte[] note = Files.readAllBytes(directory.resolve("checkpoint"));
    for (int i = 0; i < note.length; i++) {
      CheckpointCheck check = AuditFixture.VERIFIER.check(flip(note, i, random));
      assertInstanceOf(CheckpointCheck.Refused.class, check, "byte " + i);
    }
  }

  @Test
  void checkpointCopy_changedInStoreOrFile_isReported() throws IOException {
    Random random = new Random(0xb19L);
    Path file = directory.resolve("checkpoint");
    byte[] note = Files.readAllBytes(file);
    for (int round = 0; round < 50; round++) {
      byte[] changed = flip(note, random.nextInt(note.length), random);
      Files.write(file, changed);
      assertFirstFault("the file " + file + " is refused");
      Files.write(file, note);
      put(Table.META, AuditFixture.FIRST_LOG.checkpointKey(), changed);
      assertFirstFault("the checkpoint in the store is refused");
      put(Table.META, AuditFixture.FIRST_LOG.checkpointKey(), note);
    }
  }

  private record Kept(Table table, KeyValue entry) {}

  private static byte[] flip(byte[] original, int at, Random random) {
    byte[] changed = original.clone();
    changed[at] ^= (byte) (1 << random.nextInt(8));
    return changed;
  }

  @Test
  void storedEntry_anyOfThemRemoved_isReported() {
    for (Table table : List.of(Table.AUDIT_NODE, Table.AUDIT_LEAF, Table.META)) {
      for (KeyValue entry : entries(table)) {
        boolean copyOnly = Arrays.equals(entry.key(), AuditFixture.FIRST_LOG.checkpointKey());
        store.commit(store.batch().delete(table, entry.key()), Durability.SYNCED);
        // The file alone still proves the log, as after a crash between the two copies.
        assertEquals(copyOnly, verify().ok(), () -> "" + verify().faults());
        put(table, entry.key(), entry.value());
      }
    }
  }

  @Test
  void leaves_exchanged_isReported() {
    byte[] second = value(Table.AUDIT_LEAF, AuditFixture.FIRST_LOG.leafKey(1));
    put(
        Table.AUDIT_LEAF,
        AuditFixture.FIRST_LOG.leafKey(1),
        value(Table.AUDIT_LEAF, AuditFixture.FIRST_LOG.leafKey(2)));
    put(Table.AUDIT_LEAF, AuditFixture.FIRST_LOG.leafKey(2), second);
    assertFirstFault("leaf 1 differs from what was written");
  }

  @Test
  void leaf_missingWithItsHash_endsTheCheckAndIsReported() {
    store.commit(
        store
            .batch()
            .delete(Table.AUDIT_LEAF, AuditFixture.FIRST_LOG.leafKey(4))
            .delete(Table.AUDIT_NODE, AuditFixture.FIRST_LOG.nodeKey(0, 4)),
        Durability.SYNCED);
    AuditReport report = verify();
    assertEquals("leaf 4 is missing", report.faults().get(0));
    assertEquals(4, report.size());
  }

  @Test
  void leaf_beyondTheHead_isReported() {
    put(Table.AUDIT_LEAF, AuditFixture.FIRST_LOG.leafKey(LEAVES), new byte[] {1});
    assertFirstFault("beyond the 11");
  }

  @Test
  void log_rewrittenWithAllItsHashes_failsAtTheSignedRoot() {
    rewrite(LEAVES);
    AuditReport report = verify();
    assertEquals(2, report.faults().size());
    assertTrue(
        report.faults().get(0).contains("differ from those over which"), report.faults()::toString);
  }

  @Test
  void log_cutWithAllItsHashes_isBehindItsCheckpoint() {
    rewrite(LEAVES - 4);
    assertFirstFault("leaves are missing at its end");
  }

  @Test
  void log_neverSigned_isReported() {
    store.commit(
        store.batch().delete(Table.META, AuditFixture.FIRST_LOG.checkpointKey()),
        Durability.SYNCED);
    AuditReport report =
        new AuditVerifier(AuditFixture.VERIFIER, sealer)
            .verify(StoredLog.inForce(store, directory.resolve("elsewhere")));
    assertTrue(report.faults().get(0).contains("no checkpoint"), report.faults()::toString);
    assertEquals(0, report.checkpointSize());
  }

  @Test
  void record_replacedByWhoHasTheKey_isReported() {
    byte[] value = value(Table.AUDIT_LEAF, AuditFixture.FIRST_LOG.leafKey(3));
    AuditRecord forged = AuditFixture.records(1, 99).get(0);
    StoredLeaf other = StoredLeaf.make(3, new byte[32], forged, sealer);
    byte[] mixed = other.encode(3);
    System.arraycopy(value, 1, mixed, 1, 32);
    put(Table.AUDIT_LEAF, AuditFixture.FIRST_LOG.leafKey(3), withCheck(3, mixed));
    assertFirstFault("record of leaf 3");
  }

  @Test
  void faults_more_thanAreToldAreCounted() {
    Batch batch = store.batch();
    entries(Table.AUDIT_LEAF).forEach(e -> batch.put(Table.AUDIT_LEAF, e.key(), new byte[1]));
    entries(Table.AUDIT_NODE).forEach(e -> batch.put(Table.AUDIT_NODE, e.key(), new byte[32]));
    store.commit(batch, Durability.SYNCED);
    List<String> faults = verify().faults();
    assertEquals(AuditReport.MAX_FAULTS + 1, faults.size());
    assertTrue(faults.get(AuditReport.MAX_FAULTS).startsWith("and "), faults::toString);
  }

  @Test
  void store_cannotBeRead_isReported() {
    LogReader kept = StoredLog.inForce(store, directory);
    LogReader broken = new BrokenAt(kept, 5);
    AuditReport report = new AuditVerifier(AuditFixture.VERIFIER, sealer).verify(broken);
    assertEquals(List.of("the log cannot be read any further: block checksum"), report.faults());
    assertEquals(5, report.size());
  }

  @Test
  void checkpointFile_cannotBeRead_isReported() throws IOException {
    Path file = directory.resolve("checkpoint");
    Files.delete(file);
    Files.createDirectory(file);
    assertFirstFault("cannot read");
  }

  /** A store of which one leaf cannot be read. */
  private record BrokenAt(LogReader kept, long broken) implements LogReader {
    @Override
    public Optional<TreeHead> head() {
      return kept.head();
    }

    @Override
    public Optional<byte[]> leaf(long index) {
      if (index == broken) {
        throw new StoreFailure(StoreFailure.Kind.CORRUPT, "block checksum", null);
      }
      return kept.leaf(index);
    }

    @Override
    public List<Copy> checkpoints() {
      return kept.checkpoints();
    }

    @Override
    public Optional<TreeHash> node(int level, long index) {
      return kept.node(level, index);
    }
  }

  /** Writes another history of some length with hashes that fit, as whoever owns the disk can. */
  private void rewrite(int leaves) {
    Batch clear = store.batch();
    clear.deleteRange(Table.AUDIT_LEAF, new byte[0], new byte[] {-1});
    clear.deleteRange(Table.AUDIT_NODE, new byte[0], new byte[] {-1});
    clear.delete(Table.META, AuditFixture.FIRST_LOG.headKey());
    store.commit(clear, Durability.SYNCED);
    Store scratch = new MemoryStore();
    AuditLog log = AuditFixture.open(scratch, directory.resolve("scratch"));
    AuditFixture.grow(scratch, log.appender(sealer, new SecureRandom()), leaves);
    for (Table table : List.of(Table.AUDIT_LEAF, Table.AUDIT_NODE, Table.META)) {
      entries(scratch, table).forEach(entry -> put(table, entry.key(), entry.value()));
    }
  }

  private static byte[] withCheck(long index, byte[] value) {
    byte[] at = new byte[8];
    at[7] = (byte) index;
    byte[] check =
        Sha256.hash(
            "entente/v1 stored leaf".getBytes(StandardCharsets.US_ASCII),
            at,
            Arrays.copyOfRange(value, 1, 33),
            Arrays.copyOfRange(value, 41, value.length));
    System.arraycopy(check, 0, value, 33, 8);
    return value;
  }

  private AuditReport verify() {
    return new AuditVerifier(AuditFixture.VERIFIER, sealer)
        .verify(StoredLog.inForce(store, directory));
  }

  private void assertFirstFault(String what) {
    AuditReport report = verify();
    assertFalse(report.ok());
    assertTrue(report.faults().get(0).contains(what), () -> "" + report.faults());
  }

  private KeyValue entry(Table table, byte[] key) {
    return new KeyValue(key, value(table, key));
  }

  private byte[] value(Table table, byte[] key) {
    return Objects.requireNonNull(store.get(table, key));
  }

  private void put(Table table, byte[] key, byte[] value) {
    store.commit(store.batch().put(table, key, value), Durability.SYNCED);
  }

  private List<KeyValue> entries(Table table) {
    // The format marker that a sync leaves behind says nothing about the log.
    return entries(store, table).stream().filter(entry -> entry.value().length > 1).toList();
  }

  private static List<KeyValue> entries(Store store, Table table) {
    List<KeyValue> entries = new ArrayList<>();
    try (Scan scan = store.scan(table, new byte[0], null)) {
      while (scan.hasNext()) {
        scan.next();
        entries.add(new KeyValue(scan.key(), scan.value()));
      }
    }
    return entries;
  }
}
