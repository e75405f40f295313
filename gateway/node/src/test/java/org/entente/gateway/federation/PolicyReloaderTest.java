package org.entente.gateway.federation;

import static org.entente.gateway.federation.RunningFederation.FR;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import org.entente.gateway.node.files.ConfiguredFiles;
import org.entente.gateway.node.files.PolicyReloader;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Reloading the files of a policy, without a gateway. */
final class PolicyReloaderTest {
  @RegisterExtension final RunningFederation federation = new RunningFederation();

  /** A fault that no check of the files foresees, such as a time that cannot be calculated with. */
  @Test
  void reload_thatFailsUnforeseen_isWarnedOfAndTriedAgain() throws IOException {
    AtomicBoolean fails = new AtomicBoolean();
    InstantSource clock =
        () -> {
          if (fails.get()) {
            throw new ArithmeticException("long overflow");
          }
          return federation.clock.instant();
        };
    ConfiguredFiles files = ConfiguredFiles.read(federation.config(FR), clock);
    PolicyReloader policy = new PolicyReloader(files, files.trust());
    Path agreement = federation.folder().resolve("agreements").resolve("warnings.yaml");
    Files.writeString(agreement, Files.readString(agreement) + "\n");

    fails.set(true);
    assertEquals(Optional.empty(), policy.reload());
    assertTrue(policy.refuses());

    fails.set(false);
    assertTrue(policy.reload().isPresent(), "tried again, though no file has changed since");
    assertFalse(policy.refuses());
  }
}
