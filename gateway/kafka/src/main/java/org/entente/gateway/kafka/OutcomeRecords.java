package org.entente.gateway.kafka;

import java.nio.charset.StandardCharsets;
import java.util.List;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.entente.proto.v1.Accepted;
import org.entente.proto.v1.Outcome;
import org.entente.proto.v1.Refused;

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
    String place = place(draft);
    byte[] key = draft.key();
    return new ProducerRecord<>(
        topic,
        null,
        key == null || key.length > MAX_KEY_BYTES ? place.getBytes(StandardCharsets.UTF_8) : key,
        format.encode(outcome),
        List.of(Headers.own("draft", place)));
  }

  /**
   * The same of an outcome that the topic or the producer refuses as too large: whether the draft
   * was taken, as which message, and the code, without recipients and words. Its key is the place,
   * as the key may be what is too large.
   */
  ProducerRecord<byte[], byte[]> shortened(ConsumerRecord<byte[], byte[]> draft, Outcome outcome) {
    String place = place(draft);
    return new ProducerRecord<>(
        topic,
        null,
        place.getBytes(StandardCharsets.UTF_8),
        format.encode(shortened(outcome)),
        List.of(Headers.own("draft", place), Headers.own("shortened", "TOO_LARGE")));
  }

  static String place(ConsumerRecord<byte[], byte[]> draft) {
    return draft.topic() + "-" + draft.partition() + "-" + draft.offset();
  }

  private static Outcome shortened(Outcome outcome) {
    Outcome.Builder out = outcome.toBuilder();
    switch (outcome.getResultCase()) {
      case ACCEPTED -> out.setAccepted(Accepted.getDefaultInstance());
      case REFUSED -> out.setRefused(Refused.getDefaultInstance());
      case HELD -> out.getHeldBuilder().clearReason();
      case INVALID -> out.getInvalidBuilder().clearField().clearMessage().clearFurther();
      case RESULT_NOT_SET -> {
        // There is nothing to leave out.
      }
    }
    return out.build();
  }
}
