package org.entente.loadtests.scenario;

import com.fasterxml.jackson.annotation.JsonProperty;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.entente.gateway.bridge.Written;
import org.entente.proto.v1.Draft;
import org.entente.proto.v1.Outcome;
import org.entente.proto.v1.PublishRequest;
import org.entente.proto.v1.PublishResponse;
import org.entente.proto.v1.PublisherGrpc;
import org.entente.proto.v1.Status;
import org.jspecify.annotations.Nullable;

/**
 * A client publishes a draft.
 *
 * @param by whose client
 * @param as how later steps call the message
 * @param draft as {@code ./entente send} takes it, without idempotency key
 * @param derivedFrom names of messages that it passes on
 * @param inReplyTo name of the message that it answers
 * @param expect what must become of it
 */
record PublishStep(
    @JsonProperty(required = true) ClientRef by,
    @JsonProperty(required = true) String as,
    @JsonProperty(required = true) Map<String, Object> draft,
    @Nullable List<String> derivedFrom,
    @Nullable String inReplyTo,
    @JsonProperty(required = true) OutcomeEntry expect)
    implements Act {
  private static final String KEY = "idempotency_key";

  PublishStep {
    draft = new LinkedHashMap<>(draft);
  }

  @Override
  public String word() {
    return "publish";
  }

  private List<String> sources() {
    return derivedFrom == null ? List.of() : List.copyOf(derivedFrom);
  }

  @Override
  public void check(Checking checking, String field) {
    checking.client(field + ".by", by);
    checking.messages(field + ".derived_from", sources());
    if (inReplyTo != null) {
      checking.message(field + ".in_reply_to", inReplyTo);
    }
    checking.require(
        !draft.containsKey(KEY),
        field + ".draft." + KEY,
        "is given",
        "nothing: `as` makes the key");
    if (written() instanceof Written.Wrong<Draft> wrong) {
      checking.problem(field + ".draft." + wrong.field(), wrong.problem(), "");
    } else if (checking.exercise()) {
      Status status = ((Written.Read<Draft>) written()).value().getLabel().getStatus();
      checking.require(
          status == Status.STATUS_UNSPECIFIED || status == Status.STATUS_EXERCISE,
          field + ".draft.label.status",
          status + " in an exercise",
          "EXERCISE, or leave it out");
    }
    expect.check(checking, field + ".expect");
    checking.names(field + ".as", as);
  }

  private Written<Draft> written() {
    Map<String, Object> whole = new LinkedHashMap<>(draft);
    whole.put(KEY, as);
    return Written.draft(whole);
  }

  @Override
  public void perform(Stage stage, Findings findings) {
    Draft whole = whole(stage);
    stage.content(whole);
    long begun = System.nanoTime();
    PublisherGrpc.PublisherBlockingStub publisher =
        PublisherGrpc.newBlockingStub(stage.channel(by));
    PublishRequest request = PublishRequest.newBuilder().setDraft(whole).build();
    Answer<PublishResponse> answer = Answer.again(() -> stage.patient(publisher).publish(request));
    Answer<Outcome> outcome = outcome(answer);
    if (outcome instanceof Answer.Given<Outcome> given) {
      stage.published(as, by.agency(), whole, given.value(), begun);
    }
    expect.compare(outcome, findings);
  }

  private static Answer<Outcome> outcome(Answer<PublishResponse> answer) {
    if (answer instanceof Answer.Failed<PublishResponse> failed) {
      return new Answer.Failed<>(failed.code(), failed.reason());
    }
    return new Answer.Given<>(((Answer.Given<PublishResponse>) answer).value().getOutcome());
  }

  private Draft whole(Stage stage) {
    if (!(written() instanceof Written.Read<Draft> read)) {
      throw new IllegalStateException("checked before: " + written());
    }
    Draft.Builder whole = read.value().toBuilder();
    sources().forEach(source -> whole.addDerivedFrom(stage.id(source)));
    if (inReplyTo != null) {
      whole.getLabelBuilder().setInReplyTo(stage.id(inReplyTo));
    }
    if (stage.exercise()) {
      whole.getLabelBuilder().setStatus(Status.STATUS_EXERCISE);
    }
    return whole.build();
  }
}
