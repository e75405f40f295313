package org.entente.gateway.feature.report;

import static org.entente.gateway.testkit.Agencies.FR;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import org.entente.gateway.account.Account;
import org.entente.gateway.account.Accounts;
import org.entente.gateway.account.Work;
import org.entente.gateway.config.NodeConfig;
import org.entente.gateway.ledger.Ledger;
import org.entente.gateway.ledger.record.RecordSeal;
import org.entente.gateway.ledger.table.EvidenceRecords;
import org.entente.gateway.model.Lane;
import org.entente.gateway.model.MessageId;
import org.entente.gateway.rpc.ServiceContext;
import org.entente.gateway.rpc.server.CallCost;
import org.entente.gateway.rpc.server.KnownNames;
import org.entente.gateway.testkit.HandTimers;
import org.entente.gateway.testkit.MemoryStorageKeys;
import org.entente.gateway.testkit.MemoryStore;
import org.entente.gateway.testkit.QuietLedger;
import org.entente.proto.store.v1.SentFacts;
import org.entente.proto.v1.EvidenceItem;
import org.entente.proto.v1.EvidenceKind;
import org.entente.proto.v1.FollowResponse;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;

/** What a stream of the evidence of one message takes of a gateway. */
class MessageFollowerTest {
  private static final Instant NOW = Instant.parse("2026-11-25T10:00:00Z");
  private static final int RECIPIENTS = 100;

  /** 200 units at once; half of them are for calls. */
  private static final NodeConfig.PerClient SLOW =
      new NodeConfig.PerClient(0, 0, 0, 0, 0, 0, 0, 0, 100, 0, 0, 0);

  private static final NodeConfig.Limits LIMITS =
      new NodeConfig.Limits(
          0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, SLOW, null);

  @AutoClose
  private final Ledger ledger = QuietLedger.started(new MemoryStore(), InstantSource.fixed(NOW));

  private final EvidenceRecords records =
      new EvidenceRecords(new RecordSeal(new MemoryStorageKeys(), new SecureRandom()), FR);
  private final AtomicInteger read = new AtomicInteger();
  private final MessageTracker tracking =
      new MessageTracker(
          FR,
          ledger,
          records,
          id -> {
            read.incrementAndGet();
            return Optional.empty();
          });
  private final Queue<Runnable> tasks = new ArrayDeque<>();
  private final HandTimers timers = new HandTimers();
  private final Account account = Accounts.ofClients(LIMITS, timers::nanos).of("desk");
  private final ServiceContext context =
      new ServiceContext(
          new KnownNames(
              () -> {
                throw new IllegalStateException("no name is checked");
              },
              List::of,
              Set::of),
          call -> {
            throw new IllegalStateException("calls may wait; streams do not wait for them");
          },
          tasks::add,
          InstantSource.fixed(NOW),
          timers,
          (client, method, why) -> {});
  private final TakingClient<FollowResponse> client = new TakingClient<>();
  private final MessageId id = MessageId.fresh(NOW.toEpochMilli(), new SecureRandom());

  private void accept() {
    SentFacts.Builder facts = SentFacts.newBuilder().setAcceptedAtMs(NOW.toEpochMilli());
    for (int i = 0; i < RECIPIENTS; i++) {
      facts.addRecipients("de.office" + i);
    }
    ledger.commit(
        Lane.ROUTINE,
        tx -> {
          records.accepted(tx, ledger.evidence(), Map.of(id, facts.build()));
          return id;
        });
  }

  private void deliver(int office) {
    String name = "de.office" + office;
    EvidenceItem item =
        records
            .item(EvidenceKind.EVIDENCE_KIND_DELIVERY, id, name, new byte[32], NOW.toEpochMilli())
            .toBuilder()
            .setAgency(name)
            .build();
    ledger.commit(Lane.ROUTINE, tx -> records.keep(tx, ledger.evidence(), item));
  }

  private void follow() {
    new MessageFollower(tracking, id, context, account, client).begin();
  }

  @Test
  void evidenceThatComesOneByOne_isPaidForByWhatIsReadAgain_andThenReadTogether() {
    accept();
    follow();
    tasks.remove().run();
    assertEquals(1, client.taken.size());
    assertEquals(0, account.used(Work.CALL_COST), "the call itself paid for the first");

    int office = 0;
    while (timers.waiting() == 0) {
      deliver(office++);
      tasks.remove().run();
    }
    int before = read.get();
    assertEquals(office, client.taken.size(), "the last waits for what it costs");
    assertTrue(account.used(Work.CALL_COST) > 100, "half of what may come at once is left");
    while (office < RECIPIENTS) {
      deliver(office++);
    }
    assertEquals(0, tasks.size());
    timers.pass(Duration.ofSeconds(1));
    tasks.remove().run();
    assertEquals(1 + RECIPIENTS, client.taken.size());
    assertEquals(before + 1, read.get(), "what came meanwhile is read once");
    assertFalse(client.completed);

    timers.pass(Duration.ofSeconds(2));
    long paid = account.used(Work.CALL_COST);
    deliver(RECIPIENTS);
    tasks.remove().run();
    assertEquals(
        CallCost.LOOKUP.units() + (1 + RECIPIENTS) / MessageFollower.ITEMS_A_LOOKUP,
        account.used(Work.CALL_COST) - paid);
  }

  /** A client with a small window has everything read for each item that it takes. */
  @Test
  void evidenceOfWhichTheClientTakesLittle_isPaidForEachTimeThatItIsRead() {
    accept();
    for (int office = 0; office < 4; office++) {
      deliver(office);
    }
    follow();
    for (int turn = 1; turn <= 2; turn++) {
      client.room = 1;
      tasks.remove().run();
      assertEquals(turn, client.taken.size());
      assertEquals((long) turn * CallCost.SEARCH.units(), account.used(Work.CALL_COST));
      tasks.remove().run();
      assertEquals(turn, read.get(), "it has no room");
      assertEquals(0, tasks.size());
      client.ready.run();
    }
  }
}
