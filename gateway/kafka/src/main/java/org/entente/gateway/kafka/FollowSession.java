package org.entente.gateway.kafka;

import io.grpc.Channel;
import java.time.Duration;
import java.util.List;
import java.util.function.Consumer;
import org.entente.proto.v1.Delivery;
import org.entente.proto.v1.ListErasedRequest;
import org.entente.proto.v1.ListErasedResponse;
import org.entente.proto.v1.SubscriptionsGrpc;

/**
 * One session with gateway and broker: takes deliveries, writes them with their ids in one
 * transaction, and acknowledges them once that is committed. After a crash of either side between
 * the two, the next session knows from the topic what is written, and only acknowledges it. Used by
 * one thread.
 */
final class FollowSession {
  private static final Duration TURN = Duration.ofSeconds(1);
  private static final Duration ERASURES = Duration.ofSeconds(5);

  private final Target target;
  private final BridgeLoop loop;
  private final MessageWriter.Counts counts;
  private final Consumer<String> report;
  private long nextErasures = System.nanoTime();

  /**
   * From where to where.
   *
   * @param progress topic that says what is written
   * @param key of that topic
   */
  record Target(
      KafkaSettings settings,
      String subscription,
      String progress,
      ProgressKey key,
      MessageRecords records) {
    /**
     * The name of its transactions; a second program of the same name fences the first off. No
     * topic has a slash in its name.
     */
    String name() {
      return "entente-follow-" + records.topic() + "/" + subscription;
    }
  }

  FollowSession(
      Target target, BridgeLoop loop, MessageWriter.Counts counts, Consumer<String> report) {
    this.target = target;
    this.loop = loop;
    this.counts = counts;
    this.report = report;
  }

  /** Runs until the program is to end, or the gateway ends the stream. */
  void run(Channel channel) throws InterruptedException {
    try (Topics topics = new Topics(target.settings())) {
      prepare(topics);
      try (TopicWriter topic = new TopicWriter(target.settings(), target.name())) {
        // Only after the older writer is fenced off: before, it could still commit.
        WrittenMessages known =
            new WrittenMessages(target.progress(), target.subscription(), target.key());
        known.load(target.settings(), topics.end(target.progress()));
        report(known);
        follow(channel, new MessageWriter(target.records(), topic, known, counts, report));
      }
    }
  }

  private void report(WrittenMessages known) {
    if (known.ignored() > 0) {
      report.accept(
          "topic %s: ignored %d records that this client did not write, or wrote with another key"
              .formatted(target.progress(), known.ignored()));
    }
    if (known.forgotten() > 0) {
      report.accept(
          "topic %s: records of this bridge are missing; %d messages may be written twice; let no other program write to the topic"
              .formatted(target.progress(), known.forgotten()));
    }
  }

  /** In each session, since a topic can be lost with the broker that the last session lost. */
  private void prepare(Topics topics) throws InterruptedException {
    var unused = topics.existing(target.records().topic());
    topics.compacted(target.progress());
  }

  private void follow(Channel channel, MessageWriter writer) throws InterruptedException {
    try (DeliveryStream stream = DeliveryStream.open(channel, target.subscription())) {
      loop.hasBegun();
      while (!loop.isStopped() && !stream.isEnded()) {
        writeErasures(channel, writer);
        List<Delivery> taken = stream.take(TURN);
        if (!taken.isEmpty()) {
          writer.write(taken);
          stream.acknowledge(taken);
          loop.hasProgressed();
        }
      }
      if (!stream.isEnded()) {
        stream.finish();
      }
    }
  }

  /** Erasures at the gateway, of which no delivery tells, since some seconds ago at least. */
  private void writeErasures(Channel channel, MessageWriter writer) {
    boolean more = System.nanoTime() - nextErasures >= 0;
    while (more) {
      ListErasedResponse page =
          SubscriptionsGrpc.newBlockingStub(channel)
              .listErased(ListErasedRequest.newBuilder().setAfter(writer.lastErasure()).build());
      more = page.getMore();
      nextErasures = System.nanoTime() + ERASURES.toNanos();
      if (page.getMessageIdsCount() > 0) {
        writer.erase(page);
      }
    }
  }
}
