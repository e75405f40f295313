package org.entente.loadtests.demo;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.entente.loadtests.federation.AuditResult;
import org.entente.loadtests.federation.ConfigurationHome;
import org.entente.loadtests.federation.Exposition;
import org.entente.loadtests.federation.Federation;
import org.entente.loadtests.federation.NodePlan;

/**
 * One run of the demonstration. Starts five gateways, warms them up with exercise traffic,
 * publishes every sample at a steady rate and in a burst, kills and restarts one gateway in
 * mid-stream, counts everything from outside, and verifies every audit log.
 */
final class Demo {
  private static final String TRANSIT = "x.hub";
  private static final int WARM_UP = 400;

  private final ConfigurationHome home;
  private final Federation federation;
  private final DemoOptions options;
  private final DemoOutput voice;

  Demo(ConfigurationHome home, Federation federation, DemoOptions options, DemoOutput voice) {
    this.home = home;
    this.federation = federation;
    this.options = options;
    this.voice = voice;
  }

  /** Runs it; the gateways are stopped on return. */
  Summary run() throws InterruptedException {
    KilledGateway killed =
        options.cluster()
            ? new ClusteredGateway(federation, federation.cluster(KilledGateway.AGENCY), voice)
            : new SingleGateway(federation, voice);
    Set<String> publishers = publishers();
    Alerts samples = Alerts.read(home.samples(), null, home.mappings(), publishers);
    Alerts alerts = alerts(samples, publishers);
    voice.say("Starting five gateways, %s", killed.processes());
    List<String> others =
        federation.agencies().stream().filter(it -> !it.equals(KilledGateway.AGENCY)).toList();
    killed.start(others);
    federation.running().forEach(agency -> ready(federation.plan(agency)));
    List<String> members =
        federation.agencies().stream().filter(agency -> !agency.equals(TRANSIT)).toList();
    DemoTraffic.Result traffic =
        new DemoTraffic(federation, members, killed, voice)
            .run(
                samples.asExercise().repeatedTo(WARM_UP).publications(),
                alerts.publications(),
                options.rate());
    crashed(killed).forEach(agency -> voice.say("The gateway of %s ended unexpectedly", agency));
    OptionalLong opened =
        Exposition.counter(federation.plan(TRANSIT).admin(), "entente_opened_total");
    return new Summary(traffic, stopAndVerify(killed), opened, 1, alerts.bad().size());
  }

  private Set<String> publishers() {
    Set<String> publishers = new TreeSet<>();
    for (String agency : federation.agencies()) {
      federation.plan(agency).clientWith("publish").ifPresent(client -> publishers.add(agency));
    }
    return publishers;
  }

  private Alerts alerts(Alerts samples, Set<String> publishers) {
    Path given = options.alerts();
    Alerts alerts =
        given == null
            ? samples.repeatedTo(options.messages())
            : Alerts.read(given, options.mapping(), home.mappings(), publishers);
    alerts.bad().forEach(bad -> voice.line("  BAD RECORD " + bad));
    return alerts;
  }

  private void ready(NodePlan plan) {
    voice.say(
        "  %-10s ready, clients on %s, metrics on http://%s/metrics",
        plan.agency(), plan.clients(), plan.admin());
  }

  private Set<String> crashed(KilledGateway killed) {
    Set<String> crashed = new TreeSet<>(federation.crashed());
    crashed.addAll(killed.crashed());
    return crashed;
  }

  private Map<String, AuditResult> stopAndVerify(KilledGateway killed) throws InterruptedException {
    voice.say("Stopping the gateways and verifying their audit logs");
    Map<String, AuditResult> audits = new TreeMap<>();
    audits.put(KilledGateway.AGENCY, killed.stopAndVerify());
    for (String agency : federation.stop()) {
      voice.say("The gateway of %s did not stop in time and was killed", agency);
    }
    for (String agency : federation.agencies()) {
      audits.computeIfAbsent(agency, it -> AuditResult.verify(federation.plan(it)));
    }
    return audits;
  }
}
