package org.entente.gateway.audit;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.entente.gateway.model.DurableFile;
import org.entente.gateway.note.SignedNote;

/**
 * A checkpoint file of the audit directory, kept outside the store so that a rollback of the store
 * is noticed. {@code checkpoint} is the last one signed by the gateway's first log, {@code
 * checkpoint.<number>} that of each later log. {@code witnessed} is the last one held by a witness
 * that contradicted a log. A witness keeps what it cosigned in files of the same kind.
 *
 * <p>On return from {@link #write} the file holds the new note and is on the disk; after a crash it
 * holds the old note or the new one. One writer. Failures of the disk are {@link
 * UncheckedIOException}.
 */
public final class CheckpointFile {
  private static final String NAME = "checkpoint";
  private static final String WITNESSED = "witnessed";
  private static final Pattern LATER = Pattern.compile(NAME + "\\.([1-9][0-9]{0,8})");

  private final Path directory;
  private final Path file;

  private CheckpointFile(Path directory, String name) {
    this.directory = directory;
    this.file = directory.resolve(name);
  }

  /** The file of one of the gateway's logs. */
  CheckpointFile(Path directory, int log) {
    this(directory, log == 1 ? NAME : NAME + '.' + log);
  }

  /** The file of a checkpoint that contradicted a log. */
  static CheckpointFile witnessed(Path directory) {
    return new CheckpointFile(directory, WITNESSED);
  }

  /** A file of another name. */
  public static CheckpointFile of(Path directory, String name) {
    return new CheckpointFile(directory, name);
  }

  /** Number of the latest log with a file; 0 for none. */
  static int latestLog(Path directory) {
    if (!Files.isDirectory(directory)) {
      return 0;
    }
    try (Stream<Path> files = Files.list(directory)) {
      return files
          .map(file -> String.valueOf(file.getFileName()))
          .mapToInt(CheckpointFile::log)
          .max()
          .orElse(0);
    } catch (IOException e) {
      throw new UncheckedIOException("cannot list " + directory, e);
    }
  }

  private static int log(String name) {
    Matcher later = LATER.matcher(name);
    if (later.matches()) {
      return Integer.parseInt(later.group(1));
    }
    return name.equals(NAME) ? 1 : 0;
  }

  Path path() {
    return file;
  }

  /** The file's bytes; empty when there is no file. */
  public Optional<byte[]> read() {
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
  public void write(byte[] note) {
    try {
      Files.createDirectories(directory);
      DurableFile.write(file, note);
    } catch (IOException e) {
      throw new UncheckedIOException("cannot write " + file, e);
    }
  }
}
