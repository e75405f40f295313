package org.entente.gateway.bridge.format;

import com.google.protobuf.Message;
import java.util.Map;
import org.entente.proto.v1.Draft;
import org.entente.proto.v1.Label;

/**
 * A message of the protocol that people have written down as plain values, as YAML and JSON give
 * them: fields by their name in the {@code .proto} file or in camel case, enums with or without
 * their prefix, times in RFC 3339, bytes in base64; no value is null.
 */
public sealed interface WrittenMessage<T> {
  /** It was read. */
  record Read<T>(T value) implements WrittenMessage<T> {}

  /**
   * It was not.
   *
   * @param field path in it
   * @param problem what was wrong and what would be valid
   */
  record Wrong<T>(String field, String problem) implements WrittenMessage<T> {}

  /** A draft within its limits, as far as they can be told without a gateway. */
  static WrittenMessage<Draft> draft(Map<?, ?> values) {
    try {
      Draft.Builder draft = Draft.newBuilder();
      ProtoValues.fill(draft, values, "");
      DraftLimits.check(draft.build());
      return new Read<>(draft.build());
    } catch (DraftFault e) {
      return new Wrong<>(e.field(), e.problem());
    }
  }

  /** Any message, into which its fields are written; nothing is required. */
  static WrittenMessage<Message> message(Message.Builder into, Map<?, ?> values) {
    try {
      ProtoValues.fill(into, values, "");
      return new Read<>(into.build());
    } catch (DraftFault e) {
      return new Wrong<>(e.field(), e.problem());
    }
  }

  /** Some fields of a label, those that gateways set included; nothing is required. */
  static WrittenMessage<Label> label(Map<?, ?> values) {
    try {
      Label.Builder label = Label.newBuilder();
      ProtoValues.fill(label, values, "");
      return new Read<>(label.build());
    } catch (DraftFault e) {
      return new Wrong<>(e.field(), e.problem());
    }
  }
}
