package org.entente.loadtests;

import static org.junit.jupiter.api.Assertions.assertEquals;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.entente.loadtests.federation.Federation;
import org.entente.loadtests.federation.Home;
import org.entente.loadtests.testkit.Child;
import org.entente.loadtests.testkit.Requires;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A client in another language, which has nothing of Entente but its {@code .proto} files. */
final class ForeignClientIT {
  private static final List<String> BOTH = List.of("fr.customs", "de.customs");
  private static final String HEADLINE = "Phosphide in toys";

  @TempDir private Path folder;

  @Test
  void nodeClient_publishesAndSubscribes() throws IOException, InterruptedException {
    Path node = Home.find().folder().resolve("load-tests").resolve("node");
    boolean program =
        Arrays.stream(System.getenv("PATH").split(":", -1))
            .anyMatch(path -> Files.isExecutable(Path.of(path, "node")));
    Requires.present(program, "node");
    Requires.present(
        Files.isDirectory(node.resolve("node_modules").resolve("@grpc")),
        "load-tests/node/node_modules (npm ci)");
    try (Federation federation = Federation.mint(Home.find(), folder)) {
      federation.start(BOTH);

      JsonNode outcome =
          client(node, federation, "publish", "fr.customs", "node-1", "de.customs", HEADLINE);
      JsonNode delivery = client(node, federation, "subscribe", "de.customs", "node-desk", "1");

      assertEquals("accepted", outcome.path("result").asText(), outcome.toString());
      assertEquals(HEADLINE, delivery.path("headline").asText(), delivery.toString());
      assertEquals("fr.customs", delivery.path("origin").asText());
      assertEquals(outcome.path("messageId").asText(), delivery.path("messageId").asText());
    }
  }

  private JsonNode client(
      Path node, Federation federation, String command, String agency, String... rest)
      throws IOException, InterruptedException {
    String client = federation.plan(agency).clientWith(command).orElseThrow();
    List<String> line = new ArrayList<>();
    line.addAll(List.of("node", node.resolve("client.mjs").toString(), command));
    line.add(federation.plan(agency).clients());
    line.add(federation.credentials(agency, client).toString());
    line.addAll(List.of(rest));
    Child child = Child.run(folder, line);
    assertEquals(0, child.code(), () -> child.out() + child.err());
    return new ObjectMapper().readTree(child.out());
  }
}
