package org.entente.gateway.cli.ceremony;

import org.entente.gateway.cli.failure.CommandFailure;
import org.entente.gateway.trust.Fingerprint;

/** Comparison of a fingerprint that was read aloud with that of a file. */
final class FingerprintCheck {
  private FingerprintCheck() {}

  /**
   * Compares them. The failure does not print the file's fingerprint, which one could paste instead
   * of listening.
   *
   * @throws CommandFailure saying what to do, if they differ
   */
  static void require(String what, String typed, Fingerprint found, String whoReads) {
    if (!Fingerprint.parse(typed).equals(found)) {
      throw new CommandFailure(
          "the fingerprint given is not that of "
              + what
              + "; do not continue: "
              + whoReads
              + " must read it aloud again; if it still differs, the file was changed");
    }
  }
}
