package org.entente.gateway.audit.tree;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.entente.gateway.note.Checkpoint;
import org.entente.gateway.note.NoteVerifier;
import org.entente.gateway.testkit.SharedFiles;
import org.junit.jupiter.api.Test;

/** A log that another implementation (transparency-dev/tessera) wrote. */
class TesseraLogTest {

  /** The published key of Tessera's test log. */
  private static final NoteVerifier KEY =
      NoteVerifier.parse(
              "example.com/log/testdata+33d7b496+AeHTu4Q3hEIMHNqc6fASMsq3rKNx280NI+oO5xCFkkSx")
          .orElseThrow();

  private static final int SIZES = 16;

  @Test
  void foreignLog_checkpoints0To15_verifyWithTheirTilesAndEntries() throws IOException {
    TlogClient client = new TlogClient(SharedFiles.require("vectors/tlog/log"));
    for (int size = 0; size < SIZES; size++) {
      assertEquals(size, client.check("checkpoint." + size, KEY).size());
    }
    assertEquals(15, client.check("checkpoint", KEY).size());
    System.out.println("tlog/log: 17 checkpoints, " + client.tiles() + " tile comparisons");
    assertEquals(16, client.tiles());
  }

  @Test
  void foreignLog_everyPairOfCheckpoints_isConsistent() throws IOException {
    Path log = SharedFiles.require("vectors/tlog/log");
    MemoryTree tree = MemoryTree.of(entries(log.resolve("tile/entries/000.p/15")));
    List<Checkpoint> checkpoints = new ArrayList<>();
    TlogClient client = new TlogClient(log);
    for (int size = 0; size < SIZES; size++) {
      checkpoints.add(client.check("checkpoint." + size, KEY));
    }
    for (Checkpoint newer : checkpoints) {
      for (Checkpoint older : checkpoints.subList(0, (int) newer.size() + 1)) {
        assertTrue(older.size() == 0 || consistent(older, newer, tree));
      }
    }
  }

  private static boolean consistent(Checkpoint older, Checkpoint newer, MemoryTree tree) {
    return MerkleTree.verifyConsistency(
        older.size(),
        older.root(),
        newer.size(),
        newer.root(),
        MerkleTree.proveConsistency(older.size(), newer.size(), tree).orElseThrow());
  }

  @Test
  void foreignPaths_everyTileFile_parses() throws IOException {
    Path log = SharedFiles.require("vectors/tlog/log");
    List<Path> files;
    try (var walk = Files.walk(log.resolve("tile"))) {
      files = walk.filter(Files::isRegularFile).toList();
    }
    assertEquals(30, files.size());
    files.forEach(
        file -> assertTrue(TilePath.parse(log.relativize(file).toString()).isPresent(), "" + file));
  }

  private static List<byte[]> entries(Path file) throws IOException {
    ByteBuffer bundle = ByteBuffer.wrap(Files.readAllBytes(file));
    List<byte[]> entries = new ArrayList<>();
    while (bundle.hasRemaining()) {
      byte[] entry = new byte[Short.toUnsignedInt(bundle.getShort())];
      bundle.get(entry);
      entries.add(entry);
    }
    return entries;
  }
}
