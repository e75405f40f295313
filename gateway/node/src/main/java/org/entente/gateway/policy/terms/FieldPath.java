package org.entente.gateway.policy.terms;

import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.Message;
import java.util.List;
import org.entente.proto.v1.Label;

/**
 * A field of a label or a body by its names in message.proto, such as {@code
 * body.alert.subjects.person}. Through lists it means the field of each entry. Immutable.
 *
 * @param text as agreements and labels write it
 * @param steps the fields on the way, from that of {@code Label} or {@code Body} on; at least one
 */
public record FieldPath(String text, List<FieldDescriptor> steps) {
  public FieldPath {
    steps = List.copyOf(steps);
  }

  public boolean isOfLabel() {
    return steps.get(0).getContainingType() == Label.getDescriptor();
  }

  /** Whether the other is this field or lies within it. */
  public boolean contains(FieldPath other) {
    return other.steps.size() >= steps.size() && other.steps.subList(0, steps.size()).equals(steps);
  }

  /** The same but for its last step. */
  public boolean isBeside(FieldPath other) {
    int last = steps.size() - 1;
    return other.steps.size() == steps.size()
        && other.steps.subList(0, last).equals(steps.subList(0, last));
  }

  public FieldDescriptor field() {
    return steps.get(steps.size() - 1);
  }

  /** Whether a label, or a body, has anything there. */
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
