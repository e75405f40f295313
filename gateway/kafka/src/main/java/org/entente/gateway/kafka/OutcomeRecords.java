package org.entente.gateway.kafka;

import java.nio.charset.StandardCharsets;
import java.util.List;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.entente.proto.v1.Outcome;

/**
 * Records of outcomes: the header {@code entente.draft} names the draft's place, the value is the
 * outcome. The key is that of the draft; its place if it has none, or one of more than {@value
 * #MAX_KEY_BYTES} bytes, since a record without key or of any size may be refused by the topic, and
 * no later draft would have an outcome. Immutable.
 *
 * @param topic where they go
 * @param format of drafts and outcomes
 */
record OutcomeRecords(String topic, RecordFormat format) {
  /** Longest key that is repeated, bytes. */
  static final int MAX_KEY_BYTES = 4_096;

  ProducerRecord<byte[], byte[]> of(ConsumerRecord<byte[], byte[]> draft, Outcome outcome) {
    String place = draft.topic() + "-" + draft.partition() + "-" + draft.offset();
    byte[] key = draft.key();
    return new ProducerRecord<>(
        topic,
        null,
        key == null || key.length > MAX_KEY_BYTES ? place.getBytes(StandardCharsets.UTF_8) : key,
        format.encode(outcome),
        List.of(Headers.own("draft", place)));
  }
}
