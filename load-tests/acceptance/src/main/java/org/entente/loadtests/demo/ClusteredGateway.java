package org.entente.loadtests.demo;

import java.util.List;
import org.entente.loadtests.federation.AuditResult;
import org.entente.loadtests.federation.Federation;
import org.entente.loadtests.federation.GatewayCluster;

/** A gateway on three machines: after the SIGKILL of the one that leads, another one takes over. */
record ClusteredGateway(Federation federation, GatewayCluster cluster, DemoOutput voice)
    implements KilledGateway {
  private static final int MACHINES = 3;
  private static final double MILLIS = 1_000;

  @Override
  public String processes() {
    return "one process each, but three for that of " + AGENCY;
  }

  @Override
  public void start(List<String> others) throws InterruptedException {
    federation.start(others);
    cluster.start();
    voice.say("  %-10s ready on three machines; %s leads", AGENCY, cluster.awaitLeader());
  }

  @Override
  public Outage kill() throws InterruptedException {
    String leader = cluster.awaitLeader();
    voice.say("---- SIGKILL to %s, which leads %s, in mid-stream ----", leader, AGENCY);
    long from = System.nanoTime();
    cluster.kill(leader);
    String next = cluster.awaitLeaderOtherThan(leader);
    Outage outage = new Outage(AGENCY, from, System.nanoTime(), MACHINES);
    voice.say("---- %s has taken over after %.1f s ----", next, outage.millis() / MILLIS);
    cluster.start();
    voice.say("---- %s is back and follows ----", leader);
    return outage;
  }

  @Override
  public List<String> crashed() {
    return cluster.crashed().stream().map(machine -> AGENCY + " " + machine).toList();
  }

  @Override
  public AuditResult stopAndVerify() throws InterruptedException {
    return AuditResult.verify(cluster.stop());
  }
}
