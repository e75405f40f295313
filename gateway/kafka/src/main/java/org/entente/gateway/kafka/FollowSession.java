package org.entente.gateway.kafka;

import com.fasterxml.jackson.databind.node.ObjectNode;
import com.google.protobuf.ByteString;
import io.grpc.Channel;
import java.time.Duration;
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
import org.entente.proto.v1.ListErasedRequest;
import org.entente.proto.v1.ListErasedResponse;
import org.entente.proto.v1.SubscriptionsGrpc;
import org.jspecify.annotations.Nullable;

/**
 * One session with gateway and broker: takes deliveries, writes them with their ids in one
 * transaction, and acknowledges them once that is committed. After a crash of either side between
 * the two, the next session knows from the topic what is written, and only acknowledges it. Used by
 * one thread.
 */
final class FollowSession {
  private static final Duration TURN = Duration.ofSeconds(1);
  private static final Duration ERASURES = Duration.ofSeconds(10);

  private final Target target;
  private final BridgeLoop loop;
  private final Counts counts;
  private final Consumer<String> report;

  /**
   * From where to where.
   *
   * @param progress topic that says what is written
   */
  record Target(
      KafkaSettings settings, String subscription, String progress, MessageRecords records) {
    /** The name of its transactions; a second program of the same name fences the first off. */
    String name() {
      return "entente-follow-" + records.topic() + "-" + subscription;
    }
  }

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

  FollowSession(Target target, BridgeLoop loop, Counts counts, Consumer<String> report) {
    this.target = target;
    this.loop = loop;
    this.counts = counts;
    this.report = report;
  }

  /** Runs until the program is to end, or the gateway ends the stream. */
  void run(Channel channel) throws InterruptedException {
    try (TopicWriter writer = new TopicWriter(target.settings(), target.name())) {
      // Only after the older writer is fenced off: before, it could still commit.
      WrittenMessages known =
          WrittenMessages.load(target.settings(), target.progress(), target.subscription());
      try (DeliveryStream stream = DeliveryStream.open(channel, target.subscription())) {
        loop.hasBegun();
        follow(stream, new Erasures(channel, writer, known), writer, known);
      }
    }
  }

  private void follow(
      DeliveryStream stream, Erasures erasures, TopicWriter writer, WrittenMessages known)
      throws InterruptedException {
    while (!loop.isStopped() && !stream.isEnded()) {
      erasures.write();
      List<Delivery> taken = stream.take(TURN);
      if (!taken.isEmpty()) {
        write(taken, writer, known);
        stream.acknowledge(taken);
      }
    }
    if (!stream.isEnded()) {
      stream.finish();
    }
  }

  /** Erasures at the gateway, of which no delivery tells. */
  private final class Erasures {
    private final SubscriptionsGrpc.SubscriptionsBlockingStub gateway;
    private final TopicWriter writer;
    private final WrittenMessages known;
    private long next = System.nanoTime();

    Erasures(Channel channel, TopicWriter writer, WrittenMessages known) {
      this.gateway = SubscriptionsGrpc.newBlockingStub(channel);
      this.writer = writer;
      this.known = known;
    }

    /** Writes tombstones of what was erased since the last time, some seconds ago at least. */
    void write() {
      boolean more = System.nanoTime() - next >= 0;
      while (more) {
        ListErasedResponse page =
            gateway.listErased(ListErasedRequest.newBuilder().setAfter(known.erased()).build());
        more = page.getMore();
        next = System.nanoTime() + ERASURES.toNanos();
        if (page.getMessageIdsCount() > 0) {
          commit(page);
        }
      }
    }

    private void commit(ListErasedResponse page) {
      List<ProducerRecord<byte[], byte[]>> records = new ArrayList<>();
      page.getMessageIdsList().forEach(id -> records.add(target.records().tombstone(id, "ERASED")));
      records.add(known.record(page.getLast()));
      writer.commit(records);
      known.erased(page.getLast());
      counts.ended += page.getMessageIdsCount();
    }
  }

  /** A restriction ends a part: the message that it restricts may come again behind it. */
  private void write(List<Delivery> taken, TopicWriter writer, WrittenMessages known) {
    int from = 0;
    for (int i = 0; i < taken.size(); i++) {
      if (i == taken.size() - 1 || MessageRecords.restricted(taken.get(i)).isPresent()) {
        writePart(taken.subList(from, i + 1), writer, known);
        from = i + 1;
      }
    }
  }

  private void writePart(List<Delivery> taken, TopicWriter writer, WrittenMessages known) {
    Map<ByteString, Delivery> fresh = new LinkedHashMap<>();
    for (Delivery one : taken) {
      ByteString id = one.getLabel().getMessageId();
      if (known.holds(id) || fresh.putIfAbsent(id, one) != null) {
        counts.repeated++;
      }
    }
    if (fresh.isEmpty()) {
      return;
    }
    List<Delivery> all = List.copyOf(fresh.values());
    try {
      commit(all, writer, known, null);
    } catch (KafkaException e) {
      if (!KafkaFailures.isTooLarge(e)) {
        throw e;
      }
      all.forEach(one -> writeAlone(one, writer, known));
    }
  }

  /** One record that is too large must not keep the others out. */
  private void writeAlone(Delivery delivery, TopicWriter writer, WrittenMessages known) {
    try {
      commit(List.of(delivery), writer, known, null);
    } catch (KafkaException e) {
      if (!KafkaFailures.isTooLarge(e)) {
        throw e;
      }
      commit(List.of(delivery), writer, known, Withheld.TOO_LARGE);
    }
  }

  private void commit(
      List<Delivery> all, TopicWriter writer, WrittenMessages known, @Nullable Withheld large) {
    List<ProducerRecord<byte[], byte[]>> records = new ArrayList<>();
    Set<ByteString> written = new LinkedHashSet<>();
    Set<ByteString> reopened = new LinkedHashSet<>();
    Map<String, Long> positions = new TreeMap<>();
    for (Delivery one : all) {
      Withheld why = MessageRecords.withheld(one).orElse(large);
      records.addAll(target.records().of(one, why));
      written.add(one.getLabel().getMessageId());
      MessageRecords.restricted(one).ifPresent(reopened::add);
      positions.put(EnumNames.word(one.getLabel().getLane()), one.getPosition());
    }
    WrittenMessages.Step step = known.next(written, reopened, positions);
    records.add(known.record(step));
    writer.commit(records);
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
                  WrittenMessages.hex(delivery.getLabel().getMessageId()),
                  target.records().topic(),
                  why));
    }
  }
}
