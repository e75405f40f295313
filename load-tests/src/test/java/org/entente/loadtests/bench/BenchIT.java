package org.entente.loadtests.bench;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

/** The harness over real processes, for half a minute and without baselines; judges no time. */
final class BenchIT {
  @TempDir private Path folder;
  private final StringWriter out = new StringWriter();
  private final StringWriter err = new StringWriter();

  private int run(Object command, String... arguments) {
    return new CommandLine(command)
        .setOut(new PrintWriter(out))
        .setErr(new PrintWriter(err))
        .execute(arguments);
  }

  @Test
  void run_printsOneObjectWithEveryRatio_writesWhatCompareReads() throws Exception {
    int code =
        run(new BenchRun(), "--smoke", "--without-baselines", "--json", "--out", folder.toString());
    assertEquals(0, code, err::toString);

    JsonNode printed = new ObjectMapper().readTree(out.toString());
    for (String ratio :
        List.of("throughput_to_raw", "single_to_raw", "p99_to_raw", "flash_p99_ratio")) {
      assertTrue(printed.path(ratio).asDouble() > 0, ratio);
    }
    for (String absent : List.of("as4_speedup", "artemis_ratio", "nats_ratio")) {
      assertTrue(printed.has(absent) && printed.path(absent).isNull(), absent);
    }
    for (JsonNode figure : printed.path("figures")) {
      assertTrue(figure.path("spread").path("min").asDouble() > 0, figure::toString);
    }
    assertEquals(printed, new ObjectMapper().readTree(folder.resolve("results.json").toFile()));
    assertTrue(Files.readString(folder.resolve("results.md")).contains("`throughput_to_raw`"));
    assertTrue(Files.readString(folder.resolve("latency.svg")).contains("<svg"));

    String file = folder.resolve("results.json").toString();
    out.getBuffer().setLength(0);
    assertEquals(0, run(new CompareRun(), file, file), err::toString);
    assertTrue(
        out.toString().lines().anyMatch(l -> l.startsWith("p99_to_raw") && l.contains("1.00")),
        out::toString);
  }
}
