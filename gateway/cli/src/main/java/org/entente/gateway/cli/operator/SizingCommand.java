package org.entente.gateway.cli.operator;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.PropertyNamingStrategies;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Function;
import org.entente.gateway.cli.call.PrintingCommand;
import org.entente.gateway.cli.failure.UsageError;
import org.entente.gateway.sizing.Costs;
import org.entente.gateway.sizing.Demand;
import org.entente.gateway.sizing.Need;
import org.entente.gateway.sizing.Sizing;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Estimates the resources that a federation of a given size needs. */
@Command(
    name = "sizing",
    description = {
      "Estimates the resources that the gateways of a federation need.",
      "Covers links, cores, memory, disk, network, witnesses and the trust bundle, from measured costs",
      "and growth laws (docs/operate/scale.md). Assumes that all agencies publish and receive equally,",
      "that every message travels alone and that the rate is constant. Reports exceeded limits."
    },
    mixinStandardHelpOptions = true,
    footerHeading = "%nExample:%n",
    footer = "  entente sizing --agencies 50 --rate 2 --size 4096 --recipients 3 --hub")
public final class SizingCommand extends PrintingCommand {
  private static final int MOST_AGENCIES = 100_000;
  private static final double MOST_RATE = 1e6;
  private static final long MOST_BYTES = 1L << 30;
  private static final int MOST_DAYS = 36_500;
  private static final int MOST_SECONDS = 3_600;
  private static final double KIB = 1_024;
  private static final List<String> UNITS = List.of("B", "KiB", "MiB", "GiB", "TiB", "PiB");

  @Option(
      names = "--agencies",
      required = true,
      paramLabel = "N",
      description = "agencies that exchange messages, at least 2; not counting a transit")
  private int agencies;

  @Option(
      names = "--rate",
      required = true,
      paramLabel = "MESSAGES",
      description = "messages per second that each agency publishes, such as 2 or 0.1")
  private double rate;

  @Option(
      names = "--size",
      required = true,
      paramLabel = "BYTES",
      description = "size of a message, bytes")
  private long size;

  @Option(
      names = "--recipients",
      defaultValue = "1",
      paramLabel = "N",
      description = "recipients of each message (default: ${DEFAULT-VALUE})")
  private int recipients;

  @Option(
      names = "--retention-days",
      defaultValue = "30",
      paramLabel = "DAYS",
      description = "how long recipients keep messages (default: ${DEFAULT-VALUE})")
  private int retentionDays;

  @Option(names = "--hub", description = "link all agencies with one transit instead of each other")
  private boolean hub;

  @Option(
      names = "--witnesses",
      defaultValue = "3",
      paramLabel = "N",
      description = "agencies that cosign audit logs (default: ${DEFAULT-VALUE})")
  private int witnesses;

  @Option(
      names = "--witness-seconds",
      defaultValue = "2",
      paramLabel = "SECONDS",
      description = "witnesses.every_seconds of the nodes (default: ${DEFAULT-VALUE})")
  private int witnessSeconds;

  @Option(names = "--json", description = "print one JSON object; bytes, seconds, cores")
  private boolean json;

  @Override
  public void run() throws JsonProcessingException {
    Demand demand = demand();
    Sizing sizing = new Sizing(demand, Costs.measured());
    Map<String, Need> needs = new LinkedHashMap<>();
    needs.put("agency", sizing.agency(false));
    if (witnesses > 0) {
      needs.put("witness", sizing.agency(true));
    }
    if (hub) {
      needs.put("transit", sizing.transit());
    }
    if (json) {
      out().println(json(demand, needs, sizing.exceeded()));
    } else {
      table(needs).forEach(out()::println);
      sizing.exceeded().forEach(line -> out().println("LIMIT EXCEEDED  " + line));
    }
    failUnless(sizing.exceeded().isEmpty());
  }

  private Demand demand() {
    within("--agencies", agencies, 2, MOST_AGENCIES);
    if (!(rate > 0 && rate <= MOST_RATE)) {
      throw wrong("--rate", rate, "above 0 and at most " + (long) MOST_RATE);
    }
    within("--size", size, 1, MOST_BYTES);
    within("--recipients", recipients, 1, agencies - 1);
    within("--retention-days", retentionDays, 1, MOST_DAYS);
    within("--witnesses", witnesses, 0, agencies);
    within("--witness-seconds", witnessSeconds, 1, MOST_SECONDS);
    return new Demand(
        agencies, rate, size, recipients, retentionDays, hub, witnesses, witnessSeconds);
  }

  private void within(String option, long value, long least, long most) {
    if (value < least || value > most) {
      throw wrong(option, value, "from " + least + " to " + most);
    }
  }

  private UsageError wrong(String option, Object value, String right) {
    return new UsageError(option + " is " + value + "; it must be " + right);
  }

  private static String json(Demand demand, Map<String, Need> needs, List<String> exceeded)
      throws JsonProcessingException {
    ObjectMapper mapper =
        new ObjectMapper().setPropertyNamingStrategy(PropertyNamingStrategies.SNAKE_CASE);
    ObjectNode root = mapper.createObjectNode();
    root.set("demand", mapper.valueToTree(demand));
    needs.forEach((role, need) -> root.set(role, mapper.valueToTree(need)));
    root.set("exceeded", mapper.valueToTree(exceeded));
    return mapper.writerWithDefaultPrettyPrinter().writeValueAsString(root);
  }

  private List<String> table(Map<String, Need> needs) {
    Map<String, Function<Need, String>> rows = new LinkedHashMap<>();
    rows.put("links", need -> Integer.toString(need.links()));
    rows.put("processor cores, busy", need -> number(need.cores()));
    rows.put("  of these the ledger's writer", need -> number(need.writer()));
    rows.put("memory", need -> bytes(need.memory()));
    rows.put("disk, added in a day", need -> bytes(need.diskPerDay()));
    rows.put("disk, kept in the end", need -> bytes(need.diskKept()));
    rows.put("network, in", need -> bytes(need.in()) + "/s");
    rows.put("network, out", need -> bytes(need.out()) + "/s");
    rows.put("  of both for witnesses", need -> bytes(need.witnessing()) + "/s");
    rows.put("a new trust bundle", need -> bytes(need.bundle()));
    rows.put("  handed out at most", need -> need.bundleCopies() + " times");
    StringBuilder head = new StringBuilder(String.format(Locale.ROOT, "%-32s", "one gateway"));
    needs.keySet().forEach(role -> head.append(String.format(Locale.ROOT, "%16s", role)));
    List<String> lines = new java.util.ArrayList<>(List.of(head.toString()));
    rows.forEach(
        (name, value) -> {
          StringBuilder line = new StringBuilder(String.format(Locale.ROOT, "%-32s", name));
          needs.values().forEach(n -> line.append(String.format("%16s", value.apply(n))));
          lines.add(line.toString());
        });
    return lines;
  }

  private static String number(double value) {
    return String.format(Locale.ROOT, value < 10 ? "%.3f" : "%,.1f", value);
  }

  private static String bytes(double value) {
    double left = value;
    int unit = 0;
    while (left >= KIB && unit < UNITS.size() - 1) {
      left /= KIB;
      unit++;
    }
    return String.format(Locale.ROOT, unit == 0 ? "%.0f %s" : "%.1f %s", left, UNITS.get(unit));
  }
}
