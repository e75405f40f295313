package org.entente.gateway.audit.tree;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.entente.gateway.audit.tree.TilePath.Kind;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Tile paths (C2SP tlog-tiles), and the first half of threat 55: path traversal. */
class TilePathTest {

  @Test
  void path_specificationExamples_areWrittenAndReadBack() {
    assertPath("tile/0/x001/x234/067", new TilePath(Kind.HASHES, 0, 1_234_067, 256));
    assertPath("tile/0/000", new TilePath(Kind.HASHES, 0, 0, 256));
    assertPath("tile/1/x001/000.p/17", new TilePath(Kind.HASHES, 1, 1_000, 17));
    assertPath("tile/63/999.p/255", new TilePath(Kind.HASHES, 63, 999, 255));
    assertPath("tile/entries/x273/112.p/1", new TilePath(Kind.ENTRIES, 0, 273_112, 1));
    assertPath(
        "tile/0/x999/x999/x999/x999/x999/999",
        new TilePath(Kind.HASHES, 0, 999_999_999_999_999_999L, 256));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "tile",
        "tile/",
        "tile/0",
        "tile/0/",
        "/tile/0/000",
        "tile/0/000/",
        "tile//000",
        "tile/0/0",
        "tile/0/0000",
        "tile/0/00a",
        "tile/0/x000/001",
        "tile/0/001/002",
        "tile/0/x001/x002",
        "tile/0/X001/002",
        "tile/00/000",
        "tile/01/000",
        "tile/64/000",
        "tile/-1/000",
        "tile/entries2/000",
        "tile/data/000",
        "tile/0/000.p/0",
        "tile/0/000.p/00",
        "tile/0/000.p/01",
        "tile/0/000.p/256",
        "tile/0/000.p/999",
        "tile/0/000.p/",
        "tile/0/000.p",
        "tile/0/000.p/1.p/1",
        "tile/0/../0/000",
        "tile/0/x001/../000",
        "tile/../../etc/passwd",
        "../checkpoint",
        "checkpoint",
        "tile/0/..%2f000",
        "tile/0/000\n",
        "tile/0/000\u0000",
        "tile/0/\u0660\u0660\u0660",
        "tile\\0\\000",
        "tile/0/x999/x999/x999/x999/x999/x999/999"
      })
  void parse_anyOtherPath_isRefused(String path) {
    assertTrue(TilePath.parse(path).isEmpty());
  }

  @Test
  void parse_seededMutations_writesTheSamePathOrRefuses() {
    long seed = 0x7113L;
    Random random = new Random(seed);
    String alphabet = "tile/0123456789x.pentries%\\-";
    List<String> originals =
        List.of("tile/0/x001/x234/067", "tile/entries/000.p/112", "tile/12/x012/345.p/7");
    int parsed = 0;
    for (int round = 0; round < 60_000; round++) {
      StringBuilder path = new StringBuilder(originals.get(round % originals.size()));
      for (int edits = 1 + random.nextInt(2); edits > 0; edits--) {
        int at = random.nextInt(path.length());
        char other = alphabet.charAt(random.nextInt(alphabet.length()));
        switch (random.nextInt(3)) {
          case 0 -> path.setCharAt(at, other);
          case 1 -> path.insert(at, other);
          default -> path.deleteCharAt(at);
        }
      }
      Optional<TilePath> tile = TilePath.parse(path.toString());
      if (tile.isPresent()) {
        assertEquals(path.toString(), tile.get().path(), "seed " + seed + " round " + round);
        parsed++;
      }
    }
    assertTrue(parsed > 1_000 && parsed < 50_000, parsed + " parsed");
  }

  @Test
  void tile_outOfBounds_throws() {
    assertThrows(IllegalArgumentException.class, () -> new TilePath(Kind.HASHES, 64, 0, 1));
    assertThrows(IllegalArgumentException.class, () -> new TilePath(Kind.ENTRIES, 1, 0, 1));
    assertThrows(IllegalArgumentException.class, () -> new TilePath(Kind.HASHES, 0, -1, 1));
    assertThrows(IllegalArgumentException.class, () -> new TilePath(Kind.HASHES, 0, 0, 0));
    assertThrows(IllegalArgumentException.class, () -> new TilePath(Kind.HASHES, 0, 0, 257));
  }

  private static void assertPath(String path, TilePath tile) {
    assertEquals(path, tile.path());
    assertEquals(Optional.of(tile), TilePath.parse(path));
    assertEquals(path.length(), path.getBytes(StandardCharsets.US_ASCII).length);
  }
}
