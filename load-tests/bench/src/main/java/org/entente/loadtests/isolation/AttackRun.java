package org.entente.loadtests.isolation;

import java.util.Map;
import java.util.concurrent.Callable;
import org.entente.loadtests.federation.Federation;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Command {@code load-tests/attacks}, which measures honest traffic beside attacks. */
@Command(
    name = "load-tests/attacks",
    description = {
      "Measures the 99th percentile of the time that lone messages of two members take while a third,",
      "with a valid certificate, attacks the transit between them. Compares it with the same attack on",
      "a gateway that the messages do not use. The last lines are a table."
    },
    mixinStandardHelpOptions = true,
    exitCodeListHeading = "%nExit codes:%n",
    exitCodeList = {
      "0:every ratio is at most --ratio",
      "1:a ratio is greater, or a message was lost",
      "2:usage error"
    })
public final class AttackRun implements Callable<Integer> {
  @Option(
      names = "--messages",
      defaultValue = "400",
      description = "lone messages in each round (default: ${DEFAULT-VALUE})")
  private int messages;

  @Mixin private RatioRun run = new RatioRun();

  @Option(
      names = "--ratio",
      defaultValue = "2",
      description = "greatest acceptable ratio (default: ${DEFAULT-VALUE})")
  private double ratio;

  /** A command whose options picocli sets. */
  public AttackRun() {}

  /** The entry point of the command. */
  public static void main(String[] args) {
    System.exit(new CommandLine(new AttackRun()).execute(args));
  }

  @Override
  public Integer call() throws InterruptedException {
    if (messages < 1 || run.rounds() < 1) {
      return run.refuse("at least 1 message and 1 round");
    }
    return run.measure((federation, folder) -> measure(federation));
  }

  private boolean measure(Federation federation) throws InterruptedException {
    Map<String, AttackLatency.Result> results =
        new AttackLatency(federation, run::say).measure(messages, run.rounds());
    run.say("%-20s %12s %15s %6s".formatted("attack", "beside it, ms", "elsewhere, ms", "ratio"));
    results.forEach(
        (attack, result) ->
            run.say(
                "%-20s %12.1f %15.1f %6.2f"
                    .formatted(attack, result.beside(), result.elsewhere(), result.ratio())));
    return results.values().stream().allMatch(result -> result.ratio() <= ratio);
  }
}
