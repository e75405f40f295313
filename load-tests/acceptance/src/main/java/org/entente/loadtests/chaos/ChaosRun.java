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

/** Command {@code load-tests/chaos --kills N --seed S}, which kills gateways under load. */
@Command(
    name = "load-tests/chaos",
    description = {
      "Kills gateways with SIGKILL at random moments under load and compares journals.",
      "Mints a throwaway federation, starts one process for each gateway and publishes continuously.",
      "Kills gateways, including the transit, sometimes two at once, and restarts each a moment later.",
      "At the end every acknowledged message must have arrived at every recipient exactly once.",
      "The last line gives the counts. After a failure the gateways' folder is kept."
    },
    mixinStandardHelpOptions = true,
    exitCodeListHeading = "%nExit codes:%n",
    exitCodeList = {
      "0:no message was lost or duplicated, and no other fault was found",
      "1:a fault was found, or the run could not finish; the reason is above the last line",
      "2:usage error"
    })
public final class ChaosRun implements Callable<Integer> {
  private static final int SHOWN = 20;

  @Option(names = "--kills", required = true, paramLabel = "N", description = "number of kills")
  private int kills;

  @Option(
      names = "--seed",
      paramLabel = "S",
      description =
          "seed of load, victims and moments (default: random); processes and clocks are real,"
              + " so the same seed repeats the choices but not the exact run")
  private @Nullable Long seed;

  @Option(
      names = "--rate",
      paramLabel = "R",
      defaultValue = "40",
      description = "messages per second (default: ${DEFAULT-VALUE})")
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

  /** Ends all processes and deletes all keys on SIGTERM and SIGINT. */
  private static void stop(AtomicBoolean stopping, Federation federation, Path folder) {
    stopping.set(true);
    federation.close();
    ThrowawayFolder.delete(folder);
  }

  private static void forget(Thread hook) {
    try {
      Runtime.getRuntime().removeShutdownHook(hook);
    } catch (IllegalStateException e) {
      // The JVM is stopping: the hook already runs and cleans up.
      hook.setName("stop (running)");
    }
  }

  private boolean tell(ChaosVerdict verdict) {
    JournalComparison comparison = verdict.comparison();
    list("lost", comparison.lost());
    list("doubled", comparison.doubled());
    list("not acknowledged for that recipient", comparison.strays());
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
