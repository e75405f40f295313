package org.entente.loadtests.scenario.step;

import com.fasterxml.jackson.annotation.JsonProperty;
import com.google.protobuf.ByteString;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.entente.gateway.bridge.format.WrittenMessage;
import org.entente.loadtests.scenario.action.ClientRef;
import org.entente.loadtests.scenario.action.FileBytes;
import org.entente.loadtests.scenario.action.GivenEntry;
import org.entente.loadtests.scenario.action.ProtoFields;
import org.entente.loadtests.scenario.action.ScenarioAction;
import org.entente.loadtests.scenario.action.ScenarioCheck;
import org.entente.loadtests.scenario.action.ScenarioFederation;
import org.entente.loadtests.scenario.action.ScenarioLabels;
import org.entente.loadtests.scenario.action.StepFindings;
import org.entente.loadtests.traffic.Headline;
import org.entente.proto.v1.Body;
import org.entente.proto.v1.ClassificationEquivalent;
import org.entente.proto.v1.Delivery;
import org.entente.proto.v1.Label;
import org.jspecify.annotations.Nullable;

/**
 * A message arrives at subscribers.
 *
 * @param message its name
 * @param to subscribers that receive it
 * @param notTo subscribers that have not received it when those have
 * @param sees fields of the label as they see it
 * @param headline what they read
 * @param holds the complete content that they receive: the fields of {@code Body}
 * @param document a file in the scenario's folder whose exact bytes they receive
 * @param equivalent its equivalent in their own classification scheme
 * @param again whether it is redelivered at the tail
 * @param consents by name the consents under which it was passed on to them; exactly these
 */
public record DeliverStep(
    @JsonProperty(required = true) String message,
    @JsonProperty(required = true) List<ClientRef> to,
    @Nullable List<ClientRef> notTo,
    @Nullable Map<String, Object> sees,
    @Nullable String headline,
    @Nullable Map<String, Object> holds,
    @Nullable String document,
    @Nullable Equivalent equivalent,
    @Nullable Boolean again,
    @Nullable Map<String, GivenEntry> consents)
    implements ScenarioAction {
  /**
   * A marking of a recipient's own classification scheme.
   *
   * @param scheme as the code lists name it
   * @param marking as it is written there
   */
  record Equivalent(
      @JsonProperty(required = true) String scheme,
      @JsonProperty(required = true) String marking) {}

  public DeliverStep {
    to = List.copyOf(to);
  }

  @Override
  public String word() {
    return "deliver";
  }

  private Map<String, Object> fields() {
    return sees == null ? Map.of() : new LinkedHashMap<>(sees);
  }

  private Map<String, Object> content() {
    return holds == null ? Map.of() : new LinkedHashMap<>(holds);
  }

  private boolean comesAnew() {
    return again != null && again;
  }

  private List<ClientRef> others() {
    return notTo == null ? List.of() : List.copyOf(notTo);
  }

  @Override
  public void check(ScenarioCheck checking, String field) {
    checking.message(field + ".message", message);
    for (int i = 0; i < to.size(); i++) {
      checking.subscriber(field + ".to[" + i + "]", to.get(i));
    }
    for (int i = 0; i < others().size(); i++) {
      checking.subscriber(field + ".not_to[" + i + "]", others().get(i));
    }
    fields()
        .keySet()
        .forEach(
            name ->
                checking.require(
                    ScenarioLabels.knows(name),
                    field + ".sees." + name,
                    "is no field of a label",
                    "a field of Label in message.proto, as it is written there"));
    if (document != null) {
      FileBytes.check(checking, field + ".document", document);
    }
    ProtoFields.check(checking, field + ".holds", Body.newBuilder(), content());
    GivenEntry.check(checking, field + ".consents", consents);
    if (WrittenMessage.label(fields()) instanceof WrittenMessage.Wrong<Label> wrong) {
      checking.problem(field + ".sees." + wrong.field(), wrong.problem(), "");
    }
  }

  @Override
  public void perform(ScenarioFederation stage, StepFindings findings) throws InterruptedException {
    ByteString id = stage.id(message);
    for (ClientRef client : to) {
      Optional<Delivery> delivery =
          comesAnew()
              ? stage.feed(client).awaitAnew(id, ScenarioFederation.PATIENCE)
              : stage.feed(client).await(id, ScenarioFederation.PATIENCE);
      String again = comesAnew() ? " again" : "";
      findings.same(client + " receives " + message + again, client + seen(delivery) + again);
      delivery.ifPresent(it -> content(client, it, findings));
      if (document != null && delivery.isPresent()) {
        FileBytes.same(client.toString(), stage.file(document), delivery.get().getBody(), findings);
      }
      delivery.ifPresent(it -> consents(stage, client, it, findings));
    }
    for (ClientRef client : others()) {
      boolean came = stage.feed(client).has(id);
      findings.same(
          client + " has not received " + message,
          client + (came ? " has received " : " has not received ") + message);
    }
  }

  private String seen(Optional<Delivery> delivery) {
    return delivery.isPresent()
        ? " receives " + message
        : " does not receive " + message + " in " + ScenarioFederation.PATIENCE.toSeconds() + " s";
  }

  private void consents(
      ScenarioFederation stage, ClientRef client, Delivery delivery, StepFindings findings) {
    if (consents != null) {
      findings.same(
          client + " has it " + GivenEntry.words(consents),
          client + " has it " + GivenEntry.words(stage, delivery.getConsentsList()));
    }
  }

  private void content(ClientRef client, Delivery delivery, StepFindings findings) {
    if (!fields().isEmpty()
        && WrittenMessage.label(fields()) instanceof WrittenMessage.Read<Label> read) {
      findings.same(
          client + " sees " + ScenarioLabels.of(fields().keySet(), read.value()),
          client + " sees " + ScenarioLabels.of(fields().keySet(), delivery.getLabel()));
    }
    if (equivalent != null) {
      ClassificationEquivalent handled = delivery.getEquivalent();
      findings.same(
          client + " handles it as " + equivalent.scheme() + " " + equivalent.marking(),
          client + " handles it as " + handled.getScheme() + " " + handled.getMarking());
    }
    if (holds != null) {
      findings.same(
          client
              + " has "
              + ProtoFields.words(ProtoFields.fill(Body.newBuilder(), content()).build()),
          client + " has " + ProtoFields.words(delivery.getBody()));
    }
    if (headline != null) {
      findings.same(
          client + " reads \"" + headline + "\"",
          client + " reads \"" + Headline.of(delivery.getBody()) + "\"");
    }
  }
}
