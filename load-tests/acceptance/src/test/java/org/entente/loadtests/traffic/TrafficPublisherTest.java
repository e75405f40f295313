package org.entente.loadtests.traffic;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.protobuf.ByteString;
import io.grpc.ManagedChannel;
import io.grpc.Server;
import io.grpc.Status;
import io.grpc.netty.NettyChannelBuilder;
import io.grpc.netty.NettyServerBuilder;
import io.grpc.stub.StreamObserver;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import org.entente.proto.v1.Accepted;
import org.entente.proto.v1.Draft;
import org.entente.proto.v1.Outcome;
import org.entente.proto.v1.Permit;
import org.entente.proto.v1.PublishRequest;
import org.entente.proto.v1.PublishResponse;
import org.entente.proto.v1.PublisherGrpc;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;

final class TrafficPublisherTest {
  private static final String AGENCY = "fr.customs";
  private static final long PATIENCE_SECONDS = 30;

  private final Tally tally = new Tally();

  @AutoClose("shutdownNow")
  private final ScheduledExecutorService timer = Executors.newScheduledThreadPool(1);

  @Test
  void draftTakenByAGatewayThatThenFailed_isAskedForAgainUnderItsKey()
      throws IOException, InterruptedException {
    List<String> keys = publish(1);

    assertEquals(List.of("a", "a"), keys);
    assertEquals(1, tally.count(AGENCY).published());
    assertEquals(1, tally.defects(), "that it failed is counted all the same");
    assertTrue(tally.failures().isEmpty(), () -> tally.failures().toString());
  }

  @Test
  void draftOnWhichAGatewayFailsAgainAndAgain_isGivenUp() throws IOException, InterruptedException {
    List<String> keys = publish(Integer.MAX_VALUE);

    assertEquals(List.of("a", "a", "a", "a", "a"), keys);
    assertEquals(0, tally.count(AGENCY).published());
    assertEquals(1, tally.defects());
    assertEquals("INTERNAL: a defect", tally.failures().get("a"));
  }

  /** Publishes one draft at a gateway that fails so often; the keys that it saw. */
  private List<String> publish(int failures) throws IOException, InterruptedException {
    Failing gateway = new Failing(failures);
    Server server =
        NettyServerBuilder.forAddress(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0))
            .addService(gateway)
            .build()
            .start();
    ManagedChannel channel =
        NettyChannelBuilder.forAddress(server.getListenSockets().get(0)).usePlaintext().build();
    try {
      Draft draft = Draft.newBuilder().setIdempotencyKey("a").build();
      new TrafficPublisher(agency -> channel, timer, tally, Watcher.NONE)
          .begin(List.of(Publication.of("a", AGENCY, "test", draft)), 100);
      assertTrue(tally.awaitAnswered(1, PATIENCE_SECONDS));
      return List.copyOf(gateway.keys);
    } finally {
      channel.shutdownNow();
      server.shutdownNow();
    }
  }

  private static final class Failing extends PublisherGrpc.PublisherImplBase {
    private final List<String> keys = new CopyOnWriteArrayList<>();
    private final int failures;

    Failing(int failures) {
      this.failures = failures;
    }

    @Override
    public void publish(PublishRequest request, StreamObserver<PublishResponse> answer) {
      keys.add(request.getDraft().getIdempotencyKey());
      if (keys.size() <= failures) {
        answer.onError(Status.INTERNAL.withDescription("a defect").asRuntimeException());
        return;
      }
      Outcome outcome =
          Outcome.newBuilder()
              .setMessageId(ByteString.copyFromUtf8("0123456789abcdef"))
              .setAccepted(
                  Accepted.newBuilder().addPermits(Permit.newBuilder().setAgency("de.customs")))
              .build();
      answer.onNext(PublishResponse.newBuilder().setOutcome(outcome).build());
      answer.onCompleted();
    }
  }
}
