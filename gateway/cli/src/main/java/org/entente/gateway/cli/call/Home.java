package org.entente.gateway.cli.call;

import java.nio.file.Path;

/** Folder of this installation, as set by the launcher. */
public final class Home {
  private Home() {}

  /** The mappings that are part of the release. */
  public static Path mappings() {
    return Path.of(System.getProperty("entente.home", "."), "config", "mappings");
  }
}
