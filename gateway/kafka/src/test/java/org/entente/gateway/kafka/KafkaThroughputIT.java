package org.entente.gateway.kafka;

import static org.entente.gateway.federation.RunningFederation.DE;
import static org.entente.gateway.federation.RunningFederation.FR;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.grpc.stub.StreamObserver;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.entente.gateway.federation.RunningFederation;
import org.entente.proto.v1.Draft;
import org.entente.proto.v1.ListSubscriptionsRequest;
import org.entente.proto.v1.Outcome;
import org.entente.proto.v1.PublishStreamRequest;
import org.entente.proto.v1.PublishStreamResponse;
import org.entente.proto.v1.PublisherGrpc;
import org.entente.proto.v1.SubscriptionsGrpc;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/**
 * Messages a second into a topic beside the gateway's own delivery, of one backlog in one run.
 * Gateways, broker and bridge share the machine. Prints both; no time is required.
 */
@Tag("extended")
@Tag("kafka")
class KafkaThroughputIT {
  private static final int MESSAGES = 2_048;
  private static final int AT_ONCE = 128;

  /** With its label, a message has about 1 KiB. */
  private static final String TEXT = "x".repeat(800);

  @RegisterExtension static final SharedBroker BROKER = new SharedBroker();
  @RegisterExtension final RunningFederation federation = new RunningFederation(FR, DE);
  @TempDir private Path folder;

  private void publish() throws InterruptedException {
    BlockingQueue<Outcome> outcomes = new LinkedBlockingQueue<>();
    StreamObserver<PublishStreamRequest> stream =
        PublisherGrpc.newStub(federation.channel(FR)).publishStream(new Outcomes(outcomes));
    for (int sent = 0; sent < MESSAGES; sent += AT_ONCE) {
      PublishStreamRequest.Builder some = PublishStreamRequest.newBuilder();
      for (int i = 0; i < AT_ONCE; i++) {
        Draft.Builder draft =
            federation.draft("number " + (sent + i), Duration.ofDays(5), DE).toBuilder();
        draft.getBodyBuilder().getAlertBuilder().getTextsBuilder(0).setDescription(TEXT);
        some.addDrafts(draft);
      }
      stream.onNext(some.build());
      for (int i = 0; i < AT_ONCE; i++) {
        Outcome outcome = outcomes.poll(60, TimeUnit.SECONDS);
        assertTrue(outcome != null && outcome.hasAccepted(), () -> String.valueOf(outcome));
      }
    }
    stream.onCompleted();
  }

  private record Outcomes(BlockingQueue<Outcome> into)
      implements StreamObserver<PublishStreamResponse> {
    @Override
    public void onNext(PublishStreamResponse response) {
      into.addAll(response.getOutcomesList());
    }

    @Override
    public void onError(Throwable failure) {
      into.add(Outcome.getDefaultInstance());
    }

    @Override
    public void onCompleted() {}
  }

  private long arrived() {
    return SubscriptionsGrpc.newBlockingStub(federation.channel(DE))
        .listSubscriptions(ListSubscriptionsRequest.getDefaultInstance())
        .getLastPosition();
  }

  @Test
  void backlog_isInTheTopicOnce_andItsRateIsMeasured() throws Exception {
    publish();
    federation.await("all arrived", () -> arrived() >= MESSAGES);
    BacklogRates.Turn turn =
        new BacklogRates(
                BROKER.get(),
                "127.0.0.1:" + federation.gateway(DE).clientAddress().getPort(),
                federation.credentials(DE),
                MESSAGES,
                folder)
            .turn(1);
    System.out.println("messages a second: " + turn);
    assertTrue(turn.delivered() > 0 && turn.written() > 0, turn::toString);
  }
}
