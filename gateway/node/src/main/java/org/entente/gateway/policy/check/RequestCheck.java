package org.entente.gateway.policy.check;

import java.time.Duration;
import java.time.Instant;
import org.entente.gateway.policy.subject.CodedText;
import org.entente.proto.v1.Answer;
import org.entente.proto.v1.AnswerResult;
import org.entente.proto.v1.Request;
import org.entente.proto.v1.RequestedAction;
import org.entente.proto.v1.Wanted;

/** Checks the fields of requests and answers against the comments in message.proto. */
final class RequestCheck {
  private static final Duration LONGEST = Duration.ofDays(366);
  private static final int QUESTION = 4_000;
  private static final int TEXT = 100_000;
  private static final int MOST_HITS = 1_000_000;

  private final ValidationErrors findings;
  private final SubjectCheck subjects;

  RequestCheck(ValidationErrors findings, SubjectCheck subjects) {
    this.findings = findings;
    this.subjects = subjects;
  }

  void request(Request request) {
    findings.known("body.request", request);
    if (request.getReminder()) {
      reminder(request);
      return;
    }
    findings.check(!request.getQuestion().isBlank(), "body.request.question", "is required");
    findings.text("body.request.question", request.getQuestion(), QUESTION);
    findings.requiredCoded("body.request.language", request.getLanguage(), CodedText.LANGUAGE);
    subjects.all("body.request.subjects", request.getSubjectsList());
    findings.check(request.hasAnswerBy(), "body.request.answer_by", "is required");
    findings.time("body.request.answer_by", request.getAnswerBy());
    findings.required("body.request.wanted", request.getWanted());
    findings.check(
        request.getResponder().isEmpty() || ResponderCheck.isName(request.getResponder()),
        "body.request.responder",
        ResponderCheck.NAME_FORM);
  }

  private void reminder(Request request) {
    findings.text("body.request.question", request.getQuestion(), QUESTION);
    if (request.getQuestion().isBlank()) {
      findings.coded("body.request.language", request.getLanguage(), CodedText.LANGUAGE);
    } else {
      findings.requiredCoded("body.request.language", request.getLanguage(), CodedText.LANGUAGE);
    }
    findings.check(
        request.getSubjectsCount() == 0,
        "body.request.subjects",
        "must be empty in a reminder, which repeats the original request");
    findings.check(
        !request.hasAnswerBy(),
        "body.request.answer_by",
        "must be absent in a reminder; the request's own time still applies");
    findings.check(
        request.getResponder().isEmpty(),
        "body.request.responder",
        "must be empty in a reminder, which goes to the request's responder");
    findings.required("body.request.wanted", request.getWanted());
  }

  /**
   * The requested action that a request's label must have, so that policy can tell the two apart.
   */
  static RequestedAction action(Request request) {
    return request.getWanted() == Wanted.WANTED_HIT_NO_HIT
        ? RequestedAction.REQUESTED_ACTION_CHECK
        : RequestedAction.REQUESTED_ACTION_INFORM;
  }

  /** Whether a request can ask for this action; an unspecified action is allowed. */
  static boolean asks(RequestedAction action) {
    return switch (action) {
      case REQUESTED_ACTION_UNSPECIFIED, REQUESTED_ACTION_CHECK, REQUESTED_ACTION_INFORM -> true;
      default -> false;
    };
  }

  /** Checks that a draft's time for its answer lies in the future and within the limit. */
  static void answerBy(ValidationErrors findings, Request request, Instant now) {
    if (request.getReminder()) {
      return;
    }
    Instant answerBy = TimestampConversion.instant(request.getAnswerBy());
    findings.check(answerBy.isAfter(now), "body.request.answer_by", "must be in the future");
    findings.check(
        !answerBy.isAfter(now.plus(LONGEST)),
        "body.request.answer_by",
        "must be at most " + LONGEST.toDays() + " days ahead");
  }

  void answer(Answer answer) {
    findings.known("body.answer", answer);
    findings.required("body.answer.result", answer.getResult());
    boolean hit = answer.getResult() == AnswerResult.ANSWER_RESULT_HIT;
    findings.check(
        hit || answer.getHits() == 0, "body.answer.hits", "must be 0 unless the result is HIT");
    findings.check(
        answer.getHits() >= 0 && answer.getHits() <= MOST_HITS,
        "body.answer.hits",
        "must be at most " + MOST_HITS);
    findings.text("body.answer.text", answer.getText(), TEXT);
    if (!answer.getText().isBlank()) {
      findings.requiredCoded("body.answer.language", answer.getLanguage(), CodedText.LANGUAGE);
    } else {
      findings.coded("body.answer.language", answer.getLanguage(), CodedText.LANGUAGE);
    }
    findings.check(
        hit || answer.getSubjectsCount() == 0,
        "body.answer.subjects",
        "must be empty unless the result is HIT");
    subjects.all("body.answer.subjects", answer.getSubjectsList());
    findings.check(
        !answer.hasExpectedAt() || answer.getResult() == AnswerResult.ANSWER_RESULT_LATER,
        "body.answer.expected_at",
        "must be absent unless the result is LATER");
    findings.time("body.answer.expected_at", answer.getExpectedAt());
  }
}
