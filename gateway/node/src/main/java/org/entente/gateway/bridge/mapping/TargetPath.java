package org.entente.gateway.bridge.mapping;

import com.google.protobuf.Descriptors.Descriptor;
import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.Timestamp;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.entente.gateway.bridge.format.DraftLimits;
import org.entente.gateway.bridge.format.PrintableText;
import org.entente.gateway.cel.ValueType;
import org.entente.gateway.model.NameSuggestion;
import org.entente.proto.v1.Draft;
import org.jspecify.annotations.Nullable;

/**
 * Path of a field in a draft, such as {@code body.alert.texts[0].headline}, resolved against its
 * descriptors. An index picks an element of a list of messages; a name after a map field is a key
 * ({@code body.alert.extra.risk_type}).
 *
 * @param text the path as written
 * @param steps from the draft inwards, at least one
 * @param key key in the map that the last step names, or null
 */
record TargetPath(String text, List<Step> steps, @Nullable String key) {
  private static final Pattern STEP = Pattern.compile("([a-z][a-z0-9_]*)(?:\\[(\\d{1,3})])?");
  private static final int MOST_INDEX = 255;

  /**
   * One field of the path.
   *
   * @param index element of a list, or -1 for the whole field
   * @param path the path up to this field
   */
  record Step(FieldDescriptor field, int index, String path) {}

  /** An invalid path, with the error and the valid alternative. */
  static final class InvalidPath extends Exception {
    private static final long serialVersionUID = 1L;
    private final String wrong;
    private final String valid;

    InvalidPath(String wrong, String valid) {
      super(wrong, null, false, false);
      this.wrong = wrong;
      this.valid = valid;
    }

    String wrong() {
      return wrong;
    }

    String valid() {
      return valid;
    }
  }

  static TargetPath parse(String text) throws InvalidPath {
    List<Step> steps = new ArrayList<>();
    Descriptor type = Draft.getDescriptor();
    String path = "";
    List<String> words = List.of(text.split("\\.", -1));
    for (int i = 0; i < words.size(); i++) {
      path = path.isEmpty() ? words.get(i) : path + "." + words.get(i);
      Step step = step(type, words.get(i), path);
      steps.add(step);
      FieldDescriptor field = step.field;
      if (i == words.size() - 1) {
        return new TargetPath(text, List.copyOf(steps), null);
      }
      if (field.isMapField()) {
        String key = text.substring(path.length() + 1);
        return new TargetPath(text, List.copyOf(steps), key);
      }
      type = inside(step);
    }
    throw new IllegalStateException("split gives at least one word");
  }

  private static Step step(Descriptor type, String word, String path) throws InvalidPath {
    Matcher matcher = STEP.matcher(word);
    FieldDescriptor field =
        matcher.matches() ? type.findFieldByName(String.valueOf(matcher.group(1))) : null;
    if (field == null) {
      throw new InvalidPath(
          PrintableText.quote(path) + " is not a field of a draft",
          NameSuggestion.oneOf(
              word, type.getFields().stream().map(FieldDescriptor::getName).toList()));
    }
    if (DraftLimits.setByGateway(field)) {
      throw new InvalidPath(path + " is set by the gateway", "another field");
    }
    int index = matcher.group(2) == null ? -1 : Integer.parseInt(matcher.group(2));
    boolean indexable =
        field.isRepeated()
            && !field.isMapField()
            && field.getJavaType() == FieldDescriptor.JavaType.MESSAGE;
    if (index >= 0 && (!indexable || index > MOST_INDEX)) {
      throw new InvalidPath(
          path + " cannot have this index", "an index from 0 to 255 on a list of messages");
    }
    return new Step(field, index, path);
  }

  private static Descriptor inside(Step step) throws InvalidPath {
    FieldDescriptor field = step.field;
    if (field.getJavaType() != FieldDescriptor.JavaType.MESSAGE || isTime(field)) {
      throw new InvalidPath(step.path + " has no fields", "the path " + step.path);
    }
    if (field.isRepeated() && step.index < 0) {
      throw new InvalidPath(
          step.path + " is a list",
          "an index such as " + step.path + "[0], or the list as a whole");
    }
    return field.getMessageType();
  }

  Step last() {
    return steps.get(steps.size() - 1);
  }

  /** The type that an expression for this target must yield. */
  ValueType type() {
    FieldDescriptor field = last().field;
    if (key != null) {
      return ValueType.ANY;
    }
    if (field.isMapField()) {
      return ValueType.MAP;
    }
    if (field.isRepeated() && last().index < 0) {
      return ValueType.LIST;
    }
    return switch (field.getJavaType()) {
      case STRING, ENUM, BYTE_STRING -> ValueType.TEXT;
      case BOOLEAN -> ValueType.BOOL;
      case INT, LONG -> ValueType.WHOLE;
      case FLOAT, DOUBLE -> ValueType.DECIMAL;
      // A time is given as a timestamp or as text.
      case MESSAGE -> isTime(field) ? ValueType.ANY : ValueType.MAP;
    };
  }

  /** Whether the target is a single text. */
  boolean isText() {
    FieldDescriptor field = last().field;
    return key == null && !field.isRepeated() && field.getType() == FieldDescriptor.Type.STRING;
  }

  /** Whether one of the two lies inside the other. */
  boolean overlaps(TargetPath other) {
    String longer = text.length() > other.text.length() ? text : other.text;
    String shorter = text.length() > other.text.length() ? other.text : text;
    return longer.startsWith(shorter)
        && (longer.length() == shorter.length()
            || ".[".indexOf(longer.charAt(shorter.length())) >= 0);
  }

  /** Whether the two set different cases of one oneof. */
  boolean excludes(TargetPath other) {
    for (int i = 0; i < Math.min(steps.size(), other.steps.size()); i++) {
      Step mine = steps.get(i);
      Step theirs = other.steps.get(i);
      if (!mine.equals(theirs)) {
        return mine.field.getContainingOneof() != null
            && mine.field.getContainingOneof().equals(theirs.field.getContainingOneof())
            && !mine.field.equals(theirs.field);
      }
    }
    return false;
  }

  private static boolean isTime(FieldDescriptor field) {
    return field.getMessageType().equals(Timestamp.getDescriptor());
  }
}
