package org.entente.gateway.kafka;

import com.fasterxml.jackson.core.JsonFactory;
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
import java.util.function.LongSupplier;
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
 * disk.
 *
 * <p><b>Removed records.</b> Whoever writes under a key has Kafka drop what the bridge wrote there.
 * The one that is missing may have said that a message comes again, so all that was written before
 * it is forgotten: such messages may be in the topic twice, and none is left out. What is left
 * after a compaction is without gaps, because it drops the oldest numbers. A writer that replaces
 * all records by older ones of the bridge is not noticed. Used by one thread.
 */
final class WrittenMessages {
  /** Keys in turn, and the fewest messages that are known. */
  static final int SLOTS = 4_096;

  /** Most unacknowledged deliveries of a lane. */
  static final int WINDOW = 256;

  private static final String ERASED = "erased";

  /** Longest wait for the next record at a start. */
  private static final Duration LOADING = Duration.ofMinutes(2);

  private static final Duration ANSWER = Duration.ofMillis(200);
  private static final HexFormat HEX = HexFormat.of();
  private static final ObjectMapper MAPPER =
      new ObjectMapper(
          JsonFactory.builder()
              // A table of names is shared by all records: hostile ones would make it fail.
              .disable(JsonFactory.Feature.CANONICALIZE_FIELD_NAMES)
              .build());

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
  private final ProgressKey authenticity;
  private final Set<String> known = new LinkedHashSet<>();
  private ByteString lastErasure = ByteString.EMPTY;
  private long last;
  private long ignored;
  private long forgotten;

  /**
   * A memory of a subscription of which nothing is written.
   *
   * @param authenticity the topic's key
   */
  WrittenMessages(String topic, String subscription, ProgressKey authenticity) {
    this.topic = topic;
    this.subscription = subscription;
    this.authenticity = authenticity;
  }

  /**
   * Reads what was committed, in its order. Nothing of this subscription may be under way: the
   * caller has fenced off its predecessor. Waits until the transactions of others are decided, as
   * what follows them cannot be read before. Records that the key did not write, or that were
   * written before, do not count.
   *
   * @param end behind all that was written
   */
  void load(KafkaSettings settings, long end) {
    try (Consumer<String, byte[]> consumer =
        new KafkaConsumer<>(
            settings.ofConsumer(), new StringDeserializer(), new ByteArrayDeserializer())) {
      load(consumer, end, System::nanoTime);
    }
  }

  /** The same from a consumer. A long topic may take its time, as long as more of it comes. */
  void load(Consumer<String, byte[]> consumer, long end, LongSupplier nanos) {
    TopicPartition only = new TopicPartition(topic, 0);
    consumer.assign(List.of(only));
    consumer.seekToBeginning(List.of(only));
    long reached = consumer.position(only);
    long since = nanos.getAsLong();
    while (reached < end) {
      consumer.poll(ANSWER).forEach(this::read);
      long now = nanos.getAsLong();
      if (consumer.position(only) > reached) {
        reached = consumer.position(only);
        since = now;
      } else if (now - since > LOADING.toNanos()) {
        throw new TimeoutException(
            "topic %s was not read beyond offset %d in %s".formatted(topic, reached, LOADING));
      }
    }
  }

  /** Another subscription may share the topic. */
  void read(ConsumerRecord<String, byte[]> record) {
    byte[] value = record.value();
    String key = Objects.requireNonNullElse(record.key(), "");
    if (!key.startsWith(prefix())) {
      return;
    }
    if (value == null || !authenticity.wrote(record)) {
      ignore(key);
    } else if (key.equals(prefix() + ERASED)) {
      lastErasure = ByteString.copyFrom(value);
    } else {
      read(key, record.offset(), value);
    }
  }

  private void read(String key, long offset, byte[] value) {
    Step step;
    try {
      step = MAPPER.readValue(value, Step.class);
    } catch (IOException e) {
      throw new CommandFailure(
          "topic %s, offset %d: a newer entente kafka wrote this; use that version"
              .formatted(topic, offset),
          e);
    }
    if (step.number() > last) {
      done(step);
    } else {
      ignore(key); // a repeated record of the bridge
    }
  }

  /** The next step may have been here, with nothing behind it that shows the gap. */
  private void ignore(String key) {
    ignored++;
    if (key.equals(key(last + 1))) {
      forget();
    }
  }

  private void forget() {
    forgotten += known.size();
    known.clear();
  }

  /** How many records under this subscription's keys did not count. */
  long ignored() {
    return ignored;
  }

  /** How many messages may be written a second time, as records of this bridge were missing. */
  long forgotten() {
    return forgotten;
  }

  private String key(long number) {
    return prefix() + number % SLOTS;
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
      return record(key(step.number()), MAPPER.writeValueAsBytes(step));
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
    return record(prefix() + ERASED, place.toByteArray());
  }

  private ProducerRecord<byte[], byte[]> record(String key, byte[] value) {
    return authenticity.authenticated(
        new ProducerRecord<>(topic, 0, key.getBytes(StandardCharsets.UTF_8), value));
  }

  /** Notes that this is committed. */
  void erasedUpTo(ByteString place) {
    lastErasure = place;
  }

  /** Notes that the transaction is committed. */
  void done(Step step) {
    if (step.number() != last + 1) {
      forget();
    }
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
