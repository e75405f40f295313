package org.entente.loadtests.scenario.action;

import com.google.protobuf.Descriptors.Descriptor;
import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.Message;
import com.google.protobuf.Timestamp;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.entente.gateway.bridge.format.DraftFault;
import org.jspecify.annotations.Nullable;

/** Values of an answer that a step saves for later steps, by their path in it. */
public final class SavedValues {
  private static final Pattern PART = Pattern.compile("([a-z_]+)(?:\\[(\\d+)])?");

  private SavedValues() {}

  /** Checks names and paths; until the run each name has a value of the right type. */
  public static void check(
      ScenarioCheck checking,
      String field,
      @Nullable Map<String, String> save,
      Message.Builder answer) {
    if (save != null) {
      save.forEach(
          (name, path) ->
              checking.noting(
                  field + ".save",
                  () ->
                      checking.names(
                          field + ".save." + name,
                          name,
                          example(answer.getDescriptorForType(), name, path))));
    }
  }

  private static Object example(Descriptor answer, String name, String path) throws DraftFault {
    Descriptor type = answer;
    Object value = "";
    for (String part : path.split("\\.", -1)) {
      Matcher matcher = PART.matcher(part);
      FieldDescriptor field = matcher.matches() ? type.findFieldByName(matcher.group(1)) : null;
      if (field == null) {
        throw new DraftFault(name, "\"" + part + "\" is no field of " + type.getName());
      }
      value =
          switch (field.getJavaType()) {
            case BYTE_STRING -> Variables.UNKNOWN_ID;
            case INT, LONG -> 1L;
            case MESSAGE ->
                field.getMessageType().equals(Timestamp.getDescriptor())
                    ? Instant.EPOCH.toString()
                    : Map.of();
            default -> "";
          };
      type =
          field.getJavaType() == FieldDescriptor.JavaType.MESSAGE ? field.getMessageType() : type;
    }
    return value;
  }

  /** Saves the values of a plain answer. */
  public static void save(
      Variables variables,
      @Nullable Map<String, String> save,
      Object answer,
      StepFindings findings) {
    if (save != null) {
      save.forEach(
          (name, path) -> {
            Object value = at(answer, path);
            if (value == null || value.equals("")) {
              findings.add("the answer has " + path, "it has none", false);
            } else {
              variables.save(name, value);
            }
          });
    }
  }

  private static @Nullable Object at(Object answer, String path) {
    Object value = answer;
    for (String part : path.split("\\.", -1)) {
      Matcher matcher = PART.matcher(part);
      if (!matcher.matches() || !(value instanceof Map<?, ?> fields)) {
        return null;
      }
      Object next = fields.get(matcher.group(1));
      if (next instanceof List<?> list && matcher.group(2) != null) {
        int index = Integer.parseInt(matcher.group(2));
        next = index < list.size() ? list.get(index) : null;
      }
      if (next == null) {
        return null;
      }
      value = next;
    }
    return value;
  }
}
