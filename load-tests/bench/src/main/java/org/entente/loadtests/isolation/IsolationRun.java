package org.entente.loadtests.isolation;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import org.entente.gateway.cli.failure.CommandFailure;
import org.entente.loadtests.federation.ConfigurationHome;
import org.entente.loadtests.federation.Federation;
import org.entente.loadtests.federation.Machine;
import org.entente.loadtests.federation.ThrowawayFolder;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Command {@code load-tests/isolation --queued N}, which measures isolation. */
@Command(
    name = "load-tests/isolation",
    description = {
      "Measures the throughput to a good peer beside one that is good, dead, slow, stuck or hostile,",
      "and beside clients that read nothing, acknowledge nothing or are hostile, as ratios of one run.",
      "Then queues messages for a dead peer, measures the memory of the queueing process, and restarts",
      "the peer. The last line is a summary."
    },
    mixinStandardHelpOptions = true,
    exitCodeListHeading = "%nExit codes:%n",
    exitCodeList = {
      "0:every ratio is at least --ratio, the heap did not grow, and all messages drained",
      "1:a condition is not met; the measurements are above",
      "2:usage error"
    })
public final class IsolationRun implements Callable<Integer> {
  private static final double MOST_HEAP_GROWTH = 1.5;
  private static final long MOST_RESIDENT_GROWTH = 256L << 20;

  @Option(
      names = "--messages",
      defaultValue = "3000",
      description = "messages in each round (default: ${DEFAULT-VALUE})")
  private int messages;

  @Option(names = "--rounds", defaultValue = "3", description = "default: ${DEFAULT-VALUE}")
  private int rounds;

  @Option(
      names = "--queued",
      defaultValue = "20000",
      description = "messages queued for a dead peer (default: ${DEFAULT-VALUE})")
  private int queued;

  @Option(
      names = "--ratio",
      defaultValue = "0.7",
      description = "least acceptable ratio, allowing for noise (default: ${DEFAULT-VALUE})")
  private double ratio;

  @Spec private CommandSpec spec;

  /** A command whose options picocli sets. */
  public IsolationRun() {}

  /** The entry point of the command. */
  public static void main(String[] args) {
    System.exit(new CommandLine(new IsolationRun()).execute(args));
  }

  @Override
  public Integer call() throws InterruptedException, IOException {
    if (messages < 1 || rounds < 1 || queued < 10) {
      spec.commandLine().getErr().println("isolation: at least 1 message, 1 round, 10 queued");
      return 2;
    }
    Path folder = ThrowawayFolder.create();
    Federation federation = Federation.mint(ConfigurationHome.find(), folder, Machine.GATEWAY);
    Thread onInterrupt = new Thread(federation::close, "stop");
    Runtime.getRuntime().addShutdownHook(onInterrupt);
    try (federation) {
      return measure(federation) ? 0 : 1;
    } catch (CommandFailure failure) {
      spec.commandLine().getErr().println("isolation: " + failure.getMessage());
      return 1;
    } finally {
      ThrowawayFolder.delete(folder);
    }
  }

  private boolean measure(Federation federation) throws InterruptedException, IOException {
    Isolation isolation = new Isolation(federation, this::say);
    try {
      Map<Isolation.Neighbour, Double> ratios = isolation.ratios(messages, rounds);
      Backlog backlog = isolation.queue(queued);
      StringBuilder line = new StringBuilder();
      ratios.forEach(
          (neighbour, part) ->
              line.append("%s %.2f, ".formatted(neighbour.name().toLowerCase(Locale.ROOT), part)));
      line.append(
          "queued %d, heap grew to %.2f, resident by %d MiB, through %.0f/s, drained %.0f/s"
              .formatted(
                  queued,
                  backlog.heapGrowth(),
                  backlog.residentGrowth() >> 20,
                  backlog.through(),
                  backlog.drained()));
      say(line.toString());
      return ratios.values().stream().allMatch(part -> part >= ratio)
          && backlog.heapGrowth() <= MOST_HEAP_GROWTH
          && backlog.residentGrowth() <= MOST_RESIDENT_GROWTH;
    } finally {
      isolation.close();
    }
  }

  private void say(String line) {
    PrintWriter out = spec.commandLine().getOut();
    out.println(line);
    out.flush();
  }
}
