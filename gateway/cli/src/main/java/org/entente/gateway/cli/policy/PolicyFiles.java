package org.entente.gateway.cli.policy;

import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.InstantSource;
import org.entente.gateway.cli.failure.CommandFailure;
import org.entente.gateway.cli.text.TerminalText;
import org.entente.gateway.model.FileErrorText;
import org.entente.gateway.node.offline.ConfiguredPolicy;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/**
 * Options that select the rules that a policy command reads: those of a node, or others under its
 * trust bundle.
 */
final class PolicyFiles {
  @Option(
      names = "--config",
      required = true,
      paramLabel = "FILE",
      description = "node.yaml of the node, whose trust bundle names the members")
  private Path config = Path.of("");

  @Option(
      names = "--agreements",
      paramLabel = "FOLDER",
      description = "these agreements instead of the node's own")
  private @Nullable Path agreements;

  @Option(
      names = "--node-rules",
      paramLabel = "FILE",
      description = "these rules of the node instead of its own")
  private @Nullable Path nodeRules;

  @Option(
      names = "--codes",
      paramLabel = "FOLDER",
      description = "these code lists instead of the node's own")
  private @Nullable Path codes;

  /** The node's policy; {@link org.entente.gateway.model.StartProblem} if it cannot be read. */
  ConfiguredPolicy node() {
    return ConfiguredPolicy.read(config, InstantSource.system());
  }

  ConfiguredPolicy.RulePaths place(ConfiguredPolicy node) {
    require("--agreements", agreements);
    require("--node-rules", nodeRules);
    require("--codes", codes);
    return node.place(agreements, nodeRules, codes);
  }

  private static void require(String option, @Nullable Path place) {
    if (place != null && Files.notExists(place)) {
      NoSuchFileException missing = new NoSuchFileException(place.toString());
      throw new CommandFailure(
          TerminalText.printable(
              option
                  + ": "
                  + place
                  + ": "
                  + FileErrorText.words(missing)
                  + FileErrorText.nearest(missing)),
          missing);
    }
  }

  Path config() {
    return config;
  }
}
