package org.entente.gateway.intake;

import static org.entente.gateway.testkit.Agencies.SG;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import org.entente.gateway.crypto.SecretBytes;
import org.entente.gateway.ledger.Ledger;
import org.entente.gateway.ledger.record.RecordSeal;
import org.entente.gateway.model.Lane;
import org.entente.gateway.model.NodeName;
import org.entente.gateway.policy.decide.Policy;
import org.entente.gateway.policy.decide.PolicyFixture;
import org.entente.gateway.testkit.IntakeKit;
import org.entente.gateway.testkit.MemoryStorageKeys;
import org.entente.gateway.testkit.MemoryStore;
import org.entente.gateway.testkit.QuietLedger;
import org.entente.gateway.testkit.SettableClock;
import org.entente.proto.v1.Outcome;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What each draft of a round costs the store by itself; all else is shared by the round. */
class IntakeCallsTest {
  private static final NodeName CLIENT = new NodeName("declarations");

  /** Two rounds go ahead of the writer at most, and all others wait for the third. */
  private static final int ROUNDS = 3;

  private static final int DRAFTS = 66;

  private final SecureRandom random = new SecureRandom();
  private final SettableClock clock = new SettableClock(PolicyFixture.NOW);
  private final MemoryStore store = new MemoryStore();
  private final Ledger ledger = QuietLedger.started(store, clock);

  @AutoClose("closeWithLedger")
  private final IntakeKit kit;

  IntakeCallsTest(@TempDir Path folder) {
    Policy policy = PolicyFixture.policy(folder, Map.of("sample.yaml", PolicyFixture.sample()));
    kit =
        new IntakeKit(
            ledger,
            new RecordSeal(new MemoryStorageKeys(), random),
            () -> policy,
            clock,
            SecretBytes.random(random, 32),
            2);
  }

  private CompletableFuture<Outcome> publish(int number) {
    return kit.intake()
        .publish(
            CLIENT,
            PolicyFixture.draft(PolicyFixture.label(), SG.value())
                .setIdempotencyKey("k" + number)
                .build());
  }

  private void publishTogether() throws InterruptedException {
    CountDownLatch offered = new CountDownLatch(1);
    CompletableFuture<Boolean> held = ledger.write(Lane.ROUTINE, tx -> await(offered));
    List<CompletableFuture<Outcome>> outcomes = new ArrayList<>();
    for (int i = 0; i < DRAFTS; i++) {
      outcomes.add(publish(i));
    }
    offered.countDown();
    held.join();
    outcomes.forEach(CompletableFuture::join);
  }

  private static boolean await(CountDownLatch latch) {
    try {
      latch.await();
      return true;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    }
  }

  @Test
  void draftsOfARound_shareTheirRecords() throws InterruptedException {
    store.calls();
    publishTogether();
    Map<String, Integer> calls = store.calls();
    Map<String, Integer> many = new TreeMap<>();
    calls.forEach(
        (call, times) -> {
          if (times > 2 * ROUNDS && !call.contains("META")) {
            many.put(call, times);
          }
        });
    assertEquals(Map.of(), many);
  }
}
