package org.entente.gateway.audit;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.entente.gateway.audit.record.StoredLeaf;
import org.entente.gateway.audit.tree.TilePath;
import org.entente.gateway.audit.tree.TileSource;
import org.entente.gateway.audit.tree.TreeHead;
import org.entente.gateway.note.Checkpoint;
import org.entente.gateway.note.SignedNote;
import org.entente.gateway.note.TreeHash;

/**
 * A log as seen by a remote reader of its tiles: up to the checkpoint served at creation, with
 * leaves as commitments, nodes of every eighth level, and no records.
 *
 * <p>Trusts nothing: a tile of a size other than the checkpoint requires counts as missing. Keeps
 * the last tile of each level, so that a walk from the first leaf to the last reads each tile once.
 * Used by one thread.
 */
public final class TiledLog implements LogReader {

  /** The name of the served checkpoint in faults. */
  public static final String SERVED = "the checkpoint that the gateway serves";

  private static final String CHECKPOINT = "checkpoint";
  private static final int ENTRY_PREFIX = 2;

  private final TileSource source;
  private final List<Copy> checkpoints = new ArrayList<>();
  private final Optional<TreeHead> head;
  private final Map<TilePath.Kind, Map<Integer, Tile>> latest = new EnumMap<>(TilePath.Kind.class);
  private long tilesRead;

  /**
   * Reads the checkpoint.
   *
   * @param source serves the log
   * @param earlier checkpoints of the log that the reader holds; the log must continue them
   */
  public TiledLog(TileSource source, List<Copy> earlier) {
    this.source = source;
    Optional<byte[]> served = source.read(CHECKPOINT);
    served.ifPresent(note -> checkpoints.add(new Copy(SERVED, note)));
    checkpoints.addAll(earlier);
    this.head = served.flatMap(TiledLog::headOf);
  }

  private static Optional<TreeHead> headOf(byte[] note) {
    return SignedNote.parse(note)
        .asNote()
        .flatMap(signed -> Checkpoint.parse(signed.text()))
        .map(checkpoint -> new TreeHead(checkpoint.size(), checkpoint.root()));
  }

  /** The number of tiles and entry bundles read so far. */
  public long tilesRead() {
    return tilesRead;
  }

  /** Size and root that the served checkpoint claims. */
  @Override
  public Optional<TreeHead> head() {
    return head;
  }

  /** The stored form of a leaf, with its commitment and no sealed record. */
  @Override
  public Optional<byte[]> leaf(long index) {
    int entry = ENTRY_PREFIX + TreeHash.BYTES;
    return part(TilePath.Kind.ENTRIES, 0, index, entry)
        .filter(bytes -> ByteBuffer.wrap(bytes).getShort() == TreeHash.BYTES)
        .map(bytes -> Arrays.copyOfRange(bytes, ENTRY_PREFIX, entry))
        .map(commitment -> StoredLeaf.withoutRecord(commitment).encode(index));
  }

  @Override
  public boolean keeps(int level) {
    return level % TilePath.HEIGHT == 0;
  }

  @Override
  public Optional<TreeHash> node(int level, long index) {
    return keeps(level)
        ? part(TilePath.Kind.HASHES, level / TilePath.HEIGHT, index, TreeHash.BYTES)
            .map(TreeHash::of)
        : Optional.empty();
  }

  @Override
  public List<Copy> checkpoints() {
    return List.copyOf(checkpoints);
  }

  /** One of the equal parts of a tile. */
  private Optional<byte[]> part(TilePath.Kind kind, int level, long index, int bytes) {
    long complete = head.map(h -> h.size() >>> (level * TilePath.HEIGHT)).orElse(0L);
    if (index < 0 || index >= complete) {
      return Optional.empty();
    }
    long tile = index / TilePath.FULL_WIDTH;
    long width = Math.min(TilePath.FULL_WIDTH, complete - tile * TilePath.FULL_WIDTH);
    int at = (int) (index % TilePath.FULL_WIDTH) * bytes;
    return tile(new TilePath(kind, level, tile, (int) width))
        .filter(content -> content.length == width * bytes)
        .map(content -> Arrays.copyOfRange(content, at, at + bytes));
  }

  private Optional<byte[]> tile(TilePath path) {
    Map<Integer, Tile> levels = latest.computeIfAbsent(path.kind(), any -> new HashMap<>());
    Tile known = levels.get(path.level());
    if (known != null && known.path.equals(path)) {
      return known.content;
    }
    Optional<byte[]> content = source.read(path.path());
    content.ifPresent(any -> tilesRead++);
    levels.put(path.level(), new Tile(path, content));
    return content;
  }

  private record Tile(TilePath path, Optional<byte[]> content) {}
}
