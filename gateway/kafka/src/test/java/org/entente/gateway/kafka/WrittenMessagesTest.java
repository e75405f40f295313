package org.entente.gateway.kafka;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.protobuf.ByteString;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;
import java.util.stream.Stream;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.MockConsumer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.TimeoutException;
import org.entente.gateway.kafka.WrittenMessages.Step;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.NullSource;
import org.junit.jupiter.params.provider.ValueSource;

class WrittenMessagesTest {
  private final WrittenMessages written =
      new WrittenMessages("topic", "lake", Bridge.progressKey("topic"));
  private long offset;

  private static ByteString id(int number) {
    return ByteString.copyFrom(new byte[] {(byte) (number >> 8), (byte) number});
  }

  private void write(Set<ByteString> ids, Set<ByteString> reopened) {
    written.done(written.next(ids, reopened, Map.of()));
  }

  @Test
  void message_isKnown_untilItMayComeAgain() {
    write(Set.of(id(1), id(2)), Set.of());
    assertTrue(written.holds(id(1)));
    assertFalse(written.holds(id(3)));
    write(Set.of(id(4)), Set.of(id(1)));
    assertFalse(written.holds(id(1)));
    assertTrue(written.holds(id(2)));
  }

  /** The gateway repeats fewer than the slots; the memory does not grow. */
  @Test
  void messages_ofAsManyTransactionsAsSlots_areKnown_underAsManyKeys() {
    Set<String> keys = new HashSet<>();
    int all = 3 * WrittenMessages.SLOTS;
    for (int i = 0; i < all; i++) {
      Step step = written.next(Set.of(id(i)), Set.of(), Map.of("FLASH", (long) i));
      keys.add(new String(written.record(step).key(), StandardCharsets.UTF_8));
      written.done(step);
    }
    assertEquals(WrittenMessages.SLOTS, keys.size());
    assertTrue(written.holds(id(all - WrittenMessages.SLOTS)));
    assertFalse(written.holds(id(0)));
  }

  /** As the topic has it after compaction. */
  private void read(ProducerRecord<byte[], byte[]> record) {
    written.read(committed(record));
  }

  private ConsumerRecord<String, byte[]> committed(ProducerRecord<byte[], byte[]> record) {
    ConsumerRecord<String, byte[]> read =
        new ConsumerRecord<>(
            "topic", 0, offset++, new String(record.key(), StandardCharsets.UTF_8), record.value());
    record.headers().forEach(read.headers()::add);
    return read;
  }

  private ProducerRecord<byte[], byte[]> step(int number, ByteString... ids) {
    List<String> hex = Stream.of(ids).map(WrittenMessages::hex).toList();
    return written.record(new Step(number, hex, List.of(), Map.of()));
  }

  private static ProducerRecord<byte[], byte[]> foreign(int slot, byte @Nullable [] value) {
    return new ProducerRecord<>("topic", 0, bytes("lake/" + slot), value);
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  /** Step 2, which another program overwrote, said that message 1 comes again. */
  @Test
  void stepThatIsMissing_hasTheMessagesBeforeItForgotten() {
    read(step(1, id(1)));
    read(step(3, id(3)));
    assertFalse(written.holds(id(1)));
    assertTrue(written.holds(id(3)));
    assertEquals(1, written.forgotten());
  }

  @ParameterizedTest
  @NullSource
  @ValueSource(strings = {"", "foreign"})
  void lastStep_thatWasOverwritten_hasTheMessagesBeforeItForgotten(@Nullable String value) {
    read(step(1, id(1)));
    read(foreign(2, value == null ? null : bytes(value)));
    assertFalse(written.holds(id(1)));
    assertEquals(1, written.forgotten());
    assertEquals(1, written.ignored());
  }

  @Test
  void lastStep_thatAnEarlierOneOfTheBridgeOverwrote_hasTheMessagesBeforeItForgotten() {
    read(step(WrittenMessages.SLOTS + 1, id(1)));
    read(step(2, id(2)));
    assertFalse(written.holds(id(1)));
    assertFalse(written.holds(id(2)));
    assertEquals(WrittenMessages.SLOTS + 2, written.next(Set.of(), Set.of(), Map.of()).number());
  }

  /** Kafka has dropped the oldest steps, whose keys have later ones. */
  @Test
  void stepsThatBeginLater_andForeignRecordsThatHideNone_haveNothingForgotten() {
    read(step(WrittenMessages.SLOTS + 1, id(1)));
    read(step(WrittenMessages.SLOTS + 2, id(2)));
    read(foreign(1, bytes("foreign")));
    assertTrue(written.holds(id(1)));
    assertTrue(written.holds(id(2)));
    assertEquals(0, written.forgotten());
  }

  /** Each step takes as long as the wait for the next one may. */
  @Test
  void topicThatTakesLong_isRead_asLongAsMoreOfItComes() {
    MockConsumer<String, byte[]> consumer = consumer();
    for (int number = 1; number <= 3; number++) {
      ConsumerRecord<String, byte[]> step = committed(step(number, id(number)));
      consumer.schedulePollTask(() -> consumer.addRecord(step));
    }

    written.load(consumer, 3, minutes(2));

    assertTrue(written.holds(id(1)));
    assertTrue(written.holds(id(3)));
  }

  @Test
  void topicOfWhichNothingMoreComes_isGivenUp() {
    MockConsumer<String, byte[]> consumer = consumer();
    ConsumerRecord<String, byte[]> step = committed(step(1, id(1)));
    consumer.schedulePollTask(() -> consumer.addRecord(step));

    TimeoutException given =
        assertThrows(TimeoutException.class, () -> written.load(consumer, 2, minutes(2)));

    assertEquals("topic topic was not read beyond offset 1 in PT2M", given.getMessage());
  }

  private static MockConsumer<String, byte[]> consumer() {
    MockConsumer<String, byte[]> consumer = new MockConsumer<>("earliest");
    consumer.updateBeginningOffsets(Map.of(new TopicPartition("topic", 0), 0L));
    return consumer;
  }

  /** A clock that is later by so much each time that it is read. */
  private static LongSupplier minutes(int each) {
    AtomicLong now = new AtomicLong();
    return () -> now.getAndAdd(Duration.ofMinutes(each).toNanos());
  }
}
