package org.entente.gateway.bridge.format;

import com.google.protobuf.Message;
import java.util.Map;
import org.entente.proto.v1.Draft;
import org.entente.proto.v1.Label;

/**
 * Reads a protocol message written as plain values, as YAML and JSON give them: fields by their
 * name in the {@code .proto} file or in camel case, enums with or without their prefix, times in
 * RFC 3339, bytes in base64; no value is null.
 */
public sealed interface WrittenMessage<T> {
  /** The message was read. */
  record Read<T>(T value) implements WrittenMessage<T> {}

  /**
   * The message is invalid.
   *
   * @param field path in the message
   * @param problem the fault and the valid form
   */
  record Wrong<T>(String field, String problem) implements WrittenMessage<T> {}

  /** A draft within its limits, as far as these can be checked without a gateway. */
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

  /** Any message, built into the given builder; no field is required. */
  static WrittenMessage<Message> message(Message.Builder into, Map<?, ?> values) {
    try {
      ProtoValues.fill(into, values, "");
      return new Read<>(into.build());
    } catch (DraftFault e) {
      return new Wrong<>(e.field(), e.problem());
    }
  }

  /** Some fields of a label, including those that gateways set; no field is required. */
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
