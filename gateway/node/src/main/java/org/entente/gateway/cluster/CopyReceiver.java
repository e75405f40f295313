package org.entente.gateway.cluster;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.regex.Pattern;
import org.entente.gateway.crypto.Sha256;
import org.entente.gateway.store.KeyReader;
import org.jspecify.annotations.Nullable;

/**
 * Makes the files of a copy from the frames of {@link CopyFrames}, in a folder that is empty.
 *
 * <p>Nothing is accepted that the frames of a copy would not hold: a name that leads out of the
 * folder, a file twice, more or fewer bytes than were named, another hash. Used by one thread.
 */
final class CopyReceiver implements AutoCloseable {
  private static final Pattern NAME = Pattern.compile("[A-Za-z0-9_-][A-Za-z0-9._-]{0,99}");

  private final Path folder;
  private final Sha256 hash = new Sha256();
  private @Nullable OutputStream open;
  private long missing;
  private long files;
  private boolean ended;

  CopyReceiver(Path folder) {
    this.folder = folder;
  }

  /**
   * Takes the next frame.
   *
   * @throws IOException if the disk fails, or the frame is not one that may come next
   */
  void accept(byte[] frame) throws IOException {
    try {
      KeyReader in = KeyReader.of(frame);
      int kind = in.u8();
      require(!ended, "a frame after the last");
      switch (kind) {
        case CopyFrames.FILE -> begin(in);
        case CopyFrames.CONTENT -> write(in.rest());
        case CopyFrames.HASH -> finish(in.rest());
        case CopyFrames.END -> end(in);
        default -> throw new IOException("a frame of kind " + kind);
      }
    } catch (IllegalStateException e) {
      throw new IOException("a frame that is no frame: " + e.getMessage(), e);
    }
  }

  private void begin(KeyReader in) throws IOException {
    String name = in.ascii();
    missing = in.u64();
    in.end();
    require(open == null, "a file within a file");
    require(NAME.matcher(name).matches(), "a file with a name that is not accepted");
    open = Files.newOutputStream(folder.resolve(name), StandardOpenOption.CREATE_NEW);
    files++;
  }

  private void write(byte[] content) throws IOException {
    OutputStream out = open;
    if (out == null) {
      throw new IOException("content without a file");
    }
    missing -= content.length;
    require(missing >= 0, "more content than was named");
    out.write(content);
    hash.update(content);
  }

  private void finish(byte[] expected) throws IOException {
    require(open != null && missing == 0, "less content than was named");
    close();
    require(Arrays.equals(expected, hash.digest()), "a file is not what was sent");
  }

  private void end(KeyReader in) throws IOException {
    long sent = in.u32();
    in.end();
    require(open == null && files == sent, files + " files of " + sent);
    ended = true;
  }

  /** Requires that all frames came. */
  void requireWhole() throws IOException {
    require(ended, "the copy was cut short");
  }

  private static void require(boolean condition, String otherwise) throws IOException {
    if (!condition) {
      throw new IOException(otherwise);
    }
  }

  @Override
  public void close() throws IOException {
    OutputStream out = open;
    open = null;
    if (out != null) {
      out.close();
    }
  }
}
