package org.entente.gateway.audit.tree;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.entente.gateway.note.Checkpoint;
import org.entente.gateway.note.NoteCheck;
import org.entente.gateway.note.NoteVerifier;
import org.entente.gateway.note.SignedNote;
import org.entente.gateway.note.TreeHash;
import org.entente.gateway.testkit.SharedFiles;

/**
 * A foreign reader of a log's static files, written from tlog-tiles alone: it computes every tile
 * from the entries, one level from the one below, and takes nothing from {@link TilePath}.
 */
public final class TlogClient {

  private final Path directory;
  private int tiles;

  public TlogClient(Path directory) {
    this.directory = directory;
  }

  /** How many hash tiles were compared. */
  public int tiles() {
    return tiles;
  }

  /** Checks one checkpoint with everything under it; returns it. */
  public Checkpoint check(String name, NoteVerifier key) {
    SignedNote note =
        SignedNote.parse(SharedFiles.read(directory.resolve(name))).asNote().orElseThrow();
    NoteCheck signatures = note.verify(List.of(key));
    assertEquals(1, signatures.signed().size(), () -> name + ": " + signatures);
    Checkpoint checkpoint = Checkpoint.parse(note.text()).orElseThrow();
    List<TreeHash> level = leaves(checkpoint.size());
    assertEquals(checkpoint.root(), root(level), name);
    for (int l = 0; !level.isEmpty(); l++) {
      level = compareTiles(l, level);
    }
    return checkpoint;
  }

  private List<TreeHash> leaves(long size) {
    List<TreeHash> leaves = new ArrayList<>();
    for (long n = 0; n * 256 < size; n++) {
      int width = (int) Math.min(256, size - n * 256);
      ByteBuffer bundle = ByteBuffer.wrap(SharedFiles.read(file("entries", n, width)));
      for (int i = 0; i < width; i++) {
        byte[] entry = new byte[Short.toUnsignedInt(bundle.getShort())];
        bundle.get(entry);
        leaves.add(MerkleTree.leafHash(entry));
      }
      assertEquals(0, bundle.remaining());
    }
    return leaves;
  }

  /** Compares a level's tiles with its hashes; returns the hashes of the full ones. */
  private List<TreeHash> compareTiles(int level, List<TreeHash> hashes) {
    List<TreeHash> above = new ArrayList<>();
    for (int from = 0; from < hashes.size(); from += 256) {
      List<TreeHash> tile = hashes.subList(from, Math.min(from + 256, hashes.size()));
      ByteBuffer expected = ByteBuffer.allocate(tile.size() * 32);
      tile.forEach(hash -> expected.put(hash.bytes()));
      Path file = file(Integer.toString(level), from / 256, tile.size());
      assertArrayEquals(expected.array(), SharedFiles.read(file), file.toString());
      tiles++;
      if (tile.size() == 256) {
        above.add(root(tile));
      }
    }
    return above;
  }

  private Path file(String level, long n, int width) {
    String partial = width == 256 ? "" : ".p/" + width;
    return directory.resolve("tile/" + level + "/" + String.format("%03d", n) + partial);
  }

  private static TreeHash root(List<TreeHash> hashes) {
    if (hashes.isEmpty()) {
      return MerkleTree.emptyRoot();
    }
    if (hashes.size() == 1) {
      return hashes.get(0);
    }
    int k = Integer.highestOneBit(hashes.size() - 1);
    return MerkleTree.nodeHash(root(hashes.subList(0, k)), root(hashes.subList(k, hashes.size())));
  }
}
