package org.entente.gateway.policy.check;

import java.util.List;
import org.entente.gateway.policy.subject.CodedText;
import org.entente.proto.v1.Commodity;
import org.entente.proto.v1.Feedback;
import org.entente.proto.v1.FeedbackResult;

/** Checks the result of a control: its fields, and that they are consistent. */
final class FeedbackCheck {
  private static final String FIELD = "body.feedback";
  private static final int MAX_GOODS = 64;

  private final ValidationErrors findings;
  private final SubjectCheck subjects;

  FeedbackCheck(ValidationErrors findings, SubjectCheck subjects) {
    this.findings = findings;
    this.subjects = subjects;
  }

  void feedback(Feedback feedback) {
    findings.known(FIELD, feedback);
    findings.required(FIELD + ".result", feedback.getResult());
    findings.coded(FIELD + ".place", feedback.getPlace(), CodedText.PLACE);
    findings.requiredCoded(FIELD + ".date", feedback.getDate(), CodedText.DATE);
    findings.text(FIELD + ".concealment", feedback.getConcealment(), 1_000);
    findings.optional(FIELD + ".detection", feedback.getDetection());
    findings.text(FIELD + ".remarks", feedback.getRemarks(), 5_000);
    findings.coded(FIELD + ".language", feedback.getLanguage(), CodedText.LANGUAGE);
    findings.check(
        !feedback.getLanguage().isEmpty()
            || (feedback.getConcealment().isEmpty() && feedback.getRemarks().isEmpty()),
        FIELD + ".language",
        "is required with texts");
    goods(feedback.getGoodsList());
    contradictions(feedback);
  }

  private void goods(List<Commodity> goods) {
    if (!findings.count(FIELD + ".goods", goods.size(), MAX_GOODS)) {
      return;
    }
    for (int i = 0; i < goods.size() && !findings.full(); i++) {
      subjects.commodity(FIELD + ".goods[" + i + "]", goods.get(i));
    }
  }

  private void contradictions(Feedback feedback) {
    FeedbackResult result = feedback.getResult();
    if (result == FeedbackResult.FEEDBACK_RESULT_NOTHING_FOUND) {
      findings.check(
          feedback.getGoodsCount() == 0, FIELD + ".goods", "must be empty if nothing was found");
      findings.check(
          feedback.getConcealment().isEmpty(),
          FIELD + ".concealment",
          "must be empty if nothing was found");
    }
    if (result == FeedbackResult.FEEDBACK_RESULT_SEIZURE) {
      findings.check(
          feedback.getGoodsCount() > 0,
          FIELD + ".goods",
          "must list the seized goods, at least one");
      for (int i = 0; i < feedback.getGoodsCount() && !findings.full(); i++) {
        Commodity seized = feedback.getGoods(i);
        findings.check(
            !seized.getQuantity().isEmpty() && !seized.getUnit().isEmpty(),
            FIELD + ".goods[" + i + "]",
            "must have a quantity and a unit");
      }
    }
    if (result == FeedbackResult.FEEDBACK_RESULT_SEIZURE
        || result == FeedbackResult.FEEDBACK_RESULT_DETAINED) {
      findings.check(!feedback.getPlace().isEmpty(), FIELD + ".place", "is required");
    }
    if (result == FeedbackResult.FEEDBACK_RESULT_OTHER) {
      findings.check(
          !feedback.getRemarks().isBlank(), FIELD + ".remarks", "must say what the control found");
    }
  }
}
