package org.entente.gateway.cli.ceremony;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.entente.gateway.cli.failure.CommandFailure;
import org.entente.gateway.trust.Fingerprint;
import org.junit.jupiter.api.Test;

class FingerprintCheckTest {
  /** One who is shown the digits pastes them, and nobody reads them aloud. */
  @Test
  void anotherFingerprint_isRefused_andThatOfTheFileIsNotShown() {
    Fingerprint of = Fingerprint.of("the file");
    Fingerprint other = Fingerprint.of("another file");
    FingerprintCheck.require("roots.json", of.toString(), of, "a root holder");
    String told =
        String.valueOf(
            assertThrows(
                    CommandFailure.class,
                    () ->
                        FingerprintCheck.require(
                            "roots.json", other.toString(), of, "a root holder"))
                .getMessage());
    assertFalse(told.contains(of.toString()), told);
    assertTrue(told.contains("a root holder must read it aloud again"), told);
  }
}
