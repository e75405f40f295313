package org.entente.gateway.kafka;

import java.util.List;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.entente.proto.v1.Outcome;

/**
 * Records of outcomes: the key is that of the draft, the header {@code entente.draft} names its
 * place, the value is the outcome. Immutable.
 *
 * @param topic where they go
 * @param format of drafts and outcomes
 */
record OutcomeRecords(String topic, RecordFormat format) {
  ProducerRecord<byte[], byte[]> of(ConsumerRecord<byte[], byte[]> draft, Outcome outcome) {
    return new ProducerRecord<>(
        topic,
        null,
        draft.key(),
        format.written(outcome),
        List.of(
            Headers.own("draft", draft.topic() + "-" + draft.partition() + "-" + draft.offset())));
  }
}
