package org.entente.gateway.feature.risk;

import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.entente.gateway.model.Code;
import org.entente.gateway.model.MessageId;
import org.entente.gateway.model.Problem;
import org.entente.gateway.policy.check.LabelCheck;
import org.entente.gateway.policy.codes.CodeLists;
import org.entente.gateway.text.TextRule;
import org.entente.proto.v1.OnBehalfOf;
import org.entente.proto.v1.RiskIndicator;
import org.entente.proto.v1.ScoreMessageRequest;

/**
 * Checks a client's score. Names are shown in the audit log and on terminals, so few characters are
 * allowed; texts have one line. Pure; safe for use by several threads.
 */
final class ScoreCheck {
  static final int MAX_PER_MILLE = 1_000;
  static final int MAX_INDICATORS = 32;
  static final int MAX_INDICATOR_BYTES = 8_192;
  private static final int MAX_TEXT = 200;
  private static final int MAX_NAMED = 10;
  private static final Pattern MODEL = Pattern.compile("[a-z0-9][a-z0-9._-]{0,39}");
  private static final Pattern VERSION = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._+-]{0,39}");
  private static final Pattern CODE = Pattern.compile("[A-Z][A-Z0-9_]{0,39}");

  private final LabelCheck persons;
  private final Supplier<Set<String>> listed;

  /**
   * Checks scores against the node's code lists.
   *
   * @param listed the indicators in its code lists; empty if any are allowed
   */
  ScoreCheck(LabelCheck persons, Supplier<Set<String>> listed) {
    this.persons = persons;
    this.listed = listed;
  }

  /** The first problem; empty if the score is valid. */
  Optional<Problem> problem(ScoreMessageRequest request) {
    return id(request.getMessageId().size())
        .or(() -> value(request))
        .or(() -> model("model", request.getModel()))
        .or(() -> version(request.getModelVersion()))
        .or(() -> indicators(request.getIndicatorsList()))
        .or(() -> author(request));
  }

  static Optional<Problem> id(int bytes) {
    return unless(
        bytes == MessageId.SIZE, "message_id", "must be the " + MessageId.SIZE + " bytes of an id");
  }

  private static Optional<Problem> value(ScoreMessageRequest request) {
    return unless(
        request.hasPerMille() && isPerMille(request.getPerMille()),
        "per_mille",
        "is required, in thousandths from 0 to " + MAX_PER_MILLE);
  }

  /** Unsigned on the wire: values from 2^31 are negative here. */
  static boolean isPerMille(int value) {
    return value >= 0 && value <= MAX_PER_MILLE;
  }

  static Optional<Problem> model(String field, String model) {
    return unless(
        MODEL.matcher(model).matches(),
        field,
        "must be 1 to 40 characters of a-z 0-9 . _ -, a letter or digit first");
  }

  private static Optional<Problem> version(String version) {
    return unless(
        VERSION.matcher(version).matches(),
        "model_version",
        "must be 1 to 40 characters of A-Z a-z 0-9 . _ + -, a letter or digit first");
  }

  private Optional<Problem> indicators(List<RiskIndicator> indicators) {
    // Check the count before inspecting the entries.
    if (indicators.size() > MAX_INDICATORS) {
      return problem("indicators", "must have at most " + MAX_INDICATORS + " entries");
    }
    int bytes = indicators.stream().mapToInt(RiskIndicator::getSerializedSize).sum();
    if (bytes > MAX_INDICATOR_BYTES) {
      return problem("indicators", "must have at most " + MAX_INDICATOR_BYTES + " bytes");
    }
    Set<String> codes = listed.get();
    for (int i = 0; i < indicators.size(); i++) {
      Optional<Problem> problem = indicator("indicators[" + i + "]", indicators.get(i), codes);
      if (problem.isPresent()) {
        return problem;
      }
    }
    return Optional.empty();
  }

  private static Optional<Problem> indicator(
      String field, RiskIndicator indicator, Set<String> codes) {
    String code = indicator.getCode();
    return unless(
            CODE.matcher(code).matches(),
            field + ".code",
            "must be 1 to 40 characters: a capital letter, then of A-Z 0-9 _")
        .or(
            () ->
                unless(
                    codes.isEmpty()
                        || codes.contains(code)
                        || code.startsWith(CodeLists.FREE_INDICATOR),
                    field + ".code",
                    "must be in the node's code lists (such as "
                        + codes.stream().limit(MAX_NAMED).collect(Collectors.joining(", "))
                        + "), or begin with "
                        + CodeLists.FREE_INDICATOR))
        .or(
            () ->
                unless(
                    Math.abs((long) indicator.getWeight()) <= MAX_PER_MILLE,
                    field + ".weight",
                    "must be from -" + MAX_PER_MILLE + " to " + MAX_PER_MILLE))
        .or(() -> line(field + ".text", indicator.getText()));
  }

  private static Optional<Problem> line(String field, String text) {
    return unless(
            text.codePointCount(0, text.length()) <= MAX_TEXT,
            field,
            "must have at most " + MAX_TEXT + " characters")
        .or(() -> TextRule.LINE.fault(text).flatMap(fault -> problem(field, fault.toString())));
  }

  private Optional<Problem> author(ScoreMessageRequest request) {
    if (request.getAutomated()) {
      return unless(
          request.getOnBehalfOf().equals(OnBehalfOf.getDefaultInstance()),
          "on_behalf_of",
          "must be empty if automated is true");
    }
    return person(request.getOnBehalfOf());
  }

  /** The problem with the person who scores or reads; empty if there is none. */
  Optional<Problem> person(OnBehalfOf person) {
    return persons.decision(person).stream().findFirst();
  }

  private static Optional<Problem> unless(boolean holds, String field, String message) {
    return holds ? Optional.empty() : problem(field, message);
  }

  static Optional<Problem> problem(String field, String message) {
    return Optional.of(new Problem(Code.INVALID_FIELD, field, message));
  }
}
