package org.entente.gateway.feature.operator;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.entente.gateway.ledger.LedgerLimits;
import org.entente.gateway.ledger.table.QuarantineTable;
import org.entente.gateway.model.Code;
import org.entente.gateway.model.Lane;
import org.entente.gateway.model.NodeName;
import org.entente.gateway.policy.check.LabelCheck;
import org.entente.gateway.policy.codes.MessageLimits;
import org.entente.gateway.testkit.ReceiveKit;
import org.entente.gateway.testkit.Results;
import org.entente.proto.store.v1.DeadPosition;
import org.entente.proto.v1.CreateSubscriptionRequest;
import org.entente.proto.v1.OnBehalfOf;
import org.entente.proto.v1.OpenCursor;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A client sets its subscription back while the gateway still works on what it said before. */
@Timeout(60)
class ClientSubscriptionsTest {
  private static final NodeName DESK = new NodeName("desk");
  private static final String CURSOR = "main";
  private static final OpenCursor OPEN = OpenCursor.newBuilder().setCursor(CURSOR).build();

  @TempDir private Path folder;
  @AutoClose private QuarantineNode node;

  @BeforeEach
  void start() throws IOException {
    node = new QuarantineNode(folder, QuarantineTable.Limits.DEFAULT);
  }

  /** The writer works on something until it is let go, and as many changes wait as may. */
  private CountDownLatch overloaded() throws InterruptedException {
    CountDownLatch begun = new CountDownLatch(1);
    CountDownLatch go = new CountDownLatch(1);
    var unused =
        node.ledger.write(
            Lane.FLASH,
            tx -> {
              begun.countDown();
              return isDone(go);
            });
    assertTrue(begun.await(30, TimeUnit.SECONDS));
    CompletableFuture<Boolean> last = new CompletableFuture<>();
    for (int i = 0;
        i < LedgerLimits.DEFAULT.maxWaiting() && !last.isCompletedExceptionally();
        i++) {
      last = node.ledger.write(Lane.ROUTINE, tx -> true);
    }
    assertTrue(last.isCompletedExceptionally());
    return go;
  }

  private static boolean isDone(CountDownLatch latch) {
    try {
      return latch.await(30, TimeUnit.SECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    }
  }

  /** A client may repeat a position in its request as often as fits. */
  @Test
  void positionsOfDeadLetters_areSettledOnce_howeverOftenTheyAreNamed() {
    List<DeadPosition> dead =
        Stream.of(3L, 5L, 8L).map(at -> DeadPosition.newBuilder().setPosition(at).build()).toList();
    assertEquals(
        List.of(5L, 3L),
        Results.value(ClientSubscriptions.chosen(dead, List.of(5L, 3L, 5L, 5L, 3L))));
    assertEquals(List.of(3L, 5L, 8L), Results.value(ClientSubscriptions.chosen(dead, List.of())));
    assertEquals(
        Code.NOT_FOUND,
        ClientSubscriptions.chosen(dead, List.of(3L, 4L))
            .fold(done -> null, refused -> refused.code()));
  }

  private ClientSubscriptions administration() {
    return new ClientSubscriptions(
        ReceiveKit.SELF,
        node.ledger,
        new LabelCheck(MessageLimits.defaults()),
        node.subscriptions,
        Set::of);
  }

  /** Attack: a client subscribes, reads and deletes in turn, and each turn leaves a leaf. */
  @Test
  void subscription_onAFullDisk_isDeletedByOperatorsAlone() {
    ClientSubscriptions subscriptions = administration();
    CreateSubscriptionRequest request =
        CreateSubscriptionRequest.newBuilder().setName(CURSOR).build();
    Results.value(subscriptions.create(DESK, request));
    node.leave(1 << 20);
    assertEquals(Code.STORAGE_FULL, Results.problem(subscriptions.deleteOwn(DESK, CURSOR)).code());
    OnBehalfOf person =
        OnBehalfOf.newBuilder().setOfficer("DE-7").setJustification("ticket 9").build();
    Results.value(subscriptions.delete(new NodeName("operator"), DESK.value(), CURSOR, person));
  }

  @Test
  void acknowledgementRefusedForLoad_doesNotUndoThatItsSubscriptionIsSetBack() throws Exception {
    ClientSubscriptions subscriptions = administration();
    for (int i = 0; i < 3; i++) {
      node.kit.handOver(node.sealed(node.alert("alert " + i)));
    }
    QuarantineNode.Stream stream = node.stream(OPEN);
    CountDownLatch go = overloaded();
    long third = stream.given().get(2).getPosition();
    assertEquals(Optional.empty(), stream.subscription().acknowledge(third));
    CompletableFuture<?> ended = node.subscriptions.closed("desk", CURSOR, stream.subscription());
    go.countDown();
    node.ledger.commit(Lane.FLASH, tx -> true);
    assertEquals(
        2,
        Results.value(
                subscriptions.create(
                    DESK,
                    CreateSubscriptionRequest.newBuilder()
                        .setName(CURSOR)
                        .setFromPosition(2)
                        .build()))
            .getNextPosition());
    ended.get(30, TimeUnit.SECONDS);
    assertEquals(2, node.stream(OPEN).given().size(), "from where it was set");
  }
}
