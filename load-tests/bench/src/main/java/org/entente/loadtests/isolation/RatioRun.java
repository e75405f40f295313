package org.entente.loadtests.isolation;

import java.io.PrintWriter;
import org.entente.gateway.cli.failure.CommandFailure;
import org.entente.loadtests.federation.ConfigurationHome;
import org.entente.loadtests.federation.Federation;
import org.entente.loadtests.federation.Machine;
import org.entente.loadtests.federation.ThrowawayFederation;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** What commands that measure ratios in a throwaway federation share. */
final class RatioRun {
  @Option(names = "--rounds", defaultValue = "3", description = "default: ${DEFAULT-VALUE}")
  private int rounds;

  @Spec(Spec.Target.MIXEE)
  private CommandSpec command;

  int rounds() {
    return rounds;
  }

  /** Refuses the options; returns the exit code. */
  int refuse(String valid) {
    error(valid);
    return 2;
  }

  /** Runs a measurement; 0 if it meets its conditions, otherwise 1. */
  int measure(ThrowawayFederation.Use<Boolean> measurement) throws InterruptedException {
    try {
      return ThrowawayFederation.during(
              folder -> Federation.mint(ConfigurationHome.find(), folder, Machine.GATEWAY),
              false,
              measurement)
          ? 0
          : 1;
    } catch (CommandFailure failure) {
      error(String.valueOf(failure.getMessage()));
      return 1;
    }
  }

  private void error(String line) {
    String name = command.name().substring(command.name().lastIndexOf('/') + 1);
    command.commandLine().getErr().println(name + ": " + line);
  }

  void say(String line) {
    PrintWriter out = command.commandLine().getOut();
    out.println(line);
    out.flush();
  }
}
