package org.entente.loadtests;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.google.protobuf.Descriptors.FileDescriptor;
import com.google.protobuf.Descriptors.ServiceDescriptor;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.entente.loadtests.federation.ConfigurationHome;
import org.entente.loadtests.federation.Federation;
import org.entente.loadtests.testkit.Child;
import org.entente.loadtests.testkit.ClientsFile;
import org.entente.loadtests.testkit.ForeignPrograms;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A client in another language, which has nothing of Entente but its {@code .proto} files, does
 * what agencies do with each other and calls each method of each service.
 */
final class ForeignClientIT {
  // us.cbp and sg.police have no gateway here: what goes to them waits. x.hub is a witness.
  private static final List<String> RUNNING = List.of("fr.customs", "de.customs", "x.hub");

  /** Methods of which nothing more can be shown here than that they refuse readably. */
  private static final Set<String> ONLY_REFUSED =
      Set.of(
          "Cluster.AttestDestroyed",
          "Cluster.ChangeMachines",
          "Cluster.TransferLead",
          "Quarantine.ShowQuarantined",
          "Quarantine.RetryQuarantined",
          "Quarantine.DiscardQuarantined");

  private final ObjectMapper json = new ObjectMapper();

  @TempDir private Path folder;

  @Test
  void nodeClient_callsEveryMethodOfEveryService_andReadsWhatIsRefused() throws Exception {
    Path node = ForeignPrograms.node();
    try (Federation federation = Federation.mint(ConfigurationHome.find(), folder)) {
      federation.start(RUNNING);

      Child child =
          Child.run(
              folder,
              List.of(
                  "node",
                  node.resolve("client.mjs").toString(),
                  ClientsFile.write(folder, federation, RUNNING).toString()));

      assertEquals(0, child.code(), () -> child.out() + child.err());
      Set<String> answered = new TreeSet<>();
      Set<String> refused = new TreeSet<>();
      for (String line : child.out().lines().toList()) {
        JsonNode one = json.readTree(line);
        if (one.has("answered")) {
          assertFalse(one.path("shows").asText().isBlank(), line);
          answered.add(one.path("answered").asText());
        } else {
          assertFalse(one.path("reason").asText().isBlank(), line);
          refused.add(one.path("refused").asText());
        }
      }
      Set<String> all = methods();
      all.removeAll(answered);
      assertEquals(ONLY_REFUSED, all, "methods that gave no result");
      all.removeAll(refused);
      assertEquals(Set.of(), all, "methods that were never called");
    }
  }

  /** The methods of all services in the {@code .proto} files of clients. */
  private static Set<String> methods() throws Exception {
    Path protos = ConfigurationHome.find().folder().resolve("proto/src/main/proto/entente/v1");
    Set<String> methods = new TreeSet<>();
    try (Stream<Path> files = Files.list(protos)) {
      for (Path file : files.toList()) {
        for (ServiceDescriptor service : descriptor(file).getServices()) {
          service.getMethods().forEach(it -> methods.add(service.getName() + '.' + it.getName()));
        }
      }
    }
    assertFalse(methods.isEmpty());
    return methods;
  }

  private static FileDescriptor descriptor(Path file) throws ReflectiveOperationException {
    String name = String.valueOf(file.getFileName()).replace(".proto", "");
    String outer = name.substring(0, 1).toUpperCase(Locale.ROOT) + name.substring(1) + "Proto";
    return (FileDescriptor)
        Class.forName("org.entente.proto.v1." + outer).getMethod("getDescriptor").invoke(null);
  }
}
