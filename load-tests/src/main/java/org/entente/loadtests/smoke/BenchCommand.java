package org.entente.loadtests.smoke;

import java.io.IOException;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.concurrent.Callable;
import org.entente.gateway.cli.EntenteCommand;
import org.entente.gateway.client.Credentials;
import org.entente.loadtests.federation.Federation;
import org.entente.loadtests.federation.Home;
import org.entente.loadtests.federation.Machine;
import org.entente.loadtests.federation.ThrowawayFolder;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Benchmarks. */
@Command(
    name = "bench",
    description = "Measures gateways on this machine.",
    mixinStandardHelpOptions = true,
    subcommands = BenchCommand.Smoke.class,
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

  /** Two gateways beside a pass-through chain of as many processes. */
  @Command(
      name = "smoke",
      description = {
        "Messages of 1 KiB a second through two gateways (publisher's stream, sealed, committed,",
        "linked, committed, subscriber) beside a chain of as many processes that only passes bytes",
        "on over the same TLS. Prints both and their ratio; judges nothing."
      },
      mixinStandardHelpOptions = true,
      footerHeading = "%nExample:%n",
      footer = "  entente bench smoke --messages 20000")
  static final class Smoke implements Callable<Integer> {
    private static final int BYTES = 1_024;

    @Option(
        names = "--messages",
        defaultValue = "20000",
        description = "to measure; a quarter as many go before, unmeasured (default: 20000)")
    private int messages;

    @Spec private CommandSpec spec;

    @Override
    public Integer call() throws IOException, InterruptedException {
      if (messages < 1) {
        spec.commandLine().getErr().println("entente: --messages must be at least 1");
        return 2;
      }
      byte[] content = new byte[BYTES];
      new SecureRandom().nextBytes(content);
      Path folder = ThrowawayFolder.create();
      try (Federation federation = Federation.mint(Home.find(), folder, Machine.THROUGHPUT)) {
        double raw = passThrough(federation, content);
        double gateways = gateways(federation, content);
        spec.commandLine()
            .getOut()
            .printf(
                "pass-through  %,10.0f messages/s%ntwo gateways  %,10.0f messages/s%n"
                    + "ratio         %10.3f%n",
                raw, gateways, gateways / raw);
        return 0;
      } finally {
        ThrowawayFolder.delete(folder);
      }
    }

    /** Before the gateways run, at the addresses that they will take. */
    private double passThrough(Federation federation, byte[] content)
        throws IOException, InterruptedException {
      Credentials client = Credentials.in(federation.credentials("fr.customs", "declarations"));
      try (RawChain chain =
          new RawChain(
              federation.plan("fr.customs").clients(),
              federation.plan("de.customs").clients(),
              federation.gatewayCredentials("fr.customs"),
              client,
              content)) {
        chain.run(Math.max(1, messages / 4));
        return chain.run(messages);
      }
    }

    private double gateways(Federation federation, byte[] content) throws InterruptedException {
      federation.start(GatewayChain.GATEWAYS);
      GatewayChain chain = new GatewayChain(federation, content);
      chain.run(Math.max(1, messages / 4));
      return chain.run(messages);
    }
  }
}
