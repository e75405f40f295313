package org.entente.gateway.trust.gossip;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Set;
import org.entente.gateway.model.AgencyName;
import org.entente.gateway.model.Code;
import org.entente.gateway.testkit.TestFederation;
import org.entente.gateway.trust.BundleFault;
import org.entente.gateway.trust.BundleVerdict.Refused;
import org.entente.gateway.trust.BundleVerifier;
import org.entente.gateway.trust.TrustStore;
import org.jspecify.annotations.Nullable;

/**
 * Nodes that gossip over links that are queues: real stores on the disk, one clock, no sockets and
 * no threads. Whoever is no node is an attacker, whose words a test makes up.
 */
final class GossipNet {
  private final TestFederation federation;
  private final Path folder;
  private final Map<AgencyName, Node> nodes = new HashMap<>();
  private final Set<Set<AgencyName>> links = new HashSet<>();
  private final Queue<Said> waiting = new ArrayDeque<>();
  private Instant now;

  private record Said(AgencyName from, AgencyName to, TrustMessage word) {}

  GossipNet(TestFederation federation, Path folder) {
    this.federation = federation;
    this.folder = folder;
    this.now = federation.start();
  }

  Instant now() {
    return now;
  }

  /** A node that begins with a bundle. */
  Node node(String agency, byte[] bundle) throws IOException {
    AgencyName name = new AgencyName(agency);
    Path own = Files.createDirectories(folder.resolve(agency));
    Path file = own.resolve("trust-bundle.note");
    Files.write(file, bundle);
    TrustStore.OpenResult opening =
        TrustStore.open(
            new BundleVerifier(federation.trustRoots()), file, own.resolve("accepted"), () -> now);
    Node node = new Node(name, ((TrustStore.OpenResult.Opened) opening).store());
    nodes.put(name, node);
    return node;
  }

  /** Two agencies are linked from now on. */
  void link(String one, String other) {
    AgencyName first = new AgencyName(one);
    AgencyName second = new AgencyName(other);
    links.add(Set.of(first, second));
    up(first, second);
    up(second, first);
  }

  /** They are not any more. */
  void cut(String one, String other) {
    AgencyName first = new AgencyName(one);
    AgencyName second = new AgencyName(other);
    links.remove(Set.of(first, second));
    down(first, second);
    down(second, first);
  }

  private void up(AgencyName at, AgencyName neighbour) {
    Node node = nodes.get(at);
    if (node != null) {
      node.gossip.up(neighbour);
    }
  }

  private void down(AgencyName at, AgencyName neighbour) {
    Node node = nodes.get(at);
    if (node != null) {
      node.gossip.down(neighbour);
    }
  }

  /** Somebody says something to a node that is linked with it. */
  void say(String from, Node to, TrustMessage word) {
    waiting.add(new Said(new AgencyName(from), to.name, word));
    deliver();
  }

  /** Lets all that was said arrive, and what it leads to. */
  void deliver() {
    int most = 100_000;
    while (!waiting.isEmpty()) {
      if (--most < 0) {
        throw new AssertionError("gossip without end: " + waiting.peek());
      }
      Said said = waiting.remove();
      Node node = nodes.get(said.to);
      if (node != null && links.contains(Set.of(said.from, said.to))) {
        node.gossip.heard(said.from, said.word);
      }
    }
  }

  /** So many seconds pass, each with its round at every node. */
  void pass(int seconds) {
    for (int i = 0; i < seconds; i++) {
      now = now.plusSeconds(1);
      nodes.values().forEach(node -> node.gossip.round());
      deliver();
    }
  }

  /** Time passes without a round. */
  void jump(Duration time) {
    now = now.plus(time);
  }

  /** A node, and what it was told of. */
  final class Node implements BundleGossip.Events {
    final AgencyName name;
    final TrustStore store;
    final FreshnessBoard board = new FreshnessBoard(0);
    final BundleGossip gossip;
    final List<BundleFault> refused = new ArrayList<>();
    final List<Code> misspoken = new ArrayList<>();
    final List<BundleGossip.Contradiction> contradictions = new ArrayList<>();
    final List<AgencyName> caughtUp = new ArrayList<>();
    final Map<AgencyName, List<TrustMessage>> toStrangers = new HashMap<>();
    boolean mute;

    private Node(AgencyName name, TrustStore store) {
      this.name = name;
      this.store = store;
      gossip = new BundleGossip(name, store, board, this::say, this, () -> now);
      store.onChange((old, next) -> gossip.changed());
    }

    private boolean say(AgencyName neighbour, TrustMessage word) {
      if (mute) {
        return false;
      }
      if (!nodes.containsKey(neighbour)) {
        toStrangers.computeIfAbsent(neighbour, peer -> new ArrayList<>()).add(word);
      }
      waiting.add(new Said(name, neighbour, word));
      return true;
    }

    /** What an attacker was asked for last. */
    TrustMessage.@Nullable PartRequest lastAsked(String attacker) {
      return toStrangers.getOrDefault(new AgencyName(attacker), List.of()).stream()
          .filter(TrustMessage.PartRequest.class::isInstance)
          .map(TrustMessage.PartRequest.class::cast)
          .reduce((first, second) -> second)
          .orElse(null);
    }

    /** How often an attacker was asked. */
    long asked(String attacker) {
      return toStrangers.getOrDefault(new AgencyName(attacker), List.of()).stream()
          .filter(TrustMessage.PartRequest.class::isInstance)
          .count();
    }

    long version() {
      return store.current().version();
    }

    /** The operator puts a bundle in place here. */
    void place(byte[] note) throws IOException {
      if (store.offer(note) instanceof Refused why) {
        throw new AssertionError(why.reason());
      }
      deliver();
    }

    @Override
    public void refused(AgencyName neighbour, String hash, Refused why) {
      refused.add(why.fault());
    }

    @Override
    public void misspoke(AgencyName neighbour, Code code, String what) {
      misspoken.add(code);
    }

    @Override
    public void contradicted(BundleGossip.Contradiction contradiction) {
      contradictions.add(contradiction);
    }

    @Override
    public void caughtUp(AgencyName neighbour) {
      caughtUp.add(neighbour);
    }

    @Override
    public void failed(IOException why) {
      throw new AssertionError(why);
    }
  }
}
