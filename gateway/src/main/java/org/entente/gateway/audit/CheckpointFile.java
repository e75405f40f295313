package org.entente.gateway.audit;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.Optional;
import org.entente.gateway.note.SignedNote;

/**
 * The file {@code checkpoint} of the audit directory: the last signed checkpoint, kept apart from
 * the store so that a store set back to an earlier state is noticed.
 *
 * <p>On return from {@link #write} the file holds the new note and is on the disk; after a crash it
 * holds the old note or the new one. One writer. Failures of the disk are {@link
 * UncheckedIOException}.
 */
final class CheckpointFile {

  private static final String NAME = "checkpoint";

  private final Path directory;
  private final Path file;

  CheckpointFile(Path directory) {
    this.directory = directory;
    this.file = directory.resolve(NAME);
  }

  Path path() {
    return file;
  }

  /** The file's bytes; empty when there is no file. */
  Optional<byte[]> read() {
    try (InputStream in = Files.newInputStream(file)) {
      // One byte beyond the limit shows the parser that the file is too long.
      return Optional.of(in.readNBytes(SignedNote.MAX_BYTES + 1));
    } catch (NoSuchFileException none) {
      return Optional.empty();
    } catch (IOException e) {
      throw new UncheckedIOException("cannot read " + file, e);
    }
  }

  /** Replaces the file. */
  void write(byte[] note) {
    Path next = directory.resolve(NAME + ".new");
    try {
      Files.createDirectories(directory);
      try (FileChannel channel =
          FileChannel.open(
              next,
              StandardOpenOption.CREATE,
              StandardOpenOption.WRITE,
              StandardOpenOption.TRUNCATE_EXISTING)) {
        ByteBuffer bytes = ByteBuffer.wrap(note);
        while (bytes.hasRemaining()) {
          channel.write(bytes);
        }
        channel.force(true);
      }
      Files.move(next, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
      // The new name itself is durable only once its directory is.
      try (FileChannel parent = FileChannel.open(directory, StandardOpenOption.READ)) {
        parent.force(true);
      }
    } catch (IOException e) {
      throw new UncheckedIOException("cannot write " + file, e);
    }
  }
}
