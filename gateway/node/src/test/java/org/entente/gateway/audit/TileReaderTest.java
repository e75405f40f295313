package org.entente.gateway.audit;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.entente.gateway.audit.record.AuditFixture;
import org.entente.gateway.audit.record.BucketSealer;
import org.entente.gateway.audit.tree.TlogClient;
import org.entente.gateway.note.NoteVerifier;
import org.entente.gateway.note.SignedNote;
import org.entente.gateway.store.Durability;
import org.entente.gateway.store.Store;
import org.entente.gateway.store.Table;
import org.entente.gateway.testkit.MemoryStore;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Tiles as tlog-tiles serves them, and threat 55: path traversal and missing partial tiles. */
class TileReaderTest {

  private static final int SIGNED = 600;

  private final Path directory;
  private final Store store = new MemoryStore();
  private final BucketSealer sealer = new BucketSealer();
  private final AuditLog log;
  private final TileReader tiles;

  TileReaderTest(@TempDir Path directory) {
    this.directory = directory;
    this.log = AuditFixture.open(store, directory.resolve("audit"));
    this.tiles = new TileReader(log);
  }

  @BeforeEach
  void fillLog() {
    Appender appender = AuditFixture.appender(log, sealer);
    AuditFixture.grow(store, appender, SIGNED);
    AuditFixture.signer(log).sign(AuditFixture.NOW);
    AuditFixture.grow(store, appender, 7);
  }

  @Test
  void checkpoint_read_isTheSignedNote() {
    byte[] checkpoint = tiles.read("checkpoint").orElseThrow();
    assertArrayEquals(log.checkpoint().map(SignedNote::encode).orElseThrow(), checkpoint);
  }

  @Test
  void tiles_withinTheCheckpoint_haveTheirWidths() {
    assertEquals(256 * 32, tiles.read("tile/0/000").orElseThrow().length);
    assertEquals(256 * 32, tiles.read("tile/0/001").orElseThrow().length);
    assertEquals(88 * 32, tiles.read("tile/0/002.p/88").orElseThrow().length);
    assertEquals(2 * 32, tiles.read("tile/1/000.p/2").orElseThrow().length);
    assertEquals(256 * 34, tiles.read("tile/entries/001").orElseThrow().length);
    assertEquals(88 * 34, tiles.read("tile/entries/002.p/88").orElseThrow().length);
    // Partial tiles of earlier checkpoints stay.
    assertEquals(17 * 32, tiles.read("tile/0/000.p/17").orElseThrow().length);
  }

  @Test
  void entries_read_areCommitmentsAndNothingElse() {
    ByteBuffer bundle = ByteBuffer.wrap(tiles.read("tile/entries/000.p/3").orElseThrow());
    for (int i = 0; i < 3; i++) {
      byte[] entry = new byte[bundle.getShort()];
      bundle.get(entry);
      assertEquals(32, entry.length);
      assertArrayEquals(log.commitment(i).orElseThrow(), entry);
    }
  }

  @Test
  void tiles_beyondTheCheckpoint_areNotServed() {
    for (String path :
        List.of(
            "tile/0/002",
            "tile/0/002.p/89",
            "tile/0/002.p/95",
            "tile/0/003.p/1",
            "tile/1/000",
            "tile/1/000.p/3",
            "tile/1/001.p/1",
            "tile/2/000.p/1",
            "tile/7/000.p/1",
            "tile/8/000.p/1",
            "tile/63/000.p/1",
            "tile/0/x999/x999/x999/x999/x999/999",
            "tile/entries/002.p/89",
            "tile/entries/x999/x999/x999/x999/x999/999.p/1")) {
      assertTrue(tiles.read(path).isEmpty(), path);
    }
  }

  @Test
  void paths_thatLeadElsewhere_areNotServed() {
    for (String path :
        List.of(
            "",
            "/checkpoint",
            "./checkpoint",
            "../audit/checkpoint",
            "tile/../checkpoint",
            "tile/0/../../checkpoint",
            "tile/0/000/..",
            "tile/0/000.p/../000",
            "tile/entries/../../../etc/passwd",
            "checkpoint\u0000",
            "checkpoint.new")) {
      assertTrue(tiles.read(path).isEmpty(), path);
    }
  }

  @Test
  void log_neverSigned_servesNothing() {
    Store fresh = new MemoryStore();
    AuditLog unsigned = AuditFixture.open(fresh, directory.resolve("fresh"));
    AuditFixture.grow(fresh, AuditFixture.appender(unsigned, sealer), 3);
    TileReader reader = new TileReader(unsigned);
    assertTrue(reader.read("checkpoint").isEmpty());
    assertTrue(reader.read("tile/0/000.p/1").isEmpty());
  }

  @Test
  void export_readByAForeignClient_verifies() throws IOException {
    Path site = directory.resolve("site");

    long files = tiles.export(site);

    try (Stream<Path> walk = Files.walk(site)) {
      assertEquals(files, walk.filter(Files::isRegularFile).count());
    }
    assertEquals(8, files);
    NoteVerifier key =
        NoteVerifier.ed25519Cosignature(
            AuditFixture.ORIGIN.keyName(), AuditFixture.KEYS.verifyingPair().ed25519());
    TlogClient client = new TlogClient(site);
    assertEquals(SIGNED, client.check("checkpoint", key).size());
    assertEquals(4, client.tiles());
  }

  @Test
  void export_emptyOrFullTiles_verifies() throws IOException {
    for (int leaves : new int[] {0, 1, 256, 257}) {
      Store other = new MemoryStore();
      AuditLog small = AuditFixture.open(other, directory.resolve("a" + leaves));
      AuditFixture.grow(other, AuditFixture.appender(small, sealer), leaves);
      AuditFixture.signer(small).sign(AuditFixture.NOW);
      Path site = directory.resolve("site" + leaves);
      new TileReader(small).export(site);
      NoteVerifier key =
          NoteVerifier.mlDsa44Cosignature(
              AuditFixture.ORIGIN.keyName(), AuditFixture.KEYS.verifyingPair().mlDsa44());
      assertEquals(leaves, new TlogClient(site).check("checkpoint", key).size());
    }
  }

  @Test
  void export_nodeMissing_failsInsteadOfWritingLess() {
    store.commit(
        store.batch().delete(Table.AUDIT_NODE, AuditFixture.FIRST_LOG.nodeKey(0, 300)),
        Durability.SYNCED);
    assertThrows(IOException.class, () -> tiles.export(directory.resolve("site")));
  }
}
