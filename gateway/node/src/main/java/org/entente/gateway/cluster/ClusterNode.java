package org.entente.gateway.cluster;

import com.google.protobuf.ByteString;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.BooleanSupplier;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.apache.ratis.conf.Parameters;
import org.apache.ratis.grpc.GrpcConfigKeys;
import org.apache.ratis.grpc.GrpcTlsConfig;
import org.apache.ratis.proto.RaftProtos.RaftGroupIdProto;
import org.apache.ratis.proto.RaftProtos.RaftPeerRole;
import org.apache.ratis.proto.RaftProtos.RaftRpcRequestProto;
import org.apache.ratis.proto.RaftProtos.StartLeaderElectionRequestProto;
import org.apache.ratis.protocol.ClientId;
import org.apache.ratis.protocol.Message;
import org.apache.ratis.protocol.RaftClientReply;
import org.apache.ratis.protocol.RaftClientRequest;
import org.apache.ratis.protocol.RaftGroup;
import org.apache.ratis.protocol.RaftGroupId;
import org.apache.ratis.protocol.RaftPeer;
import org.apache.ratis.protocol.RaftPeerId;
import org.apache.ratis.protocol.SetConfigurationRequest;
import org.apache.ratis.protocol.SnapshotManagementRequest;
import org.apache.ratis.protocol.TransferLeadershipRequest;
import org.apache.ratis.server.DivisionInfo;
import org.apache.ratis.server.RaftServer;
import org.apache.ratis.server.protocol.TermIndex;
import org.apache.ratis.server.storage.RaftStorage;
import org.apache.ratis.statemachine.SnapshotInfo;
import org.apache.ratis.thirdparty.com.google.protobuf.UnsafeByteOperations;
import org.apache.ratis.thirdparty.io.grpc.Channel;
import org.apache.ratis.thirdparty.io.grpc.ManagedChannel;
import org.entente.gateway.seal.keys.Keystore;
import org.entente.gateway.store.FileMirror;
import org.entente.gateway.store.LogPosition;
import org.entente.gateway.store.RocksBackups;
import org.entente.gateway.store.RocksReplica;
import org.entente.gateway.store.StoreFailure;
import org.entente.gateway.store.StoreFailure.Kind;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * This machine's part in a cluster: its log, its copy of the store, and its vote.
 *
 * <p>All nodes have the same {@link ClusterSettings#nodes}. A majority of them makes one the
 * leader, and only that one gets a {@link ReplicatedStore}. Safe for use by many threads.
 */
public final class ClusterNode implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(ClusterNode.class);

  private static final long FLUSH_PATIENCE_MILLIS = 600_000;

  /** What stays free for the log, in flushes, while entries are kept for receivers of a copy. */
  private static final int FLUSHES_FREE = 8;

  /** In the place of a node that leaves: none does. */
  private static final String NOBODY = "";

  /** The longest wait for others to have the bytes of an attachment, or records of erasures. */
  private static final Duration FILE_PATIENCE = Duration.ofSeconds(30);

  /** Told of the node's role, on one thread, in the order of events. */
  public interface Listener {
    /** This node leads: the store takes commits until {@link #followsAgain}. */
    void leads(ReplicatedStore store);

    /** This node no longer leads; its store takes no more commits. The listener closes it. */
    void followsAgain();

    /** This node stopped, and must be restarted once the reason is gone. */
    void stopped(Throwable why);
  }

  private final ClusterSettings settings;
  private final Listener listener;
  private final ProgressMark mark;
  private final CopyTransfer transfer;
  private final LedgerStateMachine machine;
  private final NodeKeys keys;
  private final @Nullable MirroredFolder attachments;
  private final FileHashes files = new FileHashes();
  private final GrpcTlsConfig tls;
  private final NodeChannels channels;
  private final NodeConnections connections;
  private final RaftGroupId group;
  private final RaftPeerId self;
  private final RaftServer server;
  private final ClientId client = ClientId.randomId();
  private final AtomicLong calls = new AtomicLong();
  private final AtomicLong unflushed = new AtomicLong();
  private final AtomicBoolean changes = new AtomicBoolean();
  private final ExecutorService events = Executors.newSingleThreadExecutor(named("cluster-role"));
  private final ExecutorService copies = Executors.newSingleThreadExecutor(named("cluster-copy"));
  private final ExecutorService asking = Executors.newCachedThreadPool(named("cluster-keys"));
  private volatile @Nullable Leadership leading;
  private final OtherJournals otherJournals;
  private volatile @Nullable OwnErasures erasures;

  /** The node that is to join, with its address: erasures are noted there too meanwhile. */
  private volatile Map<String, String> joining = Map.of();

  private @Nullable LeaderFiles mirror;
  private @Nullable CompletableFuture<Void> left;

  private ClusterNode(
      ClusterSettings settings,
      NodeKeys keys,
      Listener listener,
      ReplicaFolder folder,
      ProgressMark mark)
      throws IOException {
    this.settings = settings;
    this.keys = keys;
    this.listener = listener;
    this.mark = mark;
    transfer = new CopyTransfer(folder, silence(settings));
    machine = new LedgerStateMachine(folder::open, new Role());
    ClusterSettings.Attachments folderOf = settings.attachments();
    attachments =
        folderOf == null
            ? null
            : new MirroredFolder(
                folderOf.folder(),
                folderOf.room(),
                this::term,
                settings.folders().attachmentsMark());
    tls =
        new GrpcTlsConfig(
            settings.tls().identity(), settings.tls().trust(), /* mTlsEnabled= */ true);
    channels = new NodeChannels(tls, settings.group());
    EndedLeaderCheck ended =
        new EndedLeaderCheck(
            settings.self(),
            new LeaderView(),
            this::refuses,
            settings.limits().electionTimeout().dividedBy(2),
            this::after);
    connections = new NodeConnections(settings.tls().trust(), ended::connectionEnded);
    group = RaftGroupId.valueOf(uuid(settings.group()));
    self = RaftPeerId.valueOf(settings.self());
    otherJournals = new OtherJournals(this::journals, asking, OtherJournals.PATIENCE);
    server = server();
  }

  /**
   * Starts the node. It returns before there is a leader.
   *
   * @param keystore this node's own, which follows that of the leader; the caller closes it after
   *     the node
   * @throws StoreFailure if its copy or its log cannot be opened, or is behind its mark
   */
  public static ClusterNode start(ClusterSettings settings, Keystore keystore, Listener listener) {
    try {
      ReplicaFolder folder =
          new ReplicaFolder(settings.folders().data(), settings.limits().store());
      folder.clearSendings();
      ProgressMark mark = new ProgressMark(settings.folders().mark());
      NodeKeys keys =
          new NodeKeys(settings.self(), keystore, settings.folders().keyMark(), KeyNode.newRun());
      ClusterSettings own;
      try (RocksReplica copy = folder.open()) {
        Optional<ClusterId> id = ClusterId.of(copy.store());
        own = settings.of(id);
        boolean hasLog = hasLog(own);
        mark.require(copy.position(), hasLog);
        if (!hasLog) {
          requireBeginning(settings, own, id, keys);
        }
      }
      ClusterNode node = new ClusterNode(own, keys, listener, folder, mark);
      node.begin();
      return node;
    } catch (IOException e) {
      throw RaftStart.failure(e);
    }
  }

  /** A node without a log begins a cluster, or joins one. */
  private static void requireBeginning(
      ClusterSettings configured, ClusterSettings own, Optional<ClusterId> id, NodeKeys keys) {
    if (own.isFirst() && keys.hadLeader()) {
      throw new StoreFailure(
          Kind.CORRUPT,
          ("this node has led its cluster (%s), but its log is missing. It has forgotten what it"
                  + " acknowledged: mount its disk, or restore a backup on a machine alone")
              .formatted(keys.tag()),
          null);
    }
    if (id.isEmpty() && configured.joins() == null && !configured.mayBeginEmpty()) {
      throw new StoreFailure(
          Kind.OTHER_FORMAT,
          ("cluster.nodes has %d machines, and data holds no ledger of a cluster: `entente cluster"
                  + " init` makes one of the ledger of a machine alone, and a machine that is to"
                  + " join has `cluster.join: true`")
              .formatted(configured.nodes().size()),
          null);
    }
  }

  /** What a failure leaves open would be in the way of the next start. */
  private void begin() {
    try {
      RaftStart.start(server, settings);
      mark.begin();
    } catch (RuntimeException e) {
      try {
        close();
      } catch (RuntimeException also) {
        e.addSuppressed(also);
      }
      throw e;
    }
  }

  /** Whether there is a log: Ratis keeps its votes in this file. */
  private static boolean hasLog(ClusterSettings settings) {
    Path group = settings.folders().log().resolve(uuid(settings.group()).toString());
    return Files.exists(group.resolve("current/raft-meta"));
  }

  private RaftServer server() throws IOException {
    Parameters parameters = new Parameters();
    GrpcConfigKeys.TLS.setConf(parameters, tls);
    GrpcConfigKeys.Server.setServicesCustomizer(
        parameters,
        (builder, types) -> {
          if (attachments != null) {
            builder.addService(FileCalls.service(attachments));
          }
          return builder
              .permitKeepAliveTime(CopyTransfer.KEEP_ALIVE.toMillis() / 2, TimeUnit.MILLISECONDS)
              // A node that lost its power closes nothing, and would get a copy for minutes.
              .keepAliveTime(CopyTransfer.KEEP_ALIVE.toMillis(), TimeUnit.MILLISECONDS)
              .keepAliveTimeout(CopyTransfer.KEEP_ALIVE.toMillis(), TimeUnit.MILLISECONDS)
              .addService(transfer.service(machine::replica))
              .addService(KeyCalls.service(keys))
              .addService(files.service())
              .addService(ErasureCalls.service(this::appendErasures))
              .addService(LeadCalls.service(this::term, this::lastEntry))
              .addTransportFilter(connections)
              .intercept(connections)
              .intercept(new OwnMessagesOnly(settings.self(), settings.group()))
              .intercept(new NodeCallsOnly());
        });
    return RaftServer.newBuilder()
        .setServerId(self)
        .setGroup(RaftGroup.valueOf(group, first()))
        .setStateMachine(machine)
        .setOption(RaftStorage.StartupOption.RECOVER)
        .setProperties(RaftSettings.of(settings))
        .setParameters(parameters)
        .build();
  }

  /** The nodes of the cluster for as long as its log says nothing of them. */
  private List<RaftPeer> first() {
    return settings.joins() == null ? peers(settings.nodes()) : List.of();
  }

  private static List<RaftPeer> peers(Map<String, String> nodes) {
    return nodes.entrySet().stream()
        .sorted(Map.Entry.comparingByKey())
        .map(node -> RaftPeer.newBuilder().setId(node.getKey()).setAddress(node.getValue()).build())
        .toList();
  }

  private static UUID uuid(String name) {
    return UUID.nameUUIDFromBytes(name.getBytes(StandardCharsets.UTF_8));
  }

  private static ThreadFactory named(String name) {
    return task -> {
      Thread thread = new Thread(task, name);
      thread.setDaemon(true);
      return thread;
    };
  }

  /** How far this node's copy has got. */
  public LogPosition position() {
    return machine.position();
  }

  /** The leader that this node follows, or is; empty while it knows of none. */
  public Optional<String> leader() {
    return info().map(DivisionInfo::getLeaderId).map(RaftPeerId::toString);
  }

  /** The latest term that this node knows of; 0 before the first. */
  public long term() {
    return info().map(DivisionInfo::getCurrentTerm).orElse(0L);
  }

  /** The last entry of this node's log; if that was shortened to nothing, of its copy. */
  TermIndex lastEntry() {
    return division()
        .map(it -> it.getRaftLog().getLastEntryTermIndex())
        .or(() -> Optional.ofNullable(machine.getLatestSnapshot()).map(SnapshotInfo::getTermIndex))
        .orElse(TermIndex.INITIAL_VALUE);
  }

  /** Whether Ratis still takes part in the cluster for this node. */
  public boolean isAlive() {
    return info().map(DivisionInfo::isAlive).orElse(false);
  }

  /**
   * Tells the other nodes, when they ask, the hashes of files that all should have alike, and asks
   * for theirs. Does not wait.
   *
   * @param hashes by name of the file; both in at most 255 ASCII characters
   * @param bundle this node's trust bundle, which others are given that have another one
   */
  public void exchange(Map<String, String> hashes, byte[] bundle) {
    files.own(hashes, bundle);
    Duration patience = settings.limits().electionTimeout().multipliedBy(10);
    others().forEach((name, address) -> files.ask(name, channel(name, address), patience));
  }

  /** Names of files that differ from this node's, by the node that has them so, as last told. */
  public Map<String, List<String>> differingFiles() {
    return files.differing();
  }

  /** Trust bundles of other nodes that are not this node's, as last told; not verified. */
  public List<byte[]> otherBundles() {
    return files.otherBundles();
  }

  /** Nodes whose keys this one, which leads, needs before it serves; empty if it needs none. */
  public List<String> awaitedKeys() {
    return Optional.ofNullable(leading).map(Leadership::awaitedKeys).orElse(List.of());
  }

  /**
   * Keystores that were given keys, and are not what their machine has now, as far as this node
   * knows, which leads; none elsewhere.
   */
  public List<MachineKeystore> formerKeystores() {
    return Optional.ofNullable(leading).map(Leadership::formerKeystores).orElse(List.of());
  }

  private Optional<DivisionInfo> info() {
    return division().map(RaftServer.Division::getInfo);
  }

  private Optional<RaftServer.Division> division() {
    try {
      return Optional.of(server.getDivision(group));
    } catch (IOException e) {
      LOG.debug("the node has no group", e);
      return Optional.empty();
    }
  }

  /**
   * Checks at once who the others are, after a change of this node's certificate or of whom it
   * trusts: they may go on only with certificates that are valid now, and this node connects to
   * them again.
   */
  public void trustChanged() {
    connections.forget();
    channels.endAll(ManagedChannel::shutdown);
    IOException why = new IOException("trust has changed");
    others()
        .keySet()
        .forEach(
            name ->
                server
                    .getServerRpc()
                    .handleException(RaftPeerId.valueOf(name), why, /* reconnect= */ true));
  }

  private CompletableFuture<Boolean> append(byte[] entry) {
    Message message = Message.valueOf(UnsafeByteOperations.unsafeWrap(entry));
    return submit(request(RaftClientRequest.writeRequestType(), message))
        .thenApply(
            reply ->
                reply.getMessage().getContent().equals(LedgerStateMachine.APPLIED.getContent()));
  }

  private RaftClientRequest request(RaftClientRequest.Type type, Message message) {
    return RaftClientRequest.newBuilder()
        .setClientId(client)
        .setServerId(self)
        .setGroupId(group)
        .setCallId(calls.incrementAndGet())
        .setMessage(message)
        .setType(type)
        .build();
  }

  private CompletableFuture<RaftClientReply> submit(RaftClientRequest request) {
    try {
      return server.submitClientRequestAsync(request).thenApply(ClusterNode::successful);
    } catch (IOException | RuntimeException e) {
      // Whether it was appended is unknown.
      return CompletableFuture.failedFuture(e);
    }
  }

  private static RaftClientReply successful(RaftClientReply reply) {
    if (!reply.isSuccess()) {
      throw new CompletionException(reply.getException());
    }
    return reply;
  }

  /**
   * Whether this node and enough others for a majority are in a term, each at a moment after the
   * call. Does not wait; false if too few answer during a lease.
   */
  CompletableFuture<Boolean> confirmLead(long term) {
    if (term() != term) {
      return CompletableFuture.completedFuture(false);
    }
    Duration patience = settings.limits().lease();
    Map<String, String> others = others();
    List<CompletableFuture<Boolean>> answers = new ArrayList<>();
    others.forEach(
        (name, address) -> {
          channels.hurry(address);
          answers.add(LeadCalls.isIn(channel(name, address), term, patience));
        });
    // While one is replaced, it is away: what most of the others do, shares one of them with
    // whatever elects the next leader, before and after.
    return LeadCalls.enough(answers, (others.size() + 1) / 2);
  }

  /**
   * Backs up this node's copy: what it has applied, which is all that a leader has acknowledged.
   *
   * @param keep how many of the newest backups are kept
   * @throws StoreFailure if the backups' folder cannot be written; the copy is unharmed
   */
  public RocksBackups.Backup backUp(RocksBackups backups, String note, int keep) {
    return backups.add(machine.replica(), note, keep);
  }

  /** Where this node keeps what {@link #sendErasures} of others brings; refused before. */
  public void keepErasures(OwnErasures journal) {
    erasures = journal;
  }

  private OwnErasures erasures() throws IOException {
    OwnErasures journal = erasures;
    if (journal == null) {
      throw new IOException("this node is just starting");
    }
    return journal;
  }

  private void appendErasures(byte[] records) throws IOException {
    erasures().append(records);
  }

  private static void appendErasures(Channel channel, byte[] records) throws IOException {
    ErasureCalls.append(channel, records, FILE_PATIENCE);
  }

  /**
   * Has all other nodes add records to their erasure journals; they are durable there on return.
   *
   * @param records each as the journals take it
   * @throws IOException naming a node that may not have them
   */
  public void sendErasures(List<ByteString> records) throws IOException {
    otherJournals.append(records);
  }

  /** The attachments of the cluster for as long as this node leads in a term. */
  public FileMirror attachments(long term) {
    MirroredFolder own = attachments;
    return own == null ? FileMirror.ALONE : files(own, term);
  }

  /** One for each term: {@link #change} must find that with which the gateway copies. */
  private synchronized LeaderFiles files(MirroredFolder own, long term) {
    LeaderFiles files = mirror;
    if (files == null || files.term() != term) {
      files =
          new LeaderFiles(
              own, others(FileCalls::new), term, () -> leads(term), FILE_PATIENCE, asking);
      mirror = files;
    }
    return files;
  }

  /**
   * Makes sure that the attachments of this node, if there are any, are in their folder.
   *
   * @throws IOException if its disk may not be mounted, saying what to do
   */
  public void requireAttachments() throws IOException {
    if (attachments != null) {
      attachments.requireFolder();
    }
  }

  private boolean leads(long term) {
    Leadership lead = leading;
    return lead != null && lead.store().term() == term;
  }

  private KeyNode keysAt(Supplier<Channel> channel) {
    return new KeyCalls(channel, settings.limits().electionTimeout().multipliedBy(2));
  }

  private <T> Map<String, T> others(Function<Supplier<Channel>, T> calls) {
    return at(others(), calls);
  }

  private Map<String, ErasureAppender> journals() {
    Map<String, String> nodes = others();
    nodes.putAll(joining);
    return at(nodes, channel -> records -> appendErasures(channel.get(), records));
  }

  private <T> Map<String, T> at(Map<String, String> nodes, Function<Supplier<Channel>, T> calls) {
    return nodes.entrySet().stream()
        .collect(
            Collectors.toMap(
                Map.Entry::getKey,
                other -> calls.apply(() -> channel(other.getKey(), other.getValue()))));
  }

  private Map<String, String> others() {
    Map<String, String> others = new HashMap<>(machines());
    others.remove(settings.self());
    return others;
  }

  /**
   * All nodes with their addresses, as the log of the cluster has them; before it says any, those
   * of the settings. While one is replaced, those before: until the change is committed, a majority
   * of them is needed too.
   */
  public Map<String, String> machines() {
    Map<String, String> machines =
        division().map(RaftServer.Division::getRaftConf).stream()
            .map(
                it ->
                    it.getPreviousPeers().isEmpty() ? it.getCurrentPeers() : it.getPreviousPeers())
            .flatMap(Collection::stream)
            .collect(Collectors.toMap(one -> one.getId().toString(), RaftPeer::getAddress));
    return machines.isEmpty() ? settings.nodes() : machines;
  }

  /** Whether this node is one of its cluster: it has been added, and not removed. */
  public boolean isMember() {
    return division()
        .filter(it -> it.getRaftConf().getPeer(self, RaftPeerRole.FOLLOWER) != null)
        .isPresent();
  }

  private Channel channel(String name, String address) {
    return channels.to(name, address);
  }

  /** Addresses to which this node keeps connections for its own calls. */
  Set<String> connected() {
    return channels.addresses();
  }

  /** The id of the cluster, as this node's ledger says it; empty if it has none. */
  public Optional<String> id() {
    return ClusterId.of(machine.replica().store()).map(ClusterId::id);
  }

  /** Whether this node's ledger says that it leaves its cluster, or has left it. */
  public boolean hasLeft() {
    return machine
        .openReplica()
        .map(RocksReplica::store)
        .flatMap(store -> Optional.ofNullable(FormerMachines.of(store).get(settings.self())))
        .filter(step -> step != FormerMachines.Step.JOINS)
        .isPresent();
  }

  /**
   * Whether a node that is not in the cluster answers at an address, as one of this gateway.
   *
   * @throws IOException if it does not
   */
  public void requireAnswer(String name, String address) throws IOException {
    // One that failed just now would not be tried again for a while.
    channels.end(address);
    try {
      var unused = keysAt(() -> channel(name, address)).state(term());
    } catch (IOException e) {
      // An operator may name any address; none is kept that is no machine of the cluster.
      channels.keepOnly(machines().values());
      throw e;
    }
  }

  /**
   * Puts a node in the place of another one, which does not run. The new one gets the erasure
   * journal and the keys, then a copy of the ledger, and only then counts; from the beginning, what
   * is committed, and keys that change, are on most of the nodes before and most of those after.
   * Takes as long as the copy.
   *
   * <p>Nobody may run as the old one again. Where the leader is lost in the midst, Ratis's next one
   * needs only the nodes after, and the old one could make up most of those before.
   *
   * @throws IOException if it did not take its place, which a repetition may mend
   */
  public void replace(String old, String name, String address) throws IOException {
    change(
        (keys, files) -> {
          // Before: what is noted from now on goes there too, and what was noted is sent.
          joining = Map.of(name, address);
          erasures().sendTo(records -> appendErasures(channel(name, address), records));
          keys.admit(old, name, keysAt(() -> channel(name, address)));
          if (files != null) {
            files.admit(old, name, new FileCalls(() -> channel(name, address)));
          }
          Map<String, String> after = new HashMap<>(machines());
          after.remove(old);
          after.put(name, address);
          return after;
        });
  }

  /**
   * Adds a node, as {@link #replace} does without one that leaves.
   *
   * @throws IOException if it was not added, which a repetition may mend
   */
  public void add(String name, String address) throws IOException {
    replace(NOBODY, name, address);
  }

  /**
   * Removes another node, whether it runs or not. What is committed, keys and attachments are on
   * most of the others before it leaves. A majority of the nodes without one, and one of all nodes,
   * share a node: so there is no second leader, whichever of the two elects the next.
   *
   * @throws IOException if it was not removed, which a repetition may mend
   */
  public void remove(String old) throws IOException {
    change(
        (keys, files) -> {
          keys.release(old);
          if (files != null) {
            files.release(old);
          }
          Map<String, String> after = new HashMap<>(machines());
          after.remove(old);
          return after;
        });
  }

  /** What nodes have to have before the cluster changes; gives the nodes after. */
  @FunctionalInterface
  private interface Preparation {
    Map<String, String> run(LeaderKeys keys, @Nullable LeaderFiles files) throws IOException;
  }

  private void change(Preparation preparation) throws IOException {
    Leadership lead = leading;
    if (lead == null || !changes.compareAndSet(false, true)) {
      throw new IOException("this node does not lead, or the machines are being changed");
    }
    MirroredFolder own = attachments;
    LeaderFiles files = own == null ? null : files(own, lead.store().term());
    boolean changed = false;
    try {
      reconfigure(preparation.run(lead.keys(), files));
      changed = true;
    } finally {
      lead.keys().settle(changed);
      if (files != null) {
        files.settle(changed);
      }
      joining = Map.of();
      channels.keepOnly(machines().values());
      changes.set(false);
    }
  }

  /** Ratis has a new node catch up before it counts. */
  private void reconfigure(Map<String, String> after) throws IOException {
    Map<String, String> before = machines();
    SetConfigurationRequest.Arguments arguments =
        SetConfigurationRequest.Arguments.newBuilder()
            .setMode(SetConfigurationRequest.Mode.COMPARE_AND_SET)
            .setServersInCurrentConf(peers(before))
            .setServersInNewConf(peers(after))
            .build();
    try {
      var unused =
          server
              .setConfigurationAsync(
                  new SetConfigurationRequest(
                      client, self, group, calls.incrementAndGet(), arguments))
              .thenApply(ClusterNode::successful)
              .join();
    } catch (CompletionException e) {
      throw new IOException("the cluster did not change: " + e.getMessage(), e);
    }
  }

  private void after(Duration time, Runnable task) {
    CompletableFuture.delayedExecutor(time.toNanos(), TimeUnit.NANOSECONDS, asking).execute(task);
  }

  private boolean refuses(String node) {
    String address = machines().get(node);
    return address != null && EndedLeaderCheck.refuses(address, settings.limits().lease());
  }

  private final class LeaderView implements EndedLeaderCheck.Cluster {
    @Override
    public Optional<String> leader() {
      return ClusterNode.this.leader().filter(name -> !name.equals(settings.self()));
    }

    @Override
    public Collection<String> names() {
      return machines().keySet();
    }

    @Override
    public CompletableFuture<TermIndex> lastEntry(String node) {
      try {
        if (node.equals(settings.self())) {
          return CompletableFuture.completedFuture(ClusterNode.this.lastEntry());
        }
        String address = machines().getOrDefault(node, "");
        channels.hurry(address);
        return LeadCalls.lastEntry(channel(node, address), settings.limits().lease());
      } catch (RuntimeException e) {
        // It stops, or its log is not open.
        return CompletableFuture.failedFuture(e);
      }
    }

    /** Asks Ratis in the name of that leader, as one does that passes the lead. */
    @Override
    public void standInsteadOf(String leader) {
      try {
        var unused =
            server.startLeaderElection(
                StartLeaderElectionRequestProto.newBuilder()
                    .setServerRequest(
                        RaftRpcRequestProto.newBuilder()
                            .setRequestorId(RaftPeerId.valueOf(leader).toByteString())
                            .setReplyId(self.toByteString())
                            .setRaftGroupId(
                                RaftGroupIdProto.newBuilder().setId(group.toByteString())))
                    .setLeaderLastEntry(ClusterNode.this.lastEntry().toProto())
                    .build());
      } catch (IOException | RuntimeException e) {
        // It stops, fetches a copy, or has just heard of another leader.
        LOG.debug("this node does not stand for election", e);
      }
    }
  }

  /** What this node fetches of another one's copy, for an operator; empty if it does not. */
  public Optional<String> fetching() {
    return transfer.note();
  }

  /** What this node knows of its cluster; empty once Ratis has closed it. Does not wait. */
  public Optional<ClusterStatus> status() {
    Optional<List<String>> lacking = Optional.ofNullable(leading).map(Leadership::lackingKeys);
    return division().map(it -> ClusterStatus.of(it, machines(), lacking));
  }

  /**
   * Passes the lead to the node that is furthest, without an election time-out. What this
   * leadership has not committed fails. Waits about two time-outs at most.
   *
   * @return whether another node leads now; false also if this one did not lead
   */
  public boolean passLead() {
    return status().filter(leadTransfer()::toFurthest).isPresent();
  }

  /** The same to a node that the operator names, in one time-out. */
  public boolean passLeadTo(String node) {
    return leadTransfer().to(node);
  }

  private LeadTransfer leadTransfer() {
    return new LeadTransfer(
        (next, patience) ->
            server.transferLeadershipAsync(
                new TransferLeadershipRequest(
                    client, self, group, calls.incrementAndGet(), next, patience.toMillis())),
        settings.limits().electionTimeout());
  }

  /** Makes the copy durable, after which the log before it may go. Does not wait. */
  private void flush() {
    // One that fails is followed by the next.
    var unused =
        server.snapshotManagementAsync(
            SnapshotManagementRequest.newCreate(
                client, self, group, calls.incrementAndGet(), FLUSH_PATIENCE_MILLIS, 1));
  }

  private LogPosition fetch(String leader, long firstIndex, BooleanSupplier leads) {
    String address = machines().getOrDefault(leader, settings.nodes().get(leader));
    if (address == null) {
      throw new IllegalStateException("the leader " + leader + " is not among the nodes");
    }
    try {
      return transfer.fetch(
          address,
          tls,
          OwnMessagesOnly.meantFor(leader, settings.group()),
          firstIndex - 1,
          silence(settings),
          leads);
    } catch (IOException e) {
      throw new CompletionException(e);
    }
  }

  /** Of one that sends a copy, or gets one, before the other gives it up. */
  private static Duration silence(ClusterSettings settings) {
    return settings.limits().electionTimeout().multipliedBy(RaftSettings.TIMEOUTS_OF_SILENCE);
  }

  private final class Role implements LedgerStateMachine.Role {
    @Override
    public void leads(long term) {
      RocksReplica copy = machine.replica();
      Duration election = settings.limits().electionTimeout();
      LeaderLease lease =
          new LeaderLease(settings.limits().lease().minus(BootClock.ERROR), new BootClock());
      Leadership lead =
          new Leadership(
              new ReplicatedStore(
                  copy.store(),
                  ClusterNode.this::append,
                  term,
                  copy.position().commits(),
                  election.multipliedBy(10),
                  lease),
              new LeaderKeys(
                  keys,
                  others(ClusterNode.this::keysAt),
                  former -> FormerMachines.outside(copy.store(), machines().keySet(), former),
                  term,
                  election.multipliedBy(2),
                  asking),
              lease,
              () -> confirmLead(term),
              settings.limits());
      leading = lead;
      events.execute(() -> serve(lead));
    }

    private void serve(Leadership lead) {
      try {
        if (lead.prepare(() -> lead.equals(leading))) {
          listener.leads(lead.store());
        }
      } catch (Throwable e) {
        // The edge of the thread: also an Error must not leave a leader that never serves.
        if (lead.equals(leading)) {
          stopped(e);
        }
      }
    }

    @Override
    public void followsAgain() {
      Leadership lead = leading;
      leading = null;
      if (lead != null) {
        lead.end("this node no longer leads");
        events.execute(listener::followsAgain);
      }
    }

    @Override
    public void stopped(Throwable why) {
      LOG.error("this node leaves its cluster", why);
      Leadership lead = leading;
      leading = null;
      if (lead != null) {
        lead.end("this node stopped: " + why);
      }
      events.execute(() -> listener.stopped(why));
    }

    @Override
    public void applied(int bytes) {
      if (unflushed.addAndGet(bytes) >= settings.limits().flushBytes()) {
        unflushed.set(0);
        copies.execute(ClusterNode.this::flush);
      }
    }

    @Override
    public void flushed(LogPosition position) {
      mark.keep(position);
    }

    @Override
    public long shorten(long flushed) {
      long free = settings.folders().log().toFile().getUsableSpace();
      return free / FLUSHES_FREE > settings.limits().flushBytes()
          ? transfer.shorten(flushed)
          : flushed;
    }

    @Override
    public CompletableFuture<LogPosition> fetch(
        String leader, long firstIndex, BooleanSupplier leads) {
      return CompletableFuture.supplyAsync(
          () -> ClusterNode.this.fetch(leader, firstIndex, leads), copies);
    }
  }

  /**
   * Begins to leave the cluster as a stopped node does: a majority of the others goes on. Does not
   * wait. The lead and the vote end first, for which no disk of the copy is needed; the copy can be
   * read until {@link #close}.
   */
  public void leave() {
    var unused = leaving();
  }

  private synchronized CompletableFuture<Void> leaving() {
    CompletableFuture<Void> begun = left;
    if (begun == null) {
      machine.leaving();
      begun = CompletableFuture.runAsync(this::stop, ClusterNode::onItsOwn);
      left = begun;
    }
    return begun;
  }

  private static void onItsOwn(Runnable task) {
    Thread thread = new Thread(task, "cluster-leaving");
    thread.setDaemon(true);
    thread.start();
  }

  private void stop() {
    Leadership lead = leading;
    leading = null;
    if (lead != null) {
      lead.end("this node stops");
    }
    try {
      server.close();
    } catch (IOException e) {
      throw new StoreFailure(Kind.IO, "the node did not stop: " + e.getMessage(), e);
    }
  }

  /** Leaves the cluster, and returns when all is closed. */
  @Override
  public void close() {
    try {
      leaving().join();
    } finally {
      copies.shutdownNow();
      asking.shutdownNow();
      channels.endAll(ManagedChannel::shutdownNow);
      events.shutdown();
      machine.closeCopy();
    }
  }
}
