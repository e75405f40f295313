package org.entente.gateway.cli.call;

import java.io.IOException;
import java.nio.file.Path;
import org.entente.gateway.cli.failure.CommandFailure;
import org.entente.gateway.model.FileErrorText;
import org.entente.gateway.trust.TrustRoots;

/** The file of trust roots named by {@code --roots}. */
public final class RootsFile {
  private RootsFile() {}

  /**
   * Reads the roots.
   *
   * @throws CommandFailure naming the option, the file and the error
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
