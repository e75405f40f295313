package org.entente.gateway.node.keys;

import static org.entente.gateway.testkit.Agencies.DE;
import static org.entente.gateway.testkit.Agencies.FR;
import static org.entente.gateway.testkit.Agencies.HUB;
import static org.entente.gateway.testkit.Agencies.SG;

import java.io.IOException;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import org.entente.gateway.crypto.SigningPair;
import org.entente.gateway.crypto.VerifyingPair;
import org.entente.gateway.link.HopIntake;
import org.entente.gateway.link.HopQueue;
import org.entente.gateway.link.PeerName;
import org.entente.gateway.link.QueuedEnvelope;
import org.entente.gateway.model.AgencyName;
import org.entente.gateway.model.Lane;
import org.entente.gateway.model.MessageId;
import org.entente.gateway.model.NodeName;
import org.entente.gateway.policy.decide.PermittedFixture;
import org.entente.gateway.retention.ErasureJournal;
import org.entente.gateway.seal.SeededRandom;
import org.entente.gateway.seal.format.AgencyPairSource;
import org.entente.gateway.testkit.SettableClock;
import org.entente.proto.link.v1.Delivery;
import org.entente.proto.link.v1.Notice;
import org.entente.proto.link.v1.Receipt;
import org.entente.proto.link.v1.Result;
import org.entente.proto.v1.Alert;
import org.entente.proto.v1.AlertText;
import org.entente.proto.v1.Body;
import org.entente.proto.v1.Category;
import org.entente.proto.v1.Classification;
import org.entente.proto.v1.EvidenceItem;
import org.entente.proto.v1.EvidenceKind;
import org.entente.proto.v1.Kind;
import org.entente.proto.v1.Label;
import org.entente.proto.v1.MessageType;
import org.entente.proto.v1.Purpose;
import org.entente.proto.v1.RequestedAction;
import org.entente.proto.v1.Status;

/**
 * A world of {@link KeyLifeNode}s in which a seed decides what happens in which order: mail is
 * sent, carried, its receipts are lost, links fall, nodes end and come back, days pass, keys of
 * every kind change and die. One thread; the same seed is the same world.
 */
final class KeyLifeWorld implements AutoCloseable {
  private static final Instant START = Instant.parse("2026-03-01T12:00:00Z");
  private static final Duration MOST = Duration.ofDays(30);
  private static final NodeName NODE = new NodeName("gateway-1");
  private static final List<AgencyName> ENDS = List.of(FR, DE, SG);
  private static final int ROUNDS = 100;

  private final Random choices;
  private final SecureRandom random;
  private final SettableClock clock = new SettableClock(START);
  private final Map<AgencyName, List<VerifyingPair>> trusted = new TreeMap<>();
  private final Map<AgencyName, KeyLifeNode> nodes = new TreeMap<>();
  private final Map<AgencyName, Set<AgencyName>> links =
      new TreeMap<>(
          Map.of(FR, Set.of(DE, HUB), DE, Set.of(FR), SG, Set.of(HUB), HUB, Set.of(FR, SG)));
  private final Deque<Sent> notices = new ArrayDeque<>();
  private final List<Message> messages = new ArrayList<>();
  private final List<String> history = new ArrayList<>();
  private Duration passed = Duration.ZERO;
  private int rewraps;
  private int lostRewraps;

  private record Sent(AgencyName from, AgencyName to, Notice notice) {}

  /** What was acknowledged to a client. */
  private record Message(
      MessageId id, AgencyName from, List<AgencyName> to, String text, Instant deadline) {}

  /**
   * A world in which nothing has happened yet.
   *
   * @param folder for files of its own
   */
  KeyLifeWorld(long seed, Path folder) throws IOException {
    choices = new Random(seed);
    random = new SeededRandom("key life " + seed);
    Map<AgencyName, Map<AgencyName, List<AgencyName>>> via =
        Map.of(
            FR, Map.of(DE, List.of(), SG, List.of(HUB)),
            DE, Map.of(FR, List.of()),
            SG, Map.of(FR, List.of(HUB)),
            HUB, Map.of());
    for (Map.Entry<AgencyName, Set<AgencyName>> one : links.entrySet()) {
      AgencyName name = one.getKey();
      Map<AgencyName, List<AgencyName>> ways = via.getOrDefault(name, Map.of());
      KeyLifeNode node =
          new KeyLifeNode(
              name,
              one.getValue(),
              new TreeMap<>(ways),
              this,
              ErasureJournal.open(folder.resolve(name.value()), START.getEpochSecond() / 86_400));
      nodes.put(name, node);
      trust(name, node.pair());
    }
    nodes.values().forEach(KeyLifeNode::start);
    nodes.keySet().forEach(this::greet);
  }

  AgencyPairSource trust() {
    return agency -> trusted.getOrDefault(agency, List.of());
  }

  SettableClock clock() {
    return clock;
  }

  SecureRandom random() {
    return random;
  }

  private void trust(AgencyName agency, SigningPair... pairs) {
    trusted.put(agency, Arrays.stream(pairs).map(SigningPair::verifyingPair).toList());
  }

  /** A notice goes out; it waits here until it is carried. */
  void send(AgencyName from, AgencyName to, Notice notice) {
    synchronized (notices) {
      if (links.getOrDefault(from, Set.of()).contains(to)) {
        notices.add(new Sent(from, to, notice));
      }
    }
  }

  private KeyLifeNode node(AgencyName name) {
    KeyLifeNode node = nodes.get(name);
    if (node == null) {
      throw new IllegalArgumentException("no node " + name);
    }
    return node;
  }

  private List<AgencyName> neighbours(AgencyName name) {
    return links.getOrDefault(name, Set.of()).stream().sorted().toList();
  }

  private List<KeyLifeNode> running() {
    return nodes.values().stream().filter(KeyLifeNode::isRunning).toList();
  }

  /** So much happens. */
  void live(int steps) {
    for (int i = 0; i < steps; i++) {
      happen();
    }
  }

  private void happen() {
    int what = choices.nextInt(100);
    if (what < 24) {
      publish();
    } else if (what < 50) {
      carry();
    } else if (what < 54) {
      keysDie();
    } else if (what < 58) {
      say("upkeep");
      running().forEach(KeyLifeNode::upkeep);
    } else if (what < 68) {
      pass(Duration.ofMinutes(1 + choices.nextInt(36 * 60)));
    } else if (what < 70) {
      pass(Duration.ofDays(1 + choices.nextInt(8)));
    } else if (what < 76) {
      say("keys that are due");
      running().forEach(KeyLifeNode::renewKeys);
    } else if (what < 82) {
      restart();
    } else if (what < 86) {
      sessions();
    } else if (what < 91) {
      pair();
    } else if (what < 96) {
      fall();
    } else {
      away();
    }
  }

  private void say(String what) {
    history.add(what);
  }

  private <T> T any(Collection<T> from) {
    List<T> all = List.copyOf(from);
    return all.get(choices.nextInt(all.size()));
  }

  private void publish() {
    List<AgencyName> origins = ENDS.stream().filter(name -> node(name).isRunning()).toList();
    if (origins.isEmpty()) {
      return;
    }
    AgencyName from = any(origins);
    List<AgencyName> to =
        from.equals(FR) ? any(List.of(List.of(DE), List.of(SG), List.of(DE, SG))) : List.of(FR);
    Lane lane = any(Lane.all());
    Duration life = Duration.ofHours(choices.nextInt(3) == 0 ? 1 + choices.nextInt(100) : 24 * 60);
    String text = "message " + messages.size();
    MessageId id = MessageId.fresh(from, clock.millis(), random);
    Instant deadline = clock.instant().plus(life);
    say(from + " sends " + text + " to " + to + " on " + lane + " until " + deadline);
    // What is acknowledged is what was handed over here: it is durable on return.
    node(from)
        .publish(
            PermittedFixture.permitted(
                id,
                from,
                lane,
                label(),
                body(text),
                deadline.minus(Duration.ofDays(1)),
                "test",
                400,
                to.stream().map(AgencyName::value).toArray(String[]::new)));
    messages.add(new Message(id, from, to, text, deadline));
  }

  private static Label label() {
    return Label.newBuilder()
        .setKind(Kind.KIND_ALERT)
        .setCategory(Category.CATEGORY_IPR)
        .setPurpose(Purpose.PURPOSE_IPR_ENFORCEMENT)
        .setClassification(Classification.CLASSIFICATION_UNCLASSIFIED)
        .setStatus(Status.STATUS_ACTUAL)
        .setMessageType(MessageType.MESSAGE_TYPE_ALERT)
        .setRequestedAction(RequestedAction.REQUESTED_ACTION_INFORM)
        .build();
  }

  private static Body body(String text) {
    return Body.newBuilder()
        .setAlert(
            Alert.newBuilder().addTexts(AlertText.newBuilder().setLanguage("en").setHeadline(text)))
        .build();
  }

  /** Some of what waits on one link goes over; its receipts may be lost. */
  private void carry() {
    KeyLifeNode from = any(nodes.values());
    AgencyName to = any(neighbours(from.name));
    if (!from.isRunning() || !node(to).isRunning()) {
      return;
    }
    carry(from, node(to), 1 + choices.nextInt(5), choices.nextInt(4) > 0);
    tell(choices.nextInt(8));
  }

  private void carry(KeyLifeNode from, KeyLifeNode to, int most, boolean receipts) {
    say(
        "%s to %s, %d a lane%s"
            .formatted(from.name, to.name, most, receipts ? "" : ", receipts lost"));
    for (Lane lane : Lane.all()) {
      carry(from, to, lane, most, receipts);
    }
  }

  private void carry(KeyLifeNode from, KeyLifeNode to, Lane lane, int most, boolean receipts) {
    HopQueue queue = from.queue(to.name, lane);
    HopIntake intake = to.intake(from.name, lane);
    if (intake.epoch() < queue.epoch()) {
      intake.adopt(queue.epoch(), queue.first());
    }
    List<QueuedEnvelope> outgoing = queue.read(queue.first(), most, 1 << 20);
    if (outgoing.isEmpty()) {
      return;
    }
    List<Delivery> deliveries = outgoing.stream().map(QueuedEnvelope::delivery).toList();
    List<Receipt> answers =
        intake.receive(deliveries, new PeerName(from.name, NODE)).toCompletableFuture().join();
    to.flush();
    boolean stale = answers.stream().anyMatch(a -> a.getResult() == Result.RESULT_REWRAP);
    rewraps += stale ? 1 : 0;
    lostRewraps += stale && !receipts ? 1 : 0;
    if (receipts) {
      queue.released(answers);
      from.flush();
    }
  }

  /** So many notices arrive, oldest first; one to a node that does not run is lost. */
  private void tell(int most) {
    for (int i = 0; i < most; i++) {
      Sent next;
      synchronized (notices) {
        next = notices.poll();
      }
      if (next == null) {
        return;
      }
      KeyLifeNode to = node(next.to());
      if (to.isRunning()) {
        to.received(next.from(), next.notice());
        to.flush();
      }
    }
  }

  /** Both sides of every link to a node say what they say when it comes up. */
  private void greet(AgencyName name) {
    for (AgencyName neighbour : neighbours(name)) {
      if (node(name).isRunning() && node(neighbour).isRunning()) {
        node(name).neighbourUp(neighbour);
        node(neighbour).neighbourUp(name);
      }
    }
  }

  private void pass(Duration time) {
    if (passed.plus(time).compareTo(MOST) > 0) {
      return;
    }
    passed = passed.plus(time);
    clock.move(time);
    say(time + " pass: " + clock.instant());
  }

  private void restart() {
    KeyLifeNode node = any(nodes.values());
    boolean up = node.isRunning();
    say(node.name + (up ? " restarts" : " comes back"));
    lose(node.name);
    node.stop();
    node.start();
    greet(node.name);
  }

  private void away() {
    KeyLifeNode node = any(nodes.values());
    say(node.name + " goes away");
    lose(node.name);
    node.stop();
  }

  private void keysDie() {
    KeyLifeNode node = any(nodes.values());
    if (node.isRunning()) {
      say("the keys of " + node.name + " die");
      node.loseKeys();
      // What is under way at that moment, to keys that are no more.
      for (AgencyName from : neighbours(node.name)) {
        if (node(from).isRunning() && choices.nextBoolean()) {
          carry(node(from), node, 3, choices.nextBoolean());
        }
      }
    }
  }

  private void sessions() {
    KeyLifeNode node = any(nodes.values());
    if (node.isRunning()) {
      AgencyName other = any(nodes.keySet());
      say(node.name + " renews its sessions to " + other);
      node.renewSessions(other);
    }
  }

  /** A link falls with what is under way on it, and stands again. */
  private void fall() {
    AgencyName one = any(nodes.keySet());
    say("the links of " + one + " fall");
    lose(one);
    greet(one);
  }

  private void lose(AgencyName name) {
    synchronized (notices) {
      notices.removeIf(sent -> sent.from().equals(name) || sent.to().equals(name));
    }
  }

  /** An agency's pair is replaced: listed beside the old one, used, and the old one dropped. */
  private void pair() {
    KeyLifeNode node = any(nodes.values());
    List<VerifyingPair> listed = trusted.getOrDefault(node.name, List.of());
    if (listed.size() > 1) {
      say(node.name + "'s old pair is dropped");
      trust(node.name, node.pair());
    } else {
      say(node.name + " signs with another pair");
      SigningPair next = SigningPair.generate(random);
      trust(node.name, next, node.pair());
      node.signWith(next);
    }
    running().forEach(KeyLifeNode::recheck);
    if (listed.size() > 1) {
      // As a node that has another bundle is told again of what rests on a pair that counts.
      greet(node.name);
    }
  }

  /** Everybody comes back, and nothing but time hinders what waits. */
  void settle() {
    say("all come back");
    for (KeyLifeNode node : nodes.values()) {
      if (!node.isRunning()) {
        node.start();
      }
    }
    nodes.keySet().forEach(this::greet);
    for (int i = 0; i < ROUNDS; i++) {
      for (KeyLifeNode node : nodes.values()) {
        node.renewKeys();
        node.upkeep();
        for (AgencyName peer : neighbours(node.name)) {
          for (Lane lane : Lane.all()) {
            carry(node, node(peer), lane, 100, true);
          }
        }
      }
      tell(Integer.MAX_VALUE);
      if (nodes.values().stream().allMatch(KeyLifeNode::owesNothing)) {
        return;
      }
      clock.move(Duration.ofMinutes(40));
    }
    throw new AssertionError("something is still owed after " + ROUNDS + " rounds");
  }

  /** What is wrong with what has become of the messages; nothing if all is accounted for. */
  List<String> unaccounted() {
    List<String> wrong = new ArrayList<>();
    Map<AgencyName, Map<MessageId, List<String>>> inboxes = new TreeMap<>();
    nodes.forEach((name, node) -> inboxes.put(name, node.inbox()));
    for (Message message : messages) {
      for (AgencyName recipient : message.to()) {
        List<String> found =
            inboxes.getOrDefault(recipient, Map.of()).getOrDefault(message.id(), List.of());
        if (!found.equals(List.of(message.text()))
            && !(found.isEmpty() && isTold(message, recipient))) {
          wrong.add(message.text() + " is at " + recipient + " as " + found);
        }
      }
    }
    return wrong;
  }

  /** Whether there is evidence of the one reason for which mail may fail to arrive here. */
  private boolean isTold(Message message, AgencyName recipient) {
    List<EvidenceItem> items = new ArrayList<>(node(message.from()).evidence(message.id()));
    items.addAll(node(recipient).evidence(message.id()));
    return !message.deadline().isAfter(clock.instant())
        && items.stream()
            .anyMatch(
                item ->
                    item.getKind() == EvidenceKind.EVIDENCE_KIND_NON_DELIVERY
                        && item.getCode().equals("EXPIRED"));
  }

  /**
   * What came of a world.
   *
   * @param sent messages
   * @param arrived messages at recipients
   * @param rewraps how often mail came that did not open, and was asked for again
   * @param lostRewraps how often its origin did not hear that
   */
  record Counts(int sent, int arrived, int rewraps, int lostRewraps) {
    Counts plus(Counts other) {
      return new Counts(
          sent + other.sent,
          arrived + other.arrived,
          rewraps + other.rewraps,
          lostRewraps + other.lostRewraps);
    }
  }

  Counts counts() {
    int arrived = 0;
    for (Message message : messages) {
      for (AgencyName recipient : message.to()) {
        arrived += node(recipient).inbox().containsKey(message.id()) ? 1 : 0;
      }
    }
    return new Counts(messages.size(), arrived, rewraps, lostRewraps);
  }

  /** What happened, a line each. */
  String history() {
    return String.join("\n", history);
  }

  @Override
  public void close() {
    nodes.values().forEach(KeyLifeNode::close);
  }
}
