package org.entente.gateway.kafka;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.google.protobuf.ByteString;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.HexFormat;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Collectors;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.entente.gateway.cli.failure.CommandFailure;
import org.jspecify.annotations.Nullable;

/**
 * The last messages of a subscription that are in the topic, kept in a compacted topic of one
 * partition beside it.
 *
 * <p><b>Why ids and not a position.</b> The gateway sends again what it has not stored as
 * acknowledged. A ledger restored from a backup gives positions a second time to other messages: to
 * skip by position would lose them. An id belongs to one message for ever.
 *
 * <p><b>Bound.</b> Each transaction writes its ids under one of {@value #SLOTS} keys in turn, so
 * that the last {@value #SLOTS} messages at least are known. The gateway has fewer unstored
 * acknowledgements: a window of {@value #WINDOW} in each of four lanes, and 1,000 that wait for its
 * disk. Used by one thread.
 */
final class WrittenMessages {
  /** Keys in turn, and the fewest messages that are known. */
  static final int SLOTS = 4_096;

  /** Most unacknowledged deliveries of a lane. */
  static final int WINDOW = 256;

  private static final String ERASED = "erased";
  private static final Duration LOADING = Duration.ofMinutes(2);
  private static final Duration ANSWER = Duration.ofMillis(200);
  private static final HexFormat HEX = HexFormat.of();
  private static final ObjectMapper MAPPER = new ObjectMapper();

  /**
   * What one transaction did.
   *
   * @param number its number, from 1
   * @param written ids of its messages, in hexadecimal
   * @param reopened ids of messages that may come again, in hexadecimal
   * @param positions greatest position in each lane, for people
   */
  record Step(
      long number, List<String> written, List<String> reopened, Map<String, Long> positions) {
    Step {
      written = List.copyOf(written);
      reopened = List.copyOf(reopened);
      positions = Map.copyOf(positions);
    }
  }

  private final String topic;
  private final String subscription;
  private final Set<String> known = new LinkedHashSet<>();
  private ByteString lastErasure = ByteString.EMPTY;
  private long last;

  /** A memory of a subscription of which nothing is written. */
  WrittenMessages(String topic, String subscription) {
    this.topic = topic;
    this.subscription = subscription;
  }

  /**
   * Reads what was committed, in its order. Nothing of this subscription may be under way: the
   * caller has fenced off its predecessor. Waits until the transactions of others are decided, as
   * what follows them cannot be read before.
   *
   * @param end behind all that was written
   * @throws CommandFailure if a record is damaged
   */
  static WrittenMessages load(KafkaSettings settings, String topic, String subscription, long end) {
    WrittenMessages written = new WrittenMessages(topic, subscription);
    try (Consumer<String, byte[]> consumer =
        new KafkaConsumer<>(
            settings.ofConsumer(), new StringDeserializer(), new ByteArrayDeserializer())) {
      TopicPartition only = new TopicPartition(topic, 0);
      consumer.assign(List.of(only));
      consumer.seekToBeginning(List.of(only));
      long patience = System.nanoTime() + LOADING.toNanos();
      while (consumer.position(only) < end) {
        consumer.poll(ANSWER).forEach(written::read);
        if (System.nanoTime() - patience > 0) {
          throw new TimeoutException("topic " + topic + " was not read in " + LOADING);
        }
      }
    }
    return written;
  }

  /** Another subscription may share the topic; another program may not. */
  private void read(ConsumerRecord<String, byte[]> record) {
    byte[] value = record.value();
    String key = Objects.requireNonNullElse(record.key(), "");
    if (!key.startsWith(prefix()) || value == null) {
      return;
    }
    if (key.equals(prefix() + ERASED)) {
      lastErasure = ByteString.copyFrom(value);
    } else {
      done(step(record, value));
    }
  }

  private Step step(ConsumerRecord<String, byte[]> record, byte[] value) {
    try {
      Step step = MAPPER.readValue(value, Step.class);
      if (step.number() > last && key(step).equals(record.key())) {
        return step;
      }
      throw new IOException("number " + step.number() + " is out of order");
    } catch (IOException e) {
      throw new CommandFailure(
          "topic %s, offset %d: is no record of entente kafka; let no other program write to it"
              .formatted(topic, record.offset()),
          e);
    }
  }

  private String key(Step step) {
    return prefix() + step.number() % SLOTS;
  }

  private String prefix() {
    return subscription + "/";
  }

  /** Whether a message is in the topic. */
  boolean holds(ByteString id) {
    return known.contains(hex(id));
  }

  /** The next transaction. */
  Step next(Set<ByteString> written, Set<ByteString> reopened, Map<String, Long> positions) {
    return new Step(last + 1, hex(written), hex(reopened), positions);
  }

  /** The record that belongs into that transaction. */
  ProducerRecord<byte[], byte[]> record(Step step) {
    try {
      return new ProducerRecord<>(
          topic, 0, key(step).getBytes(StandardCharsets.UTF_8), MAPPER.writeValueAsBytes(step));
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("a step cannot be written as JSON", e);
    }
  }

  /** The place of the last erasure that is in the topic; empty if none is. */
  ByteString lastErasure() {
    return lastErasure;
  }

  /** The record that says that erasures up to a place are in the topic. */
  ProducerRecord<byte[], byte[]> record(ByteString place) {
    return new ProducerRecord<>(
        topic, 0, (prefix() + ERASED).getBytes(StandardCharsets.UTF_8), place.toByteArray());
  }

  /** Notes that this is committed. */
  void erasedUpTo(ByteString place) {
    lastErasure = place;
  }

  /** Notes that the transaction is committed. */
  void done(Step step) {
    last = step.number();
    known.addAll(step.written());
    known.removeAll(Set.copyOf(step.reopened()));
    while (known.size() > 2 * SLOTS) {
      String oldest = known.iterator().next();
      known.remove(oldest);
    }
  }

  private static List<String> hex(Set<ByteString> ids) {
    return ids.stream().map(WrittenMessages::hex).collect(Collectors.toList());
  }

  static String hex(@Nullable ByteString id) {
    return id == null ? "" : HEX.formatHex(id.toByteArray());
  }
}
