package org.entente.gateway.simulation;

import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.lang.management.MemoryMXBean;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.entente.gateway.simulation.ScaleFederation.Shape;
import org.entente.gateway.simulation.ScaleTraffic.Amount;
import org.entente.gateway.simulation.ScaleTraffic.Fanout;
import org.entente.gateway.simulation.ScaleTraffic.Kind;

/**
 * Measures one federation: all that is counted follows from its size, its shape and the seed; heap
 * does too, but for some hundredths.
 */
final class ScaleMeasurement {
  private static final long SEED = 1;
  private static final int TEXT = 1_024;
  private static final int COLLECTIONS = 3;
  private static final long NOISE = 4_096;
  private static final double NANOS = 1e9;
  private static final double HOUR = 3_600;

  /** How often each agency publishes in the measurement of the transit's load. */
  private static final Duration PAUSE = Duration.ofSeconds(2);

  private static final int ROUNDS = 5;

  private final Shape shape;
  private final int agencies;
  private final ScaleFederation federation;
  private final ScaleSimulation simulation;
  private final List<ScalePoint> points = new ArrayList<>();

  private ScaleMeasurement(
      Shape shape, int agencies, ScaleFederation federation, ScaleSimulation simulation) {
    this.shape = shape;
    this.agencies = agencies;
    this.federation = federation;
    this.simulation = simulation;
  }

  /** The points of a federation whose files are laid into an empty folder. */
  static List<ScalePoint> of(Shape shape, int agencies, Path folder) throws IOException {
    ScaleFederation federation = ScaleFederation.mint(folder, shape, agencies);
    try (ScaleSimulation simulation = new ScaleSimulation(federation, SEED)) {
      ScaleMeasurement measurement = new ScaleMeasurement(shape, agencies, federation, simulation);
      measurement.run();
      return measurement.points;
    }
  }

  private void run() {
    add(ScaleQuantity.BUNDLE_BYTES, federation.bundle(1).length);
    simulation.start();
    add(ScaleQuantity.START_KEY_BYTES, traffic().all(Kind.KEYS).bytes());
    add(ScaleQuantity.FRESHNESS_FRAMES, traffic().all(Kind.FRESHNESS).items());
    fanout();
    uniform();
    gossip();
    memory();
  }

  private ScaleTraffic traffic() {
    return simulation.traffic();
  }

  private void add(ScaleQuantity quantity, long value) {
    add(quantity, (double) value);
  }

  private void add(ScaleQuantity quantity, double value) {
    points.add(new ScalePoint(quantity, shape, agencies, value));
  }

  /** One message to all others, for the first time and then when sessions are known. */
  private void fanout() {
    String origin = federation.agencies().get(0);
    long unused = toAll(origin);
    Fanout first = traffic().of(origin);
    add(ScaleQuantity.FANOUT_FIRST_BYTES, first.bytes());
    String recipient = federation.agencies().get(agencies - 1);
    long originHad = simulation.diskBytes(origin);
    long recipientHad = simulation.diskBytes(recipient);
    long delivered = toAll(origin);
    add(ScaleQuantity.DISK_ORIGIN, simulation.diskBytes(origin) - originHad);
    add(ScaleQuantity.DISK_RECIPIENT, simulation.diskBytes(recipient) - recipientHad);
    Fanout later = traffic().of(origin);
    add(ScaleQuantity.FANOUT_HOPS, later.deliveries());
    add(ScaleQuantity.FANOUT_STANZAS, later.stanzas());
    add(ScaleQuantity.FANOUT_BYTES, later.bytes());
    add(ScaleQuantity.FANOUT_ORIGIN_BYTES, traffic().sentBy(origin, Kind.ENVELOPES).bytes());
    add(ScaleQuantity.FANOUT_SECONDS, delivered / NANOS);
  }

  private long toAll(String origin) {
    traffic().reset();
    List<String> others =
        federation.agencies().stream().filter(agency -> !agency.equals(origin)).toList();
    simulation.publish(Duration.ZERO, origin, others, TEXT);
    return simulation.settle();
  }

  /** Every agency publishes to the next one, evenly; the first round makes the sessions. */
  private void uniform() {
    publishRounds(1);
    simulation.settle();
    traffic().reset();
    long begun = simulation.nanos();
    long transitHad = shape == Shape.HUB ? simulation.diskBytes(ScaleFederation.TRANSIT) : 0;
    publishRounds(ROUNDS);
    simulation.go(PAUSE.multipliedBy(ROUNDS));
    witnesses((simulation.nanos() - begun) / NANOS);
    simulation.settle();
    if (shape == Shape.HUB) {
      double messages = agencies * (double) ROUNDS;
      hub((double) PAUSE.multipliedBy(ROUNDS).toSeconds(), messages);
      long kept = simulation.diskBytes(ScaleFederation.TRANSIT) - transitHad;
      add(ScaleQuantity.HUB_DISK_EACH, kept / messages);
    }
  }

  private void publishRounds(int rounds) {
    List<String> all = federation.agencies();
    long apart = PAUSE.toNanos() / all.size();
    for (int round = 0; round < rounds; round++) {
      for (int i = 0; i < all.size(); i++) {
        Duration after = PAUSE.multipliedBy(round).plusNanos(i * apart);
        simulation.publish(after, all.get(i), List.of(all.get((i + 1) % all.size())), TEXT);
      }
    }
  }

  private void hub(double seconds, double messages) {
    Amount all = Amount.NONE;
    for (Kind kind : List.of(Kind.ENVELOPES, Kind.HOP, Kind.NUMBERS, Kind.KEYS)) {
      all = all.plus(traffic().receivedBy(ScaleFederation.TRANSIT, kind));
    }
    long envelopes = traffic().receivedBy(ScaleFederation.TRANSIT, Kind.ENVELOPES).items();
    add(ScaleQuantity.HUB_ENVELOPES, envelopes / seconds);
    add(ScaleQuantity.HUB_BYTES, all.bytes() / seconds);
    add(ScaleQuantity.HUB_ENVELOPES_EACH, envelopes / messages);
    add(ScaleQuantity.HUB_BYTES_EACH, all.bytes() / messages);
  }

  private void witnesses(double seconds) {
    String witness = federation.agencies().get(0);
    Amount asked = traffic().receivedBy(witness, Kind.WITNESS_REQUESTS);
    Amount answered = traffic().sentBy(witness, Kind.WITNESS_ANSWERS);
    // A witness has its own log cosigned by the others; that is not what it does as a witness.
    add(ScaleQuantity.WITNESS_REQUESTS, asked.items() * HOUR / seconds);
    add(ScaleQuantity.WITNESS_BYTES, asked.plus(answered).bytes() * HOUR / seconds);
    add(
        ScaleQuantity.WITNESS_EXCHANGE_BYTES,
        asked.bytes() / (double) asked.items() + answered.bytes() / (double) answered.items());
    if (shape == Shape.HUB) {
      Amount passing =
          traffic()
              .receivedBy(ScaleFederation.TRANSIT, Kind.WITNESS_REQUESTS)
              .plus(traffic().receivedBy(ScaleFederation.TRANSIT, Kind.WITNESS_ANSWERS));
      add(ScaleQuantity.WITNESS_HUB_BYTES, passing.bytes() * HOUR / seconds);
    }
  }

  private void gossip() {
    traffic().reset();
    ScaleGossip gossip = simulation.spread(2);
    Amount all = traffic().all(Kind.BUNDLES);
    add(ScaleQuantity.GOSSIP_ROUNDS, gossip.rounds());
    add(ScaleQuantity.GOSSIP_SECONDS, gossip.nanos() / NANOS);
    add(ScaleQuantity.GOSSIP_FRAMES, all.items());
    add(ScaleQuantity.GOSSIP_BYTES, all.bytes());
    add(ScaleQuantity.GOSSIP_MOST_BYTES, traffic().mostBytesByOne(Kind.BUNDLES));
  }

  /** What is free once the processes have ended, while their disks are still there. */
  private void memory() {
    simulation.go(Duration.ofSeconds(5));
    long all = heap();
    if (shape == Shape.HUB) {
      simulation.end(List.of(ScaleFederation.TRANSIT));
      long withoutTransit = heap();
      add(ScaleQuantity.MEMORY_TRANSIT, all - withoutTransit);
      all = withoutTransit;
    }
    simulation.end(federation.agencies());
    add(ScaleQuantity.MEMORY_AGENCY, (all - heap()) / (double) agencies);
  }

  /** Bytes in use once collecting frees nothing more: what has a finalizer goes in a later turn. */
  @SuppressWarnings("removal") // nothing else says when finalizers have run
  private static long heap() {
    MemoryMXBean memory = ManagementFactory.getMemoryMXBean();
    long least = Long.MAX_VALUE;
    int turnsInVain = 0;
    while (turnsInVain < COLLECTIONS) {
      System.gc();
      System.runFinalization();
      long used = memory.getHeapMemoryUsage().getUsed();
      turnsInVain = used < least - NOISE ? 0 : turnsInVain + 1;
      least = Math.min(least, used);
    }
    return least;
  }
}
