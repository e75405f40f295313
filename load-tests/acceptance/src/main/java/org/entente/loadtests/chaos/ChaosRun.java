package org.entente.loadtests.chaos;

import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.Callable;
import java.util.concurrent.atomic.AtomicBoolean;
import org.entente.gateway.cli.failure.CommandFailure;
import org.entente.loadtests.federation.ConfigurationHome;
import org.entente.loadtests.federation.Federation;
import org.entente.loadtests.federation.ThrowawayFolder;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Kills gateways under load from the shell: {@code load-tests/chaos --kills N --seed S}. */
@Command(
    name = "load-tests/chaos",
    description = {
      "Kills gateways with SIGKILL at random moments under load and compares journals.",
      "Mints a throwaway federation, starts a process for each of its gateways, publishes without",
      "pause, kills any of them, the transit included, sometimes two at once, and starts each again",
      "a moment later. At the end every acknowledged message must have come to every recipient,",
      "once. The last line counts. Where something is wrong, the gateways' folder is kept."
    },
    mixinStandardHelpOptions = true,
    exitCodeListHeading = "%nExit codes:%n",
    exitCodeList = {
      "0:nothing was lost or doubled, nothing else was wrong",
      "1:something was, or the run could not be finished; what it was stands above the last line",
      "2:wrongly called"
    })
public final class ChaosRun implements Callable<Integer> {
  private static final int SHOWN = 20;

  @Option(names = "--kills", required = true, paramLabel = "N", description = "how many")
  private int kills;

  @Option(
      names = "--seed",
      paramLabel = "S",
      description =
          "chooses load, victims and moments (default: another each time); processes and clocks are"
              + " real, so the same seed gives the same choices and not the same run")
  private @Nullable Long seed;

  @Option(
      names = "--rate",
      paramLabel = "R",
      defaultValue = "40",
      description = "messages a second (default: ${DEFAULT-VALUE})")
  private int rate;

  @Spec private CommandSpec spec;

  /** A command whose options picocli sets. */
  public ChaosRun() {}

  /** The entry point of the command. */
  public static void main(String[] args) {
    System.exit(new CommandLine(new ChaosRun()).execute(args));
  }

  @Override
  public Integer call() throws InterruptedException {
    if (kills < 1 || rate < 1) {
      spec.commandLine().getErr().println("chaos: --kills and --rate must be at least 1");
      return 2;
    }
    long chosen = seed == null ? new SplittableRandom().nextLong(Long.MAX_VALUE) : seed;
    Path folder = ThrowawayFolder.create();
    say("seed " + chosen + ", folder " + folder);
    boolean good = false;
    Federation federation = Federation.mint(ConfigurationHome.find(), folder);
    AtomicBoolean stopping = new AtomicBoolean();
    Thread onInterrupt = new Thread(() -> stop(stopping, federation, folder), "stop");
    Runtime.getRuntime().addShutdownHook(onInterrupt);
    try (federation) {
      SplittableRandom random = new SplittableRandom(chosen);
      good = tell(new Chaos(federation, random, rate, this::say).run(kills));
    } catch (CommandFailure failure) {
      if (!stopping.get()) {
        spec.commandLine().getErr().println("chaos: " + failure.getMessage());
      }
    } finally {
      forget(onInterrupt);
      if (good) {
        ThrowawayFolder.delete(folder);
      } else if (!stopping.get()) {
        spec.commandLine().getErr().println("chaos: ledgers and logs are kept in " + folder);
      }
    }
    return good ? 0 : 1;
  }

  /** On SIGTERM and SIGINT: no process and no key stays behind. */
  private static void stop(AtomicBoolean stopping, Federation federation, Path folder) {
    stopping.set(true);
    federation.close();
    ThrowawayFolder.delete(folder);
  }

  private static void forget(Thread hook) {
    try {
      Runtime.getRuntime().removeShutdownHook(hook);
    } catch (IllegalStateException e) {
      // This machine is stopping: the hook runs already and cleans up.
      hook.setName("stop (running)");
    }
  }

  private boolean tell(ChaosVerdict verdict) {
    JournalComparison comparison = verdict.comparison();
    list("lost", comparison.lost());
    list("doubled", comparison.doubled());
    list("acknowledged by nobody for that recipient", comparison.strays());
    list("wrong", verdict.problems());
    say(verdict.line());
    return verdict.good();
  }

  private void list(String what, List<String> lines) {
    lines.stream().limit(SHOWN).forEach(line -> say(what + ": " + line));
    if (lines.size() > SHOWN) {
      say(what + ": " + (lines.size() - SHOWN) + " more");
    }
  }

  private void say(String line) {
    PrintWriter out = spec.commandLine().getOut();
    out.println(line);
    out.flush();
  }
}
