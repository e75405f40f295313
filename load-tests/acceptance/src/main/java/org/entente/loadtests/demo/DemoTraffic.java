package org.entente.loadtests.demo;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.entente.gateway.cli.failure.CommandFailure;
import org.entente.loadtests.federation.Federation;
import org.entente.loadtests.traffic.AgencyCount;
import org.entente.loadtests.traffic.Clients;
import org.entente.loadtests.traffic.Publication;
import org.entente.loadtests.traffic.Tally;

/**
 * Traffic of the demonstration, in phases. Each phase begins when all messages of the previous one
 * have arrived, or there was no progress for {@value #QUIET_SECONDS} s.
 */
final class DemoTraffic {
  private static final double KILL_AFTER = 0.4;
  private static final int PART_OF_BURST = 5;
  private static final int PART_OF_OUTAGE = 5;
  private static final long QUIET_SECONDS = 30;

  /** No pace: each client has as many calls in flight as allowed. */
  private static final int AT_ONCE = 100_000;

  private final Federation federation;
  private final KilledGateway killed;
  private final DemoOutput voice;
  private final DemoDisplay show;
  private final Tally tally = new Tally();
  private final List<String> members;
  private int published;

  /**
   * Traffic of a running federation.
   *
   * @param members the agencies to count
   * @param killed the gateway that is killed in mid-stream
   */
  DemoTraffic(Federation federation, List<String> members, KilledGateway killed, DemoOutput voice) {
    this.federation = federation;
    this.killed = killed;
    this.members = List.copyOf(members);
    this.voice = voice;
    this.show = new DemoDisplay(voice);
  }

  /** Phases of the traffic, with latencies and counts. */
  record Result(Phases phases, Latencies latencies, TrafficCount exercise, TrafficCount actual) {}

  /**
   * Publishes everything and waits for it.
   *
   * @param exercise warm-up traffic
   * @param actual counted traffic
   * @param rate messages per second, except in the burst
   */
  Result run(List<Publication> exercise, List<Publication> actual, int rate)
      throws InterruptedException {
    int outage = Math.max(1, actual.size() / PART_OF_OUTAGE);
    int burst = actual.size() / PART_OF_BURST;
    int steady = actual.size() - burst - outage;
    try (Clients clients = new Clients(federation, tally, show)) {
      clients.subscribe(federation.agencies());
      voice.say(
          "Warm-up: %d exercise messages, separate from actual traffic and in no figure below",
          exercise.size());
      Phase warmUp = publish(clients, exercise, AT_ONCE);
      TrafficCount exercised = count();
      tally.restart();
      published = 0;
      show.begin();
      voice.say(
          "Steady: %d messages, %d per second; deliveries and refusals, each once:", steady, rate);
      Phase calm = publish(clients, actual.subList(0, steady), rate);
      voice.say("Burst: %s, as fast as each client can", Phase.words(burst));
      Phase crowded = publish(clients, actual.subList(steady, steady + burst), AT_ONCE);
      voice.say("Outage: %s, %d per second", Phase.words(outage), rate);
      List<Publication> last = actual.subList(steady + burst, actual.size());
      begin(clients, last, rate);
      long from = System.nanoTime();
      Outage down = kill(published - outage + (int) Math.ceil(outage * KILL_AFTER));
      Phases phases = new Phases(rate, warmUp, calm, crowded, end(outage, from), down);
      return new Result(phases, Latencies.of(tally.timings(), phases), exercised, count());
    }
  }

  private Phase publish(Clients clients, List<Publication> publications, int rate)
      throws InterruptedException {
    long from = System.nanoTime();
    begin(clients, publications, rate);
    return end(publications.size(), from);
  }

  private void begin(Clients clients, List<Publication> publications, int rate) {
    published += publications.size();
    clients.publish(publications, rate);
  }

  private Phase end(int messages, long from) throws InterruptedException {
    tally.awaitAnswered(published, QUIET_SECONDS);
    long answered = System.nanoTime();
    if (!tally.awaitComplete(published, QUIET_SECONDS)) {
      voice.say("No progress for %d s; %s", QUIET_SECONDS, missing());
    }
    return new Phase(messages, from, answered, System.nanoTime());
  }

  private String missing() {
    List<String> parts = new ArrayList<>();
    parts.add(published - tally.answered() + " publications without an answer");
    parts.add(tally.missing().size() + " permitted messages not delivered");
    return String.join(", ", parts);
  }

  /** Kills the gateway after a number of answers; returns when its agency is served again. */
  private Outage kill(int after) throws InterruptedException {
    if (!tally.awaitAnswered(after, QUIET_SECONDS)) {
      throw new CommandFailure("no publisher had an answer for " + QUIET_SECONDS + " s");
    }
    return killed.kill();
  }

  private TrafficCount count() {
    Map<String, AgencyCount> counts = new TreeMap<>();
    members.forEach(agency -> counts.put(agency, tally.count(agency)));
    return new TrafficCount(
        counts, published - tally.answered() + tally.defects(), tally.failures().size());
  }
}
