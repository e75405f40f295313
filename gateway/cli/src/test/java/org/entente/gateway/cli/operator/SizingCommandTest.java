package org.entente.gateway.cli.operator;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.entente.gateway.cli.CommandFixture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SizingCommandTest {
  private final CommandFixture command = new CommandFixture();

  private int sizing(String... options) {
    List<String> args = new ArrayList<>(List.of("sizing"));
    args.addAll(List.of(options));
    return command.run(args);
  }

  @Test
  void table_ofAHub_hasAColumnForEachRole() {
    assertEquals(0, sizing("--agencies", "50", "--rate", "2", "--size", "4096", "--hub"));
    String head = command.out().lines().findFirst().orElse("");
    assertTrue(head.matches("one gateway +agency +witness +transit"), head);
    assertTrue(command.out().matches("(?s).*\nlinks +1 +1 +50\n.*"), command::out);
  }

  @Test
  void json_hasDemandNeedsAndLimits() throws IOException {
    int exit = sizing("--agencies", "600", "--rate", "0.5", "--size", "1024", "--json");
    assertEquals(1, exit);
    JsonNode root = new ObjectMapper().readTree(command.out());
    assertEquals(600, root.path("demand").path("agencies").asInt());
    assertEquals(599, root.path("agency").path("links").asInt());
    assertFalse(root.has("transit"), command::out);
    assertTrue(root.path("exceeded").toString().contains("at most 512"), command::out);
  }

  @ParameterizedTest
  @CsvSource({
    "--agencies,1",
    "--agencies,x",
    "--rate,0",
    "--rate,-2",
    "--rate,NaN",
    "--size,0",
    "--recipients,10",
    "--recipients,0",
    "--retention-days,0",
    "--witnesses,11",
    "--witness-seconds,0"
  })
  void option_outOfItsRange_isNamedAndTheCallIsWrong(String option, String value) {
    List<String> options =
        new ArrayList<>(List.of("--agencies", "10", "--rate", "1", "--size", "1024"));
    int at = options.indexOf(option);
    if (at >= 0) {
      options.set(at + 1, value);
    } else {
      options.addAll(List.of(option, value));
    }
    assertEquals(2, sizing(options.toArray(String[]::new)));
    assertTrue(command.err().contains(option), command::err);
  }

  @Test
  void option_missing_isNamed() {
    assertEquals(2, sizing("--agencies", "10", "--rate", "1"));
    assertTrue(command.err().contains("--size"), command::err);
  }
}
