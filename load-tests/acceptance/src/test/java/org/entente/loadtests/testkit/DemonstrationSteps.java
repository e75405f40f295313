package org.entente.loadtests.testkit;

import java.util.List;
import java.util.stream.Stream;

/**
 * The documented commands that start gateways of their own: demonstrations, scenarios, benchmarks.
 * One test runs each, once. Options are added where the page's defaults take long or a test reads
 * what is printed.
 */
public final class DemonstrationSteps {
  /** The scenarios of {@link #scenarios}. */
  public static final List<String> SCENARIOS = List.of("city-state-ipr", "exercise-waste");

  private static final String STARTED = "Starting five gateways";
  private static final int STOPPED = 143;

  private DemonstrationSteps() {}

  /** The main job, to its end. */
  public static CommandStep samples() {
    return toItsEnd("./entente demo").with("--messages", "100");
  }

  /** The leader of a cluster killed, to its end. */
  public static CommandStep cluster() {
    return toItsEnd("./entente demo --cluster").with("--messages", "200");
  }

  /** An agency's own records under a mapping. */
  public static CommandStep records() {
    return toItsEnd(
        "./entente demo --alerts alerts.jsonl --mapping config/mappings/safety-gate.yaml");
  }

  /** A folder of CAP files. */
  public static CommandStep capFiles() {
    return toItsEnd("./entente demo --alerts folder-of-cap-files");
  }

  /** Stopped before their end. */
  public static List<CommandStep> stopped() {
    return List.of(
        CommandStep.of("./entente demo --once --json").until(STARTED).exits(STOPPED),
        CommandStep.of("./entente demo --keep").until(STARTED).exits(STOPPED),
        CommandStep.of("./entente demo --scenario all --once --json")
            .until("ok      2 start")
            .exits(STOPPED));
  }

  /** Which scenarios there are. */
  public static CommandStep list() {
    return CommandStep.of("./entente demo --list").says("regional-hub").says("city-state-ipr");
  }

  /** Two scenarios, to their ends. */
  public static List<CommandStep> scenarios() {
    return List.of(
        toItsEnd("./entente demo --scenario city-state-ipr"),
        toItsEnd("./entente demo --scenario exercise-waste").says("who reacted when"));
  }

  /** Two gateways beside the raw chain. */
  public static CommandStep benchmark() {
    return CommandStep.of("./entente bench smoke").says("each message a gRPC message");
  }

  /** Decisions of policy, whose benchmark starts processes of its own. */
  public static CommandStep policyBenchmark() {
    return CommandStep.of("./entente bench policy --quick")
        .in(CommandStep.ProcessKind.LAUNCHER)
        .says("µs a decision");
  }

  /** All of them. */
  public static List<CommandStep> all() {
    return Stream.of(
            List.of(
                samples(),
                cluster(),
                records(),
                capFiles(),
                list(),
                benchmark(),
                policyBenchmark()),
            stopped(),
            scenarios())
        .flatMap(List::stream)
        .toList();
  }

  private static CommandStep toItsEnd(String command) {
    return CommandStep.of(command).in(CommandStep.ProcessKind.LAUNCHER).with("--once", "--json");
  }
}
