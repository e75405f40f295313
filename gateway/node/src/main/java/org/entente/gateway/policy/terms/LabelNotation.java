package org.entente.gateway.policy.terms;

import com.google.protobuf.ByteString;
import com.google.protobuf.Descriptors.EnumValueDescriptor;
import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.Descriptors.FieldDescriptor.JavaType;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import org.entente.gateway.config.ConfigProblem;
import org.entente.gateway.config.FieldPositions;
import org.entente.gateway.model.EnumNames;
import org.entente.gateway.model.InvalidValue;
import org.entente.gateway.model.NameSuggestion;
import org.entente.gateway.policy.codes.FileLint;
import org.entente.proto.v1.Label;
import org.jspecify.annotations.Nullable;

/**
 * Converts labels to and from the notation of files and people: each field under its name in the
 * proto, enums without their prefix ({@code category: IPR}), bytes in hex. Fields that only
 * gateways set are left out.
 */
public final class LabelNotation {
  /** Set by gateways; it distinguishes received labels. */
  private static final FieldDescriptor REDACTED =
      Label.getDescriptor().findFieldByNumber(Label.REDACTED_FIELD_NUMBER);

  private static final List<FieldDescriptor> FIELDS =
      Label.getDescriptor().getFields().stream().filter(LabelNotation::isWritten).toList();

  private LabelNotation() {}

  private static boolean isWritten(FieldDescriptor field) {
    boolean named = field.getName().equals("agreement") || field == REDACTED;
    return (named || !FileLint.GATEWAY_FIELDS.contains(field.getName()))
        && field.getJavaType() != JavaType.MESSAGE;
  }

  /** The client-set field of this name, if there is one. */
  public static Optional<FieldDescriptor> field(String name) {
    return FIELDS.stream().filter(it -> it.getName().equals(name)).findFirst();
  }

  /**
   * The fields that are set, by name; each value is a text, a bool, a number or a list of these.
   */
  public static Map<String, Object> of(Label label) {
    Map<String, Object> words = new LinkedHashMap<>();
    for (FieldDescriptor field : FIELDS) {
      Object value = label.getField(field);
      if (field.isRepeated() && !((List<?>) value).isEmpty()) {
        words.put(field.getName(), ((List<?>) value).stream().map(LabelNotation::word).toList());
      } else if (!field.isRepeated() && !value.equals(field.getDefaultValue())) {
        words.put(field.getName(), word(value));
      }
    }
    return words;
  }

  /** Names of the fields that clients set. */
  public static List<String> names() {
    return FIELDS.stream().map(FieldDescriptor::getName).toList();
  }

  /** The set fields in one line: {@code kind ALERT, category IPR}. */
  public static String line(Label label) {
    return of(label).entrySet().stream()
        .map(entry -> entry.getKey() + " " + entry.getValue())
        .collect(Collectors.joining(", "));
  }

  private static Object word(Object value) {
    if (value instanceof EnumValueDescriptor it) {
      return EnumNames.word(it);
    }
    return value instanceof ByteString bytes
        ? HexFormat.of().formatHex(bytes.toByteArray())
        : value;
  }

  /**
   * The label written in a file; empty if it is invalid, and the problems are then in the list.
   *
   * @param words the file's fields
   * @param place the place of the fields in the file
   */
  public static Optional<Label> label(
      Map<String, Object> words,
      String place,
      FieldPositions positions,
      List<ConfigProblem> problems) {
    int before = problems.size();
    Label.Builder label = Label.newBuilder();
    for (Map.Entry<String, Object> entry : words.entrySet()) {
      String at = place + "." + entry.getKey();
      Optional<FieldDescriptor> field = field(entry.getKey());
      if (field.isEmpty()) {
        problems.add(
            positions.problem(
                at,
                "is no label field that clients set",
                String.join(", ", names()) + NameSuggestion.behind(entry.getKey(), names())));
      } else {
        set(label, field.get(), entry.getValue(), at, positions, problems);
      }
    }
    return problems.size() > before ? Optional.empty() : Optional.of(label.build());
  }

  private static void set(
      Label.Builder label,
      FieldDescriptor field,
      @Nullable Object written,
      String at,
      FieldPositions positions,
      List<ConfigProblem> problems) {
    if (!field.isRepeated()) {
      value(field, written, at, positions, problems).ifPresent(it -> label.setField(field, it));
      return;
    }
    List<?> entries = written instanceof List<?> list ? list : new ArrayList<>();
    if (!(written instanceof List<?>)) {
      problems.add(positions.problem(at, "no list", "a list"));
    }
    for (int i = 0; i < entries.size(); i++) {
      value(field, entries.get(i), at + "[" + i + "]", positions, problems)
          .ifPresent(it -> label.addRepeatedField(field, it));
    }
  }

  private static Optional<Object> value(
      FieldDescriptor field,
      @Nullable Object written,
      String at,
      FieldPositions positions,
      List<ConfigProblem> problems) {
    String text = String.valueOf(written);
    Optional<?> value =
        switch (field.getJavaType()) {
          case ENUM -> EnumNames.parse(field.getEnumType(), text);
          case BOOLEAN -> Optional.ofNullable(written).filter(Boolean.class::isInstance);
          case STRING -> Optional.ofNullable(written).filter(String.class::isInstance);
          case BYTE_STRING -> hex(text);
          default -> Optional.empty();
        };
    if (value.isEmpty()) {
      problems.add(
          positions.problem(at, "\"" + InvalidValue.printable(text) + "\"", expected(field, text)));
    }
    return value.map(Object.class::cast);
  }

  private static Optional<ByteString> hex(String text) {
    try {
      return Optional.of(ByteString.copyFrom(HexFormat.of().parseHex(text)));
    } catch (IllegalArgumentException e) {
      return Optional.empty();
    }
  }

  private static String expected(FieldDescriptor field, String found) {
    return switch (field.getJavaType()) {
      case ENUM -> NameSuggestion.oneOf(found, EnumNames.names(field.getEnumType()));
      case BOOLEAN -> "true or false";
      case BYTE_STRING -> "hex digits";
      default -> "text";
    };
  }
}
