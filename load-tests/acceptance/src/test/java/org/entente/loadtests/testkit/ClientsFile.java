package org.entente.loadtests.testkit;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Collection;
import org.entente.loadtests.federation.Federation;

/** The file that tells a foreign client where gateways are, and their clients' credentials. */
public final class ClientsFile {
  private ClientsFile() {}

  /** Writes {@code clients.json} for these agencies into a folder. */
  public static Path write(Path folder, Federation federation, Collection<String> agencies)
      throws IOException {
    ObjectMapper json = new ObjectMapper();
    ObjectNode all = json.createObjectNode();
    for (String agency : agencies) {
      ObjectNode one = all.putObject(agency);
      one.put("address", federation.plan(agency).clients());
      ObjectNode clients = one.putObject("clients");
      for (String client : federation.plan(agency).scopes().keySet()) {
        clients.put(client, federation.credentials(agency, client).toString());
      }
    }
    Path file = folder.resolve("clients.json");
    json.writeValue(file.toFile(), all);
    return file;
  }
}
