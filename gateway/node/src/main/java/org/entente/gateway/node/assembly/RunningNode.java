package org.entente.gateway.node.assembly;

import java.io.IOException;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.entente.gateway.admin.AdminTls;
import org.entente.gateway.ledger.commit.WriterThread;
import org.entente.gateway.link.Timers;
import org.entente.gateway.meter.Meters;
import org.entente.gateway.node.files.ConfiguredFiles;
import org.entente.gateway.node.keys.ClientCertificateWatch;
import org.entente.gateway.node.keys.TlsCertificateReloader;
import org.entente.gateway.rpc.ConsoleService;
import org.entente.gateway.rpc.server.ServerSettings;
import org.entente.gateway.store.Store;
import org.entente.gateway.store.StoreFailure;

/**
 * A {@link GatewayCore} with threads, a disk and sockets, for one opening of its ledger. Ended by
 * {@link #close} so that nothing is lost, or by {@link #abort} once its ledger has failed.
 */
final class RunningNode {
  private final ConfiguredFiles files;
  private final Threads threads;
  private final PeriodicTasks chores;
  private final TlsCertificateReloader tls;
  private final GatewayCore core;
  private final GatewayNetwork network;
  private final AdminTls browsers;
  private final ClientCertificateWatch certificates;

  /**
   * The threads of a node, which end with it. The configuration bounds the workers, the threads for
   * client calls and those for the turns of their streams; further tasks wait. Calls that wait for
   * a lock delay no delivery.
   */
  private record Threads(
      ExecutorService workers,
      ExecutorService calls,
      ExecutorService turns,
      ExecutorService sealer,
      ScheduledExecutorService timers,
      ScheduledExecutorService chores) {

    static Threads begin(int most) {
      return new Threads(
          WorkerPool.ofAtMost(most, named("worker")),
          WorkerPool.ofAtMost(most, named("worker-call")),
          WorkerPool.ofAtMost(most, named("worker-turn")),
          Executors.newSingleThreadExecutor(named("sealer")),
          Executors.newScheduledThreadPool(1, named("timer")),
          forChores());
    }

    /** Two threads that drop what is due later when they are shut down. */
    private static ScheduledExecutorService forChores() {
      ScheduledThreadPoolExecutor threads = new ScheduledThreadPoolExecutor(2, named("chore"));
      threads.setExecuteExistingDelayedTasksAfterShutdownPolicy(false);
      return threads;
    }

    /** Waits a limited time for running tasks, then ends the threads. */
    void end() {
      chores.shutdown();
      sealer.shutdown();
      timers.shutdown();
      calls.shutdown();
      turns.shutdown();
      workers.shutdown();
      awaitQuietly(chores);
      awaitQuietly(calls);
      awaitQuietly(turns);
      awaitQuietly(workers);
    }
  }

  private RunningNode(
      OpeningContext context,
      ConfiguredFiles files,
      NodeStorage storage,
      ListenAddresses at,
      Threads threads)
      throws IOException {
    InstantSource clock = context.clock();
    Meters meters = context.meters();
    this.files = files;
    this.threads = threads;
    chores = new PeriodicTasks(threads.chores());
    tls = TlsCertificateReloader.open(files, clock);
    core =
        new GatewayCore(
            files,
            storage,
            new NodeEnvironment(
                clock,
                new SecureRandom(),
                new NodeEnvironment.Executors(
                    threads.workers(), threads.sealer(), new WriterThread()),
                Timers.of(threads.timers()),
                storage.backups(),
                storage.machines(),
                meters),
            context.running());
    // The writer must end before the store is closed, also if the start fails.
    files.keep((AutoCloseable) core::closeAfterFailure);
    core.start();
    network =
        GatewayNetwork.open(
            files,
            tls.identity(),
            core.links(),
            core.trust()::current,
            core.directory()::registry,
            core.clientServices().and(unused -> new ConsoleService(context.console())),
            new GatewayNetwork.Servers(
                new ServerSettings(
                    at.clients(),
                    files.config().limitsInForce(),
                    core.clients(),
                    threads.calls(),
                    clock,
                    Timers.of(threads.timers()),
                    meters),
                at.peers(),
                threads.workers(),
                threads.turns(),
                core.agencies()));
    browsers = new AdminTls(tls.identity(), network.clientTrust());
    certificates =
        new ClientCertificateWatch(
            core.directory()::clients, core.directory()::list, network.clientTrust()::shown, clock);
    meterTls(meters);
    meterClients(meters);
    core.directory().onChange(network::recheck);
    schedule();
    core.trust().onChange((old, next) -> threads.workers().execute(this::followTrust));
    followTrust();
    network.serving(true);
  }

  private void schedule() {
    core.chores(chores);
    chores.every(
        Duration.ofSeconds(2), "TLS certificate", () -> tls.reload(core.trust().current()));
    chores.every(Duration.ofMinutes(1), "identities of open streams", network::recheck);
  }

  /**
   * Opens a node and starts serving.
   *
   * @param files released with the node, or if it does not open
   * @throws StartProblem naming the file and what is missing or wrong in it
   * @throws StoreFailure if the ledger does not open
   * @throws IOException if it cannot listen on an address
   */
  static RunningNode open(
      OpeningContext context, ConfiguredFiles files, NodeStorage storage, ListenAddresses at)
      throws IOException {
    Threads threads = Threads.begin(files.config().limitsInForce().workerThreads());
    boolean opened = false;
    try {
      RunningNode node = new RunningNode(context, files, storage, at, threads);
      opened = true;
      return node;
    } finally {
      if (!opened) {
        threads.end();
        context.meters().withdrawGauges();
        files.letGo();
      }
    }
  }

  private void meterTls(Meters meters) {
    meters.gauge(
        "entente_tls_certificate_expiry_timestamp_seconds",
        "When this gateway's TLS certificate expires.",
        List.of(),
        () -> List.of(Meters.Sample.of(tls.notAfterMillis() / 1e3)));
    meters.gauge(
        "entente_tls_certificate_refused",
        "Whether the TLS files are invalid, so that the previous certificate stays in use.",
        List.of(),
        () -> List.of(Meters.Sample.of(tls.refuses() ? 1 : 0)));
  }

  private void meterClients(Meters meters) {
    meters.gauge(
        "entente_client_certificate_expiry_timestamp_seconds",
        "When the certificate of each of this agency's clients expires.",
        List.of("client"),
        certificates::samples);
    meters.gauge(
        "entente_client_list_version",
        "Version of the client list in force; 0 if there is none.",
        List.of(),
        () -> List.of(Meters.Sample.of((double) core.directory().list().version())));
    meters.gauge(
        "entente_client_list_refused",
        "Whether the file of the client list is invalid, so that the previous clients stay in"
            + " force.",
        List.of(),
        () -> List.of(Meters.Sample.of(core.directory().refusal().isPresent() ? 1 : 0)));
  }

  /** The addresses on which it listens. */
  ListenAddresses addresses() {
    return new ListenAddresses(network.clientAddress(), network.peerAddress().orElse(null));
  }

  /** What the console reads. */
  OpenNode forConsole() {
    return new OpenNode(core, network.clientTrust());
  }

  /** TLS for browsers at the admin port. */
  AdminTls browserTls() {
    return browsers;
  }

  /** Whether what this node reads holds for everyone: {@link Store#isCurrent}. */
  boolean isCurrent() {
    return core.ledger().isCurrent();
  }

  /** Whether its ledger accepts no commits. */
  boolean ledgerFailed() {
    return core.ledger().failure() != null;
  }

  /** {@link org.entente.gateway.ledger.Ledger#isStuck}. */
  boolean ledgerIsStuck(Duration limit) {
    return core.ledger().isStuck(limit);
  }

  List<String> obstacles() {
    return core.obstacles();
  }

  List<String> warnings() {
    return Stream.of(tls.warnings(), certificates.warnings(), core.warnings())
        .flatMap(List::stream)
        .toList();
  }

  /** {@link Foundation#mendingFailure}. */
  Optional<RuntimeException> mendingFailure() {
    return core.mendingFailure();
  }

  void doChores() {
    chores.doAll();
  }

  /**
   * Applies the bundle in force, not the one that caused the call, as bundles can change in quick
   * succession.
   */
  private void followTrust() {
    network.follow(core.trust().current());
  }

  /**
   * Refuses further client calls, makes everything accepted durable and signs a last checkpoint.
   */
  void close() {
    network.closeClients();
    core.drain();
    threads.sealer().shutdown();
    threads.chores().shutdown();
    core.close();
    network.closePeers();
    threads.end();
    core.abandon();
  }

  /** Ends a node whose ledger has failed; callers are told to try again. */
  void abort(Meters meters) {
    network.closeClients();
    threads.chores().shutdown();
    // The ledger may wait for a disk that hangs; its port and its peers are another machine's then.
    core.links().close();
    network.closePeers();
    core.closeAfterFailure();
    threads.end();
    meters.withdrawGauges();
    files.letGo();
  }

  private static ThreadFactory named(String name) {
    AtomicInteger count = new AtomicInteger();
    return task -> {
      Thread thread = new Thread(task, name + "-" + count.incrementAndGet());
      thread.setDaemon(true);
      return thread;
    };
  }

  private static void awaitQuietly(ExecutorService executor) {
    try {
      if (!executor.awaitTermination(5, TimeUnit.SECONDS)) {
        executor.shutdownNow();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
