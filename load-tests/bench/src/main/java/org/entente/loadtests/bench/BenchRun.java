package org.entente.loadtests.bench;

import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.List;
import java.util.TreeSet;
import java.util.concurrent.Callable;
import org.entente.gateway.cli.failure.CommandFailure;
import org.entente.loadtests.federation.ConfigurationHome;
import org.entente.loadtests.measure.MeasurementFailure;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Command {@code load-tests/run --quick --json}, which runs the benchmark. */
@Command(
    name = "load-tests/run",
    description = {
      "Measures two gateways from outside, and compares them with a chain of as many processes"
          + " that",
      "only forwards bytes over the same TLS, and with systems in use today. Writes results.json,",
      "results.md and charts; progress goes to standard error. See docs/develop/benchmarks.md."
    },
    mixinStandardHelpOptions = true,
    exitCodeListHeading = "%nExit codes:%n",
    exitCodeList = {
      "0:success",
      "1:a message was lost or repeated, or a part failed",
      "2:usage error"
    })
public final class BenchRun implements Callable<Integer> {
  @Option(names = "--quick", description = "less than three minutes, for rough figures")
  private boolean quick;

  @Option(names = "--scenarios", description = "two minutes; shows only that everything works")
  private boolean scenarios;

  @Option(
      names = "--counts",
      description = "less than five minutes; only counts what a message takes, and prints a table")
  private boolean counts;

  @Option(
      names = "--only",
      paramLabel = "SCENARIO",
      description =
          "only this scenario with its own gateways, such as subscribers; may be repeated")
  private List<String> only = List.of();

  @Option(names = "--json", description = "print the results as one JSON object")
  private boolean json;

  @Option(names = "--without-baselines", description = "leave out AS4, Artemis and NATS")
  private boolean withoutBaselines;

  @Option(
      names = "--out",
      paramLabel = "FOLDER",
      description = "folder for the results (default: load-tests/results/ and the effort's name)")
  private @Nullable Path out;

  @Option(
      names = "--redraw",
      paramLabel = "FOLDER",
      description =
          "measure nothing; write results.md and the charts of this folder's results.json again")
  private @Nullable Path redrawn;

  @Option(
      names = "--profile",
      paramLabel = "FOLDER",
      description = "also record both gateways with JFR, packed and alone, and write summaries")
  private @Nullable Path recordings;

  @Spec private CommandSpec spec;

  /** A command whose options picocli sets. */
  public BenchRun() {}

  /** The entry point of the command. */
  public static void main(String[] args) {
    System.exit(new CommandLine(new BenchRun()).execute(args));
  }

  @Override
  public Integer call() throws InterruptedException {
    if (redrawn != null) {
      return redraw(redrawn);
    }
    Effort effort = effort();
    if (!Effort.Scenarios.ALL.containsAll(only)) {
      say("--only: " + only + "; valid: " + new TreeSet<>(Effort.Scenarios.ALL));
      return 2;
    }
    String baselines = withoutBaselines ? null : System.getProperty(BaselineRunner.PROPERTY);
    Bench bench = new Bench(effort, baselines, this::say);
    Thread onInterrupt = new Thread(bench::close, "stop");
    Runtime.getRuntime().addShutdownHook(onInterrupt);
    try (bench) {
      Results results = measured(bench);
      Path to = out == null ? results(effort) : out;
      Bench.write(results, to);
      say("written to " + to);
      if (json) {
        PrintWriter printed = spec.commandLine().getOut();
        printed.println(results.json());
        printed.flush();
      }
      return bench.failed() ? 1 : 0;
    } catch (CommandFailure | MeasurementFailure failure) {
      say(failure.getMessage() + "");
      return 1;
    }
  }

  private int redraw(Path folder) {
    try {
      Bench.redraw(folder);
      return 0;
    } catch (UncheckedIOException unreadable) {
      say("--redraw: " + unreadable.getMessage());
      return 1;
    }
  }

  private Results measured(Bench bench) throws InterruptedException {
    if (!only.isEmpty()) {
      return bench.only(new TreeSet<>(only));
    }
    return counts ? bench.counts(recordings) : bench.run(recordings);
  }

  /** The least that was asked for. */
  private Effort effort() {
    if (counts) {
      return Effort.COUNTS;
    }
    if (scenarios) {
      return Effort.SCENARIOS;
    }
    return quick ? Effort.QUICK : Effort.LONG;
  }

  private Path results(Effort effort) {
    return ConfigurationHome.find()
        .folder()
        .resolve("load-tests")
        .resolve("results")
        .resolve(only.isEmpty() ? effort.name() : String.join("-", only));
  }

  private void say(String line) {
    PrintWriter err = spec.commandLine().getErr();
    err.println("run: " + line);
    err.flush();
  }
}
