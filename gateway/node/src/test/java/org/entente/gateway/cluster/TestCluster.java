package org.entente.gateway.cluster;

import com.google.protobuf.ByteString;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import org.apache.ratis.grpc.GrpcTlsConfig;
import org.apache.ratis.thirdparty.io.grpc.ManagedChannel;
import org.entente.gateway.crypto.SecretBytes;
import org.entente.gateway.model.Problem;
import org.entente.gateway.seal.keys.KeyEntry;
import org.entente.gateway.seal.keys.KeyKind;
import org.entente.gateway.seal.keys.Keystore;
import org.entente.gateway.store.RocksOptions;
import org.entente.gateway.store.RocksStore;
import org.entente.gateway.store.StoreFailure;
import org.entente.gateway.testkit.LoopbackPort;
import org.jspecify.annotations.Nullable;

/** Nodes of one cluster in this process, each with folders and a port of its own. */
final class TestCluster implements AutoCloseable {
  private static final long PATIENCE_SECONDS = 60;
  private final Path dir;
  private final long flushBytes;
  private final NodeCertificates certificates =
      new NodeCertificates(Instant.now().minusSeconds(3_600).truncatedTo(ChronoUnit.SECONDS));
  private final Map<String, String> addresses = new LinkedHashMap<>();
  private final Map<String, ClusterNode> running = new LinkedHashMap<>();
  private final Map<String, Keystore> keystores = new LinkedHashMap<>();
  private final Map<String, Erasures> erasures = new LinkedHashMap<>();
  private final BlockingQueue<Lead> leads = new LinkedBlockingQueue<>();
  private final BlockingQueue<Throwable> stops = new LinkedBlockingQueue<>();

  private final Set<String> joining = new HashSet<>();
  private String id = "";

  private Duration election = Duration.ofSeconds(1);
  private volatile @Nullable Error failure;

  /** A node's leadership. */
  record Lead(String node, ReplicatedStore store) {}

  TestCluster(Path dir, int size, long flushBytes) {
    this.dir = dir;
    this.flushBytes = flushBytes;
    for (int i = 1; i <= size; i++) {
      try {
        addresses.put("n" + i, "127.0.0.1:" + LoopbackPort.next());
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
    if (size == 1) {
      init("n1");
    }
  }

  /** Nodes whose keys a leader has brought to one state, so that the next needs a majority only. */
  TestCluster withKeysOfALeader() {
    for (String node : addresses.keySet()) {
      try (Keystore keystore = keystoreOf(node)) {
        new NodeKeys(node, keystore, folders(node).keyMark(), KeyNode.newRun())
            .keep(new KeyTag(1, 1));
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
    return this;
  }

  /** Leaders cannot serve, for a reason that is no exception. */
  TestCluster failing(Error why) {
    failure = why;
    return this;
  }

  /** Nodes with another election time-out. */
  TestCluster withElectionTimeout(Duration timeout) {
    election = timeout;
    return this;
  }

  TestCluster startAll() {
    addresses.keySet().forEach(this::start);
    return this;
  }

  void start(String node) {
    startAs(node, NodeCertificates.OWN);
  }

  /** Starts a node under a certificate of another. */
  void startAs(String node, String identity) {
    start(node, settings(node, identity, addresses));
  }

  /** Starts a node whose configuration names no other, and does not say that it joins. */
  void startAsTheOnlyOne(String node) {
    joining.remove(node);
    start(node, settings(node, NodeCertificates.OWN, Map.of(node, address(node))));
  }

  private void start(String node, ClusterSettings settings) {
    Keystore keystore = keystoreOf(node);
    try {
      ClusterNode started = ClusterNode.start(settings, keystore, new Told(node));
      running.put(node, started);
      keystores.put(node, keystore);
      started.keepErasures(erasures.computeIfAbsent(node, unused -> new Erasures()));
    } catch (StoreFailure e) {
      keystore.close();
      throw e;
    }
  }

  private Keystore keystoreOf(String node) {
    Keystore keystore =
        Keystore.open(dir.resolve(node).resolve("keys"), Instant::now, new SecureRandom());
    return joining.contains(node) ? keystore : withKeys(keystore);
  }

  /** The keys that every gateway has, the same in each keystore. */
  static Keystore withKeys(Keystore keystore) {
    for (KeyKind kind : List.of(KeyKind.AGENCY_PAIR, KeyKind.AUDIT_SIGNING)) {
      if (keystore.list(kind).isEmpty()) {
        keystore.put(
            new KeyEntry(
                kind,
                "1",
                Instant.EPOCH,
                KeyEntry.NEVER,
                SecretBytes.takeOver(new byte[KeyEntry.LEAST_SECRET_BYTES])));
      }
    }
    return keystore;
  }

  private ClusterSettings settings(String node, String identity, Map<String, String> nodes) {
    return new ClusterSettings(
        "test",
        node,
        nodes,
        joining.contains(node) ? id : null,
        folders(node),
        new ClusterSettings.Limits(RocksOptions.defaults(), election, flushBytes),
        certificates.of(identity),
        new ClusterSettings.Attachments(dir.resolve(node).resolve("files"), 0));
  }

  /** Makes a ledger of a machine alone that of a cluster of one, as `entente cluster init` does. */
  private void init(String node) {
    RocksStore.open(folders(node).data(), RocksOptions.defaults()).close();
    id = ledger(node).begin(node, new SecureRandom());
  }

  /** The ledger of a node that does not run. */
  ClusterLedger ledger(String node) {
    return new ClusterLedger(
        folders(node), dir.resolve(node).resolve("keys"), RocksOptions.defaults());
  }

  ClusterSettings.Folders folders(String node) {
    Path own = dir.resolve(node);
    return new ClusterSettings.Folders(
        own.resolve("log"), own.resolve("data"), own.resolve("mark"));
  }

  /** The keystore of a node that runs. */
  Keystore keystore(String node) {
    return Optional.ofNullable(keystores.get(node)).orElseThrow();
  }

  /** A connection as another node has it. */
  ManagedChannel channelTo(String node) {
    return channelTo(node, certificates.of(NodeCertificates.OWN));
  }

  /** A connection with a certificate of {@link #certificates}. */
  ManagedChannel channelTo(String node, ClusterSettings.Tls tls) {
    return CopyTransfer.channel(
        addresses.getOrDefault(node, ""),
        new GrpcTlsConfig(tls.identity(), tls.trust(), /* mTlsEnabled= */ true),
        1 << 20);
  }

  /** Who the nodes are, and whom they trust. */
  NodeCertificates certificates() {
    return certificates;
  }

  /** Why nodes refused others. */
  List<Problem> refused() {
    return certificates.refused;
  }

  private final class Told implements ClusterNode.Listener {
    private final String node;

    Told(String node) {
      this.node = node;
    }

    @Override
    public void leads(ReplicatedStore store) {
      Error why = failure;
      if (why != null) {
        throw why;
      }
      leads.add(new Lead(node, store));
    }

    @Override
    public void followsAgain() {
      // The store says so too.
    }

    @Override
    public void stopped(Throwable why) {
      stops.add(why);
    }
  }

  /** A node that is not in the cluster, with empty folders, at the address of a lost one. */
  String startNext(String name, String lost) {
    String address = addresses.getOrDefault(lost, "");
    addresses.put(name, address);
    joining.add(name);
    start(name);
    return address;
  }

  /** A node that is not in the cluster, with empty folders; where it listens. */
  String startNew(String name) throws IOException {
    addresses.put(name, "127.0.0.1:" + LoopbackPort.next());
    joining.add(name);
    start(name);
    return address(name);
  }

  /** Where a node listens for the others. */
  String address(String name) {
    return addresses.getOrDefault(name, "");
  }

  /** New nodes wait for this cluster. */
  void expect(String cluster) {
    id = cluster;
  }

  /** The erasure journal of a node, which outlasts its stops. */
  static final class Erasures implements OwnErasures {
    final List<ByteString> records = new CopyOnWriteArrayList<>();

    /** What happens after all records were sent to another one. */
    Sending afterSending = () -> {};

    /** Sends records, or fails. */
    @FunctionalInterface
    interface Sending {
      void run() throws IOException;
    }

    @Override
    public void append(byte[] added) {
      records.add(ByteString.copyFrom(added));
    }

    @Override
    public void sendTo(ErasureAppender other) throws IOException {
      for (ByteString one : records) {
        other.append(one.toByteArray());
      }
      afterSending.run();
    }
  }

  Erasures erasures(String node) {
    return Optional.ofNullable(erasures.get(node)).orElseThrow();
  }

  /** The next leader. */
  Lead awaitLead() {
    return await(leads);
  }

  /** The leader of now, which is the last one known if there was no other. */
  Lead currentLead(Lead last) {
    Lead[] lead = {last};
    awaitTrue(
        () -> {
          Optional.ofNullable(leads.poll()).ifPresent(next -> lead[0] = next);
          return lead[0].store().isCurrent();
        });
    return lead[0];
  }

  /** Why the next node stopped. */
  Throwable awaitStop() {
    return await(stops);
  }

  private static <T> T await(BlockingQueue<T> queue) {
    try {
      @Nullable T next = queue.poll(PATIENCE_SECONDS, TimeUnit.SECONDS);
      if (next == null) {
        throw new AssertionError("nothing within " + PATIENCE_SECONDS + " s");
      }
      return next;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted", e);
    }
  }

  /** Waits for what another thread brings about. */
  static void awaitTrue(BooleanSupplier condition) {
    long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(PATIENCE_SECONDS);
    while (!condition.getAsBoolean()) {
      if (System.nanoTime() > end) {
        throw new AssertionError("not within " + PATIENCE_SECONDS + " s");
      }
      // A thread that spins takes the one core of a small machine from the nodes.
      LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(1));
    }
  }

  ClusterNode node(String name) {
    ClusterNode node = running.get(name);
    if (node == null) {
      throw new IllegalStateException(name + " does not run");
    }
    return node;
  }

  List<String> running() {
    return List.copyOf(running.keySet());
  }

  List<String> others(String name) {
    List<String> others = new ArrayList<>(addresses.keySet());
    others.remove(name);
    return others;
  }

  void stop(String name) {
    node(name).close();
    running.remove(name);
    keystore(name).close();
    awaitFree(name);
  }

  private void awaitFree(String name) {
    LoopbackPort.awaitFree(port(name));
  }

  /** Where a node listens for the others. */
  int port(String name) {
    String address = addresses.getOrDefault(name, "");
    return Integer.parseInt(address.substring(address.indexOf(':') + 1));
  }

  @Override
  public void close() {
    // Each takes a second to stop, most of it waiting.
    List.copyOf(running.values()).parallelStream().forEach(ClusterNode::close);
    running.keySet().forEach(this::awaitFree);
    keystores.values().forEach(Keystore::close);
    running.clear();
    leads.clear();
  }
}
