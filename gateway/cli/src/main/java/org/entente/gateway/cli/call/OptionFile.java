package org.entente.gateway.cli.call;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Objects;
import org.entente.gateway.cli.failure.CommandFailure;
import org.entente.gateway.model.DurableFile;
import org.entente.gateway.model.FileErrorText;

/** Access to a file that an option names. */
public final class OptionFile {
  private OptionFile() {}

  /** Reads or writes a file. */
  public interface Access<T> {
    T run() throws IOException;
  }

  /**
   * Reads or writes a file.
   *
   * @param failed what failed, with option and file
   * @throws CommandFailure with this and the error
   */
  public static <T> T access(String failed, Access<T> access) {
    try {
      return access.run();
    } catch (IOException e) {
      throw failure(failed, e, e);
    } catch (UncheckedIOException e) {
      throw failure(failed, Objects.requireNonNull(e.getCause()), e);
    }
  }

  private static CommandFailure failure(String failed, IOException why, Exception thrown) {
    String hint = FileErrorText.nearest(why) + FileErrorText.access(why);
    return new CommandFailure(failed + ": " + FileErrorText.words(why) + hint, thrown);
  }

  /** A file of at most this size, or its beginning with one byte more. */
  public static byte[] start(Path file, int most) throws IOException {
    try (InputStream in = Files.newInputStream(file)) {
      return in.readNBytes(most + 1);
    }
  }

  /** Writes a file as {@link #replace(String, Path, DurableFile.Content)} does. */
  public static void replace(String option, Path file, byte[] content) {
    replace(option, file, out -> out.write(content));
  }

  /**
   * Writes a file atomically, in the place of an older one. Only its owner may read it: a proof
   * names an officer and a reason.
   *
   * @throws CommandFailure if it cannot be written
   */
  public static void replace(String option, Path file, DurableFile.Content content) {
    var unused =
        access(
            option + ": " + file + " cannot be written",
            () -> {
              DurableFile.write(file, content);
              return file;
            });
  }
}
