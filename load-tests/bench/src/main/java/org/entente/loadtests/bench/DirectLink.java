package org.entente.loadtests.bench;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.Iterator;
import java.util.List;
import org.entente.loadtests.federation.Federation;

/**
 * Removes links to gateways that do not run from a node's configuration: repeated dialling would
 * distort the measurement.
 */
final class DirectLink {
  private DirectLink() {}

  /** Starts both gateways with links to each other only. */
  static void start(Federation federation) {
    for (String agency : GatewayChain.GATEWAYS) {
      only(GatewayChain.GATEWAYS, federation.plan(agency).config());
    }
    federation.start(GatewayChain.GATEWAYS);
  }

  /** Removes the links to all other peers from a configuration file. */
  static void only(List<String> peers, Path config) {
    ObjectMapper yaml = new ObjectMapper(new YAMLFactory());
    try {
      ObjectNode node = (ObjectNode) yaml.readTree(config.toFile());
      Iterator<JsonNode> links = node.path("links").elements();
      while (links.hasNext()) {
        if (!peers.contains(links.next().path("peer").asText())) {
          links.remove();
        }
      }
      yaml.writeValue(config.toFile(), node);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
