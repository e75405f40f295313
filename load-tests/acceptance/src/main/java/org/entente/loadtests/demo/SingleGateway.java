package org.entente.loadtests.demo;

import java.util.List;
import org.entente.gateway.cli.failure.CommandFailure;
import org.entente.loadtests.federation.AuditResult;
import org.entente.loadtests.federation.Federation;

/** A gateway on one machine, which is started again after its SIGKILL. */
record SingleGateway(Federation federation, DemoOutput voice) implements KilledGateway {
  @Override
  public String processes() {
    return "one process each";
  }

  @Override
  public void start(List<String> others) {
    federation.launch(AGENCY);
    federation.start(others);
    federation.awaitReady(List.of(AGENCY));
  }

  @Override
  public Outage kill() {
    voice.say("---- SIGKILL to the gateway of %s, in mid-stream ----", AGENCY);
    long from = System.nanoTime();
    federation.kill(AGENCY);
    federation.start(List.of(AGENCY));
    voice.say("---- The gateway of %s is back, on the same ledger ----", AGENCY);
    return new Outage(AGENCY, from, System.nanoTime(), 1);
  }

  @Override
  public List<String> crashed() {
    return federation.crashed().contains(AGENCY) ? List.of(AGENCY) : List.of();
  }

  @Override
  public AuditResult stopAndVerify() {
    try {
      federation.stop(AGENCY);
    } catch (CommandFailure e) {
      voice.say("%s in time and was killed", String.valueOf(e.getMessage()));
    }
    return AuditResult.verify(federation.plan(AGENCY));
  }
}
