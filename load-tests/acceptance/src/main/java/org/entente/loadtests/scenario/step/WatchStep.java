package org.entente.loadtests.scenario.step;

import com.fasterxml.jackson.annotation.JsonProperty;
import com.google.protobuf.ByteString;
import java.util.LinkedHashMap;
import java.util.Map;
import org.entente.loadtests.scenario.action.CallActor;
import org.entente.loadtests.scenario.action.CallResult;
import org.entente.loadtests.scenario.action.ClientRef;
import org.entente.loadtests.scenario.action.NamedObject;
import org.entente.loadtests.scenario.action.ProtoFields;
import org.entente.loadtests.scenario.action.ScenarioAction;
import org.entente.loadtests.scenario.action.ScenarioCheck;
import org.entente.loadtests.scenario.action.ScenarioFederation;
import org.entente.loadtests.scenario.action.StepFindings;
import org.entente.proto.v1.AddWatchRequest;
import org.entente.proto.v1.AddWatchResponse;
import org.entente.proto.v1.RemoveWatchRequest;
import org.entente.proto.v1.WatchGrpc;
import org.entente.proto.v1.WatchTerms;
import org.jspecify.annotations.Nullable;

/**
 * A client adds a watch or ends one.
 *
 * @param by the calling client
 * @param as name in later steps for a watch that begins
 * @param terms the fields of {@code WatchTerms} of a watch that begins
 * @param end name of the watch that ends
 * @param officer the deciding officer
 * @param justification the reason
 * @param error expected error code
 */
public record WatchStep(
    @JsonProperty(required = true) ClientRef by,
    @Nullable String as,
    @Nullable Map<String, Object> terms,
    @Nullable String end,
    @JsonProperty(required = true) String officer,
    @JsonProperty(required = true) String justification,
    @Nullable String error)
    implements ScenarioAction {
  @Override
  public String word() {
    return "watch";
  }

  private Map<String, Object> fields() {
    return terms == null ? Map.of() : new LinkedHashMap<>(terms);
  }

  @Override
  public void check(ScenarioCheck checking, String field) {
    checking.client(field + ".by", by);
    checking.require(
        (as != null && terms != null && end == null)
            || (as == null && terms == null && end != null),
        field,
        "does nothing, or two things",
        "either as and terms, or end");
    ProtoFields.check(checking, field + ".terms", WatchTerms.newBuilder(), fields());
    if (as != null) {
      checking.names(field + ".as", NamedObject.WATCH, as);
    }
    if (end != null) {
      checking.named(field + ".end", NamedObject.WATCH, end);
    }
  }

  @Override
  public void perform(ScenarioFederation stage, StepFindings findings) {
    WatchGrpc.WatchBlockingStub watch = WatchGrpc.newBlockingStub(stage.channel(by));
    if (end != null) {
      RemoveWatchRequest request =
          RemoveWatchRequest.newBuilder()
              .setWatch(number(stage.things().id(NamedObject.WATCH, end)))
              .setOnBehalfOf(CallActor.person(officer, justification))
              .build();
      findings.same(
          CallResult.expected(error, "ended"),
          CallResult.to(() -> stage.patient(watch).removeWatch(request)).words(it -> "ended"));
      return;
    }
    WatchTerms.Builder wanted = ProtoFields.fill(WatchTerms.newBuilder(), fields());
    wanted.getFilterBuilder().setExercise(stage.exercise());
    AddWatchRequest request =
        AddWatchRequest.newBuilder()
            .setTerms(wanted)
            .setOnBehalfOf(CallActor.person(officer, justification))
            .build();
    CallResult<AddWatchResponse> answer =
        CallResult.to(() -> stage.patient(watch).addWatch(request));
    if (as != null && answer instanceof CallResult.Given<AddWatchResponse> given) {
      stage.things().name(NamedObject.WATCH, as, id(by, given.value().getWatch().getWatch()));
    }
    findings.same(CallResult.expected(error, "watched for"), answer.words(it -> "watched for"));
  }

  /** Agency and number identify a watch in a scenario, since each gateway numbers its own. */
  static ByteString id(ClientRef client, long number) {
    return ByteString.copyFromUtf8(number + "@" + client.agency());
  }

  private static long number(ByteString id) {
    String text = id.toStringUtf8();
    return Long.parseLong(text.substring(0, text.indexOf('@')));
  }
}
