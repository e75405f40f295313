package org.entente.gateway.kafka;

import static org.junit.jupiter.api.Assertions.assertEquals;

import com.google.protobuf.ByteString;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.entente.gateway.model.AgencyName;
import org.entente.gateway.model.MessageId;
import org.entente.proto.v1.Delivery;
import org.entente.proto.v1.MessageType;
import org.junit.jupiter.api.Test;

class MessageRecordsTest {
  private static final AgencyName ORIGIN = new AgencyName("nl.customs");
  private static final AgencyName OTHER = new AgencyName("be.police");
  private static final ByteString TARGET = id(ORIGIN, 1);

  private final MessageRecords records = new MessageRecords("messages", RecordFormat.PROTOBUF);

  private static ByteString id(AgencyName origin, long seed) {
    return ByteString.copyFrom(MessageId.fresh(origin, seed, new Random(seed)).bytes());
  }

  private static Delivery.Builder from(AgencyName origin) {
    Delivery.Builder delivery = Delivery.newBuilder();
    delivery.getLabelBuilder().setOrigin(origin.value()).setMessageId(id(origin, 2));
    return delivery;
  }

  private static Delivery recall(AgencyName by) {
    Delivery.Builder recall = from(by);
    recall.getBodyBuilder().getRecallBuilder().setMessageId(TARGET);
    return recall.build();
  }

  private static Delivery restriction(AgencyName by) {
    Delivery.Builder restriction = from(by);
    restriction
        .getLabelBuilder()
        .setMessageType(MessageType.MESSAGE_TYPE_RESTRICTION)
        .setReferences(TARGET);
    return restriction.build();
  }

  private List<String> tombstones(Delivery delivery) {
    return records.of(delivery, null).stream()
        .filter(record -> record.value() == null)
        .map(ProducerRecord::key)
        .map(key -> new String(key, StandardCharsets.UTF_8))
        .toList();
  }

  @Test
  void recallAndRestriction_ofTheOrigin_endItsMessage() {
    assertEquals(List.of(WrittenMessages.hex(TARGET)), tombstones(recall(ORIGIN)));
    assertEquals(List.of(WrittenMessages.hex(TARGET)), tombstones(restriction(ORIGIN)));
    assertEquals(Optional.of(TARGET), MessageRecords.restricted(restriction(ORIGIN)));
  }

  /** An agency that received the message too knows its id. */
  @Test
  void recallAndRestriction_ofAnotherAgency_endNothing() {
    assertEquals(List.of(), tombstones(recall(OTHER)));
    assertEquals(List.of(), tombstones(restriction(OTHER)));
    assertEquals(Optional.empty(), MessageRecords.restricted(restriction(OTHER)));
  }
}
