package org.entente.loadtests.federation;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import org.entente.gateway.cli.failure.CommandFailure;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class FederationTest {
  @TempDir private Path folder;

  @Test
  void start_onceClosed_startsNothing() {
    Federation federation = Federation.mint(ConfigurationHome.find(), folder);
    federation.close();

    assertThrows(CommandFailure.class, () -> federation.start(List.of("fr.customs")));
    assertEquals(Set.of(), federation.running());
    assertFalse(Files.exists(federation.plan("fr.customs").log()), "a process has begun to write");
  }
}
