package org.entente.loadtests.scenario.action;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.entente.gateway.bridge.format.DraftFault;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class VariablesTest {
  @TempDir private Path folder;
  private Variables variables;

  @BeforeEach
  void saveOne() {
    variables = new Variables(folder);
    variables.save("first", Variables.UNKNOWN_ID);
  }

  @Test
  void names_anywhere_areReplacedByTheirValues() throws DraftFault {
    assertEquals(
        Map.of("ids", List.of(Variables.UNKNOWN_ID, "first"), "number", 3, "price", "$ 3"),
        variables.resolve(
            Map.of("ids", List.of("$first", "first"), "number", 3, "price", "$ 3"), ""));
    assertEquals("found [$first]", variables.named("found [" + Variables.UNKNOWN_ID + "]"));
  }

  @Test
  void time_isRelativeToNow() throws DraftFault {
    Instant before = Instant.now().minus(Duration.ofHours(1)).minusMillis(1);
    Instant time = Instant.parse((String) variables.resolve((Object) "$now-PT1H", "at"));
    assertTrue(!time.isBefore(before) && time.isBefore(Instant.now()), time::toString);
  }

  @Test
  void file_isReadAsBytesOrText() throws DraftFault, IOException {
    Files.write(folder.resolve("report"), new byte[] {'P', 'D', 'F'});
    assertEquals("UERG", variables.resolve((Object) "$file:report", "content"));
    assertEquals("PDF", variables.resolve((Object) "$text:report", "content"));
  }

  @Test
  void unknownName_isAFaultOfItsField() {
    DraftFault fault =
        assertThrows(
            DraftFault.class,
            () -> variables.resolve(Map.of("to", List.of("x", "$second")), "request"));
    assertEquals("request.to[1]", fault.field());
    assertEquals("no step before this one names $second; valid: one of [first]", fault.problem());
  }
}
