package org.entente.gateway.simulation;

import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.Executor;
import java.util.function.Supplier;
import org.entente.gateway.audit.record.AuditPerson;
import org.entente.gateway.crypto.XWingPrivateKey;
import org.entente.gateway.ledger.commit.LedgerFailure;
import org.entente.gateway.ledger.commit.WriterExecutor;
import org.entente.gateway.ledger.record.AuthenticatedStore;
import org.entente.gateway.ledger.record.DiskThresholds;
import org.entente.gateway.ledger.table.InboxTable;
import org.entente.gateway.link.IncomingStream;
import org.entente.gateway.link.PeerName;
import org.entente.gateway.link.Timers;
import org.entente.gateway.meter.Meters;
import org.entente.gateway.model.AgencyName;
import org.entente.gateway.model.Lane;
import org.entente.gateway.model.MessageId;
import org.entente.gateway.model.NodeName;
import org.entente.gateway.node.assembly.GatewayCore;
import org.entente.gateway.node.assembly.NodeEnvironment;
import org.entente.gateway.node.assembly.OtherMachines;
import org.entente.gateway.node.disk.ReopenSchedule;
import org.entente.gateway.node.keys.KeystoreTheft;
import org.entente.gateway.node.offline.LedgerSuccession;
import org.entente.gateway.seal.SeededRandom;
import org.entente.gateway.seal.format.RecipientKeyId;
import org.entente.gateway.store.StoreFailure;
import org.entente.gateway.testkit.MemoryStore;
import org.entente.gateway.testkit.NoCopies;
import org.entente.proto.link.v1.Hello;
import org.jspecify.annotations.Nullable;

/**
 * One gateway: its disk and configuration, which outlive its processes, and the process that runs,
 * if one does.
 */
final class SimNode {
  private static final int MOST_STEP = 300_000;
  private static final int MOST_SYNC = 4_000_000;
  private static final AuditPerson OPERATOR = new AuditPerson("S-1", "", "simulated");
  private static final long KNOWN_AFTER = 2_000_000_000L;
  private static final long LOOK_AFTER = 500_000_000L;

  private final PeerName name;
  private final Path config;
  private final Supplier<Instant> clock;
  private final VirtualTime time;
  private final Random random;
  private final SimNetwork network;
  private final Violations violations;
  private final MemoryStore.Disk disk = new MemoryStore.Disk();
  private MemoryStore.@Nullable Disk copy;
  private Map<String, byte[]> copyOfAudit = Map.of();
  private final List<SimNode> dials;
  private Runnable whenStarted = () -> {};
  private @Nullable Run process;
  private Duration clockOffset = Duration.ZERO;
  private long syncDelay;
  private final ReopenSchedule reopening = new ReopenSchedule(DiskThresholds.DEFAULT);
  private long fullSince = Long.MAX_VALUE;
  private int starts;

  /**
   * A node that is not started.
   *
   * @param clock the right time
   * @param dials the nodes that it dials
   */
  SimNode(
      PeerName name,
      Path config,
      Supplier<Instant> clock,
      List<SimNode> dials,
      VirtualTime time,
      Random random,
      SimNetwork network,
      Violations violations) {
    this.name = name;
    this.config = config;
    this.clock = clock;
    this.dials = dials;
    this.time = time;
    this.random = random;
    this.network = network;
    this.violations = violations;
  }

  PeerName name() {
    return name;
  }

  AgencyName agency() {
    return name.agency();
  }

  @Nullable Run process() {
    return process;
  }

  /** Done whenever a process has started. */
  void whenStarted(Runnable task) {
    whenStarted = task;
  }

  /** The node's clock, which may be wrong. */
  Instant now() {
    return clock.get().plus(clockOffset);
  }

  void moveClock(Duration by) {
    clockOffset = clockOffset.plus(by);
  }

  /** The clock is right from now on. */
  void setClock() {
    clockOffset = Duration.ZERO;
  }

  /** A recipient key, from a copy of its keystore; empty once it is destroyed. */
  Optional<XWingPrivateKey> stolenKey(RecipientKeyId id) {
    Path keystore = config.resolveSibling(agency().value()).resolve("keystore");
    return KeystoreTheft.dayKeyOfACopy(keystore, id, this::now);
  }

  /** Every sync takes so much longer. */
  void slowDisk(long nanos) {
    syncDelay = nanos;
  }

  /** So many bytes are free on its disk from now on; without any, commits fail. */
  void freeBytes(long bytes) {
    disk.free(bytes);
    boolean full = bytes < DiskThresholds.DEFAULT.refuseBelow();
    fullSince = full ? Math.min(fullSince, time.nanos()) : Long.MAX_VALUE;
  }

  /** Bytes of what is on its ledger's disk. */
  long diskBytes() {
    return disk.contentBytes();
  }

  /** Whether its disk has been so full for so long that the node knows it and takes nothing in. */
  boolean refuses() {
    return fullSince < time.nanos() - KNOWN_AFTER;
  }

  void start() {
    if (process != null) {
      return;
    }
    Run begun = new Run();
    process = begun;
    starts++;
    begun.run(begun::begin);
    if (process == begun && begun.core != null) {
      whenStarted.run();
    }
  }

  /** Starts it again after a time, if it does not run by then. */
  void startAfter(Duration delay) {
    time.after(delay.toNanos(), this::start);
  }

  /**
   * The process is gone, and what it had not synced.
   *
   * @param silently its peers are not told
   */
  void kill(boolean silently) {
    Run gone = process;
    if (gone != null) {
      process = null;
      gone.end(silently);
    }
  }

  /** An operator's copies of the ledger and of the folder beside it, made while it runs. */
  void backUp() {
    copy = disk.copy();
    copyOfAudit = SimFolder.read(audit());
  }

  /** What its ledger has received, while it does not run. */
  Set<MessageId> inbox() {
    Set<MessageId> inbox = new HashSet<>();
    try (MemoryStore store = new MemoryStore(disk)) {
      InboxTable book = new InboxTable(AuthenticatedStore.unverified(store));
      for (Lane lane : Lane.all()) {
        for (InboxTable.PlacedRecord placed : book.read(lane, 1, 10_000)) {
          inbox.add(MessageId.of(placed.record().getMessageId().toByteArray()));
        }
      }
    }
    return inbox;
  }

  /**
   * The ledger is lost, and the copy takes its place.
   *
   * @param auditToo the folder beside it is set back too, against all advice
   */
  void restore(boolean auditToo) {
    freeBytes(Long.MAX_VALUE);
    kill(/* silently= */ false);
    disk.become(copy == null ? new MemoryStore.Disk() : copy);
    if (auditToo) {
      SimFolder.write(audit(), copyOfAudit);
    }
    var unused = succession().restored(Optional.empty(), OPERATOR, "restored from a copy");
    startAfter(Duration.ofSeconds(1 + random.nextInt(5)));
  }

  /**
   * The machine is set back to a snapshot, folder and all, and goes on as if nothing had been: no
   * command was given.
   */
  void setBackUnnoticed() {
    freeBytes(Long.MAX_VALUE);
    kill(/* silently= */ false);
    disk.become(copy == null ? new MemoryStore.Disk() : copy);
    SimFolder.write(audit(), copyOfAudit);
    startAfter(Duration.ofSeconds(1 + random.nextInt(5)));
  }

  /**
   * The ledger is lost, and there is no copy.
   *
   * @param auditToo the folder beside it is lost too: the gateway is installed anew
   */
  void lose(boolean auditToo) {
    freeBytes(Long.MAX_VALUE);
    kill(/* silently= */ false);
    disk.become(new MemoryStore.Disk());
    if (auditToo) {
      SimFolder.write(audit(), Map.of());
    } else {
      var unused = succession().succeed(Optional.empty(), OPERATOR);
    }
    startAfter(Duration.ofSeconds(1 + random.nextInt(5)));
  }

  /** What its witnesses say makes it stop; an operator opens another log. */
  void succeed() {
    freeBytes(Long.MAX_VALUE);
    kill(/* silently= */ false);
    var unused = succession().succeed(Optional.empty(), OPERATOR);
    startAfter(Duration.ofSeconds(1 + random.nextInt(5)));
  }

  private LedgerSuccession succession() {
    return new LedgerSuccession(
        config,
        folder -> new MemoryStore(disk),
        this::now,
        new SeededRandom(name + " operator " + random.nextLong()));
  }

  /** The folder of its keys. */
  Path keystore() {
    return config.resolveSibling(agency().value()).resolve("keystore");
  }

  private Path audit() {
    return config.resolveSibling(agency().value()).resolve("audit");
  }

  int starts() {
    return starts;
  }

  /** A process of the node. Nothing of it acts once it is over. */
  final class Run {
    private final SimStore store = new SimStore(disk);
    private final Deque<Runnable> writing = new ArrayDeque<>();
    private final Meters meters = new Meters();
    private boolean alive = true;
    private @Nullable GatewayCore core;

    PeerName name() {
      return name;
    }

    boolean isAlive() {
      return alive;
    }

    GatewayCore core() {
      if (core == null) {
        throw new IllegalStateException("not begun");
      }
      return core;
    }

    /** What it counts, as Prometheus reads it; for whoever looks into a failure. */
    String metrics() {
      return meters.text();
    }

    /** Changes that wait for the ledger's writer. */
    int writes() {
      return writing.size();
    }

    SimStore store() {
      return store;
    }

    private void begin() {
      GatewayCore begun;
      try {
        begun = GatewayCore.open(config, () -> store, surroundings());
        core = begun;
        begun.start();
      } catch (StoreFailure e) {
        startedInVain();
        return;
      } catch (CompletionException e) {
        if (!(e.getCause() instanceof LedgerFailure)) {
          throw e;
        }
        startedInVain();
        return;
      }
      begun.chores(this::every);
      post(LOOK_AFTER, this::look);
      for (SimNode other : dials) {
        begun.links().dial(network.dialler(this, other));
      }
    }

    /** Runs each task after a moment. */
    Executor workers() {
      return task -> post(random.nextInt(MOST_STEP), task);
    }

    private NodeEnvironment surroundings() {
      return new NodeEnvironment(
          SimNode.this::now,
          new SeededRandom(name + " " + random.nextLong()),
          new NodeEnvironment.Executors(workers(), workers(), new Turns()),
          new VirtualTimers(),
          new NoCopies(),
          OtherMachines.NONE,
          meters);
    }

    /** Its disk is full again: the process ends, and who looks after it starts it later. */
    private void startedInVain() {
      process = null;
      end(/* silently= */ false);
      startAfter(Duration.ofSeconds(2));
    }

    /** Closes and opens the node again within its process, as {@code Gateway} does. */
    private void look() {
      boolean failed = core().mendingFailure().isPresent();
      if (failed && reopening.isDue(store.freeBytes(), time.nanos())) {
        reopening.tried(time.nanos());
        process = null;
        alive = false;
        network.gone(this, /* silently= */ false);
        core().abandon();
        startAfter(Duration.ofMillis(1 + random.nextInt(500)));
      } else {
        post(LOOK_AFTER, this::look);
      }
    }

    private void every(Duration period, String what, GatewayCore.Schedule.Chore chore) {
      long pause = period.toNanos() + random.nextInt(MOST_STEP);
      post(
          pause,
          () -> {
            try {
              chore.run();
            } catch (StoreFailure e) {
              // The disk failed, which obstacles() says.
            } catch (CompletionException e) {
              if (!(e.getCause() instanceof LedgerFailure)) {
                violations.add(name + ": " + what, e);
              }
            } catch (Exception e) {
              violations.add(name + ": " + what, e);
            }
            every(period, what, chore);
          });
    }

    /** Does something after a time, unless the process is over by then. */
    void post(long nanos, Runnable task) {
      time.after(nanos, this, () -> run(task));
    }

    /** Does something now, unless the process is over. */
    void run(Runnable task) {
      if (!alive) {
        return;
      }
      try {
        task.run();
      } catch (PowerCut cut) {
        if (process == this) {
          process = null;
        }
        end(/* silently= */ random.nextInt(4) == 0);
        startAfter(Duration.ofMillis(200 + random.nextInt(5_000)));
      } catch (RuntimeException e) {
        violations.add(name + " at " + now(), e);
      }
    }

    void accept(IncomingStream stream, AgencyName from, Hello hello) {
      post(
          random.nextInt(MOST_STEP),
          () ->
              core()
                  .links()
                  .accept(stream, new PeerName(from, new NodeName(hello.getGateway())), hello));
    }

    private void end(boolean silently) {
      alive = false;
      network.gone(this, silently);
      store.cutPower();
      if (core != null) {
        core.abandon();
      }
    }

    /** The ledger's writer, which is as slow as the disk. */
    private final class Turns implements WriterExecutor {
      @Override
      public void execute(Runnable task) {
        writing.add(task);
        post(syncDelay + random.nextInt(MOST_SYNC), this::turn);
      }

      @Override
      public boolean callerMayWrite() {
        return random.nextBoolean();
      }

      private void turn() {
        Runnable task = writing.poll();
        if (task != null) {
          task.run();
        }
      }

      @Override
      public <T> T await(CompletableFuture<T> future) {
        while (!future.isDone()) {
          if (writing.isEmpty()) {
            throw new IllegalStateException("waits for what nobody does");
          }
          turn();
        }
        return future.join();
      }

      @Override
      public long nanos() {
        return time.nanos();
      }

      @Override
      public void after(Duration delay, Runnable task) {
        post(delay.toNanos(), task);
      }

      @Override
      public void close() {
        // Nothing is waiting any more.
      }
    }

    private final class VirtualTimers implements Timers {
      @Override
      public long nanos() {
        return time.nanos();
      }

      @Override
      public void after(Duration delay, Runnable task) {
        post(delay.toNanos(), task);
      }
    }
  }
}
