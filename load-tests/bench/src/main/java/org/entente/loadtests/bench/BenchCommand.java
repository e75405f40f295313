package org.entente.loadtests.bench;

import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import org.entente.gateway.cli.call.EntenteCommand;
import org.entente.gateway.cli.failure.CommandFailure;
import org.entente.loadtests.measure.MeasurementFailure;
import org.jspecify.annotations.Nullable;
import org.openjdk.jmh.results.RunResult;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Benchmarks. */
@Command(
    name = "bench",
    description = "Measures gateways on this machine.",
    mixinStandardHelpOptions = true,
    subcommands = {BenchCommand.Smoke.class, BenchCommand.PolicyBenchCommand.class},
    synopsisSubcommandLabel = "COMMAND")
public final class BenchCommand implements EntenteCommand, Callable<Integer> {
  @Spec private CommandSpec spec;

  /** A command whose options picocli sets. */
  public BenchCommand() {}

  @Override
  public Integer call() {
    spec.commandLine().usage(spec.commandLine().getErr());
    return 2;
  }

  /** Compares two gateways with a pass-through chain of as many processes. */
  @Command(
      name = "smoke",
      description = {
        "Runs half a minute of load-tests/run without baselines.",
        "Compares throughput and latency of two gateways with a chain of as many processes that only",
        "forwards bytes over the same TLS. Shows that everything works; for reliable figures use",
        "load-tests/run."
      },
      mixinStandardHelpOptions = true)
  static final class Smoke implements Callable<Integer> {
    @Spec private CommandSpec spec;

    @Override
    public Integer call() throws InterruptedException {
      Bench bench = new Bench(Effort.SMOKE, null, this::say);
      Runtime.getRuntime().addShutdownHook(new Thread(bench::close, "stop"));
      try (bench) {
        Results results = bench.chains(null);
        for (Figure figure : results.figures()) {
          spec.commandLine()
              .getOut()
              .printf(
                  "%-14s %12s %-10s %s%n",
                  figure.subject().title(),
                  Figure.number(figure.spread().median()),
                  figure.unit(),
                  figure.what());
        }
        spec.commandLine().getOut().flush();
        return 0;
      } catch (MeasurementFailure failure) {
        throw new CommandFailure(failure.getMessage() + "", failure);
      }
    }

    private void say(String line) {
      spec.commandLine().getErr().println(line);
      spec.commandLine().getErr().flush();
    }
  }

  /** Measures the time of a policy decision. */
  @Command(
      name = "policy",
      description = {
        "Measures the microseconds of a decision of the sender's policy on one recipient.",
        "With 10, 100 and 1,000 agreements, each with and without the cache of rulings, by JMH in",
        "separate processes; takes six minutes. JMH's progress is on standard error.",
        "Example: entente bench policy --quick --out policy.json"
      },
      mixinStandardHelpOptions = true)
  static final class PolicyBenchCommand implements Callable<Integer> {
    @Option(names = "--quick", description = "takes half a minute and gives rough figures")
    private boolean quick;

    @Option(
        names = "--out",
        paramLabel = "FILE",
        description = "file for the results in JMH's JSON format")
    private @Nullable Path out;

    @Spec private CommandSpec spec;

    @Override
    public Integer call() {
      PolicyBench.Form form = quick ? PolicyBench.Form.QUICK : PolicyBench.Form.LONG;
      List<RunResult> results = PolicyBench.run(form, out, System.err);
      PolicyBench.table(results).forEach(spec.commandLine().getOut()::println);
      spec.commandLine().getOut().flush();
      return 0;
    }
  }
}
