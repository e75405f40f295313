package org.entente.loadtests.bench;

import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Command {@code load-tests/compare A B}, which shows two runs side by side. */
@Command(
    name = "load-tests/compare",
    description = {
      "Shows the results of two runs of load-tests/run side by side, each median with the least and",
      "greatest of its repeats. If the ranges overlap, a difference is not significant."
    },
    mixinStandardHelpOptions = true,
    exitCodeListHeading = "%nExit codes:%n",
    exitCodeList = {"0:success", "1:a file cannot be read", "2:usage error"})
public final class CompareRun implements Callable<Integer> {
  @Parameters(index = "0", paramLabel = "A", description = "results.json of a run")
  private Path first;

  @Parameters(index = "1", paramLabel = "B", description = "results.json of another")
  private Path second;

  @Spec private CommandSpec spec;

  /** A command whose options picocli sets. */
  public CompareRun() {}

  /** The entry point of the command. */
  public static void main(String[] args) {
    System.exit(new CommandLine(new CompareRun()).execute(args));
  }

  @Override
  public Integer call() {
    try {
      PrintWriter out = spec.commandLine().getOut();
      RunComparison.table(Results.read(first), Results.read(second)).forEach(out::println);
      out.flush();
      return 0;
    } catch (UncheckedIOException e) {
      spec.commandLine().getErr().println("compare: " + e.getMessage());
      return 1;
    }
  }
}
