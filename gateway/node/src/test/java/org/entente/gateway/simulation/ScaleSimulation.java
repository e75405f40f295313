package org.entente.gateway.simulation;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.function.BooleanSupplier;
import org.entente.gateway.link.PeerName;
import org.entente.gateway.link.PeerStatus;
import org.entente.gateway.model.AgencyName;
import org.entente.gateway.model.Lane;
import org.entente.gateway.model.MessageId;
import org.entente.gateway.model.NodeName;
import org.entente.proto.v1.Draft;
import org.entente.proto.v1.EvidenceKind;

/**
 * A federation of any size under virtual time, in which nothing goes wrong: every node is what
 * {@code Gateway} runs, with a subscriber at each agency. Everything follows from the seed.
 */
final class ScaleSimulation implements AutoCloseable {
  private static final NodeName CLIENT = new NodeName("declarations");
  private static final long STEP = 100_000_000L;
  private static final Duration PATIENCE = Duration.ofMinutes(10);

  private final VirtualTime time = new VirtualTime();
  private final Violations violations = new Violations();
  private final ScaleTraffic traffic = new ScaleTraffic();
  private final Map<String, SimNode> nodes = new LinkedHashMap<>();
  private final List<Sent> sent = new ArrayList<>();
  private final ScaleFederation federation;
  private final SimNetwork network;
  private final Random random;
  private final Runnable deaf;
  private int names;
  private int unsettled;

  /** A message that was accepted. */
  record Sent(String origin, MessageId id, List<String> recipients) {}

  /** Nodes that do not run yet. */
  ScaleSimulation(ScaleFederation federation, long seed) {
    this.federation = federation;
    this.random = new Random(seed);
    this.network = new SimNetwork(time, random, new Trace());
    network.tap(traffic);
    for (String agency : federation.nodes()) {
      List<SimNode> dials =
          federation.links(agency).stream().filter(nodes::containsKey).map(this::node).toList();
      SimNode node =
          new SimNode(
              new PeerName(new AgencyName(agency), new NodeName("gateway-1")),
              federation.configOf(agency),
              () -> SimFederation.START.plusNanos(time.nanos()),
              dials,
              time,
              random,
              network,
              violations);
      nodes.put(agency, node);
      if (federation.agencies().contains(agency)) {
        node.whenStarted(new SimSubscriber(node, random, violations)::open);
      }
    }
    deaf = violations.listen();
  }

  private SimNode node(String agency) {
    SimNode node = nodes.get(agency);
    if (node == null) {
      throw new IllegalArgumentException(agency);
    }
    return node;
  }

  private SimNode.Run process(String agency) {
    SimNode.Run process = node(agency).process();
    if (process == null) {
      throw new AssertionError(agency + " does not run");
    }
    return process;
  }

  /** What was said so far. */
  ScaleTraffic traffic() {
    return traffic;
  }

  /** Bytes on the disk of a node's ledger. */
  long diskBytes(String agency) {
    return node(agency).diskBytes();
  }

  /** Nanoseconds of virtual time. */
  long nanos() {
    return time.nanos();
  }

  /** Starts every node, one after the other, and goes on until all links are up. */
  void start() {
    for (SimNode node : nodes.values()) {
      node.startAfter(Duration.ofMillis(random.nextInt(2_000)));
    }
    goUntil("links come up", this::linked);
    go(Duration.ofSeconds(10));
  }

  private boolean linked() {
    return nodes.values().stream().allMatch(node -> node.process() != null)
        && federation.nodes().stream()
            .allMatch(
                agency ->
                    process(agency).core().links().status().stream().filter(PeerStatus::up).count()
                        == federation.links(agency).size());
  }

  /** Lets time pass. */
  void go(Duration duration) {
    goTo(time.nanos() + duration.toNanos());
  }

  private void goTo(long end) {
    while (time.nanos() < end) {
      time.runUntil(Math.min(end, time.nanos() + STEP));
      violations.check();
    }
  }

  private void goUntil(String what, BooleanSupplier done) {
    long end = time.nanos() + PATIENCE.toNanos();
    while (!done.getAsBoolean()) {
      if (time.nanos() >= end) {
        throw new AssertionError("not within " + PATIENCE + ": " + what);
      }
      goTo(time.nanos() + STEP);
    }
  }

  /** Puts a newer trust bundle in place at one node and goes on until all have it in force. */
  ScaleGossip spread(long version) {
    ScaleGossip gossip = new ScaleGossip(time, version);
    network.tap(gossip);
    // Not the transit, which is linked with all.
    String first = federation.agencies().get(federation.agencies().size() - 1);
    try {
      Files.write(federation.bundleOf(first), federation.bundle(version));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    goUntil("the bundle is everywhere", () -> gossip.reached() == nodes.size());
    return gossip;
  }

  /** Has a client publish a message of so many characters at a time from now. */
  @SuppressWarnings("FutureReturnValueIgnored") // who gets no answer misses in settle()
  void publish(Duration after, String origin, List<String> recipients, int length) {
    names++;
    unsettled++;
    Draft draft =
        SimPublisher.draft("draft-" + names, Lane.ROUTINE, List.copyOf(recipients), length);
    process(origin)
        .post(
            after.toNanos(),
            () ->
                process(origin)
                    .core()
                    .intake()
                    .publish(CLIENT, draft)
                    .whenComplete(
                        (outcome, failure) -> {
                          if (outcome == null || !outcome.hasAccepted()) {
                            violations.add(origin + " did not accept: " + outcome, failure);
                          } else {
                            MessageId id = MessageId.of(outcome.getMessageId().toByteArray());
                            sent.add(new Sent(origin, id, recipients));
                          }
                        }));
  }

  /**
   * Goes on until every message is known to its origin as delivered to all, and retrieved by them.
   *
   * @return nanoseconds of virtual time until all were delivered, to a tenth of a second
   */
  long settle() {
    long begun = time.nanos();
    goUntil("acceptance", () -> sent.size() == unsettled);
    await(EvidenceKind.EVIDENCE_KIND_DELIVERY);
    long delivered = time.nanos() - begun;
    await(EvidenceKind.EVIDENCE_KIND_RETRIEVAL);
    go(Duration.ofSeconds(2));
    sent.clear();
    unsettled = 0;
    return delivered;
  }

  private void await(EvidenceKind kind) {
    List<Sent> waiting = new ArrayList<>(sent);
    goUntil(
        kind + " for all",
        () -> {
          waiting.removeIf(one -> has(one, kind));
          return waiting.isEmpty();
        });
  }

  private boolean has(Sent one, EvidenceKind kind) {
    return process(one.origin()).core().evidence(one.id()).stream()
            .filter(item -> item.getKind() == kind)
            .count()
        == one.recipients().size();
  }

  /**
   * Ends the processes of some nodes; what is on their disks stays. Nothing refers to what they
   * held in memory any more.
   */
  void end(Collection<String> agencies) {
    for (String agency : agencies) {
      SimNode.Run process = process(agency);
      network.forget(process);
      node(agency).kill(/* silently= */ false);
      time.forget(process);
    }
    go(Duration.ofSeconds(12));
  }

  @Override
  public void close() {
    nodes.values().forEach(node -> node.kill(/* silently= */ true));
    deaf.run();
  }
}
