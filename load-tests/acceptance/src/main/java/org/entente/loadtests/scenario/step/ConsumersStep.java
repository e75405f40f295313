package org.entente.loadtests.scenario.step;

import com.fasterxml.jackson.annotation.JsonProperty;
import com.google.protobuf.ByteString;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.entente.loadtests.scenario.action.ClientRef;
import org.entente.loadtests.scenario.action.ScenarioAction;
import org.entente.loadtests.scenario.action.ScenarioCheck;
import org.entente.loadtests.scenario.action.ScenarioFederation;
import org.entente.loadtests.scenario.action.StepFindings;
import org.entente.loadtests.traffic.SharedConsumers;
import org.jspecify.annotations.Nullable;

/**
 * Consumers of one client share a subscription, and some of them die. Each has one message when
 * they do; the others process all.
 *
 * @param by the client
 * @param subscription its shared subscription
 * @param count how many consumers
 * @param killed how many of them die; none if absent
 * @param messages all messages of the subscription, at least one for each consumer
 */
public record ConsumersStep(
    @JsonProperty(required = true) ClientRef by,
    @JsonProperty(required = true) String subscription,
    @JsonProperty(required = true) Integer count,
    @Nullable Integer killed,
    @JsonProperty(required = true) List<String> messages)
    implements ScenarioAction {
  private static final Duration PATIENCE = ScenarioFederation.PATIENCE;

  public ConsumersStep {
    messages = List.copyOf(messages);
  }

  @Override
  public String word() {
    return "consumers";
  }

  @Override
  public void check(ScenarioCheck checking, String field) {
    checking.subscriber(field + ".by", by);
    checking.require(
        count >= 1 && count <= messages.size(),
        field + ".count",
        count + " consumers for " + messages.size() + " messages",
        "from 1 to the number of messages");
    checking.require(
        dead() >= 0 && dead() < count,
        field + ".killed",
        dead() + " of " + count + " consumers",
        "fewer than there are");
    for (int i = 0; i < messages.size(); i++) {
      checking.message(field + ".messages[" + i + "]", messages.get(i));
    }
  }

  private int dead() {
    return killed == null ? 0 : killed;
  }

  @Override
  public void perform(ScenarioFederation stage, StepFindings findings) throws InterruptedException {
    try (SharedConsumers consumers =
        new SharedConsumers(
            subscription, count, () -> stage.federation().channel(by.agency(), by.client()))) {
      findings.same(
          "of " + count + " consumers " + count + " have a message",
          "of " + count + " consumers " + consumers.awaitBusy(PATIENCE) + " have a message");
      List<ByteString> lost = consumers.resume(dead());
      findings.same(
          dead() + " are killed, each with a message",
          dead() + " are killed, " + (lost.size() == dead() ? "each with a message" : "idle"));
      Map<ByteString, Integer> done = consumers.awaitAcknowledged(messages.size(), PATIENCE);
      findings.same(expected(), "the others process " + processed(stage, done));
      findings.same("their streams end in order", ended(consumers.complete(PATIENCE)));
    }
  }

  private static String ended(boolean ended) {
    return ended ? "their streams end in order" : "their streams do not end";
  }

  private String expected() {
    return "the others process " + messages.stream().sorted().map(name -> name + " once").toList();
  }

  private List<String> processed(ScenarioFederation stage, Map<ByteString, Integer> done) {
    List<String> words = new ArrayList<>();
    done.forEach(
        (id, times) ->
            words.add(
                messages.stream()
                        .filter(name -> stage.id(name).equals(id))
                        .findFirst()
                        .orElse("another message")
                    + (times == 1 ? " once" : " " + times + " times")));
    return words.stream().sorted().toList();
  }
}
