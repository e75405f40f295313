package org.entente.gateway.policy.terms;

import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.Message;
import java.util.List;
import org.entente.proto.v1.Label;

/**
 * A field of a label or a body, named as in message.proto, such as {@code
 * body.alert.subjects.person}. A path through a list names the field of each entry. Immutable.
 *
 * @param text the path as agreements and labels write it
 * @param steps the fields on the path, starting in {@code Label} or {@code Body}; at least one
 */
public record FieldPath(String text, List<FieldDescriptor> steps) {
  public FieldPath {
    steps = List.copyOf(steps);
  }

  public boolean isOfLabel() {
    return steps.get(0).getContainingType() == Label.getDescriptor();
  }

  /** Whether the other path is this field or lies within it. */
  public boolean contains(FieldPath other) {
    return other.steps.size() >= steps.size() && other.steps.subList(0, steps.size()).equals(steps);
  }

  /** Whether the paths differ only in the last step. */
  public boolean isBeside(FieldPath other) {
    int last = steps.size() - 1;
    return other.steps.size() == steps.size()
        && other.steps.subList(0, last).equals(steps.subList(0, last));
  }

  public FieldDescriptor field() {
    return steps.get(steps.size() - 1);
  }

  /** Whether a label or body contains the field. */
  boolean isIn(Message message) {
    return isIn(message, 0);
  }

  private boolean isIn(Message message, int step) {
    FieldDescriptor field = steps.get(step);
    boolean last = step == steps.size() - 1;
    if (!field.isRepeated()) {
      return message.hasField(field) && (last || isIn((Message) message.getField(field), step + 1));
    }
    int count = message.getRepeatedFieldCount(field);
    for (int i = 0; !last && i < count; i++) {
      if (isIn((Message) message.getRepeatedField(field, i), step + 1)) {
        return true;
      }
    }
    return last && count > 0;
  }
}
