package org.entente.gateway.feature.ipr;

import com.google.protobuf.Timestamp;
import com.google.protobuf.util.Timestamps;
import org.entente.gateway.model.Problem;
import org.entente.gateway.model.Result;
import org.entente.proto.v1.IprAnswer;
import org.entente.proto.v1.IprCase;
import org.entente.proto.v1.IprCaseKind;
import org.entente.proto.v1.IprHolderWord;
import org.jspecify.annotations.Nullable;

/**
 * Rules for a rights holder's answers and their time limits: confirmation and agreement to
 * destruction within the time of article 23(1); requests for more time and notice of proceedings
 * within that of articles 23(3) and 26(9); a declaration that the goods are genuine at any time.
 */
final class HolderAnswerRules {
  private static final String FIELD = "answer";
  private static final int MOST_TEXT = 1_000;

  private HolderAnswerRules() {}

  /**
   * The case after an answer.
   *
   * @param at when the answer was received
   */
  static Result<Transition<IprCase>> answer(IprCase kept, IprAnswer answer, String text, long at) {
    Problem problem = problem(answer, text);
    if (problem != null) {
      return Result.refused(problem);
    }
    CaseStatus stands = new CaseStatus(kept);
    if (said(kept.getHolder(), answer)) {
      return Transition.same(kept);
    }
    if (stands.isClosed()) {
      return CaseClosureRules.closed();
    }
    if (!kept.hasHolderNotifiedAt() || stands.lacksRecordation()) {
      return Transition.outOfOrder(
          FIELD, "the rights holder has not been notified under a recordation");
    }
    if (stands.isGenuine()) {
      return Transition.outOfOrder(FIELD, "the rights holder has declared the goods genuine");
    }
    return switch (answer) {
      case IPR_ANSWER_CONFIRMS, IPR_ANSWER_AGREES_TO_DESTRUCTION ->
          agreement(kept, stands, answer, at);
      case IPR_ANSWER_ASKS_EXTENSION -> extension(kept, stands, text, at);
      case IPR_ANSWER_PROCEEDINGS -> proceedings(kept, text, at);
      case IPR_ANSWER_GENUINE ->
          next(kept, kept.getHolder().toBuilder().setGenuineAt(time(at)), answer);
      case IPR_ANSWER_UNSPECIFIED, UNRECOGNIZED ->
          throw new IllegalStateException("an answer that was checked: " + answer);
    };
  }

  private static @Nullable Problem problem(IprAnswer answer, String text) {
    IprFieldCheck fields = new IprFieldCheck();
    fields.choice(FIELD, answer);
    fields.text("text", text, MOST_TEXT);
    fields.check(
        !text.isBlank()
            || (answer != IprAnswer.IPR_ANSWER_ASKS_EXTENSION
                && answer != IprAnswer.IPR_ANSWER_PROCEEDINGS),
        "text",
        "is required with this answer");
    return fields.problem();
  }

  private static boolean said(IprHolderWord word, IprAnswer answer) {
    return switch (answer) {
      case IPR_ANSWER_CONFIRMS -> word.hasConfirmedAt();
      case IPR_ANSWER_AGREES_TO_DESTRUCTION -> word.hasDestructionAgreedAt();
      case IPR_ANSWER_GENUINE -> word.hasGenuineAt();
      case IPR_ANSWER_ASKS_EXTENSION -> word.hasExtensionAskedAt();
      case IPR_ANSWER_PROCEEDINGS -> word.hasProceedingsAt();
      case IPR_ANSWER_UNSPECIFIED, UNRECOGNIZED -> false;
    };
  }

  private static Result<Transition<IprCase>> agreement(
      IprCase kept, CaseStatus stands, IprAnswer answer, long at) {
    if (stands.isSmall()) {
      return Transition.outOfOrder(
          FIELD, "in a small consignment, the holder is not asked for this");
    }
    if (stands.isInCourt()) {
      return Transition.outOfOrder(FIELD, "the case is before a court");
    }
    if (at >= Timestamps.toMillis(kept.getDeadlines().getHolderBy())) {
      return Transition.passed(FIELD, kept.getDeadlines().getHolderBy());
    }
    IprHolderWord.Builder word = kept.getHolder().toBuilder();
    return next(
        kept,
        answer == IprAnswer.IPR_ANSWER_CONFIRMS
            ? word.setConfirmedAt(time(at))
            : word.setDestructionAgreedAt(time(at)),
        answer);
  }

  private static Result<Transition<IprCase>> extension(
      IprCase kept, CaseStatus stands, String text, long at) {
    if (stands.isSmall() || kept.getKind() == IprCaseKind.IPR_CASE_KIND_PERISHABLE) {
      return Transition.outOfOrder(FIELD, "the time in this kind of case cannot be extended");
    }
    if (stands.isInCourt()) {
      return Transition.outOfOrder(FIELD, "the case is before a court");
    }
    if (at >= Timestamps.toMillis(kept.getDeadlines().getProceedingsBy())) {
      return Transition.passed(FIELD, kept.getDeadlines().getProceedingsBy());
    }
    return next(
        kept,
        kept.getHolder().toBuilder().setExtensionAskedAt(time(at)).setExtensionReason(text),
        IprAnswer.IPR_ANSWER_ASKS_EXTENSION);
  }

  private static Result<Transition<IprCase>> proceedings(IprCase kept, String text, long at) {
    if (at >= Timestamps.toMillis(kept.getDeadlines().getProceedingsBy())) {
      return Transition.passed(FIELD, kept.getDeadlines().getProceedingsBy());
    }
    return next(
        kept,
        kept.getHolder().toBuilder().setProceedingsAt(time(at)).setProceedings(text),
        IprAnswer.IPR_ANSWER_PROCEEDINGS);
  }

  private static Result<Transition<IprCase>> next(
      IprCase kept, IprHolderWord.Builder word, IprAnswer answer) {
    return Transition.next(
        kept.toBuilder().setHolder(word).build(),
        "rights holder: " + IprProtoMapper.word(answer, "IPR_ANSWER_"));
  }

  private static Timestamp time(long at) {
    return Timestamps.fromMillis(at);
  }
}
