package org.entente.gateway.kafka;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.consumer.ConsumerGroupMetadata;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/**
 * Writes records in transactions. Opening fences off an older writer of the same name, and ends
 * what that one had begun. When {@code commit} returns, readers of committed records see all of
 * them. When it throws, a later writer shows which is true, and this one is of no more use; unless
 * a record was too large, when nothing was written. Used by one thread.
 */
final class TopicWriter implements AutoCloseable {
  private static final Duration LAST_CALLS = Duration.ofSeconds(3);

  private final Producer<byte[], byte[]> producer;

  /**
   * Opens a writer.
   *
   * @param name of its transactions, the same after a restart
   * @throws KafkaException if the broker does not answer, or refuses
   */
  TopicWriter(KafkaSettings settings, String name) {
    producer =
        new KafkaProducer<>(
            settings.ofProducer(name), new ByteArraySerializer(), new ByteArraySerializer());
    boolean begun = false;
    try {
      producer.initTransactions();
      begun = true;
    } finally {
      if (!begun) {
        producer.close(Duration.ZERO);
      }
    }
  }

  /** Writes all of them or none. */
  void commit(List<ProducerRecord<byte[], byte[]>> records) {
    commit(records, () -> {});
  }

  /** The same, and the offsets of a group. */
  void commit(
      List<ProducerRecord<byte[], byte[]>> records,
      Map<TopicPartition, OffsetAndMetadata> offsets,
      ConsumerGroupMetadata group) {
    commit(records, () -> producer.sendOffsetsToTransaction(offsets, group));
  }

  private void commit(List<ProducerRecord<byte[], byte[]>> records, Runnable offsets) {
    producer.beginTransaction();
    try {
      // The commit fails with the failure of any of them.
      for (ProducerRecord<byte[], byte[]> one : records) {
        var unused = producer.send(one);
      }
      offsets.run();
      producer.commitTransaction();
    } catch (KafkaException e) {
      // After any other failure this writer is closed, and the next one ends what it began. Kafka
      // refuses to abort what may be committed.
      if (KafkaFailures.isTooLarge(e)) {
        producer.abortTransaction();
      }
      throw e;
    }
  }

  @Override
  public void close() {
    producer.close(LAST_CALLS);
  }
}
