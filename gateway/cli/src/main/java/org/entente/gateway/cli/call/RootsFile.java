package org.entente.gateway.cli.call;

import java.io.IOException;
import java.nio.file.Path;
import org.entente.gateway.cli.failure.CommandFailure;
import org.entente.gateway.model.FileErrorText;
import org.entente.gateway.trust.TrustRoots;

/** The roots that a command was given by {@code --roots}. */
public final class RootsFile {
  private RootsFile() {}

  /**
   * Reads them.
   *
   * @throws CommandFailure naming option and file, and what is wrong with it
   */
  public static TrustRoots read(Path file) {
    try {
      return TrustRoots.read(file);
    } catch (IOException e) {
      throw new CommandFailure(
          "--roots: " + file + " cannot be read: " + FileErrorText.words(e), e);
    } catch (IllegalArgumentException e) {
      throw new CommandFailure("--roots: " + file + ": " + e.getMessage(), e);
    }
  }
}
