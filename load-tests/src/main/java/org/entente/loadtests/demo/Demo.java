package org.entente.loadtests.demo;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.entente.gateway.cli.CommandFailure;
import org.entente.loadtests.federation.AuditResult;
import org.entente.loadtests.federation.Exposition;
import org.entente.loadtests.federation.Federation;
import org.entente.loadtests.federation.Home;
import org.entente.loadtests.federation.NodePlan;
import org.entente.loadtests.traffic.AgencyCount;
import org.entente.loadtests.traffic.Clients;
import org.entente.loadtests.traffic.Tally;

/**
 * The main job, once: five gateways, every sample published, one gateway killed in mid-stream and
 * restarted, everything counted from outside, every audit log verified.
 */
final class Demo {
  private static final String KILLED = "de.customs";
  private static final String TRANSIT = "x.hub";
  private static final double KILL_AFTER = 0.4;
  private static final long QUIET_SECONDS = 30;

  private final Home home;
  private final Federation federation;
  private final DemoOptions options;
  private final Voice voice;

  Demo(Home home, Federation federation, DemoOptions options, Voice voice) {
    this.home = home;
    this.federation = federation;
    this.options = options;
    this.voice = voice;
  }

  /** Runs it; the gateways are stopped on return. */
  Summary run() throws InterruptedException {
    Alerts alerts = alerts();
    voice.say("Starting five gateways, a process each");
    federation.start(federation.agencies());
    federation.agencies().forEach(agency -> ready(federation.plan(agency)));
    Tally tally = new Tally();
    Outage outage;
    try (Clients clients = new Clients(federation, tally, new Show(voice))) {
      clients.subscribe(federation.agencies());
      int total = alerts.publications().size();
      voice.say("Publishing %d messages; subscribers' streams as they arrive:", total);
      clients.publish(alerts.publications(), options.rate());
      outage = killAndRestart(tally, (int) Math.ceil(total * KILL_AFTER));
      if (!tally.awaitComplete(total, QUIET_SECONDS)) {
        voice.say("Nothing moved for %d s; %s", QUIET_SECONDS, missing(tally, total));
      }
    }
    for (String agency : federation.crashed()) {
      voice.say("The gateway of %s ended although nobody ended it", agency);
    }
    OptionalLong opened =
        Exposition.counter(federation.plan(TRANSIT).admin(), "entente_opened_total");
    return summary(alerts, tally, outage, opened, stopAndVerify());
  }

  private Alerts alerts() {
    Set<String> publishers = new TreeSet<>();
    for (String agency : federation.agencies()) {
      federation.plan(agency).clientWith("publish").ifPresent(client -> publishers.add(agency));
    }
    Path given = options.alerts();
    Alerts alerts =
        Alerts.read(
            given == null ? home.samples() : given, options.mapping(), home.mappings(), publishers);
    alerts.bad().forEach(bad -> voice.quote("  BAD RECORD " + bad));
    return given == null ? alerts.repeatedTo(options.messages()) : alerts;
  }

  private void ready(NodePlan plan) {
    voice.say(
        "  %-10s ready, clients on %s, metrics on http://%s/metrics",
        plan.agency(), plan.clients(), plan.admin());
  }

  /** Kills when so many are answered; returns when the gateway is ready again. */
  private Outage killAndRestart(Tally tally, int after) throws InterruptedException {
    if (!tally.awaitAnswered(after, QUIET_SECONDS)) {
      throw new CommandFailure("no publisher had an answer for " + QUIET_SECONDS + " s");
    }
    voice.say("---- SIGKILL to the gateway of %s, in mid-stream ----", KILLED);
    long from = System.nanoTime();
    federation.kill(KILLED);
    federation.start(List.of(KILLED));
    voice.say("---- %s is back, on the same ledger ----", KILLED);
    return new Outage(KILLED, from, System.nanoTime());
  }

  private static String missing(Tally tally, int total) {
    List<String> parts = new ArrayList<>();
    parts.add(total - tally.answered() + " publications without an answer");
    parts.add(tally.missing().size() + " permitted messages not delivered");
    return String.join(", ", parts);
  }

  private Map<String, AuditResult> stopAndVerify() {
    voice.say("Stopping the gateways and verifying their audit logs");
    for (String agency : federation.stop()) {
      voice.say("The gateway of %s did not stop in time and was killed", agency);
    }
    Map<String, AuditResult> audits = new TreeMap<>();
    for (String agency : federation.agencies()) {
      audits.put(agency, AuditResult.verify(federation.plan(agency)));
    }
    return audits;
  }

  private Summary summary(
      Alerts alerts,
      Tally tally,
      Outage outage,
      OptionalLong opened,
      Map<String, AuditResult> audits) {
    Map<String, AgencyCount> counts = new TreeMap<>();
    for (String agency : federation.agencies()) {
      if (!agency.equals(TRANSIT)) {
        counts.put(agency, tally.count(agency));
      }
    }
    return new Summary(
        counts,
        audits,
        Latencies.of(tally.timings(), outage),
        opened,
        1,
        alerts.publications().size() - tally.answered() + tally.defects(),
        tally.failures().size(),
        alerts.bad().size());
  }
}
