package org.entente.gateway.node.assembly;

import com.google.protobuf.ByteString;
import java.io.IOException;
import java.security.SecureRandom;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.entente.gateway.cluster.ClusterNode;
import org.entente.gateway.cluster.ClusterSettings;
import org.entente.gateway.cluster.ClusterStatus;
import org.entente.gateway.cluster.ErasureAppender;
import org.entente.gateway.cluster.MachineKeystore;
import org.entente.gateway.cluster.OwnErasures;
import org.entente.gateway.cluster.ReplicatedStore;
import org.entente.gateway.config.AttachmentsConfig;
import org.entente.gateway.config.ClusterConfig;
import org.entente.gateway.config.NodeConfig;
import org.entente.gateway.identity.NodeIdentity;
import org.entente.gateway.identity.SpiffeId;
import org.entente.gateway.meter.Meters;
import org.entente.gateway.model.Code;
import org.entente.gateway.model.InvalidValue;
import org.entente.gateway.model.NameSuggestion;
import org.entente.gateway.model.Result;
import org.entente.gateway.model.StartProblem;
import org.entente.gateway.node.audit.AuditComponents;
import org.entente.gateway.node.files.ConfiguredFiles;
import org.entente.gateway.node.files.SharedFiles;
import org.entente.gateway.node.keys.TlsCertificateReloader;
import org.entente.gateway.retention.ErasureJournal;
import org.entente.gateway.rpc.tls.NodeTrust;
import org.entente.gateway.rpc.tls.TlsContexts;
import org.entente.gateway.seal.keys.Keystore;
import org.entente.gateway.store.FileMirror;
import org.entente.gateway.store.RocksOptions;
import org.entente.gateway.store.Store;
import org.entente.gateway.store.StoreFailure;
import org.entente.gateway.trust.BundleVerdict;
import org.entente.gateway.trust.TrustBundle;
import org.entente.gateway.trust.TrustStore;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One stay of this machine in its cluster: its vote, its copy of the ledger and its keys, which
 * outlast the nodes that it opens as a leader. Safe for many threads.
 */
final class ClusterMembership implements OtherMachines, AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(ClusterMembership.class);

  /** The call that asks for it ends with the lead. */
  private static final Duration ANSWER_FIRST = Duration.ofMillis(500);

  private final ConfiguredFiles files;
  private final ClusterConfig cluster;
  private final Meters meters;
  private final TlsCertificateReloader tls;
  private final Keystore keystore;
  private final ErasureJournal erasures;
  private final NodeTrust trust;
  private final ClusterNode node;
  private final MachineReplacement replacement;
  private volatile TrustBundle bundle;

  /**
   * Joins the cluster; returns before there is a leader.
   *
   * @throws StartProblem naming what is missing or wrong
   */
  ClusterMembership(
      ConfiguredFiles files,
      ClusterConfig cluster,
      InstantSource clock,
      Meters meters,
      ClusterNode.Listener listener) {
    this.files = files;
    this.cluster = cluster;
    this.meters = meters;
    tls = TlsCertificateReloader.open(files, clock);
    bundle = bundle(files);
    trust = trust(clock, meters);
    keystore = files.keep(files.keystore(new SecureRandom()));
    boolean joined = false;
    try {
      erasures = files.keep(AuditComponents.erasures(files.config(), clock, this::appendElsewhere));
      node = ClusterNode.start(settings(), keystore, listener);
      node.keepErasures(new Erasures(erasures));
      replacement =
          new MachineReplacement(
              cluster.node(),
              node,
              Duration.ofMillis(cluster.electionTimeoutMillis())
                  .multipliedBy(ClusterMember.TIMEOUTS_SILENT));
      joined = true;
    } catch (StoreFailure e) {
      throw new StartProblem("cluster: " + e.getMessage(), e);
    } finally {
      if (!joined) {
        files.letGo();
      }
    }
  }

  private void appendElsewhere(List<ByteString> erased) throws IOException {
    node.sendErasures(erased);
  }

  private record Erasures(ErasureJournal journal) implements OwnErasures {
    @Override
    public void append(byte[] records) throws IOException {
      journal.append(records);
    }

    @Override
    public void sendTo(ErasureAppender other) throws IOException {
      journal.sendTo(records -> other.append(ByteString.copyFrom(records).toByteArray()));
    }
  }

  private NodeTrust trust(InstantSource clock, Meters meters) {
    return new NodeTrust(
        new NodeIdentity(SpiffeId.parse(gateway())),
        () -> bundle,
        clock,
        new HandshakeFailureLog(Meters.Side.PEER, meters, clock)::refused);
  }

  private String gateway() {
    NodeConfig config = files.config();
    return "spiffe://%s/agency/%s/gateway/%s"
        .formatted(config.federation(), config.agency(), config.gateway());
  }

  private ClusterSettings settings() {
    NodeConfig config = files.config();
    return new ClusterSettings(
        gateway(),
        cluster.node(),
        cluster.addresses(),
        cluster.joins() ? Objects.requireNonNullElse(cluster.id(), "") : null,
        folders(config, cluster),
        new ClusterSettings.Limits(
            RocksOptions.defaults(),
            Duration.ofMillis(cluster.electionTimeoutMillis()),
            (long) cluster.flushMib() << 20),
        new ClusterSettings.Tls(tls.identity().manager(), trust.inHandshake()),
        attachments(config));
  }

  static ClusterSettings.Folders folders(NodeConfig config, ClusterConfig cluster) {
    return new ClusterSettings.Folders(cluster.log(), config.data(), cluster.mark());
  }

  private static ClusterSettings.@Nullable Attachments attachments(NodeConfig config) {
    AttachmentsConfig attachments = config.attachments();
    return attachments == null
        ? null
        : new ClusterSettings.Attachments(
            attachments.folder(), Foundation.thresholds(config).slowBelow());
  }

  /** The newest bundle known here, though it may have expired: {@link NodeIdentity}. */
  private static TrustBundle bundle(ConfiguredFiles files) {
    try {
      return files.verifiedBundle();
    } catch (StartProblem e) {
      return files.rememberedBundle().orElseThrow(() -> e);
    }
  }

  /**
   * Follows changes of the certificate and of the bundle, and compares files with the others'.
   *
   * @param open whether a node is open here, which looks after its trust bundle itself
   */
  void reload(boolean open) {
    try {
      if (!open) {
        takeNewerBundle();
      }
      TrustBundle before = bundle;
      X509Certificate own = tls.identity().certificate();
      bundle = bundle(files);
      tls.reload(bundle);
      if (!bundle.equals(before) || !tls.identity().certificate().equals(own)) {
        node.trustChanged();
      }
      if (!node.isAlive()) {
        // It has left the cluster while the files were read, and must not connect again.
        return;
      }
      node.exchange(SharedFiles.hashes(files, bundle), bundle.noteBytes());
    } catch (IOException | StartProblem e) {
      LOG.warn(
          "certificate, trust bundle, policy or client list cannot be read, the last ones stay: {}",
          e.getMessage());
    }
  }

  /**
   * A leader hears of bundles from peers; without them it would trust who was revoked meanwhile.
   */
  private void takeNewerBundle() {
    List<byte[]> others = node.otherBundles();
    if (others.isEmpty()) {
      return;
    }
    try {
      TrustStore store = files.trust();
      for (byte[] note : others) {
        // An older one, and one that the roots did not sign, is refused.
        if (store.offer(note) instanceof BundleVerdict.Verified taken
            && !taken.bundle().equals(bundle)) {
          LOG.info("took {} of another machine", taken.bundle());
        }
      }
    } catch (IOException | StartProblem e) {
      LOG.warn("the trust bundle of another machine cannot be taken: {}", e.getMessage());
    }
  }

  /**
   * Does what a take-over would be the first to do in this process, and what takes most of its
   * time: compiles the policy, and loads TLS. Changes nothing.
   */
  void rehearse() {
    try {
      files.rulebook(bundle);
      new TlsContexts(tls.identity()).rehearse(trust.inHandshake());
    } catch (IOException | RuntimeException e) {
      // The edge of its thread: a take-over reads the same files again, and may fail as well.
      LOG.warn("as a leader, this node might not serve: {}", e.getMessage());
    }
  }

  /** The leader that this machine knows of, with its address; empty if it knows of none. */
  Optional<String> leader() {
    return node.leader()
        .map(name -> name + " (" + node.machines().getOrDefault(name, "unknown") + ")");
  }

  /** Whether this machine is one of its cluster; one that joins waits until it is. */
  boolean isMember() {
    return node.isMember();
  }

  /** Whether this machine leaves its cluster, or has left it. */
  boolean hasLeft() {
    return node.hasLeft();
  }

  /** What an operator should know of the machines of which the cluster consists. */
  List<String> notes() {
    Map<String, String> machines = new TreeMap<>(node.machines());
    Stream<String> differs =
        machines.equals(cluster.addresses())
            ? Stream.of()
            : Stream.of("cluster.nodes of this machine differs from the cluster's: " + machines);
    Stream<String> under =
        Stream.of(replacement.note(), node.fetching())
            .flatMap(Optional::stream)
            .map(note -> "cluster: " + note);
    return Stream.concat(under, differs).toList();
  }

  /** What this machine knows of its cluster. */
  Optional<ClusterStatus> status() {
    return node.status();
  }

  @Override
  public Result<Boolean> leads(String name) {
    Optional<ClusterStatus.Machine> machine = node.status().flatMap(status -> status.machine(name));
    if (machine.isEmpty()) {
      return Result.refused(
          Code.INVALID_FIELD,
          "node",
          "no machine \"%s\"; %s"
              .formatted(
                  InvalidValue.printable(name),
                  NameSuggestion.of(name, List.copyOf(node.machines().keySet()))));
    }
    if (name.equals(cluster.node())) {
      return new Result.Done<>(true);
    }
    return ClusterReport.unfit(machine.get(), Duration.ofMillis(cluster.electionTimeoutMillis()))
        .<Result<Boolean>>map(why -> Result.refused(Code.NOT_READY, "node", why))
        .orElseGet(() -> new Result.Done<>(false));
  }

  @Override
  public Result<Boolean> isMade(MachineChange change) {
    return replacement.check(change);
  }

  @Override
  public List<String> names() {
    return Stream.concat(node.machines().keySet().stream(), replacement.joining().stream())
        .distinct()
        .toList();
  }

  /** Without those of a machine that joins: it may have keys of an attempt before. */
  @Override
  public List<MachineKeystore> formerKeystores() {
    Optional<String> joining = replacement.joining();
    return node.formerKeystores().stream()
        .filter(one -> !joining.equals(Optional.of(one.machine())))
        .toList();
  }

  @Override
  public void make(MachineChange change) {
    replacement.start(change);
  }

  @Override
  public FileMirror files(long term) {
    return node.attachments(term);
  }

  @Override
  public void passLeadTo(String name) {
    CompletableFuture.delayedExecutor(
            ANSWER_FIRST.toMillis(), TimeUnit.MILLISECONDS, ClusterMembership::onItsOwn)
        .execute(() -> node.passLeadTo(name));
  }

  private static void onItsOwn(Runnable task) {
    Thread thread = new Thread(task, "cluster-task");
    thread.setDaemon(true);
    thread.start();
  }

  /** {@link ClusterNode#passLead()}. */
  boolean passLead() {
    return node.passLead();
  }

  /** Whether another machine leads. */
  boolean follows() {
    return node.leader().filter(name -> !name.equals(cluster.node())).isPresent();
  }

  /** Whether this machine takes part in the cluster, as a leader or not. */
  boolean isAlive() {
    return node.isAlive();
  }

  /** Files that another machine has with other content, by machine. */
  Map<String, List<String>> differingFiles() {
    return node.differingFiles();
  }

  /** Why this machine takes no attachments; empty if it does, or is to take none. */
  Optional<String> missingAttachments() {
    try {
      node.requireAttachments();
      return Optional.empty();
    } catch (IOException e) {
      return Optional.ofNullable(e.getMessage());
    }
  }

  /** Machines whose keys this one, which leads, needs before it serves; empty if none. */
  List<String> awaitedKeys() {
    return node.awaitedKeys();
  }

  /** Commits of the ledger that this machine has applied. */
  long commits() {
    return node.position().commits();
  }

  /** The latest term of leadership that this machine knows of. */
  long term() {
    return node.term();
  }

  /** The ledger of a term, with keys and an erasure journal that outlast it. */
  NodeStorage storage(ReplicatedStore ledger) {
    LedgerCopies copies =
        new LedgerCopies(
            files.config(), meters, node::backUp, node.attachments(ledger.term())::requireHere);
    return new NodeStorage() {
      @Override
      public Store store() {
        // A take-over waits for no medium of backups.
        copies.meter(ClusterMembership::onItsOwn);
        return ledger;
      }

      @Override
      public BackupCopies backups() {
        return copies;
      }

      @Override
      public OtherMachines machines() {
        return ClusterMembership.this;
      }

      @Override
      public Keystore keystore(ConfiguredFiles unused, SecureRandom random) {
        return keystore;
      }

      @Override
      public ErasureJournal erasures(ConfiguredFiles unused, InstantSource clock) {
        return erasures;
      }
    };
  }

  /** {@link ClusterNode#leave}. */
  void leave() {
    node.leave();
  }

  /** Leaves the cluster: a majority of the others goes on. */
  @Override
  public void close() {
    try {
      node.close();
    } finally {
      files.letGo();
    }
  }
}
