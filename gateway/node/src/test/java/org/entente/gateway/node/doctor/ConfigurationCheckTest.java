package org.entente.gateway.node.doctor;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import org.entente.gateway.model.StartProblem;
import org.entente.gateway.node.files.ConfiguredFiles;
import org.junit.jupiter.api.Test;

class ConfigurationCheckTest {
  @Test
  void address_withoutPortOrBeyondAllPorts_namesItsField() {
    for (String text : new String[] {"de.customs", "127.0.0.1:99999", "127.0.0.1:", ":x"}) {
      StartProblem problem =
          assertThrows(StartProblem.class, () -> ConfiguredFiles.address("listen.clients", text));
      assertEquals(
          "listen.clients: \"" + text + "\" is not an address; valid is host:port",
          problem.getMessage());
    }
    assertEquals(7441, ConfiguredFiles.address("listen.clients", "127.0.0.1:7441").getPort());
  }
}
