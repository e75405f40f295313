package org.entente.gateway.bridge.cap;

import com.google.protobuf.ByteString;
import java.util.HexFormat;
import org.entente.gateway.bridge.format.BadRecord;
import org.entente.gateway.bridge.format.CapAlert;
import org.entente.gateway.bridge.format.CapReadResult;
import org.entente.gateway.bridge.format.CapWriteResult;
import org.entente.proto.v1.Alert;
import org.entente.proto.v1.Body;
import org.entente.proto.v1.Label;
import org.entente.proto.v1.MessageType;
import org.jspecify.annotations.Nullable;

/**
 * Writes received messages as CAP 1.2: alerts, and recalls of earlier written alerts as {@code
 * Cancel}. Other messages have no CAP form, which is reported with the reason. Pure; safe for use
 * by several threads.
 */
public final class CapMessage {
  private CapMessage() {}

  /** The message that this one changes or recalls; empty if there is none. */
  static ByteString changed(Label label, Body body) {
    return body.hasRecall() ? body.getRecall().getMessageId() : label.getReferences();
  }

  /**
   * Writes a message as delivered.
   *
   * @param changed the CAP document of the message that this one changes or recalls; null if there
   *     is none
   */
  public static CapWriteResult write(Label label, Body body, @Nullable CapReadResult changed) {
    return switch (body.getContentCase()) {
      case ALERT -> alert(label, body.getAlert(), changed);
      case RECALL -> cancel(label, body, changed);
      case INTELLIGENCE,
          DOCUMENT,
          FEEDBACK,
          EVIDENCE,
          CONSENT,
          CHARGE,
          REQUEST,
          ANSWER,
          RESPONDERS,
          ROSTER,
          OPERATION_UPDATE,
          CONTENT_NOT_SET ->
          none("body", "CAP supports only alerts; this is " + body.getContentCase());
    };
  }

  private static CapWriteResult alert(Label label, Alert alert, @Nullable CapReadResult changed) {
    if (label.getMessageType() == MessageType.MESSAGE_TYPE_RESTRICTION) {
      return none(
          "label.message_type", "CAP cannot express that the processing of an alert is restricted");
    }
    return changed instanceof CapAlert before && !label.getReferences().isEmpty()
        ? CapWriter.write(label, alert, CapWriter.reference(before.element()))
        : CapWriter.write(label, alert);
  }

  private static CapWriteResult cancel(Label label, Body body, @Nullable CapReadResult changed) {
    if (changed == null) {
      return none(
          "body.recall",
          "recalls "
              + HexFormat.of().formatHex(body.getRecall().getMessageId().toByteArray())
              + ", whose CAP document is not there, so there is no CAP reference");
    }
    return changed instanceof CapAlert alert
        ? CapWriter.cancel(label, body.getRecall(), alert.element())
        : (BadRecord) changed;
  }

  private static BadRecord none(String field, String reason) {
    return new BadRecord("CAP output", 0, field, reason);
  }
}
