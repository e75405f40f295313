package org.entente.gateway.cli.call;

import java.nio.file.Path;

/** Where this installation lies, as the launcher says. */
public final class Home {
  private Home() {}

  /** The mappings that come with it. */
  public static Path mappings() {
    return Path.of(System.getProperty("entente.home", "."), "config", "mappings");
  }
}
