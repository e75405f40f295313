package org.entente.loadtests.federation;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * The agreements and rules of one node, which can change while it runs. Each version is a folder
 * with all files, and a symbolic link points to the one in force. A rename moves the link, so that
 * a gateway never reads half of a change. For one thread.
 */
public final class RulesInForce {
  private static final String LINK = "rules";
  private static final String AGREEMENTS = "agreements";
  private static final String NODE_RULES = "node-rules.yaml";
  private static final String NO_RULES = "# This gateway has no rules of its own.\nrules: []\n";
  private static final String SUFFIX = ".yaml";

  private final Path node;

  /** Rules of the node with this folder. */
  RulesInForce(Path node) {
    this.node = node;
  }

  /** Rules of a node whose rules may change ({@link Blueprint#rules}). */
  public static RulesInForce of(NodePlan plan) {
    return new RulesInForce(plan.folder());
  }

  /** The folder of agreements that a configuration names. */
  public Path agreements() {
    return node.resolve(LINK).resolve(AGREEMENTS);
  }

  /** The file of node rules that a configuration names; it is always there. */
  Path nodeRules() {
    return node.resolve(LINK).resolve(NODE_RULES);
  }

  /** Writes the first version. */
  void begin(OpeningRules rules) {
    put(rules.agreements(), rules.nodeRules());
  }

  /**
   * Puts another version in force. A running gateway adopts it by itself if it is valid.
   *
   * @param drafts a folder of agreements that replace those of the same file name or are added;
   *     none to keep them
   * @param nodeRules the node's rules; none to keep them
   */
  public void change(Optional<Path> drafts, Optional<Path> nodeRules) {
    put(
        Stream.concat(Stream.of(agreements()), drafts.stream()).toList(),
        nodeRules.or(() -> Optional.of(nodeRules())));
  }

  private void put(List<Path> layers, Optional<Path> rules) {
    try {
      Path next = unused();
      Path folder = Files.createDirectories(next.resolve(AGREEMENTS));
      for (Path layer : layers) {
        copy(layer, folder);
      }
      Path file = next.resolve(NODE_RULES);
      if (rules.isPresent()) {
        Files.copy(rules.get(), file);
      } else {
        Files.writeString(file, NO_RULES);
      }
      Path made = Files.createSymbolicLink(node.resolve(LINK + ".next"), next.getFileName());
      Files.move(
          made,
          node.resolve(LINK),
          StandardCopyOption.ATOMIC_MOVE,
          StandardCopyOption.REPLACE_EXISTING);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private Path unused() {
    int number = 1;
    while (Files.exists(node.resolve(LINK + "-" + number))) {
      number++;
    }
    return node.resolve(LINK + "-" + number);
  }

  private static void copy(Path from, Path to) throws IOException {
    try (Stream<Path> files = Files.list(from)) {
      for (Path file : files.filter(it -> it.toString().endsWith(SUFFIX)).sorted().toList()) {
        Files.copy(file, to.resolve(file.getFileName()), StandardCopyOption.REPLACE_EXISTING);
      }
    }
  }
}
