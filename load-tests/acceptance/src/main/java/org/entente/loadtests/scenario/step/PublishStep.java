package org.entente.loadtests.scenario.step;

import com.fasterxml.jackson.annotation.JsonProperty;
import com.google.protobuf.ByteString;
import com.google.protobuf.Message;
import com.google.protobuf.util.Timestamps;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.Base64;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.entente.gateway.bridge.format.WrittenMessage;
import org.entente.loadtests.scenario.action.CallResult;
import org.entente.loadtests.scenario.action.ClientRef;
import org.entente.loadtests.scenario.action.DraftExplanation;
import org.entente.loadtests.scenario.action.NamedObject;
import org.entente.loadtests.scenario.action.OutcomeEntry;
import org.entente.loadtests.scenario.action.ScenarioAction;
import org.entente.loadtests.scenario.action.ScenarioCheck;
import org.entente.loadtests.scenario.action.ScenarioFederation;
import org.entente.loadtests.scenario.action.StepFindings;
import org.entente.proto.v1.Draft;
import org.entente.proto.v1.ExplainRequest;
import org.entente.proto.v1.ExplainResponse;
import org.entente.proto.v1.Outcome;
import org.entente.proto.v1.PublishRequest;
import org.entente.proto.v1.PublishResponse;
import org.entente.proto.v1.PublisherGrpc;
import org.entente.proto.v1.Status;
import org.jspecify.annotations.Nullable;

/**
 * A client publishes a draft.
 *
 * @param by the calling client
 * @param as name in later steps for the message
 * @param draft in the form of {@code ./entente send}, without idempotency key
 * @param derivedFrom names of messages that it passes on
 * @param inReplyTo name of the message that it answers
 * @param changes name of the message that it updates, cancels, rectifies or restricts
 * @param operation name of the joint operation in which it is said
 * @param answerWithin time limit for an answer; requests only
 * @param deliverWithin time limit for delivery, after which it is not delivered
 * @param explained whether the gateway must first explain the outcome, and the explanation must
 *     match it; false if absent
 * @param expect the expected outcome
 */
public record PublishStep(
    @JsonProperty(required = true) ClientRef by,
    @JsonProperty(required = true) String as,
    @JsonProperty(required = true) Map<String, Object> draft,
    @Nullable List<String> derivedFrom,
    @Nullable String inReplyTo,
    @Nullable String changes,
    @Nullable String operation,
    @Nullable Duration answerWithin,
    @Nullable Duration deliverWithin,
    @Nullable Boolean explained,
    @JsonProperty(required = true) OutcomeEntry expect)
    implements ScenarioAction {
  private static final String KEY = "idempotency_key";
  private static final String TO = "to";
  private static final String LABEL = "label";

  /** Placeholder in a draft for an id that is unknown before the run: 16 bytes in base64. */
  private static final String UNKNOWN_YET = Base64.getEncoder().encodeToString(new byte[16]);

  public PublishStep {
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
  public void check(ScenarioCheck checking, String field) {
    checking.client(field + ".by", by);
    checking.messages(field + ".derived_from", sources());
    if (inReplyTo != null) {
      checking.message(field + ".in_reply_to", inReplyTo);
    }
    if (changes != null) {
      checking.message(field + ".changes", changes);
    }
    if (operation != null) {
      checking.named(field + ".operation", NamedObject.OPERATION, operation);
    }
    checking.require(
        !draft.containsKey(KEY),
        field + ".draft." + KEY,
        "is given",
        "nothing: `as` makes the key");
    if (written() instanceof WrittenMessage.Wrong<Draft> wrong) {
      checking.problem(field + ".draft." + wrong.field(), wrong.problem(), "");
    } else if (written() instanceof WrittenMessage.Read<Draft> read) {
      content(checking, field, read.value());
    }
    expect.check(checking, field + ".expect");
    checking.names(field + ".as", as);
  }

  private void content(ScenarioCheck checking, String field, Draft read) {
    checking.require(
        read.getBody().hasRequest() == (answerWithin != null),
        field + ".answer_within",
        answerWithin == null ? "is missing with a request" : "beside what is no request",
        "a duration such as PT48H with a request, and with it only");
    checking.require(
        deliverWithin == null || deliverWithin.toMillis() > 0,
        field + ".deliver_within",
        "is " + deliverWithin,
        "a duration such as PT2H");
    if (checking.exercise()) {
      Status status = read.getLabel().getStatus();
      checking.require(
          status == Status.STATUS_UNSPECIFIED || status == Status.STATUS_EXERCISE,
          field + ".draft.label.status",
          status + " in an exercise",
          "EXERCISE, or leave it out");
    }
  }

  private WrittenMessage<Draft> written() {
    Map<String, Object> whole = new LinkedHashMap<>(draft);
    whole.put(KEY, as);
    if (operation != null) {
      whole.put(TO, with(draft.get(TO), "operation"));
    }
    if (inReplyTo != null) {
      whole.put(LABEL, with(draft.get(LABEL), "in_reply_to"));
    }
    // Files for `send` hold no requests and answers; a client publishes them like anything else.
    Draft.Builder any = Draft.newBuilder();
    if (WrittenMessage.message(any, whole) instanceof WrittenMessage.Read<Message>
        && (any.getBody().hasRequest() || any.getBody().hasAnswer())) {
      return new WrittenMessage.Read<>(any.build());
    }
    return WrittenMessage.draft(whole);
  }

  private static Object with(@Nullable Object part, String id) {
    Map<Object, Object> whole = new LinkedHashMap<>();
    if (part instanceof Map<?, ?> others) {
      whole.putAll(others);
    }
    whole.put(id, UNKNOWN_YET);
    return whole;
  }

  @Override
  public void perform(ScenarioFederation stage, StepFindings findings) {
    Draft whole = whole(stage);
    stage.content(whole);
    PublisherGrpc.PublisherBlockingStub publisher =
        PublisherGrpc.newBlockingStub(stage.channel(by));
    CallResult<ExplainResponse> before = explanation(stage, publisher, whole);
    long begun = System.nanoTime();
    PublishRequest request = PublishRequest.newBuilder().setDraft(whole).build();
    CallResult<PublishResponse> answer =
        CallResult.again(() -> stage.patient(publisher).publish(request));
    CallResult<Outcome> outcome = outcome(answer);
    if (outcome instanceof CallResult.Given<Outcome> given) {
      stage.published(as, by.agency(), whole, given.value(), begun);
    }
    if (before != null) {
      Set<String> named = new TreeSet<>(whole.getTo().getAgenciesList());
      named.addAll(whole.getTo().getInformation().getAgenciesList());
      findings.same(
          "explained before: " + outcome.words(DraftExplanation::after),
          "explained before: " + before.words(it -> DraftExplanation.before(it, named)));
    }
    expect.compare(outcome, findings, daysOver(stage));
  }

  /** Midnights (UTC) since the first message that it passes on was published. */
  private long daysOver(ScenarioFederation stage) {
    long today = LocalDate.now(ZoneOffset.UTC).toEpochDay();
    return sources().stream()
        .map(source -> today - day(stage.id(source)))
        .max(Comparator.naturalOrder())
        .orElse(0L);
  }

  /** The day (UTC) of a message id, which begins with milliseconds since 1970 (RFC 9562). */
  private static long day(ByteString id) {
    long millis = id.asReadOnlyByteBuffer().getLong() >>> Short.SIZE;
    return LocalDate.ofInstant(Instant.ofEpochMilli(millis), ZoneOffset.UTC).toEpochDay();
  }

  /** The gateway's explanation of the draft; null if none is requested. */
  private @Nullable CallResult<ExplainResponse> explanation(
      ScenarioFederation stage, PublisherGrpc.PublisherBlockingStub publisher, Draft whole) {
    if (explained == null || !explained) {
      return null;
    }
    ExplainRequest request = ExplainRequest.newBuilder().setDraft(whole).build();
    return CallResult.again(() -> stage.patient(publisher).explain(request));
  }

  private static CallResult<Outcome> outcome(CallResult<PublishResponse> answer) {
    if (answer instanceof CallResult.Failed<PublishResponse> failed) {
      return new CallResult.Failed<>(failed.code(), failed.reason());
    }
    return new CallResult.Given<>(
        ((CallResult.Given<PublishResponse>) answer).value().getOutcome());
  }

  private Draft whole(ScenarioFederation stage) {
    if (!(written() instanceof WrittenMessage.Read<Draft> read)) {
      throw new IllegalStateException("checked before: " + written());
    }
    Draft.Builder whole = read.value().toBuilder();
    sources().forEach(source -> whole.addDerivedFrom(stage.id(source)));
    if (inReplyTo != null) {
      whole.getLabelBuilder().setInReplyTo(stage.id(inReplyTo));
    }
    if (changes != null) {
      whole.getLabelBuilder().setReferences(stage.id(changes));
    }
    if (operation != null) {
      whole.getToBuilder().setOperation(stage.things().id(NamedObject.OPERATION, operation));
    }
    if (answerWithin != null) {
      Instant answerBy = Instant.now().plus(answerWithin);
      whole
          .getBodyBuilder()
          .getRequestBuilder()
          .setAnswerBy(Timestamps.fromMillis(answerBy.toEpochMilli()));
    }
    if (deliverWithin != null) {
      Instant over = Instant.now().plus(deliverWithin);
      whole.getLabelBuilder().setExpiresAt(Timestamps.fromMillis(over.toEpochMilli()));
    }
    if (stage.exercise()) {
      whole.getLabelBuilder().setStatus(Status.STATUS_EXERCISE);
    }
    return whole.build();
  }
}
