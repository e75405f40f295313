package org.entente.gateway.kafka;

import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.stream.Collectors;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.Config;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.KafkaFuture;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.config.TopicConfig;
import org.apache.kafka.common.errors.GroupIdNotFoundException;
import org.apache.kafka.common.errors.TopicExistsException;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;
import org.entente.gateway.cli.failure.CommandFailure;

/** The topics of a broker, as far as they must exist and keep what is written. Thread-safe. */
final class Topics implements AutoCloseable {
  /**
   * Bytes of a segment of a compacted topic. Kafka compacts no segment that is written to, and a
   * start reads all of it.
   */
  private static final String SEGMENT_BYTES = String.valueOf(16 << 20);

  private final Admin admin;

  /** Connects to a broker. */
  Topics(KafkaSettings settings) {
    admin = Admin.create(settings.ofAdmin());
  }

  /**
   * A topic that a person has made: partitions and retention are that person's decision.
   *
   * @throws CommandFailure if it does not exist
   * @throws KafkaException if the broker does not answer, or refuses
   */
  TopicDescription existing(String topic) throws InterruptedException {
    try {
      return Objects.requireNonNull(
          answer(admin.describeTopics(List.of(topic)).allTopicNames()).get(topic));
    } catch (ExecutionException e) {
      if (e.getCause() instanceof UnknownTopicOrPartitionException) {
        throw new CommandFailure(
            "topic \"" + topic + "\" does not exist; create it, or have it created, first", e);
      }
      throw failure(e);
    }
  }

  /** Makes a compacted topic of one partition, unless it exists. */
  void compacted(String topic) throws InterruptedException {
    NewTopic wanted =
        new NewTopic(topic, Optional.of(1), Optional.empty())
            .configs(
                Map.of(
                    TopicConfig.CLEANUP_POLICY_CONFIG,
                    TopicConfig.CLEANUP_POLICY_COMPACT,
                    TopicConfig.SEGMENT_BYTES_CONFIG,
                    SEGMENT_BYTES));
    try {
      var unused = answer(admin.createTopics(List.of(wanted)).all());
    } catch (ExecutionException e) {
      if (!(e.getCause() instanceof TopicExistsException)) {
        throw failure(e);
      }
      check(topic);
    }
  }

  private void check(String topic) throws InterruptedException {
    ConfigResource resource = new ConfigResource(ConfigResource.Type.TOPIC, topic);
    try {
      Config config =
          Objects.requireNonNull(
              answer(admin.describeConfigs(List.of(resource)).all()).get(resource));
      String policy = config.get(TopicConfig.CLEANUP_POLICY_CONFIG).value();
      if (!TopicConfig.CLEANUP_POLICY_COMPACT.equals(policy)) {
        throw new CommandFailure(
            "topic \"%s\" has %s=%s; valid is compact, or it would forget what is written"
                .formatted(topic, TopicConfig.CLEANUP_POLICY_CONFIG, policy));
      }
      if (existing(topic).partitions().size() != 1) {
        throw new CommandFailure("topic \"" + topic + "\" must have one partition");
      }
    } catch (ExecutionException e) {
      throw failure(e);
    }
  }

  /**
   * The end of a topic of one partition, behind all that was written, even if a transaction of
   * another program keeps it from readers of committed records.
   */
  long end(String topic) throws InterruptedException {
    TopicPartition only = new TopicPartition(topic, 0);
    try {
      return answer(admin.listOffsets(Map.of(only, OffsetSpec.latest())).partitionResult(only))
          .offset();
    } catch (ExecutionException e) {
      throw failure(e);
    }
  }

  /** The place of the oldest record of each partition, or its end. */
  Map<TopicPartition, Long> oldest(String topic) throws InterruptedException {
    return offsets(topic, OffsetSpec.earliest());
  }

  /** The end of each partition. */
  Map<TopicPartition, Long> ends(String topic) throws InterruptedException {
    return offsets(topic, OffsetSpec.latest());
  }

  private Map<TopicPartition, Long> offsets(String topic, OffsetSpec which)
      throws InterruptedException {
    Map<TopicPartition, OffsetSpec> all =
        existing(topic).partitions().stream()
            .collect(
                Collectors.toMap(
                    one -> new TopicPartition(topic, one.partition()), unused -> which));
    try {
      return answer(admin.listOffsets(all).all()).entrySet().stream()
          .collect(Collectors.toMap(Map.Entry::getKey, one -> one.getValue().offset()));
    } catch (ExecutionException e) {
      throw failure(e);
    }
  }

  /** Whether a group has an offset in a topic. */
  boolean isRead(String group, String topic) throws InterruptedException {
    try {
      return answer(admin.listConsumerGroupOffsets(group).partitionsToOffsetAndMetadata())
          .entrySet()
          .stream()
          .anyMatch(one -> one.getKey().topic().equals(topic) && one.getValue() != null);
    } catch (ExecutionException e) {
      if (e.getCause() instanceof GroupIdNotFoundException) {
        return false;
      }
      throw failure(e);
    }
  }

  /** Sets the offsets of a group that has no members. */
  void read(String group, Map<TopicPartition, Long> next) throws InterruptedException {
    Map<TopicPartition, OffsetAndMetadata> offsets =
        next.entrySet().stream()
            .collect(
                Collectors.toMap(Map.Entry::getKey, one -> new OffsetAndMetadata(one.getValue())));
    try {
      var unused = answer(admin.alterConsumerGroupOffsets(group, offsets).all());
    } catch (ExecutionException e) {
      throw failure(e);
    }
  }

  private static KafkaException failure(ExecutionException e) {
    return e.getCause() instanceof KafkaException kafka ? kafka : new KafkaException(e);
  }

  private static <T> T answer(KafkaFuture<T> future)
      throws ExecutionException, InterruptedException {
    return future.get();
  }

  @Override
  public void close() {
    admin.close();
  }
}
