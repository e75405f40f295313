package org.entente.loadtests.federation;

import java.nio.file.Files;
import java.nio.file.Path;
import org.entente.gateway.cli.failure.CommandFailure;

/**
 * The folder that holds {@code config/}: the repository or an installation.
 *
 * @param folder absolute
 */
public record ConfigurationHome(Path folder) {
  private static final String PROPERTY = "entente.home";

  /**
   * The folder named by system property {@code entente.home}, as {@code ./entente} sets it;
   * otherwise the nearest folder upwards from the working directory.
   *
   * @throws CommandFailure if there is none
   */
  public static ConfigurationHome find() {
    String given = System.getProperty(PROPERTY);
    Path start = Path.of(given == null ? "" : given).toAbsolutePath().normalize();
    for (Path folder = start; folder != null; folder = folder.getParent()) {
      if (Files.isDirectory(folder.resolve("config").resolve("nodes"))) {
        return new ConfigurationHome(folder);
      }
    }
    throw new CommandFailure("no folder with config/nodes at or above " + start);
  }

  /** Node configurations, one per agency. */
  public Path nodes() {
    return config("nodes");
  }

  /** Agreements. */
  public Path agreements() {
    return config("agreements");
  }

  /** Node rules; need not exist. */
  public Path nodeRules() {
    return config("node-rules.yaml");
  }

  /** Code lists; need not exist. */
  public Path codes() {
    return config("codes");
  }

  /** Drafts for a demonstration. */
  public Path samples() {
    return config("samples");
  }

  /** Mappings from agencies' own records. */
  public Path mappings() {
    return config("mappings");
  }

  /** Scenarios, one per file, each with a folder of the same name for its files. */
  public Path scenarios() {
    return config("scenarios");
  }

  private Path config(String name) {
    return folder.resolve("config").resolve(name);
  }
}
