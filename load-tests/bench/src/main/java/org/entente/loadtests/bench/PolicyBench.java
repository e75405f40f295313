package org.entente.loadtests.bench;

import java.io.PrintStream;
import java.nio.file.Path;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;
import org.entente.gateway.cli.failure.CommandFailure;
import org.entente.loadtests.federation.ConfigurationHome;
import org.entente.loadtests.inside.PolicyBenchmark;
import org.jspecify.annotations.Nullable;
import org.openjdk.jmh.results.Result;
import org.openjdk.jmh.results.RunResult;
import org.openjdk.jmh.results.format.ResultFormatType;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.RunnerException;
import org.openjdk.jmh.runner.format.OutputFormatFactory;
import org.openjdk.jmh.runner.options.ChainedOptionsBuilder;
import org.openjdk.jmh.runner.options.OptionsBuilder;
import org.openjdk.jmh.runner.options.TimeValue;
import org.openjdk.jmh.runner.options.VerboseMode;

/** Runs {@link PolicyBenchmark} with JMH and formats the results as a table. */
final class PolicyBench {
  /**
   * Duration of the measurement.
   *
   * @param forks processes, one after the other; 0 for this one
   * @param warmups unmeasured rounds in each process
   * @param rounds measured rounds
   * @param millis duration of a round
   */
  record Form(int forks, int warmups, int rounds, int millis) {
    /** Half a minute, for rough figures. */
    static final Form QUICK = new Form(1, 2, 3, 500);

    /** Six minutes, for reliable figures. */
    static final Form LONG = new Form(3, 5, 5, 2_000);
  }

  private PolicyBench() {}

  /**
   * Measures.
   *
   * @param out file for the results in JMH's JSON format; null for none
   * @param progress receives JMH's progress
   * @throws CommandFailure if a part could not be measured
   */
  static List<RunResult> run(Form form, @Nullable Path out, PrintStream progress) {
    ChainedOptionsBuilder options =
        new OptionsBuilder()
            .include("^" + PolicyBenchmark.class.getName().replace(".", "\\.") + "\\.")
            .forks(form.forks())
            .warmupIterations(form.warmups())
            .warmupTime(TimeValue.milliseconds(form.millis()))
            .measurementIterations(form.rounds())
            .measurementTime(TimeValue.milliseconds(form.millis()))
            .shouldFailOnError(true)
            .jvmArgsAppend("-Dentente.home=" + ConfigurationHome.find().folder());
    if (out != null) {
      options = options.resultFormat(ResultFormatType.JSON).result(out.toString());
    }
    try {
      Collection<RunResult> results =
          new Runner(
                  options.build(),
                  OutputFormatFactory.createFormatInstance(progress, VerboseMode.NORMAL))
              .run();
      return results.stream()
          .sorted(
              Comparator.comparingInt((RunResult it) -> Integer.parseInt(param(it, "agreements")))
                  .thenComparing(it -> param(it, "cache")))
          .toList();
    } catch (RunnerException e) {
      throw new CommandFailure("the policy could not be measured: " + e.getMessage(), e);
    }
  }

  private static String param(RunResult result, String name) {
    return result.getParams().getParam(name);
  }

  /** Lines of a table: agreements, cache, microseconds per decision, and error. */
  static List<String> table(List<RunResult> results) {
    return Stream.concat(
            Stream.of(line("agreements", "cache", "µs a decision", "error (99.9 %)")),
            results.stream().map(PolicyBench::line))
        .toList();
  }

  private static String line(RunResult result) {
    Result<?> figure = result.getPrimaryResult();
    double error = figure.getScoreError();
    return line(
        param(result, "agreements"),
        param(result, "cache").equals("true") ? "on" : "off",
        Figure.number(figure.getScore()),
        Double.isNaN(error) ? "" : "± " + Figure.number(error));
  }

  private static String line(String agreements, String cache, String score, String error) {
    return String.format(Locale.ROOT, "%10s  %-5s  %13s  %14s", agreements, cache, score, error)
        .stripTrailing();
  }
}
