package org.entente.gateway.node.disk;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import org.entente.gateway.ledger.Ledger;
import org.entente.gateway.ledger.commit.LedgerFailure;
import org.entente.gateway.ledger.record.DiskSpace;
import org.entente.gateway.link.Timers;
import org.entente.gateway.meter.Meters;
import org.entente.gateway.meter.Meters.Sample;
import org.entente.gateway.model.Problem;
import org.entente.gateway.store.Store;
import org.entente.gateway.store.StoreFailure;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What a node does about a disk that fills, and about one that has failed: sealing rests between
 * rounds, then nothing is taken from publishers and peers, and what was deleted is given back to
 * the disk. Safe for many threads.
 */
public final class DiskGuard {
  /** How often the disk is asked. */
  public static final Duration EVERY = Duration.ofMillis(500);

  /** How often what was deleted is given back while space is scarce. */
  public static final Duration RECLAIM_EVERY = Duration.ofMinutes(10);

  private static final Logger LOG = LoggerFactory.getLogger(DiskGuard.class);

  private final Ledger ledger;
  private final Store store;
  private final Executor workers;
  private final AtomicBoolean reclaiming = new AtomicBoolean();
  private Optional<Problem> withheld = Optional.empty();
  private volatile boolean draining;

  public DiskGuard(Ledger ledger, Store store, Executor workers, Meters meters) {
    this.ledger = ledger;
    this.store = store;
    this.workers = workers;
    DiskSpace room = ledger.room();
    meters.gauge(
        "entente_disk_free_bytes",
        "Bytes free on the disk of the ledger.",
        List.of(),
        () -> List.of(Sample.of((double) room.freeBytes())));
    meters.gauge(
        "entente_disk_threshold_bytes",
        "Free bytes below which publishers are slowed, and nothing is taken from them and peers.",
        List.of("action"),
        () ->
            List.of(
                new Sample(List.of("slow"), (double) room.thresholds().slowBelow()),
                new Sample(List.of("refuse"), (double) room.thresholds().refuseBelow())));
    meters.gauge(
        "entente_ledger_failed",
        "Whether the ledger takes no more, for its disk failed or an operator must look.",
        List.of(),
        () -> List.of(Sample.of(ledger.failure() == null ? 0 : 1)));
  }

  /** Runs sealing, with a rest before each round while space is scarce. */
  public Executor resting(Executor sealer, Timers timers) {
    return task -> {
      Duration pause = draining ? Duration.ZERO : ledger.room().pause();
      if (pause.isZero()) {
        sealer.execute(task);
      } else {
        timers.after(pause, () -> sealer.execute(task));
      }
    };
  }

  /** Rests no more, so that what waits is durable before the node ends. */
  public void drain() {
    draining = true;
  }

  /**
   * Asks the disk how much room there is.
   *
   * @param withhold told why nothing is taken from peers any more, or that it is again
   */
  public synchronized void look(Consumer<Optional<Problem>> withhold) {
    if (ledger.room().look()) {
      say();
    }
    Optional<Problem> now = withheld();
    if (now.isPresent() != withheld.isPresent()) {
      withhold.accept(now);
    }
    withheld = now;
  }

  private void say() {
    DiskSpace room = ledger.room();
    switch (room.level()) {
      case AMPLE -> LOG.info("there is room on the disk again: {} bytes", room.freeBytes());
      case SCARCE -> {
        LOG.warn("disk: {} bytes are free; publishers are slowed", room.freeBytes());
        reclaim();
      }
      case FULL -> {
        LOG.warn(
            "disk: {} bytes are free; nothing is taken from publishers and peers",
            room.freeBytes());
        reclaim();
      }
    }
  }

  private Optional<Problem> withheld() {
    LedgerFailure failure = ledger.failure();
    return failure == null
        ? ledger.room().refusal()
        : Optional.of(new Problem(failure.code(), "", String.valueOf(failure.getMessage())));
  }

  /** Has what was deleted given back to the disk, unless there is room enough. */
  public void reclaim() {
    if (ledger.room().level() == DiskSpace.Level.AMPLE
        || ledger.failure() != null
        || !reclaiming.compareAndSet(false, true)) {
      return;
    }
    workers.execute(
        () -> {
          try {
            store.reclaim();
          } catch (StoreFailure | IllegalStateException e) {
            LOG.warn("what was deleted is not given back to the disk yet: {}", e.getMessage());
          } finally {
            reclaiming.set(false);
          }
        });
  }

  /** Why the node cannot do its work, as far as the disk goes. */
  public List<String> obstacles() {
    List<String> obstacles = new ArrayList<>();
    LedgerFailure stopped = ledger.failure();
    StoreFailure failed = store.state().failure();
    if (stopped != null) {
      obstacles.add("ledger: " + stopped.getMessage());
    } else if (failed != null) {
      // Not every commit is the ledger's: a checkpoint may have failed first.
      obstacles.add("ledger: " + failed.getMessage() + "; it must be reopened");
    }
    ledger.room().refusal().ifPresent(full -> obstacles.add("disk: " + full.message()));
    return obstacles;
  }

  /** What an operator should look at although the node does its work. */
  public List<String> warnings() {
    return ledger.room().level() == DiskSpace.Level.SCARCE
        ? List.of(
            "disk: "
                + ledger.room().freeBytes()
                + " bytes are free; publishers are slowed, and refused below "
                + ledger.room().thresholds().refuseBelow())
        : List.of();
  }
}
