package org.entente.gateway.cli.call;

import java.nio.file.Path;
import org.entente.gateway.cli.failure.CommandFailure;
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
      return OptionFile.access("--roots: " + file + " cannot be read", () -> TrustRoots.read(file));
    } catch (IllegalArgumentException e) {
      throw new CommandFailure("--roots: " + file + ": " + e.getMessage(), e);
    }
  }
}
