package org.entente.gateway.kafka;

import com.google.protobuf.ByteString;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.header.Header;
import org.entente.gateway.model.AgencyName;
import org.entente.gateway.model.MessageId;
import org.entente.proto.v1.Body;
import org.entente.proto.v1.Delivery;
import org.entente.proto.v1.Label;
import org.entente.proto.v1.MessageType;
import org.entente.proto.v1.Obligation;
import org.jspecify.annotations.Nullable;

/**
 * Records of messages: the key is the message id in hexadecimal, headers have the label, the value
 * is the body. A message that ends or is restricted is a tombstone, a record without value, by
 * which a compacted topic forgets it. Immutable.
 *
 * @param topic where they go
 * @param format of bodies
 */
record MessageRecords(String topic, RecordFormat format) {
  /** Why a record has a message's id and nothing else of it. */
  enum Withheld {
    /** Its agreement forbids it. */
    NO_EXPORT,
    /** The producer or the topic takes no record of its size. */
    TOO_LARGE
  }

  /** Why its agreement keeps a message out of the topic; empty if it does not. */
  static Optional<Withheld> withheld(Delivery delivery) {
    return delivery.getLabel().getObligationsList().contains(Obligation.OBLIGATION_NO_EXPORT)
        ? Optional.of(Withheld.NO_EXPORT)
        : Optional.empty();
  }

  /** The records of a message, a tombstone first. */
  List<ProducerRecord<byte[], byte[]>> of(Delivery delivery, @Nullable Withheld withheld) {
    List<ProducerRecord<byte[], byte[]>> records = new ArrayList<>();
    ended(delivery).ifPresent(id -> records.add(tombstone(id, cause(delivery))));
    ByteString id = delivery.getLabel().getMessageId();
    records.add(
        withheld == null
            ? record(id, format.encode(delivery.getBody()), Headers.of(delivery))
            : record(
                id,
                format.encode(Body.getDefaultInstance()),
                List.of(Headers.own("withheld", withheld.name()))));
    return records;
  }

  /** The message of its own origin that this one recalls or restricts. */
  static Optional<ByteString> ended(Delivery delivery) {
    return delivery.getBody().hasRecall()
        ? ofItsOrigin(delivery, delivery.getBody().getRecall().getMessageId())
        : restricted(delivery);
  }

  /**
   * The message of its own origin that this one restricts; it comes again once the restriction is
   * lifted. None if that has already happened, since a higher lane overtakes.
   */
  static Optional<ByteString> restricted(Delivery delivery) {
    Label label = delivery.getLabel();
    return label.getMessageType() == MessageType.MESSAGE_TYPE_RESTRICTION
            && !delivery.getStanding().getCancelled()
        ? ofItsOrigin(delivery, label.getReferences())
        : Optional.empty();
  }

  /** An agency that received a message too knows its id, and must not end it here. */
  private static Optional<ByteString> ofItsOrigin(Delivery delivery, ByteString id) {
    AgencyName origin = new AgencyName(delivery.getLabel().getOrigin());
    return MessageId.of(id.toByteArray()).isOf(origin) ? Optional.of(id) : Optional.empty();
  }

  private static String cause(Delivery delivery) {
    return delivery.getBody().hasRecall() ? "RECALLED" : "RESTRICTED";
  }

  /** A record that ends a message. */
  ProducerRecord<byte[], byte[]> tombstone(ByteString id, String cause) {
    return record(id, null, List.of(Headers.own("ended", cause)));
  }

  private ProducerRecord<byte[], byte[]> record(
      ByteString id, byte @Nullable [] value, List<Header> headers) {
    byte[] key = WrittenMessages.hex(id).getBytes(StandardCharsets.UTF_8);
    return new ProducerRecord<>(topic, null, key, value, headers);
  }
}
