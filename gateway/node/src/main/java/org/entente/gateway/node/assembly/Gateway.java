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
import java.util.stream.Stream;
import org.entente.gateway.admin.AdminPages;
import org.entente.gateway.admin.AdminServer;
import org.entente.gateway.admin.AdminTls;
import org.entente.gateway.admin.Readiness;
import org.entente.gateway.admin.ReadyAnswer;
import org.entente.gateway.config.ClusterConfig;
import org.entente.gateway.config.NodeConfig;
import org.entente.gateway.identity.Identified;
import org.entente.gateway.link.PeerName;
import org.entente.gateway.meter.Meters;
import org.entente.gateway.model.AgencyName;
import org.entente.gateway.model.Code;
import org.entente.gateway.model.NodeName;
import org.entente.gateway.model.Result;
import org.entente.gateway.model.StartProblem;
import org.entente.gateway.node.console.Console;
import org.entente.gateway.node.console.ConsoleSources;
import org.entente.gateway.node.doctor.AdminPort;
import org.entente.gateway.node.doctor.Doctor;
import org.entente.gateway.node.doctor.DoctorSubject;
import org.entente.gateway.node.files.ConfiguredFiles;
import org.entente.proto.v1.OpenConsoleResponse;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One gateway process: a {@link RunningNode}, which a {@link NodeHolder} opens and closes, and the
 * admin port, which reports on it throughout. {@link #start} returns when it serves, or takes part
 * in its cluster; {@link #close} stops it so that nothing is lost.
 */
public final class Gateway implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Gateway.class);
  private static final Duration WATCH_EVERY = Duration.ofMillis(500);

  /** Stands for the admin port where checks ask it from within. */
  private static final InetSocketAddress OWN = InetSocketAddress.createUnresolved("admin", 1);

  private final Path file;
  private final InstantSource clock;
  private final LongSupplier running;
  private final Meters meters = new Meters();
  private final AgencyName agency;
  private final NodeHolder holder;
  private final @Nullable Console console;
  private final AdminServer admin;
  private final ScheduledExecutorService watching =
      Executors.newSingleThreadScheduledExecutor(
          task -> {
            Thread thread = new Thread(task, "watch");
            thread.setDaemon(true);
            return thread;
          });

  private volatile @Nullable AdminTls browserTls;

  private Gateway(Path file, InstantSource clock, LongSupplier running) throws IOException {
    this.file = file;
    this.clock = clock;
    this.running = running;
    OpeningContext context = new OpeningContext(file, clock, running, meters, this::openConsole);
    ConfiguredFiles files = context.files();
    files.requireLinks();
    NodeConfig config = files.config();
    console = console(config);
    ClusterConfig cluster = config.cluster();
    agency = new AgencyName(config.agency());
    holder =
        cluster == null
            ? new LocalNode(context, files)
            : new ClusterMember(context, files, cluster);
    admin = admin(config);
    watch();
  }

  /** Opens the admin port; if that fails, closes the node in order. */
  private AdminServer admin(NodeConfig config) throws IOException {
    boolean listens = false;
    try {
      InetSocketAddress at = ConfiguredFiles.address("listen.admin", config.listen().admin());
      AdminServer server = ListenAddresses.listening("listen.admin", at, () -> admin(at));
      listens = true;
      return server;
    } finally {
      if (!listens) {
        holder.close();
      }
    }
  }

  private AdminServer admin(InetSocketAddress at) throws IOException {
    Console pages = console;
    if (pages == null) {
      return AdminServer.start(at, meters, readiness());
    }
    AdminServer server = AdminServer.start(at, meters, readiness(), pages, this::browserTls);
    pages.listensAt(new InetSocketAddress(at.getAddress(), server.address().getPort()));
    return server;
  }

  /** That of the node, or of the last one while there is none. */
  private Optional<AdminTls> browserTls() {
    holder.node().ifPresent(node -> browserTls = node.browserTls());
    return Optional.ofNullable(browserTls);
  }

  private @Nullable Console console(NodeConfig config) {
    NodeConfig.Console settings = config.console();
    return settings == null
        ? null
        : new Console(
            settings,
            new ConsoleSources(
                new PeerName(new AgencyName(config.agency()), new NodeName(config.gateway())),
                meters,
                readiness(),
                () -> Doctor.examineRunning(new DoctorSubject(file, clock, this::ownPage, OWN)),
                () -> holder.node().filter(RunningNode::isCurrent).map(RunningNode::forConsole),
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
        ? Result.refused(Code.NOT_CONFIGURED, "", AdminPages.OFF)
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
    return holder.addresses().clients();
  }

  /** The address of the peer port; empty if this node only dials. */
  public Optional<InetSocketAddress> peerAddress() {
    return Optional.ofNullable(holder.addresses().peers());
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
    holder.doChores();
  }

  @SuppressWarnings("FutureReturnValueIgnored") // ends with the executor
  private void watch() {
    watching.scheduleWithFixedDelay(
        () -> {
          try {
            holder.look();
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

  private Readiness readiness() {
    return new Readiness() {
      @Override
      public List<String> obstacles() {
        return holder.node().map(RunningNode::obstacles).orElseGet(() -> List.of(holder.down()));
      }

      @Override
      public boolean leads() {
        return holder.node().filter(RunningNode::isCurrent).isPresent();
      }

      @Override
      public List<String> warnings() {
        return holder
            .node()
            .map(node -> Stream.concat(node.warnings().stream(), holder.warnings().stream()))
            .map(Stream::toList)
            .orElse(List.of());
      }

      @Override
      public Optional<String> cluster() {
        return holder.cluster();
      }
    };
  }

  /**
   * Refuses further client calls, makes everything accepted durable and signs a last checkpoint.
   */
  @Override
  public void close() {
    watching.shutdown();
    holder.close();
    admin.close();
  }
}
