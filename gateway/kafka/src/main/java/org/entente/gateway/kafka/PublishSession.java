package org.entente.gateway.kafka;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.grpc.Channel;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.entente.gateway.cli.text.JsonText;
import org.entente.proto.v1.Outcome;

/**
 * One session with broker and gateway: reads drafts, publishes them, and writes their outcomes and
 * the offsets of the group in one transaction. After a crash it publishes them again under the same
 * idempotency keys, and gets the first outcomes. Used by one thread.
 */
final class PublishSession {
  private static final Duration TURN = Duration.ofSeconds(1);

  private final Source source;
  private final GroupStart start;
  private final BridgeLoop loop;
  private final Counts counts;
  private boolean retrying;

  /**
   * From where to where.
   *
   * @param topic of drafts
   * @param group whose offsets count
   * @param instance name of this process in its group
   */
  record Source(
      KafkaSettings settings, String topic, String group, String instance, OutcomeRecords records) {
    /**
     * The name of its transactions; a second program of the same name fences the first off. No
     * instance has a slash in its name.
     */
    String name() {
      return "entente-publish-" + group + "/" + instance;
    }

    Map<String, Object> ofConsumer() {
      Map<String, Object> all = settings.ofConsumer();
      all.put(ConsumerConfig.GROUP_ID_CONFIG, group);
      return all;
    }
  }

  /** What was done since the program began; of its thread. */
  static final class Counts {
    private long accepted;
    private long held;
    private long refused;
    private long invalid;

    private void add(Outcome outcome) {
      switch (outcome.getResultCase()) {
        case ACCEPTED -> accepted++;
        case HELD -> held++;
        case REFUSED -> refused++;
        default -> invalid++;
      }
    }

    ObjectNode json() {
      return JsonText.object()
          .put("accepted", accepted)
          .put("held", held)
          .put("refused", refused)
          .put("invalid", invalid);
    }

    String words() {
      return "%d published, %d held, %d refused, %d invalid"
          .formatted(accepted, held, refused, invalid);
    }
  }

  PublishSession(Source source, GroupStart start, BridgeLoop loop, Counts counts) {
    this.source = source;
    this.start = start;
    this.loop = loop;
    this.counts = counts;
  }

  /**
   * Runs until the program is to end.
   *
   * @throws KafkaException if the broker is lost, or the topic of drafts is another one by now
   */
  void run(Channel channel) throws InterruptedException {
    try (Topics topics = new Topics(source.settings())) {
      var unused = topics.existing(source.records().topic());
      start.with(topics, source.topic());
      publish(channel, topics);
    }
  }

  private void publish(Channel channel, Topics topics) throws InterruptedException {
    Uuid topic = topics.existing(source.topic()).topicId();
    DraftPublisher publisher =
        new DraftPublisher(channel, source.records().format(), topic.toString());
    try (TopicWriter writer = new TopicWriter(source.settings(), source.name());
        Consumer<byte[], byte[]> consumer =
            new KafkaConsumer<>(
                source.ofConsumer(), new ByteArrayDeserializer(), new ByteArrayDeserializer())) {
      consumer.subscribe(List.of(source.topic()));
      loop.hasBegun();
      while (!loop.isStopped()) {
        List<ConsumerRecord<byte[], byte[]>> drafts = new ArrayList<>();
        consumer.poll(TURN).forEach(drafts::add);
        if (!drafts.isEmpty()) {
          requireSame(topic, topics);
          publish(drafts, publisher, writer, consumer);
        }
      }
    }
  }

  /** Drafts without an outcome are read again: who does not poll is thrown out of its group. */
  private void publish(
      List<ConsumerRecord<byte[], byte[]>> drafts,
      DraftPublisher publisher,
      TopicWriter writer,
      Consumer<byte[], byte[]> consumer)
      throws InterruptedException {
    List<Outcome> outcomes = publisher.publish(drafts);
    if (!outcomes.isEmpty()) {
      settle(drafts.subList(0, outcomes.size()), outcomes, writer, consumer);
      loop.hasProgressed();
    }
    Map<TopicPartition, Long> rest = new HashMap<>();
    for (ConsumerRecord<byte[], byte[]> draft : drafts.subList(outcomes.size(), drafts.size())) {
      rest.putIfAbsent(new TopicPartition(draft.topic(), draft.partition()), draft.offset());
    }
    if (!rest.isEmpty() && !retrying) {
      loop.report("the gateway is overloaded, or fails on all drafts; retrying");
    }
    retrying = !rest.isEmpty();
    if (retrying) {
      rest.forEach(consumer::seek);
      loop.pause();
    }
  }

  /**
   * A topic that was deleted and made again counts its offsets from 0, under another id. Under the
   * old id, the gateway would take its drafts for those of the old topic.
   */
  private void requireSame(Uuid topic, Topics topics) throws InterruptedException {
    if (!topics.existing(source.topic()).topicId().equals(topic)) {
      throw new KafkaException("topic " + source.topic() + " was deleted and made again");
    }
  }

  /** One outcome that is too large must not hold back the others. */
  private void settle(
      List<ConsumerRecord<byte[], byte[]>> drafts,
      List<Outcome> outcomes,
      TopicWriter writer,
      Consumer<byte[], byte[]> consumer) {
    List<ProducerRecord<byte[], byte[]>> records = new ArrayList<>();
    for (int i = 0; i < drafts.size(); i++) {
      records.add(source.records().of(drafts.get(i), outcomes.get(i)));
    }
    if (isCommitted(drafts, records, writer, consumer)) {
      outcomes.forEach(counts::add);
      return;
    }
    for (int i = 0; i < drafts.size(); i++) {
      settleAlone(drafts.get(i), outcomes.get(i), records.get(i), writer, consumer);
    }
  }

  private void settleAlone(
      ConsumerRecord<byte[], byte[]> draft,
      Outcome outcome,
      ProducerRecord<byte[], byte[]> whole,
      TopicWriter writer,
      Consumer<byte[], byte[]> consumer) {
    if (!isCommitted(List.of(draft), List.of(whole), writer, consumer)) {
      commit(List.of(draft), List.of(source.records().shortened(draft, outcome)), writer, consumer);
      loop.report(
          "shortened the outcome of %s in topic %s: TOO_LARGE"
              .formatted(OutcomeRecords.place(draft), source.records().topic()));
    }
    counts.add(outcome);
  }

  /** False if a record was too large; then nothing is written. */
  private static boolean isCommitted(
      List<ConsumerRecord<byte[], byte[]>> drafts,
      List<ProducerRecord<byte[], byte[]>> records,
      TopicWriter writer,
      Consumer<byte[], byte[]> consumer) {
    try {
      commit(drafts, records, writer, consumer);
      return true;
    } catch (KafkaException e) {
      if (!KafkaFailures.isTooLarge(e)) {
        throw e;
      }
      return false;
    }
  }

  private static void commit(
      List<ConsumerRecord<byte[], byte[]>> drafts,
      List<ProducerRecord<byte[], byte[]>> records,
      TopicWriter writer,
      Consumer<byte[], byte[]> consumer) {
    Map<TopicPartition, OffsetAndMetadata> next = new HashMap<>();
    for (ConsumerRecord<byte[], byte[]> draft : drafts) {
      next.put(
          new TopicPartition(draft.topic(), draft.partition()),
          new OffsetAndMetadata(draft.offset() + 1));
    }
    writer.commit(records, next, consumer.groupMetadata());
  }
}
