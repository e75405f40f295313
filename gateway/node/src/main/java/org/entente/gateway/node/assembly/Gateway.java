package org.entente.gateway.node.assembly;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.entente.gateway.admin.AdminServer;
import org.entente.gateway.admin.Readiness;
import org.entente.gateway.config.NodeConfig;
import org.entente.gateway.meter.Meters;
import org.entente.gateway.model.AgencyName;
import org.entente.gateway.model.StartProblem;
import org.entente.gateway.node.disk.ReopenSchedule;
import org.entente.gateway.node.files.ConfiguredFiles;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One gateway process: a {@link RunningNode}, opened again whenever its disk has failed and works
 * again ({@link ReopenSchedule}), and the admin port, which tells of it all the time. {@link
 * #start} returns when it serves; {@link #close} stops it so that nothing is lost.
 */
public final class Gateway implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Gateway.class);
  private static final Duration WATCH_EVERY = Duration.ofMillis(500);

  private final Path file;
  private final InstantSource clock;
  private final LongSupplier running;
  private final Path data;
  private final ReopenSchedule reopening;
  private final Meters meters = new Meters();
  private final AgencyName agency;
  private final ListenAddresses addresses;
  private final AdminServer admin;
  private final ScheduledExecutorService watching =
      Executors.newSingleThreadScheduledExecutor(
          task -> {
            Thread thread = new Thread(task, "watch");
            thread.setDaemon(true);
            return thread;
          });

  /** Held while a node is opened or ended. */
  private final Object changing = new Object();

  private volatile @Nullable RunningNode node;
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
    RunningNode first =
        RunningNode.open(files, clock, running, meters, ListenAddresses.configured(config));
    node = first;
    agency = first.agency();
    addresses = first.addresses();
    admin = admin(config, first);
    watch();
  }

  /** The admin port; without it a gateway does not run, and the node ends in order. */
  private AdminServer admin(NodeConfig config, RunningNode opened) throws IOException {
    boolean listens = false;
    try {
      InetSocketAddress at = ConfiguredFiles.address("listen.admin", config.listen().admin());
      AdminServer server =
          ListenAddresses.listening(
              "listen.admin", at, () -> AdminServer.start(at, meters, readiness()));
      listens = true;
      return server;
    } finally {
      if (!listens) {
        opened.close();
      }
    }
  }

  /**
   * Starts the node that a configuration file describes.
   *
   * @param clock the only source of the time of day for everything in this node, and the machine's
   *     where it serves; how long something takes or may take is measured apart from it
   * @throws StartProblem naming what is missing or wrong, and in which file
   */
  public static Gateway start(Path file, InstantSource clock) {
    return start(file, clock, System::nanoTime);
  }

  /** The same with another {@link System#nanoTime} to hold the clock against. */
  public static Gateway start(Path file, InstantSource clock, LongSupplier running) {
    try {
      return new Gateway(file, clock, running);
    } catch (IOException e) {
      throw new StartProblem(String.valueOf(e.getMessage()), e);
    }
  }

  /** Where clients call. */
  public InetSocketAddress clientAddress() {
    return addresses.clients();
  }

  /** Where peers call; empty where this node only dials. */
  public Optional<InetSocketAddress> peerAddress() {
    return Optional.ofNullable(addresses.peers());
  }

  /** Where metrics and health are. */
  public InetSocketAddress adminAddress() {
    return admin.address();
  }

  /** The agency served. */
  public AgencyName agency() {
    return agency;
  }

  /**
   * Does every chore once, now, on this thread and whatever its period: what the clock has made due
   * is done on return. For whoever moves the clock.
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
            // The edge of the watching thread: the next look must come.
            LOG.error("looking after the node failed", e);
          }
        },
        WATCH_EVERY.toMillis(),
        WATCH_EVERY.toMillis(),
        TimeUnit.MILLISECONDS);
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
          failed.mendingFailure().map(Throwable::getMessage).orElse("its ledger takes no more");
      LOG.warn("closing the node, to open it again after: {}", why);
      down = "ledger: it is being opened again after: " + why;
      node = null;
      failed.abort(meters);
      meters.gauge(
          "entente_ledger_failed",
          "Whether the ledger takes no more, for its disk failed or an operator must look.",
          List.of(),
          () -> List.of(Meters.Sample.of(1)));
    }
    try {
      node = RunningNode.open(ConfiguredFiles.read(file, clock), clock, running, meters, addresses);
      LOG.info("the node is open again");
      meters.reopened(true);
    } catch (IOException | RuntimeException e) {
      // Whatever it is: it is told, and the process tries again instead of ending half-way.
      LOG.error("the node could not be opened again; it is tried later: {}", e.getMessage());
      down = "ledger: it could not be opened again: " + e.getMessage() + "; it is tried later";
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
   * Takes no more from clients, lets what is on its way become durable, signs a last checkpoint.
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
