package org.entente.loadtests.scenario.action;

import com.google.protobuf.ByteString;
import com.google.protobuf.Descriptors.EnumDescriptor;
import com.google.protobuf.Descriptors.EnumValueDescriptor;
import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.MapEntry;
import com.google.protobuf.Message;
import com.google.protobuf.Timestamp;
import com.google.protobuf.util.Timestamps;
import java.util.ArrayList;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.entente.proto.store.v1.AuditRecord;
import org.entente.proto.v1.ExportedLeaf;

/**
 * A protocol message in the plain values of files: fields by their name in the {@code .proto} file,
 * enums without their prefix, bytes in base64, times in RFC 3339. Absent messages are left out,
 * other fields have their default. An exported audit record is given by its fields.
 */
public final class PlainMessage {
  private static final String UNSPECIFIED = "UNSPECIFIED";

  private PlainMessage() {}

  public static Map<String, Object> of(Message message) {
    Map<String, Object> plain = new LinkedHashMap<>();
    for (FieldDescriptor field : message.getDescriptorForType().getFields()) {
      if (!field.hasPresence() || message.hasField(field)) {
        plain.put(field.getName(), value(field, message.getField(field)));
      }
    }
    if (message instanceof ExportedLeaf leaf && !leaf.getRecord().isEmpty()) {
      plain.put("record", of(record(leaf)));
    }
    return plain;
  }

  /** The form of an exported audit record. */
  static Message.Builder auditRecord() {
    return AuditRecord.newBuilder();
  }

  private static AuditRecord record(ExportedLeaf leaf) {
    try {
      return AuditRecord.parseFrom(leaf.getRecord());
    } catch (InvalidProtocolBufferException e) {
      throw new IllegalStateException("a record of the audit log that is none", e);
    }
  }

  private static Object value(FieldDescriptor field, Object value) {
    if (field.isMapField()) {
      Map<String, Object> plain = new LinkedHashMap<>();
      for (Object it : (List<?>) value) {
        MapEntry<?, ?> entry = (MapEntry<?, ?>) it;
        plain.put(String.valueOf(entry.getKey()), entry.getValue());
      }
      return plain;
    }
    if (value instanceof List<?> list) {
      List<Object> plain = new ArrayList<>();
      list.forEach(it -> plain.add(single(it)));
      return plain;
    }
    return single(value);
  }

  private static Object single(Object value) {
    if (value instanceof Timestamp time) {
      return Timestamps.toString(time);
    }
    if (value instanceof Message message) {
      return of(message);
    }
    if (value instanceof ByteString bytes) {
      return Base64.getEncoder().encodeToString(bytes.toByteArray());
    }
    return value instanceof EnumValueDescriptor constant ? word(constant) : value;
  }

  /** All values of an enum that mean something. */
  public static List<String> words(EnumDescriptor type) {
    return type.getValues().stream()
        .filter(it -> it.getNumber() != 0)
        .map(PlainMessage::word)
        .toList();
  }

  /** A value of an enum without the enum's prefix. */
  private static String word(EnumValueDescriptor constant) {
    String first = constant.getType().getValues().get(0).getName();
    return constant.getName().substring(first.length() - UNSPECIFIED.length());
  }
}
