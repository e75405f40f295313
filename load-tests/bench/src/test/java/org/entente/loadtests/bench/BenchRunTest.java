package org.entente.loadtests.bench;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.PrintWriter;
import java.io.StringWriter;
import org.junit.jupiter.api.Test;
import picocli.CommandLine;

/** What the command says before it starts anything. */
final class BenchRunTest {
  @Test
  void scenario_thatIsNotThere_isRefusedWithTheValidOnes() {
    StringWriter err = new StringWriter();
    int code =
        new CommandLine(new BenchRun())
            .setErr(new PrintWriter(err))
            .execute("--only", "subscribers", "--only", "coffee");
    assertEquals(2, code);
    assertTrue(
        err.toString()
            .contains("--only: [subscribers, coffee]; valid: [attachments, cluster, disk, "),
        err::toString);
  }
}
