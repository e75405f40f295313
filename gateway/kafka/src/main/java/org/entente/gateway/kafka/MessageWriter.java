package org.entente.gateway.kafka;

import com.fasterxml.jackson.databind.node.ObjectNode;
import com.google.protobuf.ByteString;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Consumer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.KafkaException;
import org.entente.gateway.cli.text.JsonText;
import org.entente.gateway.kafka.MessageRecords.Withheld;
import org.entente.gateway.model.EnumNames;
import org.entente.proto.v1.Delivery;
import org.entente.proto.v1.ListErasedResponse;
import org.jspecify.annotations.Nullable;

/**
 * Writes deliveries with their ids, and erasures with their place, each in one transaction. Skips
 * what is in the topic, and what was erased while it was under way. Used by one thread.
 */
final class MessageWriter {
  /** Erased messages that are remembered: more than can be under way from the gateway. */
  static final int ERASED = 65_536;

  private final MessageRecords format;
  private final TopicWriter topic;
  private final WrittenMessages known;
  private final Counts counts;
  private final Consumer<String> report;
  private final Set<ByteString> erased = new LinkedHashSet<>();

  /** What was done since the program began; of its thread. */
  static final class Counts {
    private long written;
    private long repeated;
    private long ended;
    private final Map<Withheld, Long> withheld = new TreeMap<>();

    ObjectNode json() {
      ObjectNode all = JsonText.object();
      all.put("written", written).put("repeated", repeated).put("ended", ended);
      for (Withheld why : Withheld.values()) {
        all.put("withheld" + why.name(), withheld.getOrDefault(why, 0L));
      }
      return all;
    }

    String words() {
      return "%d written, %d ended, %d withheld %s, %d repeated by the gateway and not written"
          .formatted(
              written,
              ended,
              withheld.values().stream().mapToLong(one -> one).sum(),
              withheld,
              repeated);
    }
  }

  /**
   * A writer of a session.
   *
   * @param known what is in the topic
   * @param report receives what people must know
   */
  MessageWriter(
      MessageRecords format,
      TopicWriter topic,
      WrittenMessages known,
      Counts counts,
      Consumer<String> report) {
    this.format = format;
    this.topic = topic;
    this.known = known;
    this.counts = counts;
    this.report = report;
  }

  /** The place of the last erasure that is in the topic; empty if none is. */
  ByteString lastErasure() {
    return known.lastErasure();
  }

  /** Writes tombstones of erased messages. */
  void erase(ListErasedResponse page) {
    List<ProducerRecord<byte[], byte[]>> records = new ArrayList<>();
    page.getMessageIdsList().forEach(id -> records.add(format.tombstone(id, "ERASED")));
    records.add(known.record(page.getLast()));
    topic.commit(records);
    known.erasedUpTo(page.getLast());
    counts.ended += page.getMessageIdsCount();
    remember(page.getMessageIdsList());
  }

  /** A message that the gateway sent before its erasure may arrive after the tombstone. */
  private void remember(List<ByteString> ids) {
    erased.addAll(ids);
    while (erased.size() > ERASED) {
      ByteString oldest = erased.iterator().next();
      erased.remove(oldest);
    }
  }

  /**
   * Writes deliveries. A restriction ends a transaction: the message that it restricts may come
   * again behind it.
   */
  void write(List<Delivery> taken) {
    int from = 0;
    for (int i = 0; i < taken.size(); i++) {
      if (i == taken.size() - 1 || MessageRecords.restricted(taken.get(i)).isPresent()) {
        writePart(taken.subList(from, i + 1));
        from = i + 1;
      }
    }
  }

  private void writePart(List<Delivery> taken) {
    List<Delivery> fresh = fresh(taken);
    if (fresh.isEmpty()) {
      return;
    }
    try {
      commit(fresh, null);
    } catch (KafkaException e) {
      if (!KafkaFailures.isTooLarge(e)) {
        throw e;
      }
      fresh.forEach(this::writeAlone);
    }
  }

  private List<Delivery> fresh(List<Delivery> taken) {
    Map<ByteString, Delivery> fresh = new LinkedHashMap<>();
    for (Delivery one : taken) {
      ByteString id = one.getLabel().getMessageId();
      if (erased.contains(id)) {
        continue;
      }
      if (known.holds(id) || fresh.putIfAbsent(id, one) != null) {
        counts.repeated++;
      }
    }
    return List.copyOf(fresh.values());
  }

  /** One record that is too large must not keep the others out. */
  private void writeAlone(Delivery delivery) {
    try {
      commit(List.of(delivery), null);
    } catch (KafkaException e) {
      if (!KafkaFailures.isTooLarge(e)) {
        throw e;
      }
      commit(List.of(delivery), Withheld.TOO_LARGE);
    }
  }

  private void commit(List<Delivery> all, @Nullable Withheld large) {
    List<ProducerRecord<byte[], byte[]>> records = new ArrayList<>();
    Set<ByteString> written = new LinkedHashSet<>();
    Set<ByteString> reopened = new LinkedHashSet<>();
    Map<String, Long> positions = new TreeMap<>();
    for (Delivery one : all) {
      Withheld why = MessageRecords.withheld(one).orElse(large);
      records.addAll(format.of(one, why));
      written.add(one.getLabel().getMessageId());
      MessageRecords.restricted(one).ifPresent(reopened::add);
      positions.put(EnumNames.word(one.getLabel().getLane()), one.getPosition());
    }
    WrittenMessages.Step step = known.next(written, reopened, positions);
    records.add(known.record(step));
    topic.commit(records);
    known.done(step);
    all.forEach(one -> count(one, MessageRecords.withheld(one).orElse(large)));
  }

  private void count(Delivery delivery, @Nullable Withheld why) {
    counts.ended += MessageRecords.ended(delivery).isPresent() ? 1 : 0;
    if (why == null) {
      counts.written++;
    } else {
      counts.withheld.merge(why, 1L, Long::sum);
      report.accept(
          "withheld %s from topic %s: %s"
              .formatted(
                  WrittenMessages.hex(delivery.getLabel().getMessageId()), format.topic(), why));
    }
  }
}
