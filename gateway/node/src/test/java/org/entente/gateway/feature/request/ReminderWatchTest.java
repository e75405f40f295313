package org.entente.gateway.feature.request;

import static org.entente.gateway.testkit.Agencies.DE;
import static org.entente.gateway.testkit.Agencies.FR;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.protobuf.ByteString;
import io.grpc.stub.ServerCallStreamObserver;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Queue;
import java.util.Set;
import org.entente.gateway.account.Account;
import org.entente.gateway.account.Accounts;
import org.entente.gateway.account.Work;
import org.entente.gateway.config.NodeConfig;
import org.entente.gateway.feature.request.RequestTable.Name;
import org.entente.gateway.feature.request.RequestTable.Side;
import org.entente.gateway.ledger.Ledger;
import org.entente.gateway.ledger.record.RecordSeal;
import org.entente.gateway.ledger.table.EvidenceRecords;
import org.entente.gateway.model.Lane;
import org.entente.gateway.model.MessageId;
import org.entente.gateway.model.NodeName;
import org.entente.gateway.rpc.ServiceContext;
import org.entente.gateway.rpc.server.CallCost;
import org.entente.gateway.rpc.server.KnownNames;
import org.entente.gateway.store.KeyBuilder;
import org.entente.gateway.store.Table;
import org.entente.gateway.testkit.DeskClients;
import org.entente.gateway.testkit.HandTimers;
import org.entente.gateway.testkit.MemoryStorageKeys;
import org.entente.gateway.testkit.MemoryStore;
import org.entente.gateway.testkit.QuietLedger;
import org.entente.proto.store.v1.RequestRecord;
import org.entente.proto.store.v1.RequestState;
import org.entente.proto.v1.FollowRemindersResponse;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;

/** What a stream of reminders takes of a gateway. */
class ReminderWatchTest {
  /** A second's worth of three pages, and two seconds' worth at once; half of that is for calls. */
  private static final NodeConfig.PerClient SLOW =
      new NodeConfig.PerClient(0, 0, 0, 0, 0, 0, 0, 0, 3 * CallCost.SEARCH.units(), 0, 0, 0);

  private static final NodeConfig.Limits LIMITS =
      new NodeConfig.Limits(
          0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, SLOW, null);

  private final SecureRandom random = new SecureRandom();

  @AutoClose
  private final Ledger ledger = QuietLedger.started(new MemoryStore(), InstantSource.system());

  private final MemoryStorageKeys keys = new MemoryStorageKeys();
  private final RequestList list =
      new RequestList(
          ledger,
          new EvidenceRecords(new RecordSeal(keys, random), FR),
          id -> Optional.empty(),
          DeskClients.none(keys));
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
  private final Client client = new Client();

  /** Reminds this agency of some requests, in one commit. */
  private List<Name> remind(int count) {
    List<Name> names = new ArrayList<>();
    ledger.commit(
        Lane.ROUTINE,
        tx -> {
          for (int i = 0; i < count; i++) {
            MessageId id = MessageId.fresh(1_000, random);
            Name name = new Name(Side.OWED, id, DE.value());
            names.add(name);
            RequestRecord record =
                RequestRecord.newBuilder()
                    .setRequestId(ByteString.copyFrom(id.bytes()))
                    .setAgency(DE.value())
                    .setState(RequestState.REQUEST_STATE_OPEN)
                    .setNoticedPercent(50)
                    .build();
            RequestTable.of(ledger).remind(tx, name, record);
          }
          return count;
        });
    return names;
  }

  private void watch(boolean follow) {
    new ReminderWatch(
            list, new NodeName("desk"), follow, /* exercise= */ false, context, account, client)
        .begin();
  }

  /** One turn, once it is paid. */
  private void turn() {
    for (int second = 0; second < 10 && tasks.isEmpty(); second++) {
      timers.pass(Duration.ofSeconds(1));
    }
    assertEquals(1, tasks.size());
    tasks.remove().run();
  }

  @Test
  void listing_letsOthersGoAfterAPage_andPaysForTheNext() {
    remind(850);
    watch(/* follow= */ false);
    assertEquals(0, client.taken.size(), "nothing is read on the thread of the call");
    for (int page = 1; page <= 3; page++) {
      assertEquals(1, tasks.size(), "before page " + page);
      tasks.remove().run();
      assertEquals(page * ReminderWatch.PAGE, client.taken.size());
      assertEquals((long) page * CallCost.SEARCH.units(), account.used(Work.CALL_COST));
    }
    while (!client.completed) {
      turn();
    }
    assertEquals(850, client.taken.size());
    assertEquals(0, tasks.size());
  }

  /** A member chooses how many requests it sends, and so how many reminders come at once. */
  @Test
  void manyReminders_areOneTask_andNoneIsMissed() {
    watch(/* follow= */ true);
    tasks.remove().run();
    while (!tasks.isEmpty()) {
      tasks.remove().run();
    }
    remind(500);
    remind(1);
    assertEquals(1, tasks.size());
    while (client.taken.size() < 501) {
      turn();
    }
    assertFalse(client.completed);
    client.cancel.run();
    tasks.clear();
    remind(1);
    assertEquals(0, tasks.size());
  }

  @Test
  void clientThatDoesNotRead_isEnded_beforeMoreWaitThanMay() {
    watch(/* follow= */ true);
    client.room = 0;
    tasks.remove().run();
    remind(ReminderWatch.MOST);
    tasks.remove().run();
    assertNull(client.failure);
    remind(1);
    tasks.remove().run();
    Throwable failure = client.failure;
    assertTrue(String.valueOf(failure).contains("did not read"), "" + failure);
    remind(1);
    assertEquals(0, tasks.size());
  }

  @Test
  void damagedRecord_hidesNoOther() {
    List<Name> names = remind(3);
    Name damaged = names.get(1);
    byte[] key = KeyBuilder.key().u8(1).u8(2).bytes(damaged.id().bytes()).ascii(DE.value()).done();
    ledger.commit(
        Lane.ROUTINE,
        tx -> {
          tx.put(Table.REQUEST, key, new byte[] {(byte) 0xff});
          return damaged;
        });
    watch(/* follow= */ false);
    while (!client.completed) {
      tasks.remove().run();
    }
    assertEquals(2, client.taken.size());
    assertNull(client.failure);
  }

  /** A client that accepts everything, unless it has little room. */
  private static final class Client extends ServerCallStreamObserver<FollowRemindersResponse> {
    private final List<FollowRemindersResponse> taken = new ArrayList<>();
    private Runnable cancel = () -> {};
    private int room = Integer.MAX_VALUE;
    private @Nullable Throwable failure;
    private boolean completed;

    @Override
    public void onNext(FollowRemindersResponse response) {
      room--;
      taken.add(response);
    }

    @Override
    public void onError(Throwable t) {
      failure = t;
    }

    @Override
    public void onCompleted() {
      completed = true;
    }

    @Override
    public boolean isReady() {
      return room > 0;
    }

    @Override
    public boolean isCancelled() {
      return false;
    }

    @Override
    public void setOnCancelHandler(Runnable handler) {
      cancel = handler;
    }

    @Override
    public void setOnReadyHandler(Runnable handler) {
      // A reminder wakes the stream in these tests.
    }

    @Override
    public void setCompression(String compression) {}

    @Override
    public void disableAutoInboundFlowControl() {}

    @Override
    public void request(int count) {}

    @Override
    public void setMessageCompression(boolean enable) {}
  }
}
