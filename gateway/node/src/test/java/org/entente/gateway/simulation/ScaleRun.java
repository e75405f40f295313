package org.entente.gateway.simulation;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import org.entente.gateway.simulation.ScaleFederation.Shape;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/**
 * Measures federations of several sizes from the shell: the first half of {@code load-tests/scale}.
 */
@Command(
    name = "load-tests/scale",
    description = {
      "Simulates federations of several sizes with the gateway's own code under virtual time, and",
      "measures how a new trust bundle spreads, what a message to all costs, what a transit and a",
      "witness have to do, and how much memory a gateway needs. See docs/operate/scale.md."
    },
    mixinStandardHelpOptions = true)
public final class ScaleRun implements Callable<Integer> {
  private static final int LEAST = 4;
  private static final int MOST = 240;

  @Option(
      names = "--agencies",
      split = ",",
      paramLabel = "N",
      description = "sizes, each from 4 to 240, with commas between (default: ${DEFAULT-VALUE})",
      defaultValue = "10,25,50,100,200")
  private List<Integer> agencies = List.of();

  @Option(
      names = "--shapes",
      split = ",",
      paramLabel = "SHAPE",
      description = "of ${COMPLETION-CANDIDATES}, with commas between (default: both)",
      defaultValue = "MESH,HUB")
  private List<Shape> shapes = List.of();

  @Option(names = "--points", required = true, paramLabel = "FILE", description = "written to")
  private Path points = Path.of("");

  @Spec private CommandSpec spec;

  /** A command whose options picocli sets. */
  public ScaleRun() {}

  /** The entry point of the command; exits with 2 if it is misused. */
  public static void main(String[] args) {
    CommandLine line = new CommandLine(new ScaleRun());
    line.setCaseInsensitiveEnumValuesAllowed(true);
    System.exit(line.execute(args));
  }

  @Override
  public Integer call() throws IOException {
    for (int size : agencies) {
      if (size < LEAST || size > MOST) {
        throw new ParameterException(
            spec.commandLine(), "--agencies: " + size + " is not from " + LEAST + " to " + MOST);
      }
    }
    List<ScalePoint> measured = new ArrayList<>();
    Path work = Files.createTempDirectory("entente-scale");
    try {
      for (int size : agencies) {
        for (Shape shape : shapes) {
          measured.addAll(one(shape, size, work));
          write(measured);
        }
      }
    } finally {
      SimFederation.remove(work);
    }
    return 0;
  }

  private List<ScalePoint> one(Shape shape, int size, Path work) throws IOException {
    long begun = System.nanoTime();
    Path folder = Files.createDirectory(work.resolve(shape + "-" + size));
    List<ScalePoint> found = ScaleMeasurement.of(shape, size, folder);
    SimFederation.remove(folder);
    spec.commandLine()
        .getErr()
        .printf("%s of %d: %.1f s%n", shape, size, (System.nanoTime() - begun) / 1e9);
    spec.commandLine().getErr().flush();
    return found;
  }

  private void write(List<ScalePoint> measured) throws IOException {
    List<Map<String, Object>> rows = new ArrayList<>();
    for (ScalePoint point : measured) {
      Map<String, Object> row = new LinkedHashMap<>();
      row.put("quantity", point.quantity().name());
      row.put("what", point.quantity().what());
      row.put("unit", point.quantity().unit());
      row.put("shape", point.shape().name());
      row.put("agencies", point.agencies());
      row.put("value", point.value());
      rows.add(row);
    }
    new ObjectMapper().writerWithDefaultPrettyPrinter().writeValue(points.toFile(), rows);
  }
}
