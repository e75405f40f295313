package org.entente.gateway.intake;

import com.google.protobuf.ByteString;
import java.util.List;
import java.util.Optional;
import org.entente.gateway.model.Code;
import org.entente.gateway.model.MessageId;
import org.entente.gateway.model.Problem;
import org.entente.gateway.policy.check.CheckedDraft;
import org.entente.gateway.policy.terms.Exercise;
import org.entente.proto.v1.Addressing;
import org.entente.proto.v1.Kind;
import org.entente.proto.v1.Label;
import org.jspecify.annotations.Nullable;

/**
 * Checks feedback before it is sent: it must answer a message received by this agency and go to the
 * sender of that message alone. So nobody can claim a control that no message led to, or learn from
 * answers what others were sent.
 */
final class FeedbackPrecheck {
  private FeedbackPrecheck() {}

  /** The problem with a draft of feedback; null if there is none or the draft is not feedback. */
  static @Nullable Problem lacking(CheckedDraft draft, IntakeParts.ReceivedMessages received) {
    Label label = draft.label();
    if (label.getKind() != Kind.KIND_FEEDBACK) {
      return null;
    }
    ByteString id = label.getInReplyTo();
    Optional<Label> answered = received.label(MessageId.of(id.toByteArray()));
    return answered.isEmpty()
        ? new Problem(
            Code.NOT_FOUND,
            "label.in_reply_to",
            "there is no message with this id here; it was never received, or its retention has "
                + "ended")
        : lacking(label, draft.to(), answered.get());
  }

  private static @Nullable Problem lacking(Label draft, Addressing to, Label answered) {
    if (!List.of(Kind.KIND_ALERT, Kind.KIND_INTELLIGENCE).contains(answered.getKind())) {
      return invalid("label.in_reply_to", "must name an alert or intelligence");
    }
    if (Exercise.of(draft) != Exercise.of(answered)) {
      return invalid("label.status", "training and actual traffic must not be mixed");
    }
    return SingleRecipient.agency(answered.getOrigin(), to)
        ? null
        : invalid(
            "to",
            "must be "
                + answered.getOrigin()
                + ", the sender of the message that the feedback answers");
  }

  private static Problem invalid(String field, String message) {
    return new Problem(Code.INVALID_FIELD, field, message);
  }
}
