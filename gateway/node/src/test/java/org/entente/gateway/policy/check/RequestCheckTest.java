package org.entente.gateway.policy.check;

import static org.entente.gateway.policy.decide.PolicyFixture.NOW;
import static org.entente.gateway.testkit.Agencies.FR;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.protobuf.ByteString;
import java.time.Duration;
import java.util.List;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.entente.gateway.model.Code;
import org.entente.gateway.model.Lane;
import org.entente.gateway.model.MessageId;
import org.entente.gateway.model.Problem;
import org.entente.gateway.policy.codes.MessageLimits;
import org.entente.gateway.policy.decide.Permitted;
import org.entente.gateway.policy.decide.PermittedFixture;
import org.entente.gateway.policy.decide.PolicyFixture;
import org.entente.gateway.testkit.RequestSamples;
import org.entente.proto.v1.Answer;
import org.entente.proto.v1.AnswerResult;
import org.entente.proto.v1.Draft;
import org.entente.proto.v1.Kind;
import org.entente.proto.v1.Person;
import org.entente.proto.v1.PersonRole;
import org.entente.proto.v1.Request;
import org.entente.proto.v1.RequestedAction;
import org.entente.proto.v1.Subject;
import org.entente.proto.v1.Wanted;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/** Every limit of requests and answers, and who must be named behind a request. */
class RequestCheckTest {
  private static final LabelCheck CHECK = new LabelCheck(MessageLimits.defaults());
  private static final MessageId ID = MessageId.parse("0198c0ffee0070008000000000000001");

  private static Draft.Builder request() {
    return RequestSamples.draft(
        "k",
        RequestSamples.asks(),
        RequestSamples.request(Wanted.WANTED_HIT_NO_HIT, NOW.plus(Duration.ofDays(2))),
        "de.customs");
  }

  private static Draft.Builder answer(AnswerResult result) {
    return RequestSamples.draft(
        "k", RequestSamples.answers(ID), RequestSamples.answer(result), "fr.customs");
  }

  private static List<Problem> problems(Draft draft) {
    return assertInstanceOf(DraftCheck.InvalidDraft.class, CHECK.draft(draft, NOW)).problems();
  }

  private static DynamicTest wrong(String field, Draft.Builder draft) {
    return DynamicTest.dynamicTest(
        field,
        () -> {
          List<Problem> problems = problems(draft.build());
          assertTrue(
              problems.stream()
                  .anyMatch(it -> it.field().equals(field) && it.code() == Code.INVALID_FIELD),
              problems.toString());
        });
  }

  private static DynamicTest wrongRequest(String field, Consumer<Request.Builder> change) {
    Draft.Builder draft = request();
    change.accept(draft.getBodyBuilder().getRequestBuilder());
    return wrong("body.request." + field, draft);
  }

  private static DynamicTest wrongAnswer(
      String field, AnswerResult result, Consumer<Answer.Builder> change) {
    Draft.Builder draft = answer(result);
    change.accept(draft.getBodyBuilder().getAnswerBuilder());
    return wrong("body.answer." + field, draft);
  }

  @Test
  void requestAndAnswers_asTheyShouldBe_areTaken() {
    assertInstanceOf(CheckedDraft.class, CHECK.draft(request().build(), NOW));
    for (AnswerResult result : AnswerResult.values()) {
      if (result != AnswerResult.ANSWER_RESULT_UNSPECIFIED && result != AnswerResult.UNRECOGNIZED) {
        assertInstanceOf(CheckedDraft.class, CHECK.draft(answer(result).build(), NOW));
      }
    }
  }

  @TestFactory
  Stream<DynamicTest> request_wrong_isRefusedByField() {
    return Stream.of(
        wrongRequest("question", it -> it.setQuestion(" ")),
        wrongRequest("question", it -> it.setQuestion("x".repeat(4_001))),
        wrongRequest("language", it -> it.clearLanguage()),
        wrongRequest("subjects[1]", it -> it.addSubjects(Subject.getDefaultInstance())),
        wrongRequest("answer_by", it -> it.clearAnswerBy()),
        wrongRequest("answer_by", it -> it.setAnswerBy(TimestampConversion.timestamp(NOW))),
        wrongRequest(
            "answer_by",
            it ->
                it.setAnswerBy(
                    TimestampConversion.timestamp(NOW.plus(Duration.ofDays(366)).plusMillis(1)))),
        wrongRequest("wanted", it -> it.clearWanted()),
        wrongRequest("wanted", it -> it.setWantedValue(9)));
  }

  @TestFactory
  Stream<DynamicTest> answer_wrong_isRefusedByField() {
    Draft.Builder unnamed = answer(AnswerResult.ANSWER_RESULT_HIT);
    unnamed.getLabelBuilder().setInReplyTo(ByteString.EMPTY);
    return Stream.of(
        wrong("label.in_reply_to", unnamed),
        wrongAnswer("result", AnswerResult.ANSWER_RESULT_HIT, it -> it.clearResult()),
        wrongAnswer("hits", AnswerResult.ANSWER_RESULT_HIT, it -> it.setHits(1_000_001)),
        wrongAnswer("hits", AnswerResult.ANSWER_RESULT_HIT, it -> it.setHits(-1)),
        wrongAnswer("hits", AnswerResult.ANSWER_RESULT_NO_HIT, it -> it.setHits(1)),
        wrongAnswer(
            "text", AnswerResult.ANSWER_RESULT_LATER, it -> it.setText("x".repeat(100_001))),
        wrongAnswer("language", AnswerResult.ANSWER_RESULT_LATER, it -> it.setText("not yet")),
        wrongAnswer(
            "subjects",
            AnswerResult.ANSWER_RESULT_NO_HIT,
            it -> it.addSubjects(Subject.newBuilder().setPlace("FRLEH"))),
        wrongAnswer(
            "expected_at",
            AnswerResult.ANSWER_RESULT_HIT,
            it -> it.setExpectedAt(TimestampConversion.timestamp(NOW))));
  }

  @Test
  void request_withoutThePersonOrTheReason_isRefused_andAnAnswerIsNot() {
    Draft.Builder draft = request();
    draft.getOnBehalfOfBuilder().clearOfficer();
    assertEquals("on_behalf_of.officer", problems(draft.build()).get(0).field());
    draft = request();
    draft.getOnBehalfOfBuilder().setJustification(" ");
    assertEquals("on_behalf_of.justification", problems(draft.build()).get(0).field());
    Draft automatic = answer(AnswerResult.ANSWER_RESULT_NO_HIT).clearOnBehalfOf().build();
    assertInstanceOf(CheckedDraft.class, CHECK.draft(automatic, NOW));
  }

  @Test
  void kindOfLabelAndBodyDiffer_isMismatch() {
    Draft.Builder draft = request();
    draft.getLabelBuilder().setKind(Kind.KIND_ALERT);
    assertEquals(Code.LABEL_BODY_MISMATCH, problems(draft.build()).get(0).code());
    draft = answer(AnswerResult.ANSWER_RESULT_HIT);
    draft.getLabelBuilder().setKind(Kind.KIND_REQUEST);
    assertEquals(Code.LABEL_BODY_MISMATCH, problems(draft.build()).get(0).code());
  }

  /** Policy reads the label alone; by it an agreement can tell hit or no hit from details. */
  @Test
  void requestedAction_saysWhatIsWanted_orIsMismatch() {
    assertEquals(
        RequestedAction.REQUESTED_ACTION_CHECK,
        PolicyFixture.checked(request()).label().getRequestedAction());
    Draft.Builder details = request();
    details.getBodyBuilder().getRequestBuilder().setWanted(Wanted.WANTED_DETAILS);
    assertEquals(
        RequestedAction.REQUESTED_ACTION_INFORM,
        PolicyFixture.checked(details).label().getRequestedAction());
    details.getLabelBuilder().setRequestedAction(RequestedAction.REQUESTED_ACTION_CHECK);
    Problem lie = problems(details.build()).get(0);
    assertEquals(Code.LABEL_BODY_MISMATCH, lie.code());
    assertEquals("label.requested_action", lie.field());
    Permitted sent =
        PermittedFixture.permitted(
            ID,
            FR,
            Lane.ROUTINE,
            RequestSamples.complete(RequestSamples.asks()).build(),
            RequestSamples.request(Wanted.WANTED_HIT_NO_HIT, NOW.plus(Duration.ofDays(2))),
            NOW,
            "test",
            30,
            "de.customs");
    assertEquals(
        List.of("label.requested_action"),
        CHECK.received(sent.label(), sent.body()).stream().map(Problem::field).toList());
  }

  @Test
  void subjectThatIsAPerson_raisesPersonalData() {
    Subject.Builder person =
        Subject.newBuilder()
            .setPerson(
                Person.newBuilder().setRole(PersonRole.PERSON_ROLE_OTHER).setFamilyName("Doe"));
    Draft.Builder asks = request();
    asks.getBodyBuilder().getRequestBuilder().addSubjects(person);
    assertTrue(PolicyFixture.checked(asks).label().getPersonalData());
    Draft.Builder answers = answer(AnswerResult.ANSWER_RESULT_HIT);
    answers.getBodyBuilder().getAnswerBuilder().addSubjects(person);
    assertTrue(PolicyFixture.checked(answers).label().getPersonalData());
  }
}
