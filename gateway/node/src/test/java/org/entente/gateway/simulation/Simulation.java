package org.entente.gateway.simulation;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import org.entente.gateway.ledger.table.InboxTable;
import org.entente.gateway.ledger.table.WindowTable;
import org.entente.gateway.link.PeerName;
import org.entente.gateway.model.AgencyName;
import org.entente.gateway.model.Lane;
import org.entente.gateway.model.MessageId;
import org.entente.gateway.model.NodeName;
import org.entente.gateway.node.assembly.GatewayCore;
import org.entente.gateway.transmit.GapWatch;
import org.entente.proto.v1.EvidenceItem;
import org.entente.proto.v1.EvidenceKind;
import org.jspecify.annotations.Nullable;

/**
 * One run: four gateways, their clients, and what goes wrong, all out of one seed. The same seed
 * gives the same run to the byte.
 *
 * <p>Messages are published and faults happen for forty seconds of virtual time; then everything is
 * mended, and everything that was acknowledged has to be where it belongs, once, in order, opened,
 * acknowledged and known to its origin by evidence, with nothing left in any queue.
 */
final class Simulation {
  private static final long FAULTS = Duration.ofSeconds(40).toNanos();
  private static final long SECOND = Duration.ofSeconds(1).toNanos();
  private static final int MOST_SECONDS_TO_DRAIN = 600;
  private static final double BURST = 0.0003;
  private static final List<String> HONEST = List.of("fr.customs", "sg.police");
  private static final int HONEST_MESSAGES = 40;
  private static final List<String> AGENCIES =
      List.of("x.hub", "x.two", "de.customs", "fr.customs", "sg.police");
  private static final long MOST_PATIENCE = 60 * SECOND;

  private final VirtualTime time = new VirtualTime();
  private final Trace trace = new Trace();
  private final Violations violations = new Violations();
  private final Random random;
  private final SimNetwork network;
  private final Map<String, SimNode> nodes = new LinkedHashMap<>();
  private final List<SimPublisher> publishers = new ArrayList<>();
  private final Map<String, SimSubscriber> subscribers = new HashMap<>();
  private final RestoreLosses forgotten;
  private final SimFaults faults;
  private final Invariants invariants;
  private Duration age = Duration.ZERO;

  private Simulation(long seed, Path folder, Map<String, List<String>> links) {
    random = new Random(seed);
    network = new SimNetwork(time, random, trace);
    for (String agency : AGENCIES.stream().filter(links::containsKey).toList()) {
      PeerName name = new PeerName(new AgencyName(agency), new NodeName("gateway-1"));
      List<SimNode> dials =
          links.getOrDefault(agency, List.of()).stream()
              .filter(nodes::containsKey)
              .map(this::node)
              .toList();
      SimNode node =
          new SimNode(
              name,
              folder.resolve(agency + ".yaml"),
              this::now,
              dials,
              time,
              random,
              network,
              violations);
      nodes.put(agency, node);
      if (!SimFederation.isTransit(agency)) {
        publishers.add(new SimPublisher(node, time, random, violations));
        SimSubscriber subscriber = new SimSubscriber(node, random, violations);
        subscribers.put(agency, subscriber);
        node.whenStarted(subscriber::open);
      }
    }
    invariants = new Invariants(nodes.values(), time, violations);
    forgotten = new RestoreLosses(publishers);
    publishers.forEach(publisher -> publisher.forgiving(forgotten));
    subscribers.values().forEach(subscriber -> subscriber.forgiving(forgotten));
    faults =
        new SimFaults(
            List.copyOf(nodes.values()),
            network,
            time,
            random,
            violations,
            new Losses(),
            this::pass);
  }

  private final class Losses implements SimFaults.Losses {
    @Override
    public void copied(SimNode node) {
      forgotten.copied(node.agency(), positions(core(node)).keySet());
    }

    @Override
    public void lost(SimNode node) {
      SimNode.Run run = node.process();
      GatewayCore core = run == null ? null : run.core();
      forgotten.lost(node.agency(), core == null ? node.inbox() : positions(core).keySet());
    }
  }

  private Instant now() {
    return SimFederation.START.plusNanos(time.nanos()).plus(age);
  }

  /** So much time passes at once, in which nobody does anything. */
  private void pass(Duration most) {
    age = age.plus(most);
  }

  private SimNode node(String agency) {
    SimNode node = nodes.get(agency);
    if (node == null) {
      throw new IllegalArgumentException(agency);
    }
    return node;
  }

  /**
   * What a run did.
   *
   * @param messages acknowledged to publishers
   * @param starts of processes
   * @param trace equal for equal runs
   */
  record Result(int messages, int starts, long events, long trace) {}

  /**
   * Runs a seed.
   *
   * @throws AssertionError saying what must not happen and did
   */
  static Result run(long seed, SimFederation federation, Path work) {
    Path folder = work.resolve("seed-" + seed);
    try {
      Files.createDirectory(folder);
      try {
        federation.copyTo(folder);
        return new Simulation(seed, folder, federation.links()).run();
      } finally {
        SimFederation.remove(folder);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /**
   * A run in which only one thing goes wrong: the transit suppresses every second number of a lane
   * for longer than an honest path takes. Both ends have to say so, and no more once it has ended.
   *
   * @throws AssertionError saying what must not happen and did
   */
  static void runSuppressed(long seed, SimFederation federation, Path work) throws IOException {
    Path folder = Files.createDirectory(work.resolve("suppressed-" + seed));
    federation.copyTo(folder);
    Simulation run = new Simulation(seed, folder, federation.links());
    Runnable deaf = run.violations.listen();
    try {
      run.suppress("sg.police", "de.customs", Lane.ROUTINE);
    } finally {
      run.nodes.values().forEach(node -> node.kill(true));
      deaf.run();
    }
  }

  private void suppress(String from, String to, Lane lane) {
    nodes.values().forEach(SimNode::start);
    go(2 * SECOND);
    Suppression suppression = new Suppression(node("x.hub"), new AgencyName(to), lane, time);
    suppression.begin();
    for (int i = 0; i < 8; i++) {
      // While the lane is held.
      publisher(from).publishAfter(i * SECOND + SECOND / 4, from + "-" + i, lane, List.of(to));
    }
    go(GapWatch.AFTER.toNanos() + 20 * SECOND);
    requireReported(true, from, to);
    suppression.end();
    drain();
    go(10 * SECOND);
    requireReported(false, from, to);
  }

  /**
   * A run in which honest agencies exchange messages one after the other, beside a member that may
   * be hostile.
   *
   * @param attacked whether it attacks; if not, it does nothing
   * @return how often it did what, and how long each honest message took, in nanoseconds
   * @throws AssertionError saying what must not happen and did
   */
  static Hostility runHostile(long seed, boolean attacked, SimFederation federation, Path work)
      throws IOException {
    Path folder = Files.createDirectory(work.resolve("hostile-" + attacked + seed));
    federation.copyTo(folder);
    Simulation run = new Simulation(seed, folder, federation.links());
    Runnable deaf = run.violations.listen();
    try {
      return run.hostile(attacked);
    } finally {
      run.nodes.values().forEach(node -> node.kill(true));
      deaf.run();
    }
  }

  /** What {@link #runHostile} saw. */
  record Hostility(Map<HostileMember.Act, Integer> acts, List<Long> nanos) {}

  private Hostility hostile(boolean attacked) {
    nodes.values().forEach(SimNode::start);
    HostileMember member =
        new HostileMember(
            node("de.customs"),
            List.of(node("fr.customs"), node("x.hub")),
            new AgencyName("sg.police"),
            network,
            time,
            random);
    go(2 * SECOND);
    if (attacked) {
      member.begin();
    }
    go(5 * SECOND);
    List<Long> nanos = new ArrayList<>();
    for (int i = 0; i < HONEST_MESSAGES; i++) {
      List<String> ends = i % 2 == 0 ? HONEST : List.of(HONEST.get(1), HONEST.get(0));
      Lane lane = Lane.all().get(i / 2 % Lane.all().size());
      nanos.add(exchanged(ends.get(0), ends.get(1), i, lane));
    }
    member.end();
    HONEST.forEach(honest -> positions(run(honest).core()));
    violations.check();
    return new Hostility(member.acts(), nanos);
  }

  /** How long a message takes from its publication until the other agency's client has it. */
  private long exchanged(String from, String to, int number, Lane lane) {
    String key = from + "-" + number;
    long begun = time.nanos();
    publisher(from).publishAfter(0, key, lane, List.of(to));
    return taken(to, key, begun);
  }

  private long taken(String to, String key, long begun) {
    SimSubscriber there = subscribers.get(to);
    if (there == null) {
      throw new IllegalArgumentException(to);
    }
    while (!there.taken().containsKey(key)) {
      if (time.nanos() - begun > MOST_PATIENCE) {
        throw new AssertionError(key + " does not arrive" + dump());
      }
      go(SECOND / 100);
    }
    return time.nanos() - begun;
  }

  /**
   * A run in which the first of two transits takes mail and hands nothing on; then it does, and the
   * second ends, with mail in its queue.
   *
   * @return how long each message took, in nanoseconds: one of each lane while all is well, then
   *     while the first withholds, then again, and then without the second
   * @throws AssertionError saying what must not happen and did
   */
  static List<List<Long>> runWithheld(long seed, SimFederation federation, Path work)
      throws IOException {
    Path folder = Files.createDirectory(work.resolve("withheld-" + seed));
    federation.copyTo(folder);
    Simulation run = new Simulation(seed, folder, federation.links());
    Runnable deaf = run.violations.listen();
    try {
      return run.withheld();
    } finally {
      run.nodes.values().forEach(node -> node.kill(true));
      deaf.run();
    }
  }

  private List<List<Long>> withheld() {
    nodes.values().forEach(SimNode::start);
    go(2 * SECOND);
    List<List<Long>> nanos = new ArrayList<>();
    nanos.add(oneInEachLane(0));
    network.block(new AgencyName("x.hub"), new AgencyName("sg.police"));
    nanos.add(oneInEachLane(1));
    nanos.add(oneInEachLane(2));
    requireBypassed("x.hub");
    network.unblock(new AgencyName("x.hub"), new AgencyName("sg.police"));
    go(SECOND);
    node("x.two").kill(true);
    nanos.add(oneInEachLane(3));
    node("x.two").start();
    drain();
    HONEST.forEach(honest -> positions(run(honest).core()));
    contents();
    return nanos;
  }

  private List<Long> oneInEachLane(int round) {
    List<String> keys = new ArrayList<>();
    long begun = time.nanos();
    for (Lane lane : Lane.all()) {
      String key = "round-" + round + "-" + lane;
      keys.add(key);
      publisher("fr.customs").publishAfter(0, key, lane, List.of("sg.police"));
    }
    return keys.stream().map(key -> taken("sg.police", key, begun)).toList();
  }

  private void requireBypassed(String transit) {
    String counted = "entente_transit_bypassed_total{transit=\"" + transit + "\",}";
    if (run("fr.customs").metrics().lines().noneMatch(line -> line.startsWith(counted))) {
      throw new AssertionError(transit + " is not counted" + dump());
    }
  }

  private void requireReported(boolean wanted, String from, String to) {
    boolean origin = Invariants.isReported(run(from), "origin", new AgencyName(to));
    boolean recipient = Invariants.isReported(run(to), "recipient", new AgencyName(from));
    if (origin != wanted || recipient != wanted) {
      throw new AssertionError(
          "wanted " + wanted + ", reported by origin " + origin + ", by recipient " + recipient);
    }
  }

  private SimNode.Run run(String agency) {
    SimNode.Run process = node(agency).process();
    if (process == null) {
      throw new IllegalStateException(agency + " does not run");
    }
    return process;
  }

  private SimPublisher publisher(String agency) {
    return publishers.stream()
        .filter(one -> one.node().agency().value().equals(agency))
        .findFirst()
        .orElseThrow();
  }

  private Result run() {
    Runnable deaf = violations.listen();
    try {
      for (SimNode node : nodes.values()) {
        node.startAfter(Duration.ofMillis(random.nextInt(2_000)));
      }
      publish();
      faults.plan(FAULTS);
      go(FAULTS + SECOND);
      faults.end();
      drain();
      contents();
      // What changes its transit may be overtaken.
      if (!faults.reorders() && !nodes.containsKey("x.two")) {
        order();
      }
    } finally {
      nodes.values().forEach(node -> node.kill(true));
      deaf.run();
    }
    int messages = publishers.stream().mapToInt(p -> p.accepted().size()).sum();
    int starts = nodes.values().stream().mapToInt(SimNode::starts).sum();
    return new Result(messages, starts, time.count(), trace.hash());
  }

  private void publish() {
    for (SimPublisher publisher : publishers) {
      List<String> others = new ArrayList<>(subscribers.keySet().stream().sorted().toList());
      others.remove(publisher.node().agency().value());
      int count = 4 + random.nextInt(14);
      double burst = random.nextDouble();
      Lane usual = lane();
      for (int i = 0; i < count; i++) {
        // Half of them within a fifth of a second.
        double when = random.nextBoolean() ? random.nextDouble() : burst + i * BURST;
        Lane lane = random.nextBoolean() ? usual : lane();
        List<String> recipients =
            random.nextInt(3) == 0 ? others : List.of(others.get(random.nextInt(others.size())));
        publisher.publishAfter(
            (long) (when * FAULTS * 0.9), publisher.node().agency() + "-" + i, lane, recipients);
      }
    }
  }

  private Lane lane() {
    return Lane.all().get(random.nextInt(Lane.all().size()));
  }

  private void go(long nanos) {
    long end = time.nanos() + nanos;
    while (time.nanos() < end) {
      time.runUntil(Math.min(end, time.nanos() + SECOND));
      invariants.check();
      violations.check();
    }
  }

  private void drain() {
    String left = "";
    for (int i = 0; i < MOST_SECONDS_TO_DRAIN; i++) {
      go(SECOND);
      left = left();
      if (left.isEmpty()) {
        return;
      }
    }
    throw new AssertionError("does not drain: " + left + "; " + queues() + dump());
  }

  private String dump() {
    StringBuilder out = new StringBuilder();
    for (SimNode node : nodes.values()) {
      SimNode.Run run = node.process();
      if (run != null) {
        run.metrics()
            .lines()
            .filter(line -> !line.startsWith("#") && !line.endsWith(" 0.0"))
            .filter(line -> line.startsWith("entente") && line.contains("total"))
            .forEach(line -> out.append("\n  ").append(node.agency()).append(' ').append(line));
        for (SimNode other : nodes.values()) {
          for (Lane lane : Lane.all()) {
            core(node)
                .ledger()
                .outbox()
                .page(other.agency(), lane, null, 5)
                .forEach(
                    one ->
                        out.append("\n  ")
                            .append(node.agency() + " owes " + other.agency() + " " + one.number())
                            .append(' ')
                            .append(one.entry().getState())
                            .append(" attempts ")
                            .append(one.entry().getAttempts()));
          }
        }
        core(node).links().status().stream()
            .flatMap(peer -> peer.lanes().stream().map(lane -> peer.peer() + " " + lane))
            .forEach(line -> out.append("\n  ").append(node.agency()).append(' ').append(line));
      }
    }
    return out.toString();
  }

  /** What is not where it belongs yet; empty when all is. */
  private String left() {
    for (SimNode node : nodes.values()) {
      if (node.process() == null) {
        return node.name() + " does not run";
      }
    }
    for (SimPublisher publisher : publishers) {
      if (publisher.unanswered() > 0) {
        return publisher.node().name() + " has not answered " + publisher.unanswered() + " drafts";
      }
      for (SimPublisher.Accepted accepted : publisher.accepted()) {
        String missing = missing(publisher.node(), accepted);
        if (!missing.isEmpty()) {
          return missing;
        }
      }
    }
    String queued = queues();
    return queued.isEmpty() ? gaps() : queued;
  }

  private String missing(SimNode origin, SimPublisher.Accepted accepted) {
    List<EvidenceItem> evidence = core(origin).evidence(accepted.id());
    onceEach(accepted, evidence);
    if (forgotten.sent(accepted.key())) {
      return "";
    }
    for (String recipient : accepted.recipients()) {
      String what = accepted.key() + " to " + recipient + " (" + accepted.lane() + ")";
      SimSubscriber subscriber = subscribers.get(recipient);
      MessageId taken = subscriber == null ? null : subscriber.taken().get(accepted.key());
      if (taken == null && forgotten.received(recipient, accepted.id())) {
        continue;
      }
      if (taken == null) {
        return what + " was acknowledged and did not arrive; " + evidence;
      }
      if (!taken.equals(accepted.id())) {
        violations.add(what + " was acknowledged as " + accepted.id() + ", came as " + taken, null);
      }
      boolean complete =
          has(evidence, EvidenceKind.EVIDENCE_KIND_DELIVERY, recipient)
              && has(evidence, EvidenceKind.EVIDENCE_KIND_RETRIEVAL, recipient);
      if (!complete && !forgotten.evidence(accepted.key(), origin.agency(), recipient)) {
        return what + " has no evidence of delivery or retrieval: " + evidence;
      }
      if (has(evidence, EvidenceKind.EVIDENCE_KIND_NON_DELIVERY, recipient)) {
        violations.add(what + " arrived, and evidence denies it: " + evidence, null);
      }
    }
    return "";
  }

  /** Whatever repeats itself, be it a link, a node after a crash or a lying transit. */
  private void onceEach(SimPublisher.Accepted accepted, List<EvidenceItem> evidence) {
    Set<String> said = new HashSet<>();
    for (EvidenceItem item : evidence) {
      boolean relay = item.getKind().name().startsWith("EVIDENCE_KIND_RELAY");
      String what = item.getKind() + " by " + item.getAgency() + " for " + item.getRecipient();
      if (!said.add(what) && !relay) {
        violations.add(accepted.key() + " has twice: " + what, null);
      }
    }
  }

  private static boolean has(List<EvidenceItem> evidence, EvidenceKind kind, String agency) {
    return evidence.stream().anyMatch(e -> e.getKind() == kind && e.getAgency().equals(agency));
  }

  private String queues() {
    for (SimNode node : nodes.values()) {
      GatewayCore core = core(node);
      if (!core.ledger().evidence().owing().isEmpty()) {
        return node.name() + " owes evidence";
      }
      for (SimNode other : nodes.values()) {
        if (!core.ledger().outbox().isEmpty(other.agency())) {
          return node.name() + " keeps mail for " + other.agency();
        }
        for (Lane lane : Lane.all()) {
          long depth = core.ledger().hops().depth(other.agency(), lane);
          if (depth > 0) {
            return node.name() + " has " + depth + " queued for " + other.agency() + " " + lane;
          }
        }
      }
    }
    return "";
  }

  /** No recipient took anything but what its origin sent under a number, and each stated it. */
  private void contents() {
    for (SimNode node : nodes.values()) {
      run(node.agency().value())
          .metrics()
          .lines()
          .filter(
              line ->
                  line.startsWith("entente_origin_conflict_envelopes_total{")
                      || line.startsWith("entente_origin_unconfirmed_envelopes_total{"))
          .forEach(
              line ->
                  violations.add(node.agency() + " has sent what was not taken: " + line, null));
    }
    violations.check();
  }

  /** A number that is missing below one that came: either it is still owed, or settled. */
  private String gaps() {
    for (SimNode node : nodes.values()) {
      WindowTable windows = core(node).ledger().windows();
      for (AgencyName from : windows.origins()) {
        for (WindowTable.LaneWindow one : windows.all(from)) {
          if (!one.window().receivedAbove().isEmpty()) {
            return node.name() + " lacks " + one.lane() + " from " + from + ": " + one.window();
          }
        }
      }
    }
    return "";
  }

  private static GatewayCore core(SimNode node) {
    SimNode.Run process = node.process();
    if (process == null) {
      throw new IllegalStateException(node.name() + " does not run");
    }
    return process.core();
  }

  /** What was sent after another was acknowledged stands behind it in the recipient's inbox. */
  private void order() {
    for (Map.Entry<String, SimSubscriber> each : subscribers.entrySet()) {
      Map<MessageId, Long> positions = positions(core(node(each.getKey())));
      for (SimPublisher publisher : publishers) {
        Map<String, SimPublisher.Accepted> byKey = new HashMap<>();
        publisher.accepted().forEach(a -> byKey.put(a.key(), a));
        for (SimPublisher.Accepted later : publisher.accepted()) {
          SimPublisher.Accepted earlier = later.after() == null ? null : byKey.get(later.after());
          if (earlier != null) {
            inOrder(positions.get(earlier.id()), positions.get(later.id()), earlier, later);
          }
        }
      }
    }
    violations.check();
  }

  private void inOrder(
      @Nullable Long earlierAt,
      @Nullable Long laterAt,
      SimPublisher.Accepted earlier,
      SimPublisher.Accepted later) {
    if (earlierAt != null && laterAt != null && earlierAt > laterAt) {
      violations.add(later.key() + " overtook " + earlier.key() + " in " + later.lane(), null);
    }
  }

  private Map<MessageId, Long> positions(GatewayCore core) {
    Map<MessageId, Long> out = new HashMap<>();
    for (Lane lane : Lane.all()) {
      for (InboxTable.PlacedRecord placed : core.ledger().inbox().read(lane, 1, 10_000)) {
        MessageId id = MessageId.of(placed.record().getMessageId().toByteArray());
        if (out.put(id, placed.position()) != null) {
          violations.add(core.self() + " holds " + id + " twice", null);
        }
      }
    }
    return out;
  }
}
