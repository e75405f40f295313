package org.entente.gateway.cli;

import java.nio.file.Path;

/** Where this installation lies, as the launcher says. */
final class Home {
  private Home() {}

  /** The mappings that come with it. */
  static Path mappings() {
    return Path.of(System.getProperty("entente.home", "."), "config", "mappings");
  }
}
