package org.entente.gateway.kafka;

import com.google.protobuf.ByteString;
import com.google.protobuf.Descriptors.EnumValueDescriptor;
import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.Message;
import com.google.protobuf.Timestamp;
import com.google.protobuf.util.Timestamps;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.internals.RecordHeader;
import org.entente.gateway.cli.text.JsonText;
import org.entente.gateway.model.EnumNames;
import org.entente.proto.v1.Delivery;

/**
 * Headers of records: text in UTF-8. Each field that is set has one, or one for each value of a
 * list; enums by their word ({@code FLASH}), ids in hexadecimal, times in RFC 3339, other messages
 * as JSON. A field that a later release adds needs no code.
 */
final class Headers {
  private static final String OWN = "entente.";
  private static final String LABEL = OWN + "label.";

  private Headers() {}

  /** Of a message: {@code entente.label.…} for its label, {@code entente.…} for its delivery. */
  static List<Header> of(Delivery delivery) {
    List<Header> headers = new ArrayList<>();
    Message label = delivery.getLabel();
    label.getAllFields().forEach((field, value) -> add(headers, LABEL, field, value));
    delivery.toBuilder()
        .clearLabel()
        .clearBody()
        .clearTraceparent()
        .build()
        .getAllFields()
        .forEach((field, value) -> add(headers, OWN, field, value));
    if (!delivery.getTraceparent().isEmpty()) {
      // The name of W3C Trace Context, as tracers of Kafka's clients look for it.
      headers.add(text("traceparent", delivery.getTraceparent()));
    }
    return headers;
  }

  /** One of the program's own. */
  static Header own(String name, String value) {
    return text(OWN + name, value);
  }

  private static void add(List<Header> into, String prefix, FieldDescriptor field, Object value) {
    List<?> all = value instanceof List<?> list ? list : List.of(value);
    all.forEach(one -> into.add(text(prefix + field.getName(), words(one))));
  }

  private static String words(Object value) {
    if (value instanceof EnumValueDescriptor constant) {
      return EnumNames.word(constant);
    }
    if (value instanceof ByteString bytes) {
      return HexFormat.of().formatHex(bytes.toByteArray());
    }
    if (value instanceof Timestamp time) {
      return Timestamps.toString(time);
    }
    return value instanceof Message message ? JsonText.of(message) : value.toString();
  }

  private static Header text(String name, String value) {
    return new RecordHeader(name, value.getBytes(StandardCharsets.UTF_8));
  }
}
