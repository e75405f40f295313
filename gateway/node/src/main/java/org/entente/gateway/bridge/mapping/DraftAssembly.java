package org.entente.gateway.bridge.mapping;

import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.Message;
import java.util.HashMap;
import java.util.Map;
import org.entente.gateway.bridge.format.DraftFault;
import org.entente.gateway.bridge.format.ProtoValues;
import org.entente.proto.v1.Draft;

/**
 * A draft while its targets are being set. An index in a path names an existing element of the
 * draft, or one that is appended when a field in it is first set; so unset targets leave no gaps.
 * For one record and one thread.
 */
final class DraftAssembly {
  private final Draft.Builder draft;
  private final Map<String, Integer> positions = new HashMap<>();
  private final Map<String, Integer> begunWith = new HashMap<>();

  DraftAssembly(Draft base) {
    this.draft = base.toBuilder();
  }

  void set(TargetPath target, Object value) throws DraftFault {
    Message.Builder at = draft;
    for (TargetPath.Step step : target.steps()) {
      ProtoValues.checkOneof(at, step.field(), step.path());
      if (step.equals(target.last()) && step.index() < 0) {
        leaf(at, target, value);
      } else if (step.index() < 0) {
        at = at.getFieldBuilder(step.field());
      } else {
        at = at.getRepeatedFieldBuilder(step.field(), position(at, step));
      }
    }
    if (target.last().index() >= 0) {
      element(at, target, value);
    }
  }

  private static void leaf(Message.Builder at, TargetPath target, Object value) throws DraftFault {
    FieldDescriptor field = target.last().field();
    String key = target.key();
    if (key == null) {
      ProtoValues.set(at, field, value, target.text());
    } else {
      ProtoValues.put(at, field, key, value, target.text());
    }
  }

  private static void element(Message.Builder at, TargetPath target, Object value)
      throws DraftFault {
    if (!(value instanceof Map<?, ?> fields)) {
      throw new DraftFault(target.text(), "must be an object");
    }
    ProtoValues.fill(at, fields, target.text());
  }

  private int position(Message.Builder at, TargetPath.Step step) {
    Integer known = positions.get(step.path());
    if (known != null) {
      return known;
    }
    int count = at.getRepeatedFieldCount(step.field());
    String list = step.path().substring(0, step.path().lastIndexOf('['));
    int before = begunWith.computeIfAbsent(list, path -> count);
    int position = step.index();
    if (step.index() >= before) {
      position = count;
      at.addRepeatedField(step.field(), at.newBuilderForField(step.field()).build());
    }
    positions.put(step.path(), position);
    return position;
  }

  Draft draft() {
    return draft.build();
  }
}
