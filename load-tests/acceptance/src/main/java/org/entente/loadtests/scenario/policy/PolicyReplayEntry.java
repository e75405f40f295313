package org.entente.loadtests.scenario.policy;

import com.fasterxml.jackson.annotation.JsonProperty;
import com.google.protobuf.ByteString;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Function;
import org.entente.gateway.policy.analysis.PolicyReplay;
import org.entente.loadtests.scenario.action.ScenarioCheck;
import org.entente.loadtests.scenario.action.StepFindings;
import org.jspecify.annotations.Nullable;

/**
 * Messages in a stopped gateway's ledger that a draft decides differently, as {@code policy diff
 * --ledger} lists them.
 *
 * @param messages number of messages evaluated by both
 * @param changed by message and recipient both decisions: exactly these
 * @param notKept label fields that conditions read and that are not kept for sent messages: exactly
 *     these; none if absent
 */
public record PolicyReplayEntry(
    @JsonProperty(required = true) Long messages,
    @JsonProperty(required = true) Map<String, Map<String, OutcomePair>> changed,
    @Nullable List<String> notKept) {
  public PolicyReplayEntry {
    changed = new TreeMap<>(changed);
  }

  /**
   * Decisions on a message for one recipient.
   *
   * @param current by the rules in force
   * @param draft by the draft
   */
  public record OutcomePair(
      @JsonProperty(required = true) String current, @JsonProperty(required = true) String draft) {
    private String words() {
      return current + " -> " + draft;
    }
  }

  void check(ScenarioCheck checking, String field) {
    checking.require(messages >= 0, field + ".messages", "is " + messages, "0 or more");
    changed.forEach(
        (message, recipients) -> {
          checking.message(field + ".changed." + message, message);
          checking.agencies(field + ".changed." + message, recipients.keySet());
        });
  }

  void compare(PolicyReplay replay, Function<ByteString, String> names, StepFindings findings) {
    compare(replay.messages(), replay.changed(), replay.notKept(), names, findings);
  }

  public void compare(
      long replayed,
      List<PolicyReplay.ChangedOutcome> differences,
      List<String> lacking,
      Function<ByteString, String> names,
      StepFindings findings) {
    Map<String, Map<String, String>> expected = new TreeMap<>();
    changed.forEach(
        (message, recipients) -> {
          Map<String, String> words = new TreeMap<>();
          recipients.forEach((agency, both) -> words.put(agency, both.words()));
          expected.put(message, words);
        });
    Map<String, Map<String, String>> seen = new TreeMap<>();
    for (PolicyReplay.ChangedOutcome it : differences) {
      seen.computeIfAbsent(
              names.apply(ByteString.copyFrom(it.message().bytes())), name -> new TreeMap<>())
          .put(
              it.recipient().value(),
              new OutcomePair(it.current().inShort(), it.candidate().inShort()).words());
    }
    findings.same(
        "of " + messages + " messages " + expected, "of " + replayed + " messages " + seen);
    findings.same(
        "not kept of what was sent " + new TreeSet<>(notKept == null ? List.of() : notKept),
        "not kept of what was sent " + new TreeSet<>(lacking));
  }
}
