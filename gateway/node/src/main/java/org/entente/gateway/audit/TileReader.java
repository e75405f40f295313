package org.entente.gateway.audit;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.entente.gateway.audit.tree.CheckpointCheck;
import org.entente.gateway.audit.tree.TilePath;
import org.entente.gateway.audit.tree.TileSource;
import org.entente.gateway.note.Checkpoint;
import org.entente.gateway.note.SignedNote;
import org.entente.gateway.note.TreeHash;

/**
 * Serves the log as C2SP tlog-tiles does: {@code checkpoint}, {@code tile/<L>/<N>[.p/<W>]} and
 * {@code tile/entries/<N>[.p/<W>]}; and, as {@code checkpoint/cosigned}, the last checkpoint
 * cosigned by witnesses, which may be older.
 *
 * <p>Entries are the leaves' 32-byte commitments: readers can verify the log and learn nothing
 * else. Tiles end at the last signed checkpoint. Paths never touch a file system. Safe for use by
 * many threads.
 */
public final class TileReader implements TileSource {

  /** The path of the last checkpoint cosigned by witnesses; an extension by Entente. */
  private static final String COSIGNED = "checkpoint/cosigned";

  private static final int ENTRY_PREFIX = 2;

  private final AuditLog log;

  /** A reader of an opened log. */
  public TileReader(AuditLog log) {
    this.log = log;
  }

  /**
   * The resource at a path without leading slash; empty if the path is not one of tlog-tiles, or
   * the tile is beyond the last checkpoint.
   */
  @Override
  public Optional<byte[]> read(String path) {
    if (path.equals("checkpoint")) {
      return latest().map(SignedNote::encode);
    }
    if (path.equals(COSIGNED)) {
      return log.cosigned().map(cosigned -> cosigned.note().encode());
    }
    return TilePath.parse(path).flatMap(tile -> read(tile, signedSize()));
  }

  /** The last signed checkpoint, with the cosignatures of witnesses once they have arrived. */
  private Optional<SignedNote> latest() {
    return log.checkpoint()
        .map(
            signed ->
                log.cosigned()
                    .map(CheckpointCheck.Signed::note)
                    .filter(cosigned -> cosigned.text().equals(signed.text()))
                    .orElse(signed));
  }

  /**
   * Writes every full tile and bundle, the partial ones at the edge and, last, the checkpoint that
   * covers them into a directory, as static files for any tlog-tiles client.
   *
   * @return number of files written; 0 when nothing has been signed yet
   * @throws IOException if a file cannot be written
   */
  public long export(Path directory) throws IOException {
    Optional<CheckpointCheck.Signed> signed = log.signed();
    if (signed.isEmpty()) {
      return 0;
    }
    long size = signed.get().checkpoint().size();
    long files = exportLevel(directory, TilePath.Kind.ENTRIES, 0, size, size);
    long nodes = size;
    for (int level = 0; nodes > 0; level++, nodes /= TilePath.FULL_WIDTH) {
      files += exportLevel(directory, TilePath.Kind.HASHES, level, nodes, size);
    }
    Files.createDirectories(directory);
    Files.write(directory.resolve("checkpoint"), signed.get().note().encode());
    return files + 1;
  }

  private long exportLevel(Path directory, TilePath.Kind kind, int level, long nodes, long size)
      throws IOException {
    long files = 0;
    for (long first = 0; first < nodes; first += TilePath.FULL_WIDTH) {
      int width = (int) Math.min(TilePath.FULL_WIDTH, nodes - first);
      TilePath tile = new TilePath(kind, level, first / TilePath.FULL_WIDTH, width);
      byte[] content =
          read(tile, size).orElseThrow(() -> new IOException("the log lacks " + tile.path()));
      Path file = directory.resolve(tile.path());
      Files.createDirectories(file.getParent());
      Files.write(file, content);
      files++;
    }
    return files;
  }

  private long signedSize() {
    return log.signed().map(CheckpointCheck.Signed::checkpoint).map(Checkpoint::size).orElse(0L);
  }

  private Optional<byte[]> read(TilePath tile, long size) {
    int shift = tile.level() * TilePath.HEIGHT;
    long first = tile.index() * TilePath.FULL_WIDTH;
    // The number of complete nodes of the signed tree at this level.
    long nodes = shift < Long.SIZE ? size >>> shift : 0;
    if (tile.index() >= nodes || first + tile.width() > nodes) {
      return Optional.empty();
    }
    return tile.kind() == TilePath.Kind.ENTRIES
        ? entries(first, tile.width())
        : hashes(shift, first, tile.width());
  }

  private Optional<byte[]> hashes(int level, long first, int width) {
    ByteBuffer tile = ByteBuffer.allocate(width * TreeHash.BYTES);
    for (int i = 0; i < width; i++) {
      Optional<TreeHash> hash = log.nodes().node(level, first + i);
      if (hash.isEmpty()) {
        return Optional.empty();
      }
      tile.put(hash.get().bytes());
    }
    return Optional.of(tile.array());
  }

  private Optional<byte[]> entries(long first, int width) {
    ByteBuffer bundle = ByteBuffer.allocate(width * (ENTRY_PREFIX + TreeHash.BYTES));
    for (int i = 0; i < width; i++) {
      Optional<byte[]> entry = log.commitment(first + i);
      if (entry.isEmpty()) {
        return Optional.empty();
      }
      bundle.putShort((short) entry.get().length).put(entry.get());
    }
    return Optional.of(bundle.array());
  }
}
