package org.entente.loadtests.isolation;

import java.io.PrintWriter;
import java.nio.file.Path;
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

  @Option(names = "--rounds", defaultValue = "3", description = "default: ${DEFAULT-VALUE}")
  private int rounds;

  @Option(
      names = "--ratio",
      defaultValue = "2",
      description = "greatest acceptable ratio (default: ${DEFAULT-VALUE})")
  private double ratio;

  @Spec private CommandSpec spec;

  /** A command whose options picocli sets. */
  public AttackRun() {}

  /** The entry point of the command. */
  public static void main(String[] args) {
    System.exit(new CommandLine(new AttackRun()).execute(args));
  }

  @Override
  public Integer call() throws InterruptedException {
    if (messages < 1 || rounds < 1) {
      spec.commandLine().getErr().println("attacks: at least 1 message and 1 round");
      return 2;
    }
    Path folder = ThrowawayFolder.create();
    Federation federation = Federation.mint(ConfigurationHome.find(), folder, Machine.GATEWAY);
    Runtime.getRuntime().addShutdownHook(new Thread(federation::close, "stop"));
    try (federation) {
      return measure(federation) ? 0 : 1;
    } catch (CommandFailure failure) {
      spec.commandLine().getErr().println("attacks: " + failure.getMessage());
      return 1;
    } finally {
      ThrowawayFolder.delete(folder);
    }
  }

  private boolean measure(Federation federation) throws InterruptedException {
    Map<String, AttackLatency.Result> results =
        new AttackLatency(federation, this::say).measure(messages, rounds);
    say("%-20s %12s %15s %6s".formatted("attack", "beside it, ms", "elsewhere, ms", "ratio"));
    results.forEach(
        (attack, result) ->
            say(
                "%-20s %12.1f %15.1f %6.2f"
                    .formatted(attack, result.beside(), result.elsewhere(), result.ratio())));
    return results.values().stream().allMatch(result -> result.ratio() <= ratio);
  }

  private void say(String line) {
    PrintWriter out = spec.commandLine().getOut();
    out.println(line);
    out.flush();
  }
}
