package org.entente.loadtests.isolation;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import org.entente.loadtests.federation.Federation;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

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

  @Mixin private RatioRun run = new RatioRun();

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

  /** A command whose options picocli sets. */
  public IsolationRun() {}

  /** The entry point of the command. */
  public static void main(String[] args) {
    System.exit(new CommandLine(new IsolationRun()).execute(args));
  }

  @Override
  public Integer call() throws InterruptedException {
    if (messages < 1 || run.rounds() < 1 || queued < 10) {
      return run.refuse("at least 1 message, 1 round, 10 queued");
    }
    return run.measure((federation, folder) -> measure(federation));
  }

  private boolean measure(Federation federation) throws InterruptedException {
    try (Isolation isolation = new Isolation(federation, run::say)) {
      Map<Isolation.Neighbour, Double> ratios = isolation.ratios(messages, run.rounds());
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
      run.say(line.toString());
      return ratios.values().stream().allMatch(part -> part >= ratio)
          && backlog.heapGrowth() <= MOST_HEAP_GROWTH
          && backlog.residentGrowth() <= MOST_RESIDENT_GROWTH;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
