package org.entente.loadtests.scale;

import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.PropertyNamingStrategies;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** The second half of {@code load-tests/scale}: laws, page and charts from measured points. */
@Command(
    name = "load-tests/scale",
    description = "Fits the laws of growth to measured points; writes JSON, Markdown and charts.",
    mixinStandardHelpOptions = true)
public final class ScaleReport implements Callable<Integer> {
  private static final ObjectMapper JSON =
      new ObjectMapper().setPropertyNamingStrategy(PropertyNamingStrategies.SNAKE_CASE);

  @Parameters(
      arity = "1..*",
      paramLabel = "POINTS",
      description = "files with points, as the simulation writes them")
  private List<Path> points = List.of();

  @Option(
      names = "--out",
      required = true,
      paramLabel = "FOLDER",
      description = "folder for the results")
  private Path out = Path.of("");

  @Spec private CommandSpec spec;

  /** A command whose options picocli sets. */
  public ScaleReport() {}

  /** The entry point of the command. */
  public static void main(String[] args) {
    System.exit(new CommandLine(new ScaleReport()).execute(args));
  }

  @Override
  public Integer call() throws IOException {
    List<MeasuredPoint> measured = new ArrayList<>();
    for (Path file : points) {
      measured.addAll(JSON.readValue(file.toFile(), new TypeReference<List<MeasuredPoint>>() {}));
    }
    List<ScaleLine> lines = ScaleLine.of(measured);
    Files.createDirectories(out);
    Map<String, String> charts = ScaleCharts.draw(lines, out);
    String page = ScalePage.page(lines, charts);
    Files.writeString(out.resolve("results.md"), page);
    Files.writeString(out.resolve("results.json"), json(lines));
    PrintWriter screen = spec.commandLine().getOut();
    screen.println(page);
    screen.println("written to " + out);
    screen.flush();
    return 0;
  }

  /** Points and laws as JSON; a law that was not fitted is null. */
  private static String json(List<ScaleLine> lines) {
    ArrayNode all = JSON.createArrayNode();
    for (ScaleLine line : lines) {
      ObjectNode one = all.addObject();
      one.put("quantity", line.quantity());
      one.put("what", line.what());
      one.put("unit", line.unit());
      one.put("shape", line.shape());
      ObjectNode values = one.putObject("points");
      line.points().forEach((agencies, value) -> values.put(agencies.toString(), value));
      one.set("law", JSON.valueToTree(line.law().orElse(null)));
    }
    return all.toPrettyString() + "\n";
  }
}
