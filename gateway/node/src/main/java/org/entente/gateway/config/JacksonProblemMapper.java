package org.entente.gateway.config;

import com.fasterxml.jackson.core.JsonLocation;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonMappingException;
import com.fasterxml.jackson.databind.exc.InvalidFormatException;
import com.fasterxml.jackson.databind.exc.MismatchedInputException;
import com.fasterxml.jackson.databind.exc.UnrecognizedPropertyException;
import com.fasterxml.jackson.databind.exc.ValueInstantiationException;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.entente.gateway.model.InvalidValue;
import org.entente.gateway.model.NameSuggestion;
import org.jspecify.annotations.Nullable;

/** Converts Jackson's exceptions to problems that operators understand. */
final class JacksonProblemMapper {
  private static final Pattern FIELD = Pattern.compile("[a-z_]+(\\.[a-z_]+)*");

  private JacksonProblemMapper() {}

  /** The YAML is not well-formed, or a key is repeated. */
  static ConfigProblem syntax(String file, JsonProcessingException e) {
    JsonLocation at = e.getLocation();
    int line = at == null ? 1 : Math.max(1, at.getLineNr());
    int column = at == null ? 1 : Math.max(1, at.getColumnNr());
    return new ConfigProblem(file, line, column, "", syntax(e), "well-formed YAML");
  }

  /** The first line of the parser only says where it was, and indented lines show that place. */
  private static String syntax(JsonProcessingException e) {
    String first = firstLine(e);
    return first.startsWith("while ")
        ? String.valueOf(e.getOriginalMessage())
            .lines()
            .skip(1)
            .filter(line -> !line.startsWith(" "))
            .findFirst()
            .map(JacksonProblemMapper::plain)
            .orElse(first)
        : first;
  }

  /** The usual mistakes of people who write YAML for the first time, in their words. */
  private static String plain(String said) {
    if (said.contains("\\t(TAB)")) {
      return "a tab; indent by spaces";
    }
    return said.startsWith("expected <block end>")
        ? "the indentation differs from that of the lines above"
        : InvalidValue.printable(said);
  }

  /** The YAML is well-formed but does not match the record. */
  static ConfigProblem mapping(FieldPositions positions, JsonMappingException e) {
    return mapping(positions, "", e);
  }

  /**
   * A part of the YAML does not match its type.
   *
   * @param part the path of the part; empty for all
   */
  static ConfigProblem mapping(FieldPositions positions, String part, JsonMappingException e) {
    String field = joined(part, path(e));
    if (e instanceof UnrecognizedPropertyException unknown) {
      List<String> known =
          unknown.getKnownPropertyIds() == null
              ? List.of()
              : unknown.getKnownPropertyIds().stream().map(String::valueOf).toList();
      return unknown(positions, field, unknown.getPropertyName(), known);
    }
    if (e instanceof InvalidFormatException invalid) {
      String found = InvalidValue.printable(String.valueOf(invalid.getValue()));
      return positions.problem(
          field,
          "\"" + found + "\"",
          expected(invalid.getTargetType()) + nearest(found, invalid.getTargetType()));
    }
    if (e instanceof ValueInstantiationException bad
        && bad.getCause() instanceof NullPointerException
        && FIELD.matcher(String.valueOf(bad.getCause().getMessage())).matches()) {
      // The record's null check names the missing field in its message.
      String missing = String.valueOf(bad.getCause().getMessage());
      String name = missing.substring(missing.lastIndexOf('.') + 1);
      return positions.problem(
          field.isEmpty() ? name : field + "." + name, "the field is missing", "");
    }
    if (e instanceof ValueInstantiationException bad && bad.getCause() != null) {
      return positions.problem(field, String.valueOf(bad.getCause().getMessage()), "");
    }
    if (e instanceof MismatchedInputException mismatch) {
      if (!positions.has(field)) {
        return positions.problem(field, "the field is missing", expected(mismatch.getTargetType()));
      }
      String shape = positions.shape(field);
      Class<?> type = mismatch.getTargetType();
      return positions.problem(field, shape, expected(type) + meant(shape, type));
    }
    return positions.problem(field, firstLine(e), "");
  }

  /** A field that the record does not have. */
  static ConfigProblem unknown(
      FieldPositions positions, String field, String name, Collection<String> known) {
    return positions.problem(
        field, "unknown field", NameSuggestion.oneOf(name, new TreeSet<>(known)));
  }

  private static String nearest(String found, @Nullable Class<?> type) {
    return type == null || !type.isEnum()
        ? ""
        : NameSuggestion.behind(
            found, Arrays.stream(type.getEnumConstants()).map(String::valueOf).toList());
  }

  /** Words that YAML 1.1 took for a bool; here {@code NO} is a country. */
  private static String meant(String shape, @Nullable Class<?> type) {
    if (type != boolean.class && type != Boolean.class) {
      return "";
    }
    return switch (shape.toLowerCase(Locale.ROOT)) {
      case "\"yes\"", "\"y\"", "\"on\"", "\"true\"" -> "; did you mean true?";
      case "\"no\"", "\"n\"", "\"off\"", "\"false\"" -> "; did you mean false?";
      default -> "";
    };
  }

  private static String joined(String part, String path) {
    return part.isEmpty() || path.isEmpty() || path.startsWith("[")
        ? part + path
        : part + "." + path;
  }

  /** The first line of an exception's own message, printable. */
  static String firstLine(Exception e) {
    String message =
        e instanceof JsonProcessingException json ? json.getOriginalMessage() : e.getMessage();
    String text = String.valueOf(message);
    int end = text.indexOf('\n');
    return InvalidValue.printable(end < 0 ? text : text.substring(0, end));
  }

  private static String path(JsonMappingException e) {
    StringBuilder path = new StringBuilder();
    for (JsonMappingException.Reference step : e.getPath()) {
      if (step.getFieldName() == null) {
        path.append('[').append(step.getIndex()).append(']');
      } else {
        path.append(path.isEmpty() ? "" : ".").append(step.getFieldName());
      }
    }
    return path.toString();
  }

  /** What a field of this type may hold, in words. */
  static String expected(@Nullable Class<?> type) {
    if (type == null) {
      return "";
    }
    if (type.isEnum()) {
      return Arrays.stream(type.getEnumConstants())
          .map(String::valueOf)
          .collect(Collectors.joining(", ", "one of ", ""));
    }
    if (type == boolean.class || type == Boolean.class) {
      return "true or false";
    }
    if (type.isPrimitive() || Number.class.isAssignableFrom(type)) {
      return "a whole number";
    }
    if (Collection.class.isAssignableFrom(type)) {
      return "a list";
    }
    if (Map.class.isAssignableFrom(type)
        || (type.isRecord() && !type.getName().contains(".model."))) {
      return "a mapping of fields";
    }
    return "text";
  }
}
