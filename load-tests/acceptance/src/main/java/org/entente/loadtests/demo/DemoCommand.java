package org.entente.loadtests.demo;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import org.entente.gateway.cli.call.EntenteCommand;
import org.entente.gateway.cli.failure.CommandFailure;
import org.entente.gateway.cli.failure.UsageError;
import org.entente.loadtests.federation.ConfigurationHome;
import org.entente.loadtests.federation.Federation;
import org.entente.loadtests.federation.NodePlan;
import org.entente.loadtests.federation.ThrowawayFederation;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Demonstrates a federation on this machine. */
@Command(
    name = "demo",
    description = {
      "Demonstrates a federation of five gateways on this machine and counts every message.",
      "Mints a throwaway federation, starts five gateways as processes (fr.customs, de.customs,",
      "sg.police, us.cbp and the transit x.hub), and warms them up with exercise traffic."
          + " Publishes",
      "alerts as their clients at a steady rate and in a burst, shows deliveries and policy's"
          + " refusals,",
      "kills one gateway in mid-stream and restarts it, and ends with a table. Exit code 0 only if"
          + " no",
      "message was lost, duplicated or misrouted, the transit opened no envelope and every audit"
          + " log",
      "verifies.",
      "With --cluster the gateway of de.customs runs on three machines. The one that leads is"
          + " killed,",
      "another one takes over, and the table says after what time.",
      "With --scenario it runs scenarios of config/scenarios instead: cooperation of agencies step"
          + " by",
      "step, each scenario with its own gateways. Exit code 0 only if every step has the result"
          + " that the",
      "scenario expects.",
      "The last line is \"Result: passed\", or \"Result: failed:\" and the failures."
    },
    mixinStandardHelpOptions = true,
    footerHeading = "%nExamples:%n",
    footer = {
      "  entente demo",
      "  entente demo --once --json",
      "  entente demo --alerts alerts.jsonl --mapping config/mappings/safety-gate.yaml",
      "  entente demo --alerts folder-of-cap-files",
      "  entente demo --keep",
      "  entente demo --cluster",
      "  entente demo --list",
      "  entente demo --scenario city-state-ipr",
      "  entente demo --scenario all --once --json"
    })
public final class DemoCommand implements EntenteCommand, Callable<Integer> {
  @Option(
      names = "--once",
      description = "end after one run; the default, for explicit use in scripts")
  private boolean once;

  @Option(
      names = "--json",
      description =
          "print the summary as one JSON object on standard output, and all else on standard error")
  private boolean json;

  @Option(
      names = "--keep",
      description = "keep the gateways running at the end until Ctrl-C, and keep the folder")
  private boolean keep;

  @Option(
      names = "--cluster",
      description = "kill the leader of a gateway on three machines, instead of a single gateway")
  private boolean cluster;

  @Option(
      names = "--alerts",
      paramLabel = "FILE|DIR",
      description =
          "alerts to publish instead of the samples: JSON Lines or CAP XML, each record once")
  private @Nullable Path alerts;

  @Option(
      names = "--mapping",
      paramLabel = "FILE",
      description = "mapping of the alerts (default for CAP: config/mappings/cap.yaml)")
  private @Nullable Path mapping;

  @Option(
      names = "--messages",
      defaultValue = "500",
      description =
          "repeat the samples to about this number: three fifths at the steady rate, one fifth in a"
              + " burst, one fifth around the outage (default: ${DEFAULT-VALUE})")
  private int messages;

  @Option(
      names = "--rate",
      defaultValue = "20",
      description = "messages per second, except in the burst (default: ${DEFAULT-VALUE})")
  private int rate;

  @Option(
      names = "--scenario",
      arity = "1..*",
      paramLabel = "NAME",
      description = "scenarios to run instead; `all` for all, or the path of your own scenario")
  private List<String> scenarios = new ArrayList<>();

  @Option(names = "--list", description = "list the scenarios; run nothing")
  private boolean list;

  @Spec private CommandSpec spec;

  /** A command whose options picocli sets. */
  public DemoCommand() {}

  @Override
  public Integer call() throws InterruptedException {
    if (once && keep) {
      spec.commandLine().getErr().println("entente: --once and --keep exclude each other");
      return 2;
    }
    if (keep && !scenarios.isEmpty()) {
      spec.commandLine().getErr().println("entente: --keep and --scenario exclude each other");
      return 2;
    }
    if (cluster && (keep || !scenarios.isEmpty())) {
      spec.commandLine()
          .getErr()
          .println("entente: --cluster excludes --keep and --scenario: its machines end with it");
      return 2;
    }
    if (rate < 1 || messages < 1) {
      spec.commandLine().getErr().println("entente: --rate and --messages must be at least 1");
      return 2;
    }
    if (mapping != null && alerts == null) {
      spec.commandLine().getErr().println("entente: --mapping: needs --alerts");
      return 2;
    }
    DemoOutput voice =
        new DemoOutput(spec.commandLine().getOut(), spec.commandLine().getErr(), json);
    try {
      return call(voice);
    } catch (UsageError wrong) {
      throw wrong; // nothing ran that could have a result
    } catch (CommandFailure failure) {
      String reason = String.valueOf(failure.getMessage());
      voice.say("Result: failed: %s", reason.lines().findFirst().orElse(reason));
      throw failure;
    }
  }

  private int call(DemoOutput voice) throws InterruptedException {
    ConfigurationHome home = ConfigurationHome.find();
    if (list || !scenarios.isEmpty()) {
      ScenarioSuite each = new ScenarioSuite(home.scenarios(), voice, json);
      return list ? each.list() : each.run(scenarios);
    }
    return ThrowawayFederation.during(
        folder -> {
          voice.say("Minting a throwaway federation in %s", folder);
          return Federation.mint(home, folder);
        },
        keep,
        (federation, folder) -> run(home, federation, folder, voice));
  }

  private int run(ConfigurationHome home, Federation federation, Path folder, DemoOutput voice)
      throws InterruptedException {
    DemoOptions options = new DemoOptions(alerts, mapping, messages, rate, cluster);
    Summary summary = new Demo(home, federation, options, voice).run();
    voice.result(json ? summary.json() : System.lineSeparator() + summary.table());
    if (json) {
      voice.say("%s", summary.result());
    }
    if (keep) {
      leaveRunning(federation, folder, voice);
    }
    return summary.good() ? 0 : 1;
  }

  /** Starts the verified gateways again and waits for Ctrl-C. */
  private static void leaveRunning(Federation federation, Path folder, DemoOutput voice)
      throws InterruptedException {
    federation.start(federation.agencies());
    for (String agency : federation.agencies()) {
      NodePlan plan = federation.plan(agency);
      voice.say("%n%s", agency);
      voice.say("  clients      %s", plan.clients());
      if (plan.peers() != null) {
        voice.say("  peers        %s", plan.peers());
      }
      voice.say("  metrics      http://%s/metrics", plan.admin());
      voice.say("  log          %s", plan.log());
      plan.scopes()
          .forEach(
              (client, scopes) ->
                  voice.say(
                      "  credentials  %s  %s", federation.credentials(agency, client), scopes));
    }
    voice.say("%nRunning until Ctrl-C; delete %s afterwards.", folder);
    new CountDownLatch(1).await();
  }
}
