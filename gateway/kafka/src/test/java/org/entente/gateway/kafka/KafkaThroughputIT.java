package org.entente.gateway.kafka;

import static org.entente.gateway.federation.RunningFederation.DE;
import static org.entente.gateway.federation.RunningFederation.FR;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.grpc.stub.StreamObserver;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.LongSummaryStatistics;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.entente.gateway.federation.RunningFederation;
import org.entente.proto.v1.Delivery;
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
 * Gateways, broker and bridge share the machine. Printed as a ratio; no time is required.
 */
@Tag("extended")
@Tag("kafka")
class KafkaThroughputIT {
  private static final int MESSAGES = 10_240;
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

  /** Seconds from the first to the last delivery of a client that only acknowledges. */
  private double delivered() throws InterruptedException {
    int taken = 0;
    long first = 0;
    long last = 0;
    try (DeliveryStream stream = DeliveryStream.open(federation.channel(DE), "plain")) {
      while (taken < MESSAGES) {
        List<Delivery> some = stream.take(Duration.ofSeconds(30));
        assertTrue(!some.isEmpty() || taken == 0, "nothing comes any more");
        last = System.nanoTime();
        first = taken == 0 ? last : first;
        taken += some.size();
        stream.acknowledge(some);
      }
    }
    return (last - first) / 1e9;
  }

  /** Seconds from the first to the last record, by the times that the producer gave them. */
  private static double written(List<ConsumerRecord<byte[], byte[]>> records) {
    LongSummaryStatistics times =
        records.stream().mapToLong(ConsumerRecord::timestamp).summaryStatistics();
    return (times.getMax() - times.getMin()) / 1e3;
  }

  @Test
  void backlog_isInTheTopicOnce_andItsRateIsPrinted() throws Exception {
    publish();
    federation.await("all arrived", () -> arrived() >= MESSAGES);
    double alone = delivered();
    Broker broker = BROKER.get();
    broker.create("backlog", 3);
    Bridge bridge = new Bridge(federation, broker, folder);
    try (JavaProcess follow = bridge.follow(DE, "backlog")) {
      List<ConsumerRecord<byte[], byte[]>> records =
          bridge.await("backlog", follow, all -> all.size() >= MESSAGES);
      assertEquals(MESSAGES, Bridge.timesWritten(records).size());
      assertEquals(MESSAGES, records.size());
      double into = written(records);
      System.out.printf(
          "delivery %.0f/s, into the topic %.0f/s, ratio %.2f%n",
          MESSAGES / alone, MESSAGES / into, alone / into);
      assertEquals(JavaProcess.STOPPED, follow.stop(), follow.output());
    }
  }
}
