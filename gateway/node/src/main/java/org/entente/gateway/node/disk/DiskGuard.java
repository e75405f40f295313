package org.entente.gateway.node.disk;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import org.entente.gateway.ledger.Ledger;
import org.entente.gateway.ledger.commit.LedgerFailure;
import org.entente.gateway.ledger.record.DiskSpace;
import org.entente.gateway.ledger.table.OriginBytes;
import org.entente.gateway.link.Timers;
import org.entente.gateway.meter.Meters;
import org.entente.gateway.meter.Meters.Sample;
import org.entente.gateway.model.Problem;
import org.entente.gateway.store.Store;
import org.entente.gateway.store.StoreFailure;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Protects a node from a full or failed disk. As space runs short it pauses between sealing rounds,
 * then refuses publishers and peers, and reclaims the space of deleted records. Safe for many
 * threads.
 */
public final class DiskGuard {
  /** How often free space is checked. */
  public static final Duration EVERY = Duration.ofMillis(500);

  /** How often deleted space is reclaimed while space is scarce. */
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
        "Free bytes below which publishers are slowed, and below which publishers and peers are"
            + " refused.",
        List.of("action"),
        () ->
            List.of(
                new Sample(List.of("slow"), (double) room.thresholds().slowBelow()),
                new Sample(List.of("refuse"), (double) room.thresholds().refuseBelow())));
    meters.gauge(
        "entente_disk_agency_bytes",
        "Bytes stored of the messages received from an agency: FLASH and others.",
        List.of("agency", "lane"),
        () -> ledger.inbox().stored().all().entrySet().stream().map(DiskGuard::sample).toList());
    meters.gauge(
        "entente_disk_agency_share_bytes",
        "Bytes that may be stored of one agency's FLASH messages, and of its others, at present.",
        List.of(),
        () -> List.of(Sample.of((double) room.share())));
    meters.gauge(
        "entente_ledger_failed",
        "Whether the ledger accepts no commits, because its disk failed or it needs an operator.",
        List.of(),
        () -> List.of(Sample.of(ledger.failure() == null ? 0 : 1)));
  }

  private static Sample sample(Map.Entry<OriginBytes.Account, Long> stored) {
    OriginBytes.Account account = stored.getKey();
    return new Sample(
        List.of(account.origin().value(), account.isFlash() ? "FLASH" : "others"),
        stored.getValue().doubleValue());
  }

  /** Runs sealing, with a pause before each round while space is scarce. */
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

  /** Stops pausing, so that waiting messages become durable before the node ends. */
  public void drain() {
    draining = true;
  }

  /**
   * Checks the free space.
   *
   * @param withhold told why peers are refused from now on, or that they are accepted again
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
      case AMPLE -> LOG.info("disk: {} bytes are free, enough again", room.freeBytes());
      case SCARCE -> {
        LOG.warn("disk: {} bytes are free; publishers are slowed", room.freeBytes());
        reclaim();
      }
      case FULL -> {
        LOG.warn("disk: {} bytes are free; publishers and peers are refused", room.freeBytes());
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

  /** Reclaims the space of deleted records, unless there is enough free space. */
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
            LOG.warn("cannot reclaim the disk space of deleted records yet: {}", e.getMessage());
          } finally {
            reclaiming.set(false);
          }
        });
  }

  /** Faults of the disk that keep the node from working. */
  public List<String> obstacles() {
    List<String> obstacles = new ArrayList<>();
    LedgerFailure stopped = ledger.failure();
    StoreFailure failed = store.state().failure();
    if (stopped != null) {
      obstacles.add("ledger: " + stopped.getMessage());
    } else if (failed != null) {
      // Commits other than the ledger's count too: a checkpoint may have failed first.
      obstacles.add("ledger: " + failed.getMessage() + "; it must be reopened");
    }
    ledger.room().refusal().ifPresent(full -> obstacles.add("disk: " + full.message()));
    return obstacles;
  }

  /** Conditions that need an operator's attention although the node works. */
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
