package org.entente.gateway.policy.decide;

import com.google.protobuf.ByteString;
import com.google.protobuf.Descriptors.EnumValueDescriptor;
import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.Descriptors.FieldDescriptor.JavaType;
import java.util.List;
import java.util.stream.Collectors;
import org.entente.gateway.model.AgencyName;
import org.entente.gateway.policy.codes.LintReport;
import org.entente.gateway.policy.terms.LabelNotation;
import org.entente.proto.v1.Body;
import org.entente.proto.v1.Label;
import org.entente.proto.v1.Lane;
import org.jspecify.annotations.Nullable;

/**
 * How a decision depends on one unknown field of the label: for each possible outcome, the
 * condition on that field.
 *
 * @param recipient the possible recipient
 * @param field name of the field
 * @param type its type, such as {@code RequestedAction} or {@code list of Handling}
 * @param branches the possible outcomes, each once
 * @param whole whether every value of the field was tried; for a text, only the values in
 *     conditions, an empty one and one other were tried
 */
public record Residual(
    AgencyName recipient, String field, String type, List<Branch> branches, boolean whole) {
  public Residual {
    branches = List.copyOf(branches);
  }

  /**
   * One possible outcome.
   *
   * @param condition when, as a condition of policy over {@code label}; {@code true} if always
   * @param verdict the outcome
   */
  public record Branch(String condition, TransferVerdict verdict) {}

  /**
   * The known part of a draft.
   *
   * @param label the rest of its label
   * @param body its body; null if unknown
   * @param namesPersons for an unknown body: whether it names persons and has no other personal
   *     data
   * @param person whether it says who sends it and why
   * @param sources the messages that it passes on, as received
   */
  public record KnownPart(
      Label label,
      @Nullable Body body,
      boolean namesPersons,
      boolean person,
      List<OnwardSource> sources) {
    public KnownPart {
      sources = List.copyOf(sources);
    }

    /** A draft whose body is unknown. */
    public KnownPart(
        Label label, boolean namesPersons, boolean person, List<OnwardSource> sources) {
      this(label, null, namesPersons, person, sources);
    }

    /** This draft in the lane for information recipients, which may be lower. */
    KnownPart inLane(Lane lane) {
      return lane == Lane.LANE_UNSPECIFIED
          ? this
          : new KnownPart(
              label.toBuilder().setLane(lane).build(), body, namesPersons, person, sources);
    }

    /** A draft that passes nothing on and names a person. */
    public static KnownPart of(Label label) {
      return new KnownPart(label, false, true, List.of());
    }
  }

  /** Names of the fields that may be left unknown: those that clients set. */
  public static List<String> fields() {
    return LabelNotation.names().stream()
        .filter(name -> !LintReport.GATEWAY_FIELDS.contains(name))
        .toList();
  }

  static String type(FieldDescriptor field) {
    String one =
        switch (field.getJavaType()) {
          case ENUM -> field.getEnumType().getName();
          case BOOLEAN -> "bool";
          case BYTE_STRING -> "bytes";
          default -> "string";
        };
    return field.isRepeated() ? "list of " + one : one;
  }

  /** The condition that a field has one of these values. */
  static String condition(FieldDescriptor field, List<Object> values) {
    String name = "label." + field.getName();
    if (field.getJavaType() == JavaType.BOOLEAN && values.size() == 1) {
      return values.contains(true) ? name : "!" + name;
    }
    List<String> literals = values.stream().map(it -> literal(field, it)).toList();
    return literals.size() == 1
        ? name + " == " + literals.get(0)
        : name + " in [" + String.join(", ", literals) + "]";
  }

  private static String literal(FieldDescriptor field, Object value) {
    if (value instanceof List<?> list) {
      return list.stream()
          .map(it -> literal(field, it))
          .collect(Collectors.joining(", ", "[", "]"));
    }
    if (value instanceof EnumValueDescriptor it) {
      return it.getType().getName() + "." + it.getName();
    }
    if (value instanceof ByteString bytes) {
      return bytes.isEmpty() ? "b''" : "b'" + "\\x00".repeat(bytes.size()) + "'";
    }
    // Texts come from literals of conditions and may need escaping.
    return value instanceof String text
        ? "'" + text.replace("\\", "\\\\").replace("'", "\\'").replace("\n", "\\n") + "'"
        : value.toString();
  }

  /** The label with another value for a field. */
  static Label with(Label label, FieldDescriptor field, Object value) {
    return label.toBuilder().setField(field, value).build();
  }
}
