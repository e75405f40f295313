package org.entente.loadtests.scenario.step;

import com.fasterxml.jackson.annotation.JsonProperty;
import com.google.protobuf.ByteString;
import com.google.protobuf.Message;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.entente.gateway.bridge.format.DraftFault;
import org.entente.gateway.cli.failure.CommandFailure;
import org.entente.loadtests.scenario.action.ClientRef;
import org.entente.loadtests.scenario.action.Expectation;
import org.entente.loadtests.scenario.action.PlainMessage;
import org.entente.loadtests.scenario.action.ScenarioAction;
import org.entente.loadtests.scenario.action.ScenarioCheck;
import org.entente.loadtests.scenario.action.ScenarioFederation;
import org.entente.loadtests.scenario.action.StepFindings;
import org.entente.loadtests.scenario.action.Variables;
import org.entente.loadtests.traffic.Headline;
import org.entente.proto.v1.Body;
import org.entente.proto.v1.Delivery;
import org.entente.proto.v1.Label;
import org.jspecify.annotations.Nullable;

/**
 * A message arrives at subscribers.
 *
 * @param message its name
 * @param to subscribers that receive it
 * @param notTo subscribers that have not received it when those have
 * @param again whether it is redelivered at the tail
 * @param headline what they read
 * @param sees fields of the label as they see it
 * @param holds the complete content that they receive: the fields of {@code Body}
 * @param delivery other fields of {@code Delivery}
 */
public record DeliverStep(
    @JsonProperty(required = true) String message,
    @JsonProperty(required = true) List<ClientRef> to,
    @Nullable List<ClientRef> notTo,
    @Nullable Boolean again,
    @Nullable String headline,
    @Nullable Map<String, Object> sees,
    @Nullable Map<String, Object> holds,
    @Nullable Map<String, Object> delivery)
    implements ScenarioAction {
  public DeliverStep {
    to = List.copyOf(to);
    notTo = notTo == null ? List.of() : List.copyOf(notTo);
  }

  @Override
  public String word() {
    return "deliver";
  }

  @Override
  public void check(ScenarioCheck checking, String field) {
    checking.message(field + ".message", message);
    for (int i = 0; i < to.size(); i++) {
      checking.subscriber(field + ".to[" + i + "]", to.get(i));
    }
    for (int i = 0; notTo != null && i < notTo.size(); i++) {
      checking.subscriber(field + ".not_to[" + i + "]", notTo.get(i));
    }
    fields(checking, field, "sees", Label.newBuilder(), sees);
    fields(checking, field, "holds", Body.newBuilder(), holds);
    fields(checking, field, "delivery", Delivery.newBuilder(), delivery);
  }

  private static void fields(
      ScenarioCheck checking,
      String field,
      String name,
      Message.Builder type,
      @Nullable Map<String, Object> expected) {
    if (expected != null) {
      checking.noting(
          field, () -> Expectation.check(type, checking.variables().resolve(expected, name), name));
    }
  }

  private Map<String, Object> expected(Variables variables) throws DraftFault {
    Map<String, Object> expected = new LinkedHashMap<>();
    if (delivery != null) {
      expected.putAll(variables.resolve(delivery, "delivery"));
    }
    if (sees != null) {
      expected.put("label", variables.resolve(sees, "sees"));
    }
    if (holds != null) {
      expected.put("body", Map.of("exactly", variables.resolve(holds, "holds")));
    }
    return expected;
  }

  @Override
  public void perform(ScenarioFederation stage, StepFindings findings) throws InterruptedException {
    ByteString id = stage.id(message);
    for (ClientRef client : to) {
      Optional<Delivery> received =
          again != null && again
              ? stage.feed(client).awaitAnew(id, ScenarioFederation.PATIENCE)
              : stage.feed(client).await(id, ScenarioFederation.PATIENCE);
      findings.same(
          client + " receives " + message,
          client + (received.isPresent() ? " receives " : " does not receive ") + message);
      received.ifPresent(it -> content(stage, client, it, findings));
    }
    for (ClientRef client : notTo == null ? List.<ClientRef>of() : notTo) {
      findings.same(
          client + " has not received " + message,
          client + (stage.feed(client).has(id) ? " has " : " has not ") + "received " + message);
    }
  }

  private void content(
      ScenarioFederation stage, ClientRef client, Delivery received, StepFindings findings) {
    if (headline != null) {
      findings.same(
          client + " reads \"" + headline + "\"",
          client + " reads \"" + Headline.of(received.getBody()) + "\"");
    }
    try {
      Map<String, Object> expected = expected(stage.variables());
      Optional<String> mismatch =
          Expectation.mismatch(expected, PlainMessage.of(received), client.toString());
      String words = client + " has " + stage.variables().named(expected.toString());
      findings.add(words, mismatch.map(stage.variables()::named).orElse(words), mismatch.isEmpty());
    } catch (DraftFault e) {
      throw new CommandFailure(e.field() + " " + e.problem(), e);
    }
  }
}
