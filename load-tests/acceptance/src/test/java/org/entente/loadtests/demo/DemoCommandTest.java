package org.entente.loadtests.demo;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.concurrent.atomic.AtomicReference;
import org.entente.gateway.cli.failure.UsageError;
import org.junit.jupiter.api.Test;
import picocli.CommandLine;

class DemoCommandTest {
  /** The launcher prints the error; a result would say it a second time. */
  @Test
  void scenario_thatThereIsNot_isWrongUsage_withoutAResult() {
    StringWriter out = new StringWriter();
    AtomicReference<Exception> thrown = new AtomicReference<>();
    new CommandLine(new DemoCommand())
        .setOut(new PrintWriter(out))
        .setExecutionExceptionHandler(
            (exception, line, parsed) -> {
              thrown.set(exception);
              return 0;
            })
        .execute("--scenario", "nothing");
    UsageError error = assertInstanceOf(UsageError.class, thrown.get());
    assertTrue(String.valueOf(error.getMessage()).contains("no scenario nothing"), error::toString);
    assertEquals("", out.toString());
  }
}
