package org.entente.gateway.config;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.entente.gateway.testkit.Formats;

/** The operator's file. */
public final class ConfigFormats {
  private ConfigFormats() {}

  /** All of them. */
  public static Formats all() {
    YamlFiles yaml = new YamlFiles();
    return new Formats("config").with("node", bytes -> node(yaml, bytes), ConfigFormats::samples);
  }

  private static boolean node(YamlFiles yaml, byte[] bytes) {
    YamlReadResult<NodeConfig> reading = yaml.parse("node.yaml", bytes, NodeConfig.class);
    if (reading instanceof YamlReadResult.Unreadable<NodeConfig> unreadable) {
      for (ConfigProblem problem : unreadable.problems()) {
        if (problem.toString().codePoints().anyMatch(Character::isISOControl)) {
          throw new AssertionError("a problem of more than one line: " + problem);
        }
      }
      return false;
    }
    return true;
  }

  private static List<byte[]> samples() {
    try (Stream<Path> files = Files.list(Path.of("..", "..", "config", "nodes"))) {
      return files
          .filter(file -> file.toString().endsWith(".yaml"))
          .sorted()
          .map(
              file -> {
                try {
                  return Files.readAllBytes(file);
                } catch (IOException e) {
                  throw new UncheckedIOException(e);
                }
              })
          .toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
