package org.entente.gateway.cluster;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Deque;
import java.util.stream.Stream;
import org.entente.gateway.crypto.Sha256;
import org.entente.gateway.store.KeyBuilder;
import org.jspecify.annotations.Nullable;

/**
 * The files of a closed copy as frames, in order; {@link CopyReceiver} makes the files again.
 *
 * <pre>
 * file    · 01 · name length (1) · ASCII name · size (8)
 * content · 02 · bytes, up to 256 KiB
 * hash    · 03 · SHA-256 of the file (32)
 * end     · 04 · count of files (4)
 * </pre>
 *
 * <p>Used by one thread at a time.
 */
final class CopyFrames implements AutoCloseable {
  static final int FILE = 1;
  static final int CONTENT = 2;
  static final int HASH = 3;
  static final int END = 4;
  static final int MAX_CONTENT = 256 << 10;

  private final Deque<Path> files;
  private final int count;
  private final byte[] buffer = new byte[MAX_CONTENT];
  private final Sha256 hash = new Sha256();
  private @Nullable InputStream open;
  private boolean ended;

  CopyFrames(Path folder) throws IOException {
    try (Stream<Path> all = Files.list(folder)) {
      files = new ArrayDeque<>(all.sorted().toList());
    }
    count = files.size();
  }

  /** The next frame, or null after the last. */
  byte @Nullable [] next() throws IOException {
    InputStream in = open;
    if (in != null) {
      return content(in);
    }
    Path file = files.poll();
    if (file != null) {
      open = Files.newInputStream(file);
      return KeyBuilder.key()
          .u8(FILE)
          .ascii(file.getFileName().toString())
          .u64(Files.size(file))
          .done();
    }
    if (ended) {
      return null;
    }
    ended = true;
    return KeyBuilder.key().u8(END).u32(count).done();
  }

  private byte[] content(InputStream in) throws IOException {
    int read = in.readNBytes(buffer, 0, MAX_CONTENT);
    if (read > 0) {
      hash.update(buffer, 0, read);
      return KeyBuilder.key(1 + read).u8(CONTENT).bytes(Arrays.copyOf(buffer, read)).done();
    }
    close();
    return KeyBuilder.key().u8(HASH).bytes(hash.digest()).done();
  }

  @Override
  public void close() throws IOException {
    InputStream in = open;
    open = null;
    if (in != null) {
      in.close();
    }
  }
}
