package org.entente.loadtests.traffic;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.protobuf.ByteString;
import io.grpc.ManagedChannel;
import io.grpc.Status;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.entente.loadtests.federation.ConfigurationHome;
import org.entente.loadtests.federation.Federation;
import org.entente.loadtests.testkit.Patience;
import org.entente.loadtests.testkit.Publications;
import org.entente.proto.v1.CreateSubscriptionRequest;
import org.entente.proto.v1.Delivery;
import org.entente.proto.v1.ListSubscriptionsRequest;
import org.entente.proto.v1.OpenCursor;
import org.entente.proto.v1.SubscriptionKind;
import org.entente.proto.v1.SubscriptionSettings;
import org.entente.proto.v1.SubscriptionState;
import org.entente.proto.v1.SubscriptionsGrpc;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * A gateway that is killed with SIGKILL when it has delivered messages that nobody acknowledged
 * yet.
 */
@Tag("extended")
@Tag("chaos")
final class SubscriptionKillIT {
  private static final String FR = "fr.customs";
  private static final String DE = "de.customs";
  private static final String NAME = "work";
  private static final int MESSAGES = 24;
  private static final int FIRST = 9;
  private static final long SECONDS = 60;

  @TempDir private Path folder;

  /** A consumer that notes what it receives, and acknowledges when it is told to. */
  private static final class Consumer {
    private final Map<ByteString, Long> received = new LinkedHashMap<>();
    private final CompletableFuture<Status.Code> ended = new CompletableFuture<>();
    private final CursorStream stream =
        new CursorStream(
            OpenCursor.newBuilder().setCursor(NAME).setWindow(MESSAGES),
            new CountDownLatch(1),
            (unused, delivery) -> note(delivery),
            failure -> ended.complete(Status.fromThrowable(failure).getCode()));

    Consumer(ManagedChannel channel) {
      stream.open(channel);
    }

    private synchronized void note(Delivery delivery) {
      received.put(delivery.getLabel().getMessageId(), delivery.getPosition());
    }

    /** All that it has once there are so many. */
    Set<ByteString> await(int count) {
      return Patience.until(this::ids, ids -> ids.size() >= count);
    }

    private synchronized Set<ByteString> ids() {
      return new HashSet<>(received.keySet());
    }

    /** Acknowledges the first ones; durable on return. */
    Set<ByteString> finish(int count) throws Exception {
      Map<ByteString, Long> done = new LinkedHashMap<>();
      synchronized (this) {
        received.entrySet().stream()
            .limit(count)
            .forEach(one -> done.put(one.getKey(), one.getValue()));
      }
      done.values().forEach(stream::acknowledge);
      stream.complete();
      assertEquals(Status.Code.OK, ended.get(SECONDS, TimeUnit.SECONDS));
      return done.keySet();
    }

    void isCutOff() throws Exception {
      assertEquals(Status.Code.UNAVAILABLE, ended.get(SECONDS, TimeUnit.SECONDS));
    }
  }

  @ParameterizedTest
  @EnumSource(
      value = SubscriptionKind.class,
      names = {"SUBSCRIPTION_KIND_EXCLUSIVE", "SUBSCRIPTION_KIND_SHARED"})
  void killBetweenDeliveryAndAcknowledgement_repeatsWhatWasNotAcknowledged_andNothingElse(
      SubscriptionKind kind) throws Exception {
    try (Federation federation = Federation.mint(ConfigurationHome.find(), folder)) {
      federation.start(List.of(FR, DE));
      ManagedChannel desk = federation.channel(DE, "desk");
      create(desk, kind);
      ManagedChannel publisher = federation.channel(FR, "declarations");
      for (int i = 0; i < MESSAGES; i++) {
        var unused = Publications.accepted(publisher, Publications.draft(DE, "message " + i));
      }
      Consumer first = new Consumer(desk);
      Set<ByteString> all = first.await(MESSAGES);
      Set<ByteString> acknowledged = first.finish(FIRST);
      assertEquals(FIRST, acknowledged.size());

      Set<ByteString> rest = new HashSet<>(all);
      rest.removeAll(acknowledged);
      Consumer second = new Consumer(desk);
      assertEquals(rest, second.await(rest.size()));
      federation.kill(DE);
      second.isCutOff();
      federation.start(List.of(DE));

      Consumer third = new Consumer(desk);
      assertEquals(rest, third.await(rest.size()), "none is lost, and no acknowledged one comes");
      assertEquals(rest, third.finish(rest.size()));
      SubscriptionState state = state(desk);
      assertEquals(0, state.getMessagesBehind());
      assertEquals(0, state.getDeadLetters());
      assertTrue(federation.crashed().isEmpty());
    }
  }

  private static void create(ManagedChannel channel, SubscriptionKind kind) {
    var unused =
        SubscriptionsGrpc.newBlockingStub(channel)
            .createSubscription(
                CreateSubscriptionRequest.newBuilder()
                    .setName(NAME)
                    .setSettings(SubscriptionSettings.newBuilder().setKind(kind))
                    .build());
  }

  private static SubscriptionState state(ManagedChannel channel) {
    return SubscriptionsGrpc.newBlockingStub(channel)
        .listSubscriptions(ListSubscriptionsRequest.getDefaultInstance())
        .getSubscriptionsList()
        .stream()
        .filter(one -> one.getName().equals(NAME))
        .findFirst()
        .orElseThrow();
  }
}
