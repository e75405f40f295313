package org.entente.loadtests.scenario.ipr;

import com.fasterxml.jackson.annotation.JsonProperty;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.entente.loadtests.scenario.action.CallActor;
import org.entente.loadtests.scenario.action.CallResult;
import org.entente.loadtests.scenario.action.ClientRef;
import org.entente.loadtests.scenario.action.NamedObject;
import org.entente.loadtests.scenario.action.ScenarioAction;
import org.entente.loadtests.scenario.action.ScenarioCheck;
import org.entente.loadtests.scenario.action.ScenarioEnums;
import org.entente.loadtests.scenario.action.ScenarioFederation;
import org.entente.loadtests.scenario.action.StepFindings;
import org.entente.loadtests.scenario.action.WithheldTexts;
import org.entente.proto.v1.AnswerIprNoticeRequest;
import org.entente.proto.v1.IprAnswer;
import org.entente.proto.v1.IprDetail;
import org.entente.proto.v1.IprNotice;
import org.entente.proto.v1.IprParticular;
import org.entente.proto.v1.IprProcedureGrpc;
import org.entente.proto.v1.ReadIprNoticeRequest;
import org.jspecify.annotations.Nullable;

/**
 * A rights holder reads the notice of a case under one of its recordations, or answers it.
 *
 * @param by the calling client of the rights holder
 * @param suspension name of the case
 * @param person of the holder, who reads or answers
 * @param answer what is answered; absent to read only
 * @param text of the answer, where one is needed
 * @param stage stage of the case after it, or outcome of a closed case
 * @param goods nature of the goods, as the holder reads it
 * @param disclosed what the authority disclosed, by what it is: exactly this
 * @param withheld texts that must not occur in the notice
 * @param error expected error code instead
 */
public record NoticeStep(
    @JsonProperty(required = true) ClientRef by,
    @JsonProperty(required = true) String suspension,
    @JsonProperty(required = true) String person,
    @Nullable String answer,
    @Nullable String text,
    @Nullable String stage,
    @Nullable String goods,
    @Nullable Map<String, String> disclosed,
    @Nullable List<String> withheld,
    @Nullable String error)
    implements ScenarioAction {
  @Override
  public String word() {
    return "notice";
  }

  private List<String> hidden() {
    return withheld == null ? List.of() : List.copyOf(withheld);
  }

  @Override
  public void check(ScenarioCheck checking, String field) {
    checking.client(field + ".by", by);
    checking.named(field + ".suspension", NamedObject.CASE, suspension);
    if (answer != null) {
      checking.constant(field + ".answer", IprAnswer.getDescriptor(), answer);
    }
    checking.require(
        text == null || answer != null, field + ".text", "without an answer", "beside answer only");
    IprStages.check(checking, field, stage, error);
    if (disclosed != null) {
      disclosed
          .keySet()
          .forEach(
              detail ->
                  checking.constant(
                      field + ".disclosed." + detail, IprDetail.getDescriptor(), detail));
    }
  }

  @Override
  public void perform(ScenarioFederation on, StepFindings findings) {
    IprProcedureGrpc.IprProcedureBlockingStub ipr =
        IprProcedureGrpc.newBlockingStub(on.channel(by));
    CallResult<IprNotice> notice =
        CallResult.to(() -> answer == null ? read(on, ipr) : answer(on, ipr, answer));
    findings.same(
        CallResult.expected(error, "stands at " + stage),
        notice.words(it -> IprStages.words(it.getStage(), it.getOutcome())));
    if (error == null && notice instanceof CallResult.Given<IprNotice> given) {
      content(given.value(), findings);
    }
  }

  private IprNotice read(ScenarioFederation on, IprProcedureGrpc.IprProcedureBlockingStub ipr) {
    return on.patient(ipr)
        .readIprNotice(
            ReadIprNoticeRequest.newBuilder()
                .setCaseId(on.things().id(NamedObject.CASE, suspension))
                .setOnBehalfOf(CallActor.person(person, ""))
                .build())
        .getNotice();
  }

  private IprNotice answer(
      ScenarioFederation on, IprProcedureGrpc.IprProcedureBlockingStub ipr, String answered) {
    return on.patient(ipr)
        .answerIprNotice(
            AnswerIprNoticeRequest.newBuilder()
                .setCaseId(on.things().id(NamedObject.CASE, suspension))
                .setAnswer(
                    IprAnswer.valueOf(ScenarioEnums.value(IprAnswer.getDescriptor(), answered)))
                .setText(text == null ? "" : text)
                .setOnBehalfOf(CallActor.person(person, ""))
                .build())
        .getNotice();
  }

  private void content(IprNotice notice, StepFindings findings) {
    if (goods != null) {
      findings.same("the holder reads " + goods, "the holder reads " + notice.getDescription());
    }
    if (disclosed != null) {
      Map<String, String> seen = new TreeMap<>();
      for (IprParticular it : notice.getDisclosedList()) {
        seen.put(ScenarioEnums.of(it.getDetail().getValueDescriptor()), it.getText());
      }
      findings.same("is told " + new TreeMap<>(new LinkedHashMap<>(disclosed)), "is told " + seen);
    }
    WithheldTexts.none(notice, hidden(), findings);
  }
}
