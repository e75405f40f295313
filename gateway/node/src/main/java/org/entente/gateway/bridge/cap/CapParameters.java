package org.entente.gateway.bridge.cap;

import static org.entente.gateway.bridge.format.CapElement.parent;
import static org.entente.gateway.bridge.format.CapElement.text;

import com.google.protobuf.ByteString;
import com.google.protobuf.Descriptors.EnumValueDescriptor;
import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.Timestamp;
import com.google.protobuf.util.JsonFormat;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.entente.gateway.bridge.format.CapElement;
import org.entente.proto.v1.Alert;
import org.entente.proto.v1.Label;
import org.entente.proto.v1.Subject;

/**
 * CAP parameters, named {@code entente:…}, for fields without a CAP element: fields of the label by
 * their name in {@code message.proto}, subjects in protobuf JSON, and the alert's {@code extra}.
 */
final class CapParameters {
  /** Fields of the label that have a CAP element. */
  private static final Set<String> PLACED =
      Set.of(
          "kind",
          "classification",
          "handling",
          "handling_text",
          "markings",
          "severity",
          "urgency",
          "certainty",
          "status",
          "message_type");

  /** Fields that identify the message, for an alert that no CAP document identifies. */
  private static final Set<String> NAMING =
      Set.of("message_id", "origin", "created_at", "source_ref");

  private static final Set<String> FIRST = Set.of("category", "purpose");

  private CapParameters() {}

  static List<CapElement> of(Label label, Alert alert, boolean fromCap) {
    List<CapElement> out = new ArrayList<>();
    out.add(ours("category", label.getCategory().toString()));
    out.add(ours("purpose", label.getPurpose().toString()));
    for (Map.Entry<FieldDescriptor, Object> entry : label.getAllFields().entrySet()) {
      String name = entry.getKey().getName();
      boolean placed = PLACED.contains(name) || (NAMING.contains(name) && !fromCap);
      if (!placed && !FIRST.contains(name)) {
        values(entry).forEach(value -> out.add(ours(name, word(value))));
      }
    }
    for (Map.Entry<String, String> extra : new TreeMap<>(alert.getExtraMap()).entrySet()) {
      if (!extra.getKey().startsWith(CapExtra.EXTRA)) {
        out.add(pair("parameter", CapImport.OUR_EXTRA + extra.getKey(), extra.getValue()));
      }
    }
    for (Subject subject : alert.getSubjectsList()) {
      out.add(pair("parameter", CapImport.OUR_SUBJECT, json(subject)));
    }
    return out;
  }

  /** An element {@code parameter}, {@code eventCode} or {@code geocode}. */
  static CapElement pair(String name, String valueName, String value) {
    return parent(name, List.of(text("valueName", valueName), text("value", value)));
  }

  /** A value of the label in a word. */
  static String word(Object value) {
    if (value instanceof EnumValueDescriptor constant) {
      return constant.getName();
    }
    if (value instanceof ByteString bytes) {
      return HexFormat.of().formatHex(bytes.toByteArray());
    }
    return value instanceof Timestamp time ? CapText.time(time, true) : value.toString();
  }

  private static List<?> values(Map.Entry<FieldDescriptor, Object> entry) {
    return entry.getKey().isRepeated() ? (List<?>) entry.getValue() : List.of(entry.getValue());
  }

  private static CapElement ours(String name, String value) {
    return pair("parameter", CapImport.OURS + name, value);
  }

  private static String json(Subject subject) {
    try {
      return JsonFormat.printer().omittingInsignificantWhitespace().print(subject);
    } catch (InvalidProtocolBufferException e) {
      throw new IllegalStateException("only Any fields can fail to print", e);
    }
  }
}
