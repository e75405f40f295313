package org.entente.gateway.node.assembly;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Function;
import java.util.function.LongSupplier;
import java.util.stream.Stream;
import org.entente.gateway.cluster.ClusterNode;
import org.entente.gateway.cluster.ClusterStatus;
import org.entente.gateway.cluster.ReplicatedStore;
import org.entente.gateway.config.ClusterConfig;
import org.entente.gateway.meter.Meters;
import org.entente.gateway.node.disk.ReopenSchedule;
import org.entente.gateway.node.files.ConfiguredFiles;
import org.entente.gateway.store.StoreState;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The node of a gateway on several machines: open on this one while it leads ({@link ClusterNode}).
 *
 * <p>Each leadership opens another node, and its end closes that one without making anything
 * durable: what was not committed is not acknowledged. After a failure this machine leaves the
 * cluster, so that another one can lead, and joins again later, when its disk has room ({@link
 * ReopenSchedule}).
 */
final class ClusterMember implements NodeHolder {
  private static final Logger LOG = LoggerFactory.getLogger(ClusterMember.class);

  /** Ten seconds: a reload verifies the trust bundle. */
  private static final int LOOKS_UNTIL_RELOAD = 20;

  /**
   * Longer than others take to elect a leader. One that came back at once would win: no vote is
   * refused to the last leader, and its log is the longest.
   */
  private static final int TIMEOUTS_AWAY = 4;

  /** One that is about to be elected, or restarts, is not worth a warning. */
  static final int TIMEOUTS_SILENT = 4;

  private final OpeningContext context;
  private final ListenAddresses addresses;
  private final String self;
  private final Path data;
  private final String gateway;
  private final ReopenSchedule rejoining;
  private final AtomicBoolean reloads = new AtomicBoolean();
  private volatile @Nullable RunningNode node;
  private volatile @Nullable ClusterMembership membership;
  private volatile String failure = "";
  private volatile String unopened = "";
  private @Nullable Listener listener;
  private @Nullable ReplicatedStore leading;
  private volatile Duration electionTimeout = Duration.ZERO;
  private long looks;
  private boolean rehearsed;
  private boolean closed;

  /**
   * Joins the cluster; returns before there is a leader.
   *
   * @throws org.entente.gateway.model.StartProblem naming what is missing or wrong
   */
  ClusterMember(OpeningContext context, ConfiguredFiles files, ClusterConfig cluster) {
    this.context = context;
    addresses = ListenAddresses.configured(files.config());
    self = cluster.node();
    data = files.config().data();
    gateway = files.config().agency() + "/" + files.config().gateway();
    rejoining = new ReopenSchedule(Foundation.thresholds(files.config()));
    join(files, cluster);
  }

  private synchronized void join(ConfiguredFiles files, ClusterConfig cluster) {
    Listener next = new Listener();
    listener = next;
    electionTimeout = Duration.ofMillis(cluster.electionTimeoutMillis());
    membership = new ClusterMembership(files, cluster, context.clock(), context.meters(), next);
    meter();
  }

  /** The roles of one stay; those of an earlier stay say nothing any more. */
  private final class Listener implements ClusterNode.Listener {
    @Override
    public void leads(ReplicatedStore store) {
      follow(() -> open(store));
    }

    @Override
    public void followsAgain() {
      follow(ClusterMember.this::closeNode);
    }

    @Override
    public void stopped(Throwable why) {
      follow(() -> stoppedBy(why));
    }

    private void follow(Runnable change) {
      synchronized (ClusterMember.this) {
        if (!closed && equals(listener)) {
          change.run();
        }
      }
    }
  }

  /** What comes after the first failure follows from it. */
  private void stoppedBy(Throwable why) {
    if (failure.isEmpty()) {
      failure = "cluster: this node stopped: " + why.getMessage();
    }
  }

  private void open(ReplicatedStore store) {
    ClusterMembership here = membership;
    if (here == null) {
      return;
    }
    leading = store;
    long began = System.nanoTime();
    try {
      node = RunningNode.open(context, context.files(), here.storage(store), addresses);
      LOG.info(
          "this node leads its cluster in term {}; its gateway was open after {} ms",
          store.term(),
          Duration.ofNanos(System.nanoTime() - began).toMillis());
    } catch (IOException | RuntimeException e) {
      // Whatever the failure, such as the loss of the lead: another machine may do better.
      LOG.error("this node leads, and cannot open its gateway", e);
      unopened = "cluster: this node leads, and cannot open its gateway: " + e.getMessage();
    }
    meter();
  }

  /** Ends the node of a leadership that is over; callers are told to try again. */
  private void closeNode() {
    RunningNode last = node;
    node = null;
    leading = null;
    unopened = "";
    if (last != null) {
      LOG.info("this node no longer leads its cluster");
      last.abort(context.meters());
    }
    meter();
  }

  /** Also after a node has withdrawn all gauges. */
  private void meter() {
    gauge(
        "entente_cluster_leads",
        "Whether this machine leads its cluster, and so serves clients and peers.",
        () -> node == null ? 0 : 1);
    gauge(
        "entente_cluster_term",
        "Term of leadership of the cluster, as far as this machine knows.",
        () -> Optional.ofNullable(membership).map(ClusterMembership::term).orElse(0L));
    gauge(
        "entente_cluster_commits",
        "Commits of the cluster's ledger that this machine has applied.",
        () -> Optional.ofNullable(membership).map(ClusterMembership::commits).orElse(0L));
    gaugeOfMachines(
        "entente_cluster_behind_entries",
        "Entries of the log that a machine lacked when it last told, as far as this one knows.",
        one -> Optional.of((double) one.behind()));
    gaugeOfMachines(
        "entente_cluster_silent_seconds",
        "Time since this machine last heard another: a leader hears all, a follower its leader.",
        one -> one.silence().map(silence -> silence.toMillis() / 1e3));
    gauge(
        "entente_cluster_files_differ",
        "Files (trust bundle, roots, policy, client list) of which another machine of the cluster"
            + " has other ones than this machine.",
        () -> differingFiles().values().stream().flatMap(List::stream).distinct().count());
  }

  private Map<String, List<String>> differingFiles() {
    return Optional.ofNullable(membership).map(ClusterMembership::differingFiles).orElse(Map.of());
  }

  private List<String> warningsOfFiles() {
    List<String> warnings = new ArrayList<>();
    differingFiles()
        .forEach(
            (machine, fields) ->
                warnings.add(
                    "cluster: %s of this machine and of %s differ: install the same on all machines"
                        .formatted(String.join(", ", fields), machine)));
    missingAttachments().ifPresent(warnings::add);
    return warnings;
  }

  private Optional<String> missingAttachments() {
    return Optional.ofNullable(membership)
        .flatMap(ClusterMembership::missingAttachments)
        .map(why -> "cluster: " + why);
  }

  private void gauge(String name, String help, LongSupplier value) {
    context
        .meters()
        .gauge(
            name,
            help,
            List.of("gateway"),
            () -> List.of(new Meters.Sample(List.of(gateway), (double) value.getAsLong())));
  }

  private void gaugeOfMachines(
      String name, String help, Function<ClusterStatus.Machine, Optional<Double>> value) {
    context
        .meters()
        .gauge(
            name,
            help,
            List.of("node"),
            () ->
                status().stream()
                    .flatMap(known -> known.machines().stream())
                    .flatMap(
                        one ->
                            value.apply(one).stream()
                                .map(it -> new Meters.Sample(List.of(one.name()), it)))
                    .toList());
  }

  @Override
  public Optional<RunningNode> node() {
    return Optional.ofNullable(node);
  }

  @Override
  public ListenAddresses addresses() {
    return addresses;
  }

  private Optional<ClusterStatus> status() {
    return Optional.ofNullable(membership).flatMap(ClusterMembership::status);
  }

  @Override
  public List<String> warnings() {
    Duration silence = electionTimeout.multipliedBy(TIMEOUTS_SILENT);
    List<String> silent =
        status().map(known -> ClusterReport.warnings(known, silence)).orElse(List.of());
    return Stream.of(silent, warningsOfFiles(), warningsOfMachines())
        .flatMap(List::stream)
        .toList();
  }

  private List<String> warningsOfMachines() {
    return Optional.ofNullable(membership).map(ClusterMembership::notes).orElse(List.of());
  }

  @Override
  public Optional<String> cluster() {
    RunningNode now = node;
    List<String> notes =
        now == null
            ? Stream.of(
                    List.of(down()), missingAttachments().stream().toList(), warningsOfMachines())
                .flatMap(List::stream)
                .toList()
            : Stream.concat(ClusterReport.about(now.warnings()), warnings().stream()).toList();
    long commits = Optional.ofNullable(membership).map(ClusterMembership::commits).orElse(0L);
    return Optional.of(
        ClusterReport.json(ClusterReport.state(self, status(), now != null, commits, notes)));
  }

  @Override
  public String down() {
    ClusterMembership here = membership;
    if (!failure.isEmpty() || here == null) {
      return failure;
    }
    if (!unopened.isEmpty()) {
      return unopened;
    }
    List<String> awaited = here.awaitedKeys();
    if (!awaited.isEmpty()) {
      return "cluster: this node leads, and does not serve before it has the keys of "
          + String.join(", ", awaited);
    }
    if (!here.isMember()) {
      return here.hasLeft()
          ? "cluster: %s has left the cluster: stop it for good, destroy its keystore, and attest it"
                  .formatted(self)
              + " with `entente cluster attest-destroyed` at the leader"
          : "cluster: %s is not a machine of the cluster: on its leader, run `entente cluster add`"
              .formatted(self);
    }
    return here.leader()
        .map(leader -> "cluster: this node does not serve; the leader is " + leader)
        .orElse("cluster: this node knows of no leader; a majority of the nodes must run");
  }

  @Override
  public synchronized void look() {
    if (closed) {
      return;
    }
    ClusterMembership here = membership;
    rehearse(here);
    looks++;
    if (here != null && looks % LOOKS_UNTIL_RELOAD == 0) {
      reload(here, node != null);
    }
    if (here == null) {
      if (rejoining.isDue(data.toFile().getUsableSpace(), System.nanoTime())) {
        rejoin();
      }
    } else if (!hasFailed()) {
      rejoining.works();
    } else if (rejoining.isPauseOver(System.nanoTime())) {
      giveWay();
    }
  }

  /**
   * One at a time, on a thread of its own: a disk with these files that hangs must not keep this
   * machine from leaving its cluster.
   */
  private void reload(ClusterMembership here, boolean open) {
    if (reloads.compareAndSet(false, true)) {
      onItsOwn("cluster-files", () -> readAgain(here, open));
    }
  }

  private void readAgain(ClusterMembership here, boolean open) {
    try {
      here.reload(open);
    } catch (RuntimeException e) {
      // The edge of its thread; this machine may have left its cluster meanwhile.
      LOG.warn("files of the configuration could not be read again", e);
    } finally {
      reloads.set(false);
    }
  }

  /** Also without an open node: follows changes of files. */
  @Override
  public void doChores() {
    ClusterMembership here = membership;
    RunningNode now = node;
    if (here != null && reloads.compareAndSet(false, true)) {
      readAgain(here, now != null);
    }
    if (now != null) {
      now.doChores();
    }
  }

  private static void onItsOwn(String name, Runnable task) {
    Thread thread = new Thread(task, name);
    thread.setDaemon(true);
    thread.start();
  }

  /** Once in the life of the process, while another machine leads, on a thread of its own. */
  private void rehearse(@Nullable ClusterMembership here) {
    if (rehearsed || here == null || !here.follows()) {
      return;
    }
    rehearsed = true;
    onItsOwn("cluster-rehearsal", here::rehearse);
  }

  /** Leaves, so that another machine can lead; this one may have no room to open anything. */
  private void giveWay() {
    String why = reason();
    LOG.warn("leaving the cluster: {}", why);
    failure = why + "; it has left the cluster, and joins again when its disk has room";
    leave();
    rejoining.left(System.nanoTime(), electionTimeout.multipliedBy(TIMEOUTS_AWAY));
  }

  private String reason() {
    if (!failure.isEmpty()) {
      return failure;
    }
    if (!unopened.isEmpty()) {
      return unopened;
    }
    return isStuck()
        ? "cluster: the disk of `data` does not answer: a change of the ledger waits for it"
        : "cluster: the log, ledger or keystore of this node failed";
  }

  /** As long as a commit may wait for the others; the disk should not take longer. */
  private boolean isStuck() {
    RunningNode now = node;
    ReplicatedStore store = leading;
    return now != null && store != null && now.ledgerIsStuck(store.patience());
  }

  /** Whether this machine cannot serve as a leader, or vote, without joining again. */
  private boolean hasFailed() {
    RunningNode now = node;
    ReplicatedStore store = leading;
    ClusterMembership here = membership;
    return !failure.isEmpty()
        || (here != null && !here.isAlive())
        || !unopened.isEmpty()
        || (store != null && store.state().status() != StoreState.Status.OPEN)
        || (now != null && now.ledgerFailed())
        || isStuck();
  }

  private void rejoin() {
    LOG.info("joining the cluster again");
    try {
      ConfiguredFiles files = context.files();
      join(files, Objects.requireNonNull(files.config().cluster(), "cluster"));
      failure = "";
      context.meters().reopened(true);
    } catch (RuntimeException e) {
      // Whatever the failure: report it and try again, instead of ending the process half-way.
      LOG.error("the cluster could not be joined and will be tried again: {}", e.getMessage());
      failure = "cluster: it could not be joined: " + e.getMessage() + "; it will be tried again";
      context.meters().reopened(false);
    }
    rejoining.tried(System.nanoTime());
  }

  private void leave() {
    listener = null;
    ClusterMembership here = membership;
    membership = null;
    if (here != null) {
      // First: a disk that hangs keeps the node from closing, and Ratis would lead on.
      here.leave();
    }
    closeNode();
    if (here != null) {
      try {
        here.close();
      } catch (RuntimeException e) {
        LOG.warn("leaving the cluster: {}", e.getMessage());
      }
    }
  }

  @Override
  public synchronized void close() {
    closed = true;
    RunningNode last = node;
    if (last != null && !hasFailed() && !passedTheLead()) {
      closeInOrder(last);
    }
    leave();
  }

  /**
   * Spares clients and peers the time-out after which others would notice that it is gone, and the
   * time that it needs to close.
   */
  private boolean passedTheLead() {
    ClusterMembership here = membership;
    return here != null && here.passLead();
  }

  /** If the lead is lost meanwhile, {@link #leave} ends the node: nothing more can be durable. */
  private void closeInOrder(RunningNode last) {
    try {
      last.close();
      node = null;
    } catch (RuntimeException e) {
      LOG.warn("this node lost the lead while it stopped: {}", e.getMessage());
    }
  }
}
