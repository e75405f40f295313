package org.entente.gateway.witness;

import static org.entente.gateway.witness.WitnessBench.NOW;
import static org.entente.gateway.witness.WitnessBench.ORIGIN;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import org.entente.gateway.audit.tree.AddCheckpointRequest;
import org.entente.gateway.ledger.Ledger;
import org.entente.gateway.ledger.table.WitnessTable.HeldCheckpoint;
import org.entente.gateway.model.Lane;
import org.entente.gateway.note.Checkpoint;
import org.entente.gateway.testkit.MemoryStore;
import org.entente.gateway.witness.WitnessRules.Cosign;
import org.junit.jupiter.api.Test;

/**
 * Two requests at once: C2SP tlog-witness, "checking the old size against the latest checkpoint and
 * persisting the new checkpoint must be performed atomically".
 */
class WitnessRaceTest {
  private static final int SHARED = 8;
  private static final int SEEDS = 150;

  /** Two logs of one name that share a beginning and nothing else. */
  private final GrowingLog honest = WitnessBench.log().grow(SHARED, "leaf");

  private final GrowingLog fork = honest.fork().grow(20, "fork");

  WitnessRaceTest() {
    honest.grow(20, "leaf");
  }

  @Test
  void forks_askedAtTheSameTimeByManyThreads_areNeverBothCosigned() throws Exception {
    ExecutorService threads = Executors.newFixedThreadPool(8);
    try {
      for (int round = 0; round < 30; round++) {
        try (WitnessBench bench = WitnessBench.started(new MemoryStore())) {
          bench.answer(honest, honest.request(0, SHARED, NOW));
          CountDownLatch start = new CountDownLatch(1);
          List<CompletableFuture<Optional<Checkpoint>>> asked = new ArrayList<>();
          for (int i = 0; i < 8; i++) {
            GrowingLog log = i % 2 == 0 ? honest : fork;
            AddCheckpointRequest request = log.request(SHARED, SHARED + 1 + i / 2, NOW);
            asked.add(
                CompletableFuture.supplyAsync(() -> askAfter(start, bench, request), threads));
          }
          start.countDown();
          List<Checkpoint> cosigned = asked.stream().flatMap(one -> one.join().stream()).toList();
          assertEquals(1, cosigned.size(), "one request continued what was held: " + cosigned);
          assertEquals(
              cosigned.get(0), bench.ledger.witness().latest(ORIGIN).orElseThrow().checkpoint());
        }
      }
    } finally {
      threads.shutdownNow();
    }
  }

  private static Optional<Checkpoint> askAfter(
      CountDownLatch start, WitnessBench bench, AddCheckpointRequest request) {
    assertTrue(await(start));
    return cosigned(bench, request).join();
  }

  private static boolean await(CountDownLatch latch) {
    try {
      return latch.await(1, TimeUnit.MINUTES);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    }
  }

  private static CompletableFuture<Optional<Checkpoint>> cosigned(
      WitnessBench bench, AddCheckpointRequest request) {
    return bench
        .ask(ORIGIN, request)
        .thenApply(answer -> WitnessBench.cosignature(request, answer.orElseThrow()))
        .thenApply(
            cosignature -> cosignature.flatMap(c -> Checkpoint.parse(request.checkpoint().text())));
  }

  /** How a witness under test comes to cosign. */
  private interface CosignMethod {
    CompletableFuture<Optional<Checkpoint>> ask(WitnessBench bench, AddCheckpointRequest request);
  }

  @Test
  void interleavings_ofForkedRequests_leaveOneHistory() {
    for (int seed = 0; seed < SEEDS; seed++) {
      List<Checkpoint> cosigned = interleave(seed, WitnessRaceTest::cosigned);
      assertTrue(isOneHistory(cosigned), "seed " + seed + ": " + cosigned);
    }
  }

  @Test
  void interleavings_ofAWitnessThatChecksBeforeItsTransaction_areCaught() {
    int caught = 0;
    for (int seed = 0; seed < SEEDS; seed++) {
      caught += isOneHistory(interleave(seed, WitnessRaceTest::checkThenPersist)) ? 0 : 1;
    }
    assertTrue(caught > SEEDS / 10, "the interleavings must be able to fail: " + caught);
  }

  /** The mutant: decides on what is committed, and puts it in place afterwards. */
  private static CompletableFuture<Optional<Checkpoint>> checkThenPersist(
      WitnessBench bench, AddCheckpointRequest request) {
    Ledger ledger = bench.ledger;
    Checkpoint checkpoint = Checkpoint.parse(request.checkpoint().text()).orElseThrow();
    HeldCheckpoint offered =
        new HeldCheckpoint(ORIGIN, checkpoint, NOW.getEpochSecond(), request.checkpoint());
    HeldCheckpoint held = ledger.witness().latest(ORIGIN).orElse(null);
    if (!(WitnessRules.judge(
            held, request, offered, SuccessionProof.verify(List.of(), offered.checkpoint()))
        instanceof Cosign)) {
      return CompletableFuture.completedFuture(Optional.empty());
    }
    return ledger.write(
        Lane.ROUTINE,
        tx -> {
          ledger.witness().put(tx, offered);
          return Optional.of(checkpoint);
        });
  }

  /** Requests of both forks, some waiting together for one commit, some after it. */
  private List<Checkpoint> interleave(int seed, CosignMethod asking) {
    Random random = new Random(seed);
    Later workers = new Later(random);
    List<Checkpoint> cosigned = new ArrayList<>();
    try (WitnessBench bench = new WitnessBench(new MemoryStore(), workers)) {
      int first = random.nextInt(4);
      List<CompletableFuture<Optional<Checkpoint>>> open = new ArrayList<>();
      for (int i = 0; i < first; i++) {
        open.add(asking.ask(bench, any(random, 0)));
      }
      bench.ledger.start();
      for (int step = 0; step < 6; step++) {
        settle(open, workers, cosigned);
        long held =
            bench.ledger.witness().latest(ORIGIN).map(h -> h.checkpoint().size()).orElse(0L);
        CountDownLatch gate = new CountDownLatch(1);
        CompletableFuture<Boolean> passed = bench.ledger.write(Lane.FLASH, tx -> await(gate));
        for (int i = random.nextInt(4); i > 0; i--) {
          open.add(asking.ask(bench, any(random, (int) held)));
        }
        gate.countDown();
        assertTrue(passed.join());
      }
      settle(open, workers, cosigned);
    }
    return cosigned;
  }

  private AddCheckpointRequest any(Random random, int held) {
    GrowingLog log = random.nextBoolean() ? honest : fork;
    int most = log.size();
    return log.request(held, Math.min(most, held + 1 + random.nextInt(12)), NOW);
  }

  private static void settle(
      List<CompletableFuture<Optional<Checkpoint>>> open, Later workers, List<Checkpoint> into) {
    for (CompletableFuture<Optional<Checkpoint>> one : open) {
      while (!one.isDone()) {
        workers.runOne();
        Thread.onSpinWait();
      }
      into.addAll(one.join().stream().toList());
    }
    open.clear();
  }

  private boolean isOneHistory(List<Checkpoint> cosigned) {
    return cosigned.stream().allMatch(c -> isOf(honest, c))
        || cosigned.stream().allMatch(c -> isOf(fork, c));
  }

  private static boolean isOf(GrowingLog log, Checkpoint checkpoint) {
    return checkpoint.equals(log.checkpoint((int) checkpoint.size()));
  }

  /** Runs what was handed over in an order of its own. */
  private static final class Later implements Executor {
    private final Random random;
    private final Deque<Runnable> tasks = new ArrayDeque<>();

    Later(Random random) {
      this.random = new Random(random.nextLong());
    }

    @Override
    public synchronized void execute(Runnable task) {
      if (random.nextBoolean()) {
        tasks.addFirst(task);
      } else {
        tasks.addLast(task);
      }
    }

    void runOne() {
      Runnable task;
      synchronized (this) {
        task = tasks.poll();
      }
      if (task != null) {
        task.run();
      }
    }
  }
}
