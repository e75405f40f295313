package org.entente.loadtests.scenario.step;

import com.fasterxml.jackson.annotation.JsonFormat;
import com.fasterxml.jackson.annotation.JsonProperty;
import com.google.protobuf.Message;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.entente.gateway.bridge.format.DraftFault;
import org.entente.gateway.bridge.format.WrittenMessage;
import org.entente.gateway.cli.failure.CommandFailure;
import org.entente.loadtests.scenario.action.AnswerPoller;
import org.entente.loadtests.scenario.action.CallResult;
import org.entente.loadtests.scenario.action.CalledMethod;
import org.entente.loadtests.scenario.action.ClientRef;
import org.entente.loadtests.scenario.action.Expectation;
import org.entente.loadtests.scenario.action.MessageTexts;
import org.entente.loadtests.scenario.action.PlainMessage;
import org.entente.loadtests.scenario.action.SavedValues;
import org.entente.loadtests.scenario.action.ScenarioAction;
import org.entente.loadtests.scenario.action.ScenarioCheck;
import org.entente.loadtests.scenario.action.ScenarioFederation;
import org.entente.loadtests.scenario.action.StepFindings;
import org.entente.loadtests.scenario.action.Variables;
import org.jspecify.annotations.Nullable;

/**
 * Clients call a method of their gateways. For a limited time a method that only reads is repeated
 * until its answer is as expected, and any other while the gateway does not find what it names.
 *
 * @param by the calling client, or several that make the same call
 * @param method service and method, such as {@code Search/Open}
 * @param request fields of the request; none if absent
 * @param answer expected fields of the answer; a list of them if the method streams
 * @param error expected error code instead
 * @param without texts that occur nowhere in the answer
 * @param save names for later steps, with the path of each value in the answer
 */
public record CallStep(
    @JsonProperty(required = true)
        @JsonFormat(with = JsonFormat.Feature.ACCEPT_SINGLE_VALUE_AS_ARRAY)
        List<ClientRef> by,
    @JsonProperty(required = true) String method,
    @Nullable Map<String, Object> request,
    @Nullable Object answer,
    @Nullable String error,
    @Nullable List<String> without,
    @Nullable Map<String, String> save)
    implements ScenarioAction {
  private static final String ANSWER = "answer";

  /** What a call names may still be on its way. */
  private static final String NOT_YET = "NOT_FOUND";

  private static final int LONGEST = 2_000;

  public CallStep {
    by = List.copyOf(by);
  }

  @Override
  public String word() {
    return "call";
  }

  @Override
  public void check(ScenarioCheck checking, String field) {
    for (int i = 0; i < by.size(); i++) {
      checking.client(field + ".by[" + i + "]", by.get(i));
    }
    checking.either(field, "answer", answer != null, error);
    checking.oneOf(field + ".method", CalledMethod.names(), method);
    CalledMethod.named(method)
        .ifPresent(
            called -> {
              checking.noting(field, () -> sent(checking.variables(), called));
              checking.noting(field, () -> expected(checking.variables(), called));
              SavedValues.check(checking, field, save, called.answer());
            });
  }

  private Message sent(Variables variables, CalledMethod called) throws DraftFault {
    Map<String, Object> fields = request == null ? Map.of() : request;
    Message.Builder sent = called.request();
    if (WrittenMessage.message(sent, variables.resolve(fields, "request"))
        instanceof WrittenMessage.Wrong<Message> wrong) {
      throw new DraftFault("request." + wrong.field(), wrong.problem());
    }
    return sent.build();
  }

  /** The expected answer; an empty list if an error is expected. */
  private Object expected(Variables variables, CalledMethod called) throws DraftFault {
    if (answer == null) {
      return List.of();
    }
    Object expected = variables.resolve(answer, ANSWER);
    if (expected instanceof List != called.streams()) {
      throw new DraftFault(ANSWER, "must be a list of a method that streams, and of no other");
    }
    for (Object one : expected instanceof List<?> list ? list : List.of(expected)) {
      if (!(one instanceof Map<?, ?> fields)) {
        throw new DraftFault(ANSWER, "must be an object");
      }
      Expectation.check(called.answer(), fields, ANSWER);
    }
    return expected;
  }

  @Override
  public void perform(ScenarioFederation stage, StepFindings findings) throws InterruptedException {
    CalledMethod called = CalledMethod.named(method).orElseThrow();
    for (ClientRef client : by) {
      try {
        call(stage, client, called, findings);
      } catch (DraftFault e) {
        throw new CommandFailure(e.field() + " " + e.problem(), e);
      }
    }
  }

  private void call(
      ScenarioFederation stage, ClientRef client, CalledMethod called, StepFindings findings)
      throws DraftFault, InterruptedException {
    Message sent = sent(stage.variables(), called);
    Object expected = expected(stage.variables(), called);
    long begun = System.nanoTime();
    CallResult<List<Message>> result =
        AnswerPoller.until(
            it -> mismatch(it, expected, called).isEmpty() || !mayRepeat(it, called),
            () -> CallResult.to(() -> stage.call(client, called, sent)));
    Optional<String> mismatch = mismatch(result, expected, called);
    String words = client + " " + method + (error == null ? " answers " + answer : ": " + error);
    findings.add(words, mismatch.map(it -> shown(stage, it)).orElse(words), mismatch.isEmpty());
    if (result instanceof CallResult.Given<List<Message>> given) {
      if (error == null) {
        SavedValues.save(stage.variables(), save, plain(given.value(), called), findings);
      }
      given.value().forEach(it -> stage.answered(client, sent, it, begun));
    }
  }

  private boolean mayRepeat(CallResult<?> result, CalledMethod called) {
    return called.reads()
        || (error == null
            && result instanceof CallResult.Failed<?> failed
            && failed.code().equals(NOT_YET));
  }

  private static Object plain(List<Message> answers, CalledMethod called) {
    List<Map<String, Object>> plain = answers.stream().map(PlainMessage::of).toList();
    return called.streams() ? plain : plain.get(0);
  }

  private Optional<String> mismatch(
      CallResult<List<Message>> result, Object expected, CalledMethod called) {
    if (result instanceof CallResult.Failed<List<Message>> failed) {
      return Optional.of("error " + failed.code() + " (" + failed.reason() + ")")
          .filter(it -> !failed.code().equals(error));
    }
    List<Message> answers = ((CallResult.Given<List<Message>>) result).value();
    if (error != null) {
      return Optional.of("answers " + plain(answers, called));
    }
    String texts = answers.stream().map(MessageTexts::of).toList().toString();
    return Expectation.mismatch(expected, plain(answers, called), ANSWER)
        .or(() -> withheld().stream().filter(texts::contains).findFirst().map("tells "::concat));
  }

  private List<String> withheld() {
    return without == null ? List.of() : without;
  }

  private static String shown(ScenarioFederation stage, String mismatch) {
    String named = stage.variables().named(mismatch);
    return named.substring(0, Math.min(named.length(), LONGEST));
  }
}
