package org.entente.loadtests.federation;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Plans of a federation's gateways, from the configurations of a blueprint with replaced addresses
 * and paths.
 */
final class NodePlans {
  private static final String SUFFIX = ".yaml";

  private final ObjectMapper yaml = new ObjectMapper(new YAMLFactory());
  private final Blueprint blueprint;
  private final Path folder;
  private final Map<String, ObjectNode> trees = new TreeMap<>();
  private final Map<String, String> peerAddresses = new LinkedHashMap<>();

  private NodePlans(Blueprint blueprint, Path folder) {
    this.blueprint = blueprint;
    this.folder = folder;
  }

  /** Chooses addresses; writes nothing. */
  static NodePlans of(Blueprint blueprint, Path folder, FreePorts ports) {
    NodePlans plans = new NodePlans(blueprint, folder);
    blueprint.nodes().forEach((agency, tree) -> plans.trees.put(agency, tree.deepCopy()));
    plans.trees.values().forEach(tree -> plans.address(tree, ports));
    return plans;
  }

  private void address(ObjectNode tree, FreePorts ports) {
    ObjectNode listen = (ObjectNode) tree.path("listen");
    List<String> names = new ArrayList<>();
    listen.fieldNames().forEachRemaining(names::add);
    names.forEach(name -> listen.put(name, ports.address()));
    if (listen.has("peers")) {
      peerAddresses.put(tree.path("agency").asText(), listen.path("peers").asText());
    }
  }

  /**
   * Addresses at which gateways accept links, by agency; gateways that only dial out are absent.
   */
  Map<String, String> peerAddresses() {
    return Map.copyOf(peerAddresses);
  }

  /** Writes the configurations, with minted credentials. */
  Map<String, NodePlan> write(FederationMaterial minted) {
    Map<String, NodePlan> plans = new TreeMap<>();
    trees.forEach((agency, tree) -> plans.put(agency, write(agency, tree, minted)));
    return plans;
  }

  private NodePlan write(String agency, ObjectNode tree, FederationMaterial minted) {
    Path own = folder.resolve("nodes").resolve(agency);
    tree.set(
        "trust",
        yaml.createObjectNode()
            .put("bundle", minted.bundle().toString())
            .put("roots", minted.roots().toString()));
    Path tls = minted.gateway(agency, tree.path("gateway").asText());
    tree.set(
        "tls",
        yaml.createObjectNode()
            .put("certificate", tls.resolve("tls.crt").toString())
            .put("key", tls.resolve("tls.key").toString()));
    tree.put("keystore", tls.resolve("keystore").toString());
    tree.put("data", own.resolve("data").toString());
    tree.put("audit", own.resolve("audit").toString());
    tree.set("backup", yaml.createObjectNode().put("folder", own.resolve("backup").toString()));
    if (tree.path("attachments") instanceof ObjectNode attachments) {
      attachments.put("folder", own.resolve("attachments").toString());
    }
    tree.path("links").forEach(link -> dial((ObjectNode) link));
    Path config = folder.resolve("nodes").resolve(agency + SUFFIX);
    try {
      Files.createDirectories(own);
      ObjectNode policy = rules(agency, own);
      JsonNode cannotFulfil = tree.path("policy").path("cannot_fulfil");
      if (cannotFulfil.isArray()) {
        policy.set("cannot_fulfil", cannotFulfil);
      }
      tree.set("policy", policy);
      yaml.writeValue(config.toFile(), tree);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    JsonNode listen = tree.path("listen");
    return new NodePlan(
        agency,
        config,
        listen.path("clients").asText(),
        peerAddresses.get(agency),
        listen.path("admin").asText(),
        own,
        folder.resolve("nodes").resolve(agency + ".log"),
        scopes(tree));
  }

  /** Policy section with the paths of a node's agreements, rules and code lists. */
  private ObjectNode rules(String agency, Path own) {
    ObjectNode policy = yaml.createObjectNode();
    OpeningRules changing = blueprint.rules().get(agency);
    if (changing != null) {
      RulesInForce inForce = new RulesInForce(own);
      inForce.begin(changing);
      policy
          .put("agreements", inForce.agreements().toString())
          .put("node_rules", inForce.nodeRules().toString());
    } else {
      policy.put("agreements", blueprint.agreements().toAbsolutePath().toString());
      blueprint
          .nodeRules()
          .ifPresent(rules -> policy.put("node_rules", rules.toAbsolutePath().toString()));
    }
    blueprint.codes().ifPresent(codes -> policy.put("codes", codes.toAbsolutePath().toString()));
    return policy;
  }

  private void dial(ObjectNode link) {
    if (link.has("dial")) {
      @Nullable String address = peerAddresses.get(link.path("peer").asText());
      link.put("dial", address);
    }
  }

  private static Map<String, List<String>> scopes(ObjectNode tree) {
    Map<String, List<String>> scopes = new LinkedHashMap<>();
    for (JsonNode client : tree.path("clients")) {
      List<String> names = new ArrayList<>();
      client.path("scopes").forEach(scope -> names.add(scope.asText()));
      scopes.put(client.path("name").asText(), names);
    }
    return scopes;
  }
}
