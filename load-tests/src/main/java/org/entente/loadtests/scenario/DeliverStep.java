package org.entente.loadtests.scenario;

import com.fasterxml.jackson.annotation.JsonProperty;
import com.google.protobuf.ByteString;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.entente.gateway.bridge.Written;
import org.entente.loadtests.traffic.Headline;
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
 */
record DeliverStep(
    @JsonProperty(required = true) String message,
    @JsonProperty(required = true) List<ClientRef> to,
    @Nullable List<ClientRef> notTo,
    @Nullable Map<String, Object> sees,
    @Nullable String headline)
    implements Act {
  DeliverStep {
    to = List.copyOf(to);
  }

  @Override
  public String word() {
    return "deliver";
  }

  private Map<String, Object> fields() {
    return sees == null ? Map.of() : new LinkedHashMap<>(sees);
  }

  private List<ClientRef> others() {
    return notTo == null ? List.of() : List.copyOf(notTo);
  }

  @Override
  public void check(Checking checking, String field) {
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
                    LabelWords.knows(name),
                    field + ".sees." + name,
                    "is no field of a label",
                    "a field of Label in message.proto, as it is written there"));
    if (Written.label(fields()) instanceof Written.Wrong<Label> wrong) {
      checking.problem(field + ".sees." + wrong.field(), wrong.problem(), "");
    }
  }

  @Override
  public void perform(Stage stage, Findings findings) throws InterruptedException {
    ByteString id = stage.id(message);
    for (ClientRef client : to) {
      Optional<Delivery> delivery = stage.feed(client).await(id, Stage.PATIENCE);
      findings.same(client + " receives " + message, client + seen(delivery));
      delivery.ifPresent(it -> content(client, it, findings));
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
        : " does not receive " + message + " in " + Stage.PATIENCE.toSeconds() + " s";
  }

  private void content(ClientRef client, Delivery delivery, Findings findings) {
    if (!fields().isEmpty() && Written.label(fields()) instanceof Written.Read<Label> read) {
      findings.same(
          client + " sees " + LabelWords.of(fields().keySet(), read.value()),
          client + " sees " + LabelWords.of(fields().keySet(), delivery.getLabel()));
    }
    if (headline != null) {
      findings.same(
          client + " reads \"" + headline + "\"",
          client + " reads \"" + Headline.of(delivery.getBody()) + "\"");
    }
  }
}
