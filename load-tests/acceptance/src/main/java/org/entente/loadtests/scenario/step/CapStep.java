package org.entente.loadtests.scenario.step;

import com.fasterxml.jackson.annotation.JsonProperty;
import com.google.protobuf.ByteString;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.entente.loadtests.scenario.action.AnswerPoller;
import org.entente.loadtests.scenario.action.CallActor;
import org.entente.loadtests.scenario.action.CallResult;
import org.entente.loadtests.scenario.action.ClientRef;
import org.entente.loadtests.scenario.action.ProtoFields;
import org.entente.loadtests.scenario.action.ScenarioAction;
import org.entente.loadtests.scenario.action.ScenarioCheck;
import org.entente.loadtests.scenario.action.ScenarioFederation;
import org.entente.loadtests.scenario.action.StepFindings;
import org.entente.proto.v1.Addressing;
import org.entente.proto.v1.Alert;
import org.entente.proto.v1.CapGrpc;
import org.entente.proto.v1.CapRemainder;
import org.entente.proto.v1.Delivery;
import org.entente.proto.v1.Label;
import org.entente.proto.v1.ReadCapRequest;
import org.entente.proto.v1.ReadCapResponse;
import org.entente.proto.v1.WriteCapRequest;
import org.entente.proto.v1.WriteCapResponse;
import org.jspecify.annotations.Nullable;

/**
 * A gateway writes a received alert as CAP 1.2, and another gateway reads the same content from the
 * document.
 *
 * @param by the client, which receives and may open it
 * @param message its name
 * @param officer the officer
 * @param justification the reason
 * @param again a client that may publish, whose gateway reads the document again
 * @param told elements that the gateway reports as not held unchanged by CAP; exactly these
 */
public record CapStep(
    @JsonProperty(required = true) ClientRef by,
    @JsonProperty(required = true) String message,
    @JsonProperty(required = true) String officer,
    @JsonProperty(required = true) String justification,
    @JsonProperty(required = true) ClientRef again,
    @Nullable List<String> told)
    implements ScenarioAction {
  /** Holds fields that only a label has; the next sender sets them itself. */
  private static final String LABEL_IN_WORDS = "alert/info/parameter";

  @Override
  public String word() {
    return "cap";
  }

  @Override
  public void check(ScenarioCheck checking, String field) {
    checking.subscriber(field + ".by", by);
    checking.client(field + ".again", again);
    checking.message(field + ".message", message);
  }

  @Override
  public void perform(ScenarioFederation stage, StepFindings findings) throws InterruptedException {
    ByteString id = stage.id(message);
    Optional<Delivery> received = stage.feed(by).await(id, ScenarioFederation.PATIENCE);
    findings.same(
        by + " has " + message, by + (received.isPresent() ? " has " : " has not ") + message);
    if (received.isPresent()) {
      roundTrip(stage, id, received.get(), findings);
    }
  }

  private void roundTrip(
      ScenarioFederation stage, ByteString id, Delivery delivery, StepFindings findings)
      throws InterruptedException {
    CapGrpc.CapBlockingStub cap = CapGrpc.newBlockingStub(stage.channel(by));
    WriteCapRequest request =
        WriteCapRequest.newBuilder()
            .setMessageId(id)
            .setExercise(stage.exercise())
            .setOnBehalfOf(CallActor.person(officer, justification))
            .build();
    CallResult<WriteCapResponse> written =
        AnswerPoller.until(
            it -> it instanceof CallResult.Given,
            () -> CallResult.to(() -> stage.patient(cap).writeCap(request)));
    findings.same(
        "CAP does not hold " + (told == null ? List.of() : told),
        written.words(it -> "CAP does not hold " + paths(it.getUnmappedList()) + it.getReason()));
    if (written instanceof CallResult.Given<WriteCapResponse> given
        && !given.value().getXml().isEmpty()) {
      findings.same(
          "reads again as " + ProtoFields.words(content(delivery.getBody().getAlert())),
          again(stage, given.value().getXml(), delivery.getLabel()));
    }
  }

  static List<String> paths(List<CapRemainder> unmapped) {
    return unmapped.stream().map(CapRemainder::getPath).toList();
  }

  /** The part of an alert that CAP can hold. */
  private static Alert content(Alert alert) {
    return alert.toBuilder().clearExtra().build();
  }

  private String again(ScenarioFederation stage, ByteString xml, Label label) {
    ReadCapRequest request =
        ReadCapRequest.newBuilder()
            .setXml(xml)
            .setLabel(
                Label.newBuilder()
                    .setCategory(label.getCategory())
                    .setPurpose(label.getPurpose())
                    .setClassification(label.getClassification()))
            .setTo(Addressing.newBuilder().addAgencies(label.getOrigin()))
            .build();
    CapGrpc.CapBlockingStub cap = CapGrpc.newBlockingStub(stage.channel(again));
    CallResult<ReadCapResponse> read = CallResult.to(() -> stage.patient(cap).readCap(request));
    return read.words(
        it -> {
          List<String> lost = new ArrayList<>(paths(it.getUnmappedList()));
          lost.removeIf(LABEL_IN_WORDS::equals);
          return "reads again as "
              + ProtoFields.words(content(it.getDraft().getBody().getAlert()))
              + (lost.isEmpty() ? "" : " without " + lost);
        });
  }
}
