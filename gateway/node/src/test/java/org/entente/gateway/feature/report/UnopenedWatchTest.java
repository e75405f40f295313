package org.entente.gateway.feature.report;

import static org.entente.gateway.testkit.Agencies.FR;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.protobuf.ByteString;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayDeque;
import java.util.List;
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
import org.entente.proto.store.v1.UnopenedRecord;
import org.entente.proto.v1.WatchUnopenedResponse;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;

/** What a listing of unopened messages takes of a gateway. */
class UnopenedWatchTest {
  /** A second's worth of four pages, and two seconds' worth at once; half of that is for calls. */
  private static final NodeConfig.PerClient SLOW =
      new NodeConfig.PerClient(0, 0, 0, 0, 0, 0, 0, 0, 4 * CallCost.SEARCH.units(), 0, 0, 0);

  private static final NodeConfig.Limits LIMITS =
      new NodeConfig.Limits(
          0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, SLOW, null);

  @AutoClose
  private final Ledger ledger = QuietLedger.started(new MemoryStore(), InstantSource.system());

  private final AtomicInteger tracked = new AtomicInteger();
  private final MessageTracker tracking =
      new MessageTracker(
          FR,
          ledger,
          new EvidenceRecords(new RecordSeal(new MemoryStorageKeys(), new SecureRandom()), FR),
          id -> {
            tracked.incrementAndGet();
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
          InstantSource.system(),
          timers,
          (client, method, why) -> {});
  private final TakingClient<WatchUnopenedResponse> client = new TakingClient<>();

  /** Lists a message as unopened by some agencies. */
  private void list(int recipients) {
    ByteString id = ByteString.copyFrom(MessageId.fresh(1_000, new SecureRandom()).bytes());
    ledger.commit(
        Lane.ROUTINE,
        tx -> {
          for (int i = 0; i < recipients; i++) {
            ledger
                .awaited()
                .list(
                    tx,
                    UnopenedRecord.newBuilder()
                        .setMessageId(id)
                        .setRecipient("de.office" + i)
                        .setLane(Lane.FLASH.number())
                        .build());
          }
          return id;
        });
  }

  private void watch(boolean follow) {
    new UnopenedWatch(tracking, follow, context, account, client).begin();
  }

  @Test
  void listing_letsOthersGoAfterAPage_paysForTheNext_andReadsAMessageOnceForAll() {
    list(550);
    watch(/* follow= */ false);
    assertEquals(0, client.taken.size());
    for (int page = 1; page <= 5; page++) {
      assertEquals(1, tasks.size(), "before page " + page);
      tasks.remove().run();
      assertEquals(page * 100, client.taken.size());
      assertEquals(page, tracked.get(), "messages read");
      assertEquals((long) page * CallCost.SEARCH.units(), account.used(Work.CALL_COST));
    }
    assertEquals(0, tasks.size(), "what may come at once is used up");
    timers.pass(Duration.ofSeconds(1));
    tasks.remove().run();
    assertEquals(550, client.taken.size());
    assertTrue(client.completed);
    assertEquals(0, tasks.size());
  }

  /** A client with a small window has each page read many times. */
  @Test
  void page_ofWhichTheClientTakesLittle_isPaidForEachTimeThatItIsRead() {
    list(10);
    watch(/* follow= */ false);
    for (int turn = 1; turn <= 3; turn++) {
      client.room = 2;
      tasks.remove().run();
      assertEquals(2 * turn, client.taken.size());
      assertEquals((long) turn * CallCost.SEARCH.units(), account.used(Work.CALL_COST));
      assertEquals(1, tasks.size(), "it waits for what is paid");
      tasks.remove().run();
      assertEquals((long) turn * CallCost.SEARCH.units(), account.used(Work.CALL_COST));
      assertEquals(0, tasks.size());
      client.ready.run();
    }
  }

  @Test
  void turn_thatNeedsTooMuchStack_endsTheStream_andHoldsNoTask() {
    list(1);
    watch(/* follow= */ true);
    client.during =
        () -> {
          throw new StackOverflowError();
        };
    client.mayFail = true;
    tasks.remove().run();
    assertNotNull(client.failure);
    client.ready.run();
    assertEquals(1, tasks.size(), "it can be woken");
  }

  @Test
  void manyEventsDuringAListing_areOneTask_andNoneIsMissed() {
    list(1);
    watch(/* follow= */ true);
    list(1);
    list(1);
    assertEquals(1, tasks.size());
    tasks.remove().run();
    assertEquals(3, client.taken.size());
    assertEquals(0, tasks.size());

    client.during = () -> list(1);
    list(1);
    tasks.remove().run();
    client.during = null;
    assertEquals(1, tasks.size(), "what came during the turn has one of its own");
    tasks.remove().run();
    assertEquals(5, client.taken.size());
    assertFalse(client.completed);

    client.cancel.run();
    list(1);
    assertEquals(0, tasks.size());
  }
}
