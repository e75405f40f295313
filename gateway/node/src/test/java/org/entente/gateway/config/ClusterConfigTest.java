package org.entente.gateway.config;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The section {@code cluster}: its defaults, and what is said of a cluster that cannot work. */
class ClusterConfigTest {
  private static final String NODE =
      """
      federation: test.entente.example
      agency: fr.customs
      gateway: gateway-1
      trust: { bundle: b, roots: r }
      tls: { certificate: c, key: k }
      keystore: s
      data: d
      audit: a
      policy: { agreements: p }
      listen: { clients: "10.0.0.1:7441", peers: "10.0.0.1:7451", admin: "127.0.0.1:0" }
      cluster:
        node: fr-1
        nodes:
          - { name: fr-1, address: "10.0.0.1:9450" }
          - { name: fr-2, address: "10.0.0.2:9450" }
          - { name: fr-3, address: "10.0.0.3:9450" }
        log: l
        mark: m/mark
      """;

  private static YamlReadResult<NodeConfig> read(String yaml) {
    return new YamlFiles()
        .parse("node.yaml", yaml.getBytes(StandardCharsets.UTF_8), NodeConfig.class);
  }

  @Test
  void cluster_hasDefaults_andPathsOfTheFilesFolder() {
    NodeConfig config =
        (NodeConfig) assertInstanceOf(YamlReadResult.Read.class, read(NODE)).value();
    ClusterConfig cluster =
        Objects.requireNonNull(config.resolvedAgainst(Path.of("/etc/entente")).cluster());
    assertEquals(1_000, cluster.electionTimeoutMillis());
    assertEquals(256, cluster.flushMib());
    assertFalse(cluster.joins());
    assertEquals(Path.of("/etc/entente/l"), cluster.log());
    assertEquals(Path.of("/etc/entente/m/mark"), cluster.mark());
    assertEquals("10.0.0.1:9450", cluster.address());
    assertEquals(
        Map.of("fr-1", "10.0.0.1:9450", "fr-2", "10.0.0.2:9450", "fr-3", "10.0.0.3:9450"),
        cluster.addresses());
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "node: fr-1 | node: fr-4 | cluster.node is fr-4; it must be one of cluster.nodes: fr-1,"
            + " fr-2",
        "name: fr-2 | name: fr-1 | cluster.nodes has the name fr-1 twice",
        "10.0.0.2:9450 | 10.0.0.1:9450 | cluster.nodes has the address 10.0.0.1:9450 twice",
        "name: fr-2 | name: FR_2 | cluster.nodes.name is FR_2; valid are up to 63 small letters",
        "10.0.0.2:9450 | 10.0.0.2 | cluster.nodes.address is 10.0.0.2; valid is host:port",
        "10.0.0.2:9450 | 10.0.0.2:0 | cluster.nodes.address is 10.0.0.2:0; valid is host:port",
        "log: l | log: d/log | cluster.log is d/log and data is d; neither may be inside the other",
        "log: l | log: s | cluster.log is s and keystore is s; neither may be inside the other",
        "mark: m/mark | mark: l/mark | cluster.mark is l/mark; it must not be inside cluster.log",
        "mark: m/mark | mark: d/mark | cluster.mark is d/mark; it must not be inside data",
        "10.0.0.1:7441 | 10.0.0.1:0 | listen.clients is 10.0.0.1:0; in a cluster it needs a port",
        "10.0.0.1:7451 | 10.0.0.1:0 | listen.peers is 10.0.0.1:0; in a cluster it needs a port",
        "log: l | election_timeout_millis: 299 | cluster.election_timeout_millis is 299; it must be"
            + " from 300 to 60000",
        "log: l | id: 5F | cluster.id is 5F; valid are the 32 hexadecimal digits",
        "log: l | flush_mib: 1 | cluster.flush_mib is 1; it must be from 32 to 65536",
        "audit: a | attachments: { folder: d/f } | attachments.folder is"
      })
  void cluster_thatCannotWork_isRefused(String good, String bad, String said) {
    String wrong =
        bad.startsWith("log: ")
                || !bad.contains(": ")
                || good.startsWith("n")
                || bad.startsWith("m")
            ? NODE.replace(good, bad)
            : NODE.replace(good, good + (good.startsWith("audit") ? "\n" : "\n  ") + bad);
    assertRefused(wrong, said);
  }

  /** A cluster may begin with one machine, and has two while it grows. */
  @Test
  void numberOfMachines_isFromOneToSeven() {
    String two = NODE.replaceFirst("    - \\{ name: fr-3.*\n", "");
    assertInstanceOf(YamlReadResult.Read.class, read(two));
    String one = two.replaceFirst("    - \\{ name: fr-2.*\n", "");
    assertInstanceOf(YamlReadResult.Read.class, read(one));
    String more =
        IntStream.rangeClosed(4, 8)
            .mapToObj("    - { name: fr-%1$d, address: \"10.0.0.%1$d:9450\" }\n"::formatted)
            .collect(Collectors.joining());
    assertRefused(
        NODE.replace("  log: l", more + "  log: l"),
        "cluster.nodes has 8 machines; it must have 1 to 7");
  }

  private static void assertRefused(String yaml, String said) {
    String problem =
        assertInstanceOf(YamlReadResult.Unreadable.class, read(yaml)).problems().get(0).toString();
    assertTrue(problem.contains(said), problem);
  }
}
