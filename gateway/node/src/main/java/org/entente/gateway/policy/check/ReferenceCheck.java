package org.entente.gateway.policy.check;

import org.entente.gateway.model.EnumNames;
import org.entente.proto.v1.Body;
import org.entente.proto.v1.Kind;
import org.entente.proto.v1.Label;
import org.entente.proto.v1.MessageType;

/**
 * Checks that a message that changes another one names it, and that any other message names none.
 *
 * <p>A CAP update or cancellation of an alert that never was a message here names that alert as CAP
 * does, in the alert's extra fields. It then changes no message, and readers of CAP can resolve the
 * reference. An answer that corrects an earlier one names the request, which has only one answer.
 */
final class ReferenceCheck {
  private static final String FIELD = "label.references";

  /** The extra field that holds a CAP document's references. */
  private static final String CAP_REFERENCES = "cap.references";

  private ReferenceCheck() {}

  static void check(ValidationErrors findings, Label label, Body body) {
    boolean named = !label.getReferences().isEmpty();
    switch (label.getMessageType()) {
      case MESSAGE_TYPE_UPDATE, MESSAGE_TYPE_CANCEL ->
          findings.check(named || namedByCap(body) || namedByRequest(label), FIELD, missing(label));
      case MESSAGE_TYPE_RECTIFICATION, MESSAGE_TYPE_RESTRICTION ->
          findings.check(named, FIELD, missing(label));
      case MESSAGE_TYPE_UNSPECIFIED,
          MESSAGE_TYPE_ALERT,
          MESSAGE_TYPE_ACK,
          MESSAGE_TYPE_ERROR,
          UNRECOGNIZED ->
          findings.check(
              !named,
              FIELD,
              "is allowed only with UPDATE, CANCEL, RECTIFICATION and RESTRICTION; answers use "
                  + "in_reply_to");
    }
  }

  /** Checks a label without its body; an alert may have its reference in the body, as CAP does. */
  static void unseen(ValidationErrors findings, Label label) {
    boolean mayBeNamedByCap =
        label.getKind() == Kind.KIND_ALERT
            && (label.getMessageType() == MessageType.MESSAGE_TYPE_UPDATE
                || label.getMessageType() == MessageType.MESSAGE_TYPE_CANCEL);
    if (!mayBeNamedByCap) {
      check(findings, label, Body.getDefaultInstance());
    }
  }

  private static boolean namedByRequest(Label label) {
    return label.getKind() == Kind.KIND_ANSWER && !label.getInReplyTo().isEmpty();
  }

  private static boolean namedByCap(Body body) {
    return !body.getAlert().getExtraOrDefault(CAP_REFERENCES, "").isBlank();
  }

  private static String missing(Label label) {
    return "must name the message that this "
        + EnumNames.word(label.getMessageType())
        + " is about";
  }
}
