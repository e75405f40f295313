package org.entente.loadtests;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.entente.loadtests.federation.ConfigurationHome;
import org.entente.loadtests.testkit.AcceptanceRequirement;
import org.junit.jupiter.api.Test;

/** The protos keep to buf's rules, as {@code proto/buf.yaml} sets them. */
final class ProtoLintIT {
  @Test
  void protos_underBufLint_areClean() throws IOException, InterruptedException {
    Path home = ConfigurationHome.find().folder();
    Path buf = home.resolve("load-tests/node/node_modules/.bin/buf");
    AcceptanceRequirement.present(Files.isExecutable(buf), "load-tests/node/node_modules (npm ci)");
    Process lint =
        new ProcessBuilder(buf.toString(), "lint")
            .directory(home.resolve("proto").toFile())
            .redirectErrorStream(true)
            .start();
    String said = new String(lint.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertEquals(0, lint.waitFor(), said);
  }
}
