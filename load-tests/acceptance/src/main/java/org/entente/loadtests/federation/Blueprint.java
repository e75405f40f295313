package org.entente.loadtests.federation;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.entente.certsdev.FederationSpec;
import org.entente.gateway.cli.failure.CommandFailure;
import org.entente.gateway.config.YamlReadResult;

/**
 * Blueprint of a federation, without keys, addresses and folder.
 *
 * @param source place of its description, for people
 * @param spec specification to mint
 * @param nodes each gateway's configuration, by agency; addresses and paths in it are replaced
 * @param agreements folder of the agreements that all of them hold
 * @param nodeRules node rules, the same for all; or none
 * @param codes folder of the code lists of all nodes; or none, for those of the release
 * @param rules by agency, the opening rules of a node, which replace {@code agreements} and {@code
 *     nodeRules} and may change while it runs ({@link RulesInForce})
 */
public record Blueprint(
    String source,
    FederationSpec spec,
    Map<String, ObjectNode> nodes,
    Path agreements,
    Optional<Path> nodeRules,
    Optional<Path> codes,
    Map<String, OpeningRules> rules) {
  private static final String SPECIFICATION = "federation-demo.yaml";
  private static final String SUFFIX = ".yaml";

  public Blueprint {
    nodes = new TreeMap<>(nodes);
    rules = new TreeMap<>(rules);
  }

  /** The federation of the commented samples in {@code config}. */
  static Blueprint ofSamples(ConfigurationHome home) {
    Path file = home.folder().resolve("config").resolve(SPECIFICATION);
    YamlReadResult<FederationSpec> reading = FederationSpec.read(file);
    if (!(reading instanceof YamlReadResult.Read<FederationSpec> read)) {
      throw new CommandFailure(file + " cannot be read: " + reading);
    }
    Optional<Path> rules = Optional.of(home.nodeRules()).filter(Files::exists);
    return new Blueprint(
        file.toString(),
        read.value(),
        nodes(home.nodes()),
        home.agreements(),
        rules,
        Optional.of(home.codes()).filter(Files::exists),
        Map.of());
  }

  private static Map<String, ObjectNode> nodes(Path folder) {
    ObjectMapper yaml = new ObjectMapper(new YAMLFactory());
    Map<String, ObjectNode> trees = new TreeMap<>();
    try (Stream<Path> files = Files.list(folder)) {
      for (Path file : files.filter(f -> f.toString().endsWith(SUFFIX)).sorted().toList()) {
        ObjectNode tree = (ObjectNode) yaml.readTree(file.toFile());
        trees.put(tree.path("agency").asText(), tree);
      }
      return trees;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
