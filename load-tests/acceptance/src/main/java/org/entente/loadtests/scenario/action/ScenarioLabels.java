package org.entente.loadtests.scenario.action;

import com.google.protobuf.Descriptors.EnumValueDescriptor;
import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.Message;
import java.util.Collection;
import java.util.List;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.entente.proto.v1.Label;

/** Text form of label fields. */
public final class ScenarioLabels {
  private ScenarioLabels() {}

  /** Whether the label has a field of this name in the {@code .proto} file. */
  public static boolean knows(String field) {
    return Label.getDescriptor().findFieldByName(field) != null;
  }

  /** These fields of a label, in this order; list fields are compared as sets. */
  public static String of(Collection<String> fields, Label label) {
    return fields.stream()
        .map(name -> name + " " + value(Label.getDescriptor().findFieldByName(name), label))
        .collect(Collectors.joining(", "));
  }

  private static String value(FieldDescriptor field, Label label) {
    Object value = label.getField(field);
    if (field.isRepeated()) {
      TreeSet<String> words = new TreeSet<>();
      ((List<?>) value).forEach(it -> words.add(word(it)));
      return words.toString();
    }
    return word(value);
  }

  private static String word(Object value) {
    if (value instanceof EnumValueDescriptor constant) {
      return ScenarioEnums.of(constant);
    }
    return value instanceof Message message
        ? "{" + ProtoFields.words(message) + "}"
        : String.valueOf(value);
  }
}
