package org.entente.gateway.kafka;

import static org.entente.gateway.kafka.Bridge.header;
import static org.entente.gateway.kafka.Bridge.key;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.protobuf.ByteString;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.entente.gateway.kafka.WrittenMessages.Step;
import org.entente.proto.v1.Delivery;
import org.entente.proto.v1.Lane;
import org.entente.proto.v1.ListErasedResponse;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Transactions with a real broker, and what other programs do to its topics. */
class MessageWriterIT {
  @RegisterExtension static final SharedBroker BROKER = new SharedBroker();

  private final List<String> reports = new ArrayList<>();

  private static KafkaSettings settings(String more) throws Exception {
    return KafkaSettings.of(
        "test", Files.readString(BROKER.get().plainClient()) + "\n" + more + "\n");
  }

  private static ByteString id(int number) {
    return ByteString.copyFrom(ByteBuffer.allocate(16).putInt(number).array());
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  private static Delivery delivery(int number, String description) {
    Delivery.Builder delivery = Delivery.newBuilder().setPosition(number);
    delivery.getLabelBuilder().setMessageId(id(number)).setLane(Lane.LANE_FLASH);
    delivery.getLabelBuilder().setLegalBasis(description);
    delivery.getBodyBuilder().getAlertBuilder().addTextsBuilder().setDescription(description);
    return delivery.build();
  }

  /** A writer that begins; it must be closed. */
  private static TopicWriter open(String topic) throws Exception {
    BROKER.get().create(topic, 1);
    return new TopicWriter(settings(""), "entente-follow-" + topic + "/lake");
  }

  private MessageWriter writer(TopicWriter topic, String name, RecordFormat format) {
    return new MessageWriter(
        new MessageRecords(name, format),
        topic,
        memory(name + ".entente"),
        new MessageWriter.Counts(),
        reports::add);
  }

  private static List<ConsumerRecord<byte[], byte[]>> records(String topic, int count) {
    long until = System.nanoTime() + Duration.ofSeconds(30).toNanos();
    return BROKER
        .get()
        .read(topic, records -> records.size() >= count, () -> System.nanoTime() > until);
  }

  private static WrittenMessages memory(String topic) {
    return new WrittenMessages(topic, "lake", Bridge.progressKey(topic));
  }

  private static WrittenMessages load(KafkaSettings settings, String topic) throws Exception {
    WrittenMessages known = memory(topic);
    try (Topics topics = new Topics(settings)) {
      known.load(settings, topics.end(topic));
    }
    return known;
  }

  private static ProducerRecord<byte[], byte[]> written(String topic, long number, ByteString id) {
    Step step = new Step(number, List.of(WrittenMessages.hex(id)), List.of(), Map.of());
    return memory(topic).record(step);
  }

  /** Sent before its erasure, it arrives after the tombstone. */
  @Test
  void messageThatWasErasedOnItsWay_isNotWritten() throws Exception {
    BROKER.get().create("late.entente", 1);
    try (TopicWriter topic = open("late")) {
      MessageWriter writer = writer(topic, "late", RecordFormat.PROTOBUF);
      writer.erase(ListErasedResponse.newBuilder().addMessageIds(id(1)).setLast(id(9)).build());
      writer.write(List.of(delivery(1, "erased"), delivery(2, "kept")));
    }
    List<ConsumerRecord<byte[], byte[]>> all = records("late", 2);
    assertEquals(2, all.size());
    assertNull(all.get(0).value());
    assertEquals(WrittenMessages.hex(id(2)), key(all.get(1)));
  }

  /** Text of another agency cannot end a header, name another one, or make one too long. */
  @Test
  void textOfALabel_isTheValueOfItsHeader_byteForByte() throws Exception {
    BROKER.get().create("hostile.entente", 1);
    String hostile = "a\r\nentente.label.origin: x\u0000\u001b[2J\u202e\ud83d\ude00";
    String longest = "x".repeat(1 << 21);
    try (TopicWriter topic = open("hostile")) {
      MessageWriter writer = writer(topic, "hostile", RecordFormat.JSON);
      writer.write(List.of(delivery(1, hostile), delivery(2, longest), delivery(3, "short")));
    }
    List<ConsumerRecord<byte[], byte[]>> all = records("hostile", 3);
    assertEquals(3, all.size());
    assertEquals(hostile, header(all.get(0), "entente.label.legal_basis"));
    assertEquals("", header(all.get(0), "entente.label.origin"));
    assertTrue(all.get(0).value().length < 200, "one line of JSON");
    assertEquals("TOO_LARGE", header(all.get(1), "entente.withheld"));
    assertEquals(1, all.get(1).headers().toArray().length);
    assertEquals("short", header(all.get(2), "entente.label.legal_basis"));
    assertEquals(
        List.of("withheld " + WrittenMessages.hex(id(2)) + " from topic hostile: TOO_LARGE"),
        reports);
  }

  /** Bridges of two subscriptions share the topic; one of them was killed in a transaction. */
  @Test
  void ids_behindAnUndecidedTransactionOfAnother_areKnown() throws Exception {
    BROKER.get().create("ids", 1);
    KafkaSettings impatient = settings("transaction.timeout.ms=3000");
    try (Producer<byte[], byte[]> other =
            new KafkaProducer<>(
                impatient.ofProducer("other"),
                new ByteArraySerializer(),
                new ByteArraySerializer());
        TopicWriter writer = new TopicWriter(settings(""), "one")) {
      other.initTransactions();
      other.beginTransaction();
      other.send(new ProducerRecord<>("ids", 0, bytes("other/1"), new byte[1])).get();
      writer.commit(List.of(written("ids", 1, id(1))));
      assertTrue(load(settings(""), "ids").holds(id(1)));
    }
  }

  private static ProducerRecord<byte[], byte[]> into(
      String topic, byte[] key, ProducerRecord<byte[], byte[]> record) {
    return new ProducerRecord<>(topic, 0, key, record.value(), record.headers());
  }

  /** A record that names a message would keep it out of the topic. */
  @Test
  void recordOfAnotherProgram_amongTheIds_doesNotCount() throws Exception {
    BROKER.get().create("forged", 1);
    BROKER.get().create("elsewhere", 1);
    ProducerRecord<byte[], byte[]> own = written("forged", 2, id(2));
    ProducerRecord<byte[], byte[]> unsigned =
        new ProducerRecord<>("forged", 0, bytes("lake/3"), written("forged", 3, id(3)).value());
    ProducerRecord<byte[], byte[]> erasures =
        new ProducerRecord<>("forged", 0, bytes("lake/erased"), id(9).toByteArray());
    ProducerRecord<byte[], byte[]> earlier = written("forged", 1, id(4));
    ProducerRecord<byte[], byte[]> moved = into("forged", bytes("lake/erased"), own);
    ProducerRecord<byte[], byte[]> ofAnotherTopic =
        into("forged", bytes("lake/5"), written("elsewhere", 5, id(5)));
    try (TopicWriter writer = new TopicWriter(settings(""), "forged")) {
      writer.commit(
          List.of(
              new ProducerRecord<>("forged", 0, null, bytes("no key")),
              new ProducerRecord<>("forged", 0, bytes("other/1"), bytes("no step")),
              unsigned,
              own,
              erasures,
              earlier,
              moved,
              ofAnotherTopic));
    }
    WrittenMessages known = load(settings(""), "forged");
    assertTrue(known.holds(id(2)));
    for (int number : new int[] {3, 4, 5}) {
      assertFalse(known.holds(id(number)), "" + number);
    }
    assertEquals(ByteString.EMPTY, known.lastErasure());
    assertEquals(5, known.ignored());
    assertEquals(3, known.next(Set.of(), Set.of(), Map.of()).number());
  }

  /** No more is in memory than the gateway may repeat, whatever is not compacted yet. */
  @Test
  void ids_ofManyTransactions_areReadInTheirOrder() throws Exception {
    BROKER.get().create("many", 1);
    try (TopicWriter writer = new TopicWriter(settings(""), "many")) {
      List<ProducerRecord<byte[], byte[]>> all = new ArrayList<>();
      for (int number = 1; number <= 3 * WrittenMessages.SLOTS; number++) {
        all.add(written("many", number, id(number)));
      }
      writer.commit(all);
    }
    WrittenMessages known = load(settings(""), "many");
    assertTrue(known.holds(id(3 * WrittenMessages.SLOTS)));
    assertTrue(known.holds(id(2 * WrittenMessages.SLOTS + 1)));
    assertFalse(known.holds(id(1)));
    assertEquals(3L * WrittenMessages.SLOTS + 1, known.next(Set.of(), Set.of(), Map.of()).number());
  }
}
