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
 * Whether feedback may leave: it answers a message that this agency was given, and goes to whoever
 * sent that, and to nobody else. Nobody can claim a control that no message led to, nor learn by
 * asking what others were sent.
 */
final class FeedbackPrecheck {
  private FeedbackPrecheck() {}

  /** What is wrong with a draft of feedback; null if nothing is, or it is none. */
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
            "no message of this id is here; it was never received, or its time is over")
        : lacking(label, draft.to(), answered.get());
  }

  private static @Nullable Problem lacking(Label draft, Addressing to, Label answered) {
    if (!List.of(Kind.KIND_ALERT, Kind.KIND_INTELLIGENCE).contains(answered.getKind())) {
      return invalid("label.in_reply_to", "feedback answers alerts and intelligence");
    }
    if (Exercise.of(draft) != Exercise.of(answered)) {
      return invalid("label.status", "training and actual traffic are not mixed");
    }
    return SingleRecipient.agency(answered.getOrigin(), to)
        ? null
        : invalid("to", "feedback goes to " + answered.getOrigin() + ", whose message it answers");
  }

  private static Problem invalid(String field, String message) {
    return new Problem(Code.INVALID_FIELD, field, message);
  }
}
