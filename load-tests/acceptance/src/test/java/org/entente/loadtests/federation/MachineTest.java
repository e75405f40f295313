package org.entente.loadtests.federation;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.util.List;
import org.junit.jupiter.api.Test;

final class MachineTest {
  @Test
  void gateway_isSetAsTheLauncherSetsIt() throws IOException {
    String launcher =
        Files.readString(
            ConfigurationHome.find()
                .folder()
                .resolve("gateway/cli/src/main/distribution/bin/launch.sh"));
    List<String> command = Machine.GATEWAY.command("org.entente.gateway.Main");
    List<String> heap = command.subList(1, command.indexOf("-XX:+ExitOnOutOfMemoryError"));
    assertFalse(heap.isEmpty());
    assertTrue(launcher.contains("heap=(" + String.join(" ", heap) + ")"), heap::toString);
    Machine.GATEWAY
        .environment()
        .forEach(
            (name, value) ->
                assertTrue(
                    launcher.contains("export %s=${%s:-%s}".formatted(name, name, value)), name));
    assertFalse(Machine.GATEWAY.environment().isEmpty());
  }
}
