package org.entente.gateway.cli.audit;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import org.entente.gateway.cli.call.OptionFile;
import org.entente.gateway.cli.call.RootsFile;
import org.entente.gateway.cli.failure.CommandFailure;
import org.entente.gateway.trust.BundleVerdict;
import org.entente.gateway.trust.BundleVerifier;
import org.entente.gateway.trust.TrustBundle;

/** The trust bundle of {@code --bundle}, once the roots of {@code --roots} have signed it. */
final class TrustedBundle {
  private TrustedBundle() {}

  /**
   * Reads and verifies it.
   *
   * @throws CommandFailure if it cannot be read, or is not trusted
   */
  static TrustBundle read(Path bundle, Path roots) {
    BundleVerifier verifier = new BundleVerifier(RootsFile.read(roots));
    byte[] note =
        OptionFile.access(
            "--bundle: " + bundle + " cannot be read", () -> Files.readAllBytes(bundle));
    BundleVerdict verdict = verifier.verify(note, null, Instant.now());
    if (verdict instanceof BundleVerdict.Verified verified) {
      return verified.bundle();
    }
    throw new CommandFailure(
        "--bundle: " + bundle + ": " + ((BundleVerdict.Refused) verdict).reason());
  }
}
