package org.entente.gateway.bridge.format;

import com.google.protobuf.ByteString;
import com.google.protobuf.Descriptors.Descriptor;
import com.google.protobuf.Descriptors.EnumDescriptor;
import com.google.protobuf.Descriptors.EnumValueDescriptor;
import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.MapEntry;
import com.google.protobuf.Message;
import com.google.protobuf.Timestamp;
import com.google.protobuf.util.Timestamps;
import java.text.ParseException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.entente.gateway.model.NameSuggestion;
import org.jspecify.annotations.Nullable;

/**
 * Converts plain values (text, bool, numbers, instants, lists, maps) to values of protobuf fields,
 * by the protobuf JSON mapping: enums by name, with or without the enum's own prefix; bytes in
 * base64, ids and hashes in hexadecimal too; times in RFC 3339; messages as maps from field name,
 * as in the {@code .proto} file or in camel case.
 */
public final class ProtoValues {
  private static final long MOST_UINT32 = 0xFFFF_FFFFL;

  /** Names of the fields of bytes that are content. */
  private static final Set<String> CONTENT = Set.of("content", "xml", "changed_xml");

  /** An id, or a hash of 32 bytes. */
  private static final Pattern HEXADECIMAL = Pattern.compile("([0-9a-fA-F]{32}){1,2}");

  private ProtoValues() {}

  /** Sets a field; replaces a list and adds to a map. */
  public static void set(Message.Builder into, FieldDescriptor field, Object value, String path)
      throws DraftFault {
    if (field.isMapField()) {
      for (Map.Entry<?, ?> entry : map(value, path).entrySet()) {
        String key = String.valueOf(entry.getKey());
        put(into, field, key, valueOf(entry), path + "." + key);
      }
    } else if (field.isRepeated()) {
      into.clearField(field);
      int index = 0;
      for (Object element : list(value, path)) {
        into.addRepeatedField(field, single(into, field, element, path + "[" + index++ + "]"));
      }
    } else {
      into.setField(field, single(into, field, value, path));
    }
  }

  /** Puts one entry of a map from text to text. */
  public static void put(
      Message.Builder into, FieldDescriptor field, String key, Object value, String path)
      throws DraftFault {
    if (!(value instanceof String
        || value instanceof Boolean
        || value instanceof Integer
        || value instanceof Long
        || value instanceof Double)) {
      throw wrong(path, "text, a number or a bool", value);
    }
    Message.Builder entry = into.newBuilderForField(field);
    Descriptor type = field.getMessageType();
    entry.setField(type.findFieldByNumber(1), key);
    entry.setField(type.findFieldByNumber(2), value.toString());
    List<Object> others = new ArrayList<>();
    for (int i = 0; i < into.getRepeatedFieldCount(field); i++) {
      MapEntry<?, ?> other = (MapEntry<?, ?>) into.getRepeatedField(field, i);
      if (!other.getKey().equals(key)) {
        others.add(other);
      }
    }
    others.add(entry.build());
    into.setField(field, others);
  }

  private static Object single(
      Message.Builder parent, FieldDescriptor field, Object value, String path) throws DraftFault {
    return switch (field.getJavaType()) {
      case STRING -> as(String.class, "text", value, path);
      case BOOLEAN -> as(Boolean.class, "true or false", value, path);
      case INT -> (int) whole(value, path);
      case LONG -> whole(value, path);
      case ENUM -> constant(field.getEnumType(), value, path);
      case BYTE_STRING -> bytes(field, value, path);
      case MESSAGE -> message(parent, field, value, path);
      case FLOAT, DOUBLE -> throw new IllegalStateException("no draft has a field like " + path);
    };
  }

  private static Message message(
      Message.Builder parent, FieldDescriptor field, Object value, String path) throws DraftFault {
    if (field.getMessageType().equals(Timestamp.getDescriptor())) {
      return time(value, path);
    }
    Message.Builder out = parent.newBuilderForField(field);
    fill(out, map(value, path), path);
    return out.build();
  }

  /** Sets the fields that the map names; reports the faults of all. */
  public static void fill(Message.Builder out, Map<?, ?> values, String path) throws DraftFault {
    FaultCollector faults = new FaultCollector();
    for (Map.Entry<?, ?> entry : values.entrySet()) {
      faults.run(() -> fill(out, entry, path));
    }
    faults.end();
  }

  private static void fill(Message.Builder out, Map.Entry<?, ?> entry, String path)
      throws DraftFault {
    String name = String.valueOf(entry.getKey());
    String below = path.isEmpty() ? name : path + "." + name;
    Descriptor type = out.getDescriptorForType();
    FieldDescriptor field = field(type, name);
    if (field == null) {
      List<String> known = type.getFields().stream().map(FieldDescriptor::getName).toList();
      throw new DraftFault(
          below,
          "is an unknown field; "
              + NameSuggestion.nearest(name, known)
                  .map(near -> "did you mean \"" + near + "\"?")
                  .orElse("valid are " + names(type)));
    }
    String canonical = path.isEmpty() ? field.getName() : path + "." + field.getName();
    checkOneof(out, field, canonical);
    set(out, field, valueOf(entry), canonical);
  }

  /** Refuses a field that would silently replace another case of a oneof. */
  public static void checkOneof(Message.Builder out, FieldDescriptor field, String path)
      throws DraftFault {
    if (field.getContainingOneof() != null) {
      FieldDescriptor other = out.getOneofFieldDescriptor(field.getContainingOneof());
      if (other != null && !other.equals(field)) {
        throw new DraftFault(
            path, "cannot be combined with " + other.getName() + ": only one of them is allowed");
      }
    }
  }

  /** The field with that name in the {@code .proto} file or in JSON. */
  static @Nullable FieldDescriptor field(Descriptor type, String name) {
    FieldDescriptor field = type.findFieldByName(name);
    if (field != null) {
      return field;
    }
    return type.getFields().stream()
        .filter(candidate -> candidate.getJsonName().equals(name))
        .findFirst()
        .orElse(null);
  }

  public static String names(Descriptor type) {
    return type.getFields().stream()
        .map(FieldDescriptor::getName)
        .collect(Collectors.joining(", "));
  }

  /** The value with that name, with or without the enum's prefix. */
  static EnumValueDescriptor constant(EnumDescriptor type, Object value, String path)
      throws DraftFault {
    String prefix = CapCodes.prefix(type);
    if (value instanceof String name) {
      EnumValueDescriptor found = type.findValueByName(name);
      EnumValueDescriptor constant = found == null ? type.findValueByName(prefix + name) : found;
      if (constant != null) {
        return constant;
      }
    }
    List<String> valid =
        type.getValues().stream()
            .filter(constant -> constant.getNumber() != 0)
            .map(constant -> constant.getName().substring(prefix.length()))
            .toList();
    DraftFault wrong = wrong(path, "one of " + String.join(", ", valid), value);
    throw value instanceof String name
        ? new DraftFault(path, wrong.problem() + NameSuggestion.behind(name, valid))
        : wrong;
  }

  private static <T> T as(Class<T> type, String valid, Object value, String path)
      throws DraftFault {
    if (type.isInstance(value)) {
      return type.cast(value);
    }
    throw wrong(path, valid, value);
  }

  private static List<?> list(Object value, String path) throws DraftFault {
    return as(List.class, "a list", value, path);
  }

  private static Map<?, ?> map(Object value, String path) throws DraftFault {
    return as(Map.class, "an object", value, path);
  }

  private static long whole(Object value, String path) throws DraftFault {
    long whole =
        value instanceof Long || value instanceof Integer ? ((Number) value).longValue() : -1;
    if (whole >= 0 && whole <= MOST_UINT32) {
      return whole;
    }
    throw wrong(path, "a whole number from 0 to " + MOST_UINT32, value);
  }

  /**
   * Whether a command prints the field's bytes in hexadecimal: all but content, which may be long.
   */
  public static boolean isInHexadecimal(FieldDescriptor field) {
    return field.getType() == FieldDescriptor.Type.BYTES && !CONTENT.contains(field.getName());
  }

  private static ByteString bytes(FieldDescriptor field, Object value, String path)
      throws DraftFault {
    String valid = isInHexadecimal(field) ? "32 or 64 hexadecimal digits, or base64" : "base64";
    String text = as(String.class, valid, value, path);
    try {
      // As base64 these digits would be 24 or 48 bytes, which no such field has.
      return ByteString.copyFrom(
          isInHexadecimal(field) && HEXADECIMAL.matcher(text).matches()
              ? HexFormat.of().parseHex(text)
              : Base64.getDecoder().decode(text));
    } catch (IllegalArgumentException e) {
      throw wrong(path, valid, value);
    }
  }

  private static Timestamp time(Object value, String path) throws DraftFault {
    String valid = "a time of RFC 3339 such as 2026-01-31T12:00:00Z";
    try {
      if (value instanceof Instant instant) {
        return Timestamps.checkValid(
            Timestamp.newBuilder()
                .setSeconds(instant.getEpochSecond())
                .setNanos(instant.getNano())
                .build());
      }
      return Timestamps.parse(as(String.class, valid, value, path));
    } catch (ParseException | IllegalArgumentException e) {
      throw wrong(path, valid, value);
    }
  }

  /** Entries contain no null: the makers of the maps omit nulls. */
  private static Object valueOf(Map.Entry<?, ?> entry) {
    Object value = entry.getValue();
    if (value == null) {
      throw new IllegalStateException("null at " + entry.getKey());
    }
    return value;
  }

  private static DraftFault wrong(String path, String valid, Object value) {
    String found =
        value instanceof Map
            ? "an object"
            : value instanceof List ? "a list" : PrintableText.quote(String.valueOf(value));
    return new DraftFault(path, "must be " + valid + "; found " + found);
  }
}
