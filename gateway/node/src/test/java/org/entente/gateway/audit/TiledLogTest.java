package org.entente.gateway.audit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.stream.LongStream;
import org.entente.gateway.audit.record.AuditFixture;
import org.entente.gateway.audit.record.BucketSealer;
import org.entente.gateway.audit.record.LeafOpener;
import org.entente.gateway.audit.record.OpenedLeaf;
import org.entente.gateway.audit.tree.TilePath;
import org.entente.gateway.audit.tree.TileSource;
import org.entente.gateway.note.SignedNote;
import org.entente.gateway.store.Store;
import org.entente.gateway.testkit.MemoryStore;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Whatever a gateway serves that is not its signed log, a reader elsewhere says so (threat 49). */
class TiledLogTest {

  /** Two full tiles and a partial one, of which the last leaf stands alone. */
  private static final int LEAVES = 2 * TilePath.FULL_WIDTH + 1;

  @TempDir Path directory;

  private final Store store = new MemoryStore();
  private final BucketSealer sealer = new BucketSealer();
  private TileReader tiles;
  private AuditLog log;
  private Appender appender;

  @BeforeEach
  void fillLog() {
    log = AuditFixture.open(store, directory);
    appender = AuditFixture.appender(log, sealer);
    grow(LEAVES);
    tiles = new TileReader(log);
  }

  private void grow(int leaves) {
    AuditFixture.grow(store, appender, leaves);
    AuditFixture.signer(log).sign(AuditFixture.NOW);
  }

  private static AuditReport verify(TileSource source, LogReader.Copy... earlier) {
    return new AuditVerifier(AuditFixture.VERIFIER, LeafOpener.WITHOUT_KEYS)
        .verify(new TiledLog(source, List.of(earlier)));
  }

  private static String faults(TileSource source, LogReader.Copy... earlier) {
    return String.join("\n", verify(source, earlier).faults());
  }

  private LogReader.Copy kept() {
    return new LogReader.Copy("the kept one", tiles.read("checkpoint").orElseThrow());
  }

  @Test
  void log_served_isFoundWholeWithEachTileReadOnce() {
    List<String> asked = new ArrayList<>();
    TiledLog tiled =
        new TiledLog(
            path -> {
              asked.add(path);
              return tiles.read(path);
            },
            List.of());

    List<Long> progress = new ArrayList<>();
    AuditReport report =
        new AuditVerifier(AuditFixture.VERIFIER, LeafOpener.WITHOUT_KEYS)
            .verify(
                tiled,
                (leaves, all) -> {
                  assertEquals(LEAVES, all);
                  progress.add(leaves);
                });

    assertTrue(report.ok(), () -> "" + report.faults());
    assertEquals(LongStream.rangeClosed(1, LEAVES).boxed().toList(), progress);
    assertEquals(LEAVES, report.size());
    assertEquals(LEAVES, report.checkpointSize());
    assertEquals(log.head().root(), report.root());
    assertEquals(
        List.of(
            "checkpoint",
            "tile/entries/000",
            "tile/0/000",
            "tile/1/000.p/2",
            "tile/entries/001",
            "tile/0/001",
            "tile/entries/002.p/1",
            "tile/0/002.p/1"),
        asked);
    assertEquals(7, tiled.tilesRead());
  }

  @Test
  void anyTile_withAnyBitFlippedCutOrMissing_isReported() {
    long seed = 0x711e5L;
    Random random = new Random(seed);
    for (String path :
        List.of(
            "checkpoint",
            "tile/entries/000",
            "tile/entries/001",
            "tile/entries/002.p/1",
            "tile/0/000",
            "tile/0/001",
            "tile/0/002.p/1",
            "tile/1/000.p/2")) {
      byte[] honest = tiles.read(path).orElseThrow();
      for (int round = 0; round < 40; round++) {
        byte[] flipped = honest.clone();
        flipped[random.nextInt(flipped.length)] ^= (byte) (1 << random.nextInt(8));
        assertFalse(verify(instead(path, flipped)).ok(), () -> path + " seed " + seed);
      }
      byte[] cut = Arrays.copyOf(honest, honest.length - 1);
      assertFalse(verify(instead(path, cut)).ok(), path + " cut");
      byte[] longer = Arrays.copyOf(honest, honest.length + 1);
      assertFalse(verify(instead(path, longer)).ok(), path + " longer");
      TileSource without = asked -> asked.equals(path) ? Optional.empty() : tiles.read(asked);
      assertFalse(verify(without).ok(), path + " missing");
    }
    assertTrue(verify(tiles).ok());
  }

  private TileSource instead(String path, byte[] content) {
    return asked -> asked.equals(path) ? Optional.of(content) : tiles.read(asked);
  }

  @Test
  void hashOfATile_changed_isNamed() {
    byte[] hashes = tiles.read("tile/0/001").orElseThrow();
    hashes[5 * 32] ^= 1;
    assertEquals(
        "the hash of leaf 261 differs from the one computed from the leaves",
        faults(instead("tile/0/001", hashes)));
  }

  @Test
  void anotherHistory_whoseHashesAllFit_failsAtTheSignedRoot() {
    TileReader other = rewritten(LEAVES);
    byte[] signed = tiles.read("checkpoint").orElseThrow();
    String faults =
        faults(path -> path.equals("checkpoint") ? Optional.of(signed) : other.read(path));
    assertTrue(faults.startsWith("the first 513 leaves differ from those over which"), faults);
  }

  @Test
  void anotherHistory_signedAnewByTheAgency_contradictsTheKeptCheckpoint() {
    LogReader.Copy kept = kept();
    TileReader other = rewritten(LEAVES + 3);
    assertTrue(verify(other).ok(), "by itself it is a log like any other");
    assertEquals(
        "the first 513 leaves differ from those over which the kept one was signed",
        faults(other, kept));
  }

  @Test
  void log_setBackAndSignedAnew_isBehindTheKeptCheckpoint() {
    LogReader.Copy kept = kept();
    assertTrue(faults(rewritten(7), kept).contains("leaves are missing at its end"));
  }

  @Test
  void log_grown_continuesTheKeptCheckpoint() {
    LogReader.Copy kept = kept();
    grow(300);
    AuditReport report = verify(tiles, kept);
    assertTrue(report.ok(), () -> "" + report.faults());
    assertEquals(LEAVES + 300, report.size());
  }

  @Test
  void log_growingWhileItIsRead_isReadAsFarAsItsCheckpoint() {
    TiledLog tiled = new TiledLog(tiles, List.of());
    grow(300);
    AuditReport report =
        new AuditVerifier(AuditFixture.VERIFIER, LeafOpener.WITHOUT_KEYS).verify(tiled);
    assertTrue(report.ok(), () -> "" + report.faults());
    assertEquals(LEAVES, report.size());
  }

  @Test
  void checkpoint_claimingEndlessLeaves_endsAtTheFirstThatIsMissing() {
    String note =
        SignedNote.parse(tiles.read("checkpoint").orElseThrow()).asNote().orElseThrow().text();
    byte[] endless =
        new String(tiles.read("checkpoint").orElseThrow(), StandardCharsets.UTF_8)
            .replace(note, note.replace("\n513\n", "\n" + Long.MAX_VALUE + "\n"))
            .getBytes(StandardCharsets.UTF_8);
    String faults = faults(instead("checkpoint", endless));
    assertTrue(faults.startsWith(TiledLog.SERVED + " is refused"), faults);
    assertTrue(faults.contains("leaf 512 is missing"), faults);
  }

  @Test
  void nothingSigned_isReported() {
    String faults = faults(path -> Optional.empty());
    assertEquals("the stored size and root of the log cannot be read", faults);
  }

  @Test
  void records_thatAreNotThoseOfTheirLeaves_areReported() {
    LeafOpener own = (index, any) -> log.open(index, sealer).map(OpenedLeaf::bytes);
    LeafOpener lying = (index, any) -> own.open(index == 300 ? 301 : index, any);
    AuditReport honest = new AuditVerifier(AuditFixture.VERIFIER, own).verify(fresh());
    AuditReport lied = new AuditVerifier(AuditFixture.VERIFIER, lying).verify(fresh());
    assertTrue(honest.ok(), () -> "" + honest.faults());
    assertEquals(LEAVES, honest.openedRecords());
    assertEquals(
        List.of("the record of leaf 300 does not match the leaf's commitment"), lied.faults());
  }

  /** It says which log this one succeeds: a gateway could answer a second question otherwise. */
  @Test
  void firstRecord_isTheOneThatWasHashed_andAsksNothingAgain() {
    Set<Long> asked = new HashSet<>();
    LeafOpener once =
        (index, any) -> {
          assertTrue(asked.add(index), "leaf " + index + " is opened again");
          return log.open(index, sealer).map(OpenedLeaf::bytes);
        };
    AuditReport report = new AuditVerifier(AuditFixture.VERIFIER, once).verify(fresh());
    assertEquals(log.open(0, sealer).flatMap(OpenedLeaf::record), report.first());
    LeafOpener lying =
        (index, any) -> log.open(index == 0 ? 1 : index, sealer).map(OpenedLeaf::bytes);
    AuditReport lied = new AuditVerifier(AuditFixture.VERIFIER, lying).verify(fresh());
    assertEquals(Optional.empty(), lied.first(), "it does not match its leaf");
    assertEquals(Optional.empty(), verify(tiles).first(), "it was not opened");
  }

  private TiledLog fresh() {
    return new TiledLog(tiles, List.of());
  }

  @Test
  void source_thatCannotBeAsked_isNoVerdict() {
    TileSource gone =
        path -> {
          throw new IllegalStateException("unavailable");
        };
    assertThrows(IllegalStateException.class, () -> verify(gone));
    TileSource halfway =
        path -> {
          if (path.startsWith("tile/0/001")) {
            throw new UncheckedIOException(new IOException("reset"));
          }
          return tiles.read(path);
        };
    assertFalse(verify(halfway).ok());
  }

  /** Another log under the same name and keys, as the agency itself could make one. */
  private TileReader rewritten(int leaves) {
    Store other = new MemoryStore();
    AuditLog rewritten = AuditFixture.open(other, directory.resolve("other" + leaves));
    AuditFixture.grow(other, AuditFixture.appender(rewritten, sealer), leaves);
    AuditFixture.signer(rewritten).sign(AuditFixture.NOW);
    return new TileReader(rewritten);
  }
}
