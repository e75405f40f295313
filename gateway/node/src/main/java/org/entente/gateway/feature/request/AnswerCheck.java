package org.entente.gateway.feature.request;

import java.util.Optional;
import org.entente.gateway.model.Code;
import org.entente.gateway.model.Problem;
import org.entente.gateway.policy.terms.Exercise;
import org.entente.proto.store.v1.RequestRecord;
import org.entente.proto.store.v1.RequestState;
import org.entente.proto.v1.Answer;
import org.entente.proto.v1.AnswerResult;
import org.entente.proto.v1.Label;
import org.entente.proto.v1.MessageType;

/**
 * Checks an answer against its request. The answering and the requesting gateway both apply it, so
 * neither needs to trust the other. Pure.
 */
public final class AnswerCheck {
  private AnswerCheck() {}

  /**
   * Why an answer is invalid; empty if it is valid.
   *
   * @param asked the request, between these two agencies
   */
  public static Optional<Problem> problem(RequestRecord asked, Label label, Answer answer) {
    if (asked.getExercise() != Exercise.of(label)) {
      return mismatch("label.status", "training and actual traffic must not be mixed");
    }
    if (!asked.getDetails() && (tells(answer) || label.getAttachmentsCount() > 0)) {
      return mismatch(
          "body.answer",
          "the request asks only for hit or no hit: leave text, subjects and attachments out;"
              + " details need another request");
    }
    if (asked.getState() == RequestState.REQUEST_STATE_WITHDRAWN) {
      return Optional.of(
          new Problem(Code.NOT_ASKED, "label.in_reply_to", "the request was recalled"));
    }
    return isFinal(asked) ? afterFinal(label, answer) : Optional.empty();
  }

  /** Whether a result says more than hit or no hit. The reason for giving no answer is allowed. */
  private static boolean tells(Answer answer) {
    return switch (answer.getResult()) {
      case ANSWER_RESULT_HIT, ANSWER_RESULT_NO_HIT ->
          answer.getSubjectsCount() > 0 || !answer.getText().isEmpty();
      case ANSWER_RESULT_NOT_ALLOWED,
          ANSWER_RESULT_LATER,
          ANSWER_RESULT_UNSPECIFIED,
          UNRECOGNIZED ->
          answer.getSubjectsCount() > 0;
    };
  }

  private static Optional<Problem> afterFinal(Label label, Answer answer) {
    boolean corrects =
        label.getMessageType() == MessageType.MESSAGE_TYPE_UPDATE
            && answer.getResult() != AnswerResult.ANSWER_RESULT_LATER;
    return corrects
        ? Optional.empty()
        : Optional.of(
            new Problem(
                Code.ALREADY_ANSWERED,
                "label.in_reply_to",
                "the request has its answer; to correct it, send the new answer as an update"
                    + " (`request answer --update`, or label.message_type UPDATE)"));
  }

  /** Whether a request has an answer other than LATER. */
  private static boolean isFinal(RequestRecord record) {
    return record.getAnsweredAtMs() > 0;
  }

  private static Optional<Problem> mismatch(String field, String message) {
    return Optional.of(new Problem(Code.LABEL_BODY_MISMATCH, field, message));
  }
}
