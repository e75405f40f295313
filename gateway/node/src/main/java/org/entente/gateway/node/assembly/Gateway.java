package org.entente.gateway.node.assembly;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.entente.gateway.admin.AdminServer;
import org.entente.gateway.admin.AdminTls;
import org.entente.gateway.admin.Readiness;
import org.entente.gateway.admin.ReadyAnswer;
import org.entente.gateway.config.NodeConfig;
import org.entente.gateway.identity.Identified;
import org.entente.gateway.meter.Meters;
import org.entente.gateway.model.AgencyName;
import org.entente.gateway.model.Code;
import org.entente.gateway.model.Result;
import org.entente.gateway.model.StartProblem;
import org.entente.gateway.node.console.Console;
import org.entente.gateway.node.console.ConsoleSources;
import org.entente.gateway.node.disk.ReopenSchedule;
import org.entente.gateway.node.doctor.AdminPort;
import org.entente.gateway.node.doctor.Doctor;
import org.entente.gateway.node.doctor.DoctorSubject;
import org.entente.gateway.node.files.ConfiguredFiles;
import org.entente.proto.v1.OpenConsoleResponse;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One gateway process: a {@link RunningNode}, reopened whenever its disk works again after a
 * failure ({@link ReopenSchedule}), and the admin port, which reports on it throughout. {@link
 * #start} returns when it serves; {@link #close} stops it so that nothing is lost.
 */
public final class Gateway implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Gateway.class);
  private static final Duration WATCH_EVERY = Duration.ofMillis(500);

  /** Stands for the admin port where checks ask it from within. */
  private static final InetSocketAddress OWN = InetSocketAddress.createUnresolved("admin", 1);

  private final Path file;
  private final InstantSource clock;
  private final LongSupplier running;
  private final Path data;
  private final ReopenSchedule reopening;
  private final Meters meters = new Meters();
  private final AgencyName agency;
  private final ListenAddresses addresses;
  private final @Nullable Console console;
  private final AdminServer admin;
  private final ScheduledExecutorService watching =
      Executors.newSingleThreadScheduledExecutor(
          task -> {
            Thread thread = new Thread(task, "watch");
            thread.setDaemon(true);
            return thread;
          });

  /** Lock held while a node is opened or closed. */
  private final Object changing = new Object();

  private volatile @Nullable RunningNode node;
  private volatile @Nullable AdminTls browserTls;
  private volatile String down = "";
  private boolean closed;

  private Gateway(Path file, InstantSource clock, LongSupplier running) throws IOException {
    this.file = file;
    this.clock = clock;
    this.running = running;
    ConfiguredFiles files = ConfiguredFiles.read(file, clock);
    files.requireLinks();
    NodeConfig config = files.config();
    data = config.data();
    reopening = new ReopenSchedule(Foundation.thresholds(config));
    console = console(config);
    RunningNode first =
        RunningNode.open(
            files, clock, running, meters, ListenAddresses.configured(config), this::openConsole);
    node = first;
    agency = first.agency();
    addresses = first.addresses();
    admin = admin(config, first);
    watch();
  }

  /** Opens the admin port; if that fails, closes the node in order. */
  private AdminServer admin(NodeConfig config, RunningNode opened) throws IOException {
    boolean listens = false;
    try {
      InetSocketAddress at = ConfiguredFiles.address("listen.admin", config.listen().admin());
      AdminServer server = ListenAddresses.listening("listen.admin", at, () -> admin(at, opened));
      listens = true;
      return server;
    } finally {
      if (!listens) {
        opened.close();
      }
    }
  }

  private AdminServer admin(InetSocketAddress at, RunningNode opened) throws IOException {
    Console pages = console;
    if (pages == null) {
      return AdminServer.start(at, meters, readiness());
    }
    browserTls = opened.browserTls();
    AdminServer server =
        AdminServer.start(at, meters, readiness(), pages, () -> Optional.ofNullable(browserTls));
    pages.listensAt(new InetSocketAddress(at.getAddress(), server.address().getPort()));
    return server;
  }

  private @Nullable Console console(NodeConfig config) {
    NodeConfig.Console settings = config.console();
    return settings == null
        ? null
        : new Console(
            settings,
            new ConsoleSources(
                config.agency(),
                config.gateway(),
                meters,
                readiness(),
                () -> Doctor.examineRunning(new DoctorSubject(file, clock, this::ownPage, OWN)),
                () -> Optional.ofNullable(node).map(RunningNode::forConsole),
                clock,
                running),
            new SecureRandom());
  }

  /** A page of the admin port, without the way over the network. */
  private AdminPort.Answer ownPage(InetSocketAddress at, String path) {
    if (path.equals("/metrics")) {
      return new AdminPort.Answer(200, meters.text());
    }
    ReadyAnswer ready = ReadyAnswer.of(readiness());
    return new AdminPort.Answer(ready.status(), ready.text());
  }

  private Result<OpenConsoleResponse> openConsole(Identified client) {
    Console pages = console;
    return pages == null
        ? Result.refused(
            Code.NOT_FOUND,
            "",
            "the console is off; the section `console` of the gateway's configuration turns it on")
        : pages.open(client);
  }

  /**
   * Starts the node that a configuration file describes.
   *
   * @param clock the only source of the time of day in this node; in service, the machine's clock.
   *     Durations are measured with a monotonic time instead
   * @throws StartProblem naming the file and what is missing or wrong in it
   */
  public static Gateway start(Path file, InstantSource clock) {
    return start(file, clock, System::nanoTime);
  }

  /** The same with another {@link System#nanoTime} to compare the clock with. */
  public static Gateway start(Path file, InstantSource clock, LongSupplier running) {
    try {
      return new Gateway(file, clock, running);
    } catch (IOException e) {
      throw new StartProblem(String.valueOf(e.getMessage()), e);
    }
  }

  /** The address of the client port. */
  public InetSocketAddress clientAddress() {
    return addresses.clients();
  }

  /** The address of the peer port; empty if this node only dials. */
  public Optional<InetSocketAddress> peerAddress() {
    return Optional.ofNullable(addresses.peers());
  }

  /** The address of metrics and health. */
  public InetSocketAddress adminAddress() {
    return admin.address();
  }

  /** The agency served. */
  public AgencyName agency() {
    return agency;
  }

  /**
   * Runs every periodic task once, now, on this thread, whatever its period. For tests that move
   * the clock: on return, everything due has been done.
   */
  public void doChores() {
    RunningNode now = node;
    if (now != null) {
      now.doChores();
    }
  }

  @SuppressWarnings("FutureReturnValueIgnored") // ends with the executor
  private void watch() {
    watching.scheduleWithFixedDelay(
        () -> {
          try {
            look();
          } catch (RuntimeException e) {
            // The edge of the watching thread: later rounds must still run.
            LOG.error("checking the node failed", e);
          }
        },
        WATCH_EVERY.toMillis(),
        WATCH_EVERY.toMillis(),
        TimeUnit.MILLISECONDS);
    Console pages = console;
    if (pages != null) {
      watching.scheduleWithFixedDelay(
          () -> readRates(pages), 0, Console.readingSeconds(), TimeUnit.SECONDS);
    }
  }

  private static void readRates(Console pages) {
    try {
      pages.readRates();
    } catch (RuntimeException e) {
      // The edge of the watching thread, as above: a node may be closing.
      LOG.error("reading the rates of the links failed", e);
    }
  }

  /** Opens the node again if its disk has failed and it is time. */
  private void look() {
    synchronized (changing) {
      RunningNode now = node;
      boolean lost = now == null || now.mendingFailure().isPresent();
      if (!closed && lost && reopening.isDue(data.toFile().getUsableSpace(), System.nanoTime())) {
        reopen(now);
      }
    }
  }

  private void reopen(@Nullable RunningNode failed) {
    if (failed != null) {
      String why =
          failed
              .mendingFailure()
              .map(Throwable::getMessage)
              .orElse("its ledger accepts no commits");
      LOG.warn("closing the node to reopen it after: {}", why);
      down = "ledger: it is being reopened after: " + why;
      node = null;
      failed.abort(meters);
      meters.gauge(
          "entente_ledger_failed",
          "Whether the ledger accepts no commits, because its disk failed or it needs an operator.",
          List.of(),
          () -> List.of(Meters.Sample.of(1)));
    }
    try {
      RunningNode opened =
          RunningNode.open(
              ConfiguredFiles.read(file, clock),
              clock,
              running,
              meters,
              addresses,
              this::openConsole);
      node = opened;
      if (console != null) {
        browserTls = opened.browserTls();
      }
      LOG.info("the node has been reopened");
      meters.reopened(true);
    } catch (IOException | RuntimeException e) {
      // Whatever the failure: report it and try again, instead of ending the process half-way.
      LOG.error("the node could not be reopened and will be tried again: {}", e.getMessage());
      down = "ledger: it could not be reopened: " + e.getMessage() + "; it will be tried again";
      meters.reopened(false);
    }
    reopening.tried(System.nanoTime());
  }

  private Readiness readiness() {
    return new Readiness() {
      @Override
      public List<String> obstacles() {
        RunningNode now = node;
        return now == null ? List.of(down) : now.obstacles();
      }

      @Override
      public List<String> warnings() {
        RunningNode now = node;
        return now == null ? List.of() : now.warnings();
      }
    };
  }

  /**
   * Refuses further client calls, makes everything accepted durable and signs a last checkpoint.
   */
  @Override
  public void close() {
    synchronized (changing) {
      closed = true;
      watching.shutdown();
      RunningNode last = node;
      if (last != null && last.mendingFailure().isPresent()) {
        last.abort(meters);
      } else if (last != null) {
        last.close();
      }
      admin.close();
    }
  }
}
