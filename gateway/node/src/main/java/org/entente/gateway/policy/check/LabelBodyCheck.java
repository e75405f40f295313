package org.entente.gateway.policy.check;

import java.util.List;
import org.entente.gateway.model.Code;
import org.entente.gateway.model.EnumNames;
import org.entente.gateway.model.Problem;
import org.entente.proto.v1.Body;
import org.entente.proto.v1.Kind;
import org.entente.proto.v1.Label;
import org.entente.proto.v1.RequestedAction;

/** Checks that a label and a body agree and may be combined. */
public final class LabelBodyCheck {
  private static final String REQUESTED_ACTION = "label.requested_action";
  private static final String OF_REQUESTS =
      "is CHECK where hit or no hit is wanted, INFORM where details are";

  private LabelBodyCheck() {}

  /** Checks what is left of a draft that was good: whether it is still a message. */
  public static List<Problem> left(Label label, Body body) {
    ValidationErrors findings = new ValidationErrors(false);
    new BodyCheck(findings).body(body);
    check(findings, label, body);
    return findings.list();
  }

  /** Label and body must be of one kind, and each refer to what the other asks for. */
  static void check(ValidationErrors findings, Label label, Body body) {
    agreement(findings, label, body);
    ReferenceCheck.check(findings, label, body);
  }

  /** What a body would have to agree with, whatever it said. */
  static void unseen(ValidationErrors findings, Label label) {
    ReferenceCheck.unseen(findings, label);
    if (label.getKind() == Kind.KIND_REQUEST && !RequestCheck.asks(label.getRequestedAction())) {
      mismatch(findings, REQUESTED_ACTION, OF_REQUESTS);
    }
  }

  /** Label and body must be of one kind, and a request must ask for what its label says. */
  private static void agreement(ValidationErrors findings, Label label, Body body) {
    RequestedAction action = label.getRequestedAction();
    if (body.hasRequest()
        && action != RequestedAction.REQUESTED_ACTION_UNSPECIFIED
        && action != RequestCheck.action(body.getRequest())) {
      mismatch(findings, REQUESTED_ACTION, OF_REQUESTS);
    }
    findings.check(
        !body.getRequest().getReminder() || !label.getInReplyTo().isEmpty(),
        "label.in_reply_to",
        "is required with a reminder: the request of which it reminds");
    boolean agree =
        switch (body.getContentCase()) {
          case ALERT -> label.getKind() == Kind.KIND_ALERT;
          case INTELLIGENCE -> label.getKind() == Kind.KIND_INTELLIGENCE;
          case DOCUMENT ->
              label.getKind() == Kind.KIND_ALERT || label.getKind() == Kind.KIND_INTELLIGENCE;
          case EVIDENCE -> label.getKind() == Kind.KIND_EVIDENCE;
          case RECALL -> label.getKind() == Kind.KIND_RECALL;
          case REQUEST -> label.getKind() == Kind.KIND_REQUEST;
          case ANSWER -> label.getKind() == Kind.KIND_ANSWER;
          case RESPONDERS -> label.getKind() == Kind.KIND_RESPONDERS;
          case ROSTER -> label.getKind() == Kind.KIND_ROSTER;
          case OPERATION_UPDATE -> label.getKind() == Kind.KIND_OPERATION;
          case CONSENT -> label.getKind() == Kind.KIND_CONSENT;
          case FEEDBACK -> label.getKind() == Kind.KIND_FEEDBACK;
          case CHARGE -> label.getKind() == Kind.KIND_CHARGE;
          case CONTENT_NOT_SET -> true;
        };
    if (!agree) {
      mismatch(
          findings,
          "label.kind",
          "is " + EnumNames.word(label.getKind()) + "; the body is " + body.getContentCase());
    }
  }

  private static void mismatch(ValidationErrors findings, String field, String message) {
    findings.add(Code.LABEL_BODY_MISMATCH, field, message);
  }
}
