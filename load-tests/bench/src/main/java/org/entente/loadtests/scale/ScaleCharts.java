package org.entente.loadtests.scale;

import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.entente.loadtests.bench.LogChart;

/** Charts of the lines, both axes logarithmic, so that a power law is straight. */
final class ScaleCharts {
  private static final String AGENCIES = "agencies";

  /**
   * One chart.
   *
   * @param quantities in the order of their lines
   */
  private record Plan(String file, String title, String unit, List<String> quantities) {}

  private static final List<Plan> PLANS =
      List.of(
          new Plan(
              "gossip",
              "A new trust bundle until all have it",
              "bytes",
              List.of("BUNDLE_BYTES", "GOSSIP_BYTES", "GOSSIP_MOST_BYTES")),
          new Plan(
              "fanout",
              "1 KiB from one to all others",
              "bytes on all hops",
              List.of("FANOUT_FIRST_BYTES", "FANOUT_BYTES", "FANOUT_ORIGIN_BYTES")),
          new Plan(
              "witnesses",
              "Witnesses of logs that grow all the time",
              "bytes an hour",
              List.of("WITNESS_BYTES", "WITNESS_HUB_BYTES")),
          new Plan(
              "hub",
              "The transit, 0.5 messages a second at each agency",
              "into the transit, a second",
              List.of("HUB_ENVELOPES", "HUB_BYTES")),
          new Plan(
              "memory",
              "Heap of a gateway, links without sockets",
              "bytes",
              List.of("MEMORY_AGENCY", "MEMORY_TRANSIT")));

  private ScaleCharts() {}

  /**
   * Draws the charts for which there are points.
   *
   * @return names of files by caption
   */
  static Map<String, String> draw(List<ScaleLine> lines, Path folder) throws IOException {
    Map<String, String> drawn = new LinkedHashMap<>();
    for (Plan plan : PLANS) {
      LogChart chart = new LogChart(plan.title(), AGENCIES, plan.unit());
      for (String quantity : plan.quantities()) {
        lines.stream()
            .filter(line -> line.quantity().equals(quantity))
            .forEach(line -> chart.line(name(line), line.points()));
      }
      if (chart.hasLines()) {
        drawn.put(plan.title(), chart.write(folder, plan.file()));
      }
    }
    return drawn;
  }

  private static String name(ScaleLine line) {
    String what = line.what();
    int colon = what.indexOf(':');
    return what.substring(colon + 1).strip()
        + " ("
        + (line.shape().equals("HUB") ? "transit" : "mesh")
        + ")";
  }
}
