package org.entente.certsdev;

import java.nio.file.Files;
import java.nio.file.Path;
import org.entente.gateway.config.YamlReadResult;

/** The specification that stands in {@code config/}. */
final class DemoSpec {
  private DemoSpec() {}

  static Path file() {
    for (Path up = Path.of("").toAbsolutePath(); up != null; up = up.getParent()) {
      Path file = up.resolve("config").resolve("federation-demo.yaml");
      if (Files.exists(file)) {
        return file;
      }
    }
    throw new AssertionError("config/federation-demo.yaml is part of the repository");
  }

  static FederationSpec read() {
    YamlReadResult<FederationSpec> reading = FederationSpec.read(file());
    if (reading instanceof YamlReadResult.Read<FederationSpec> read) {
      return read.value();
    }
    throw new AssertionError(reading.toString());
  }
}
