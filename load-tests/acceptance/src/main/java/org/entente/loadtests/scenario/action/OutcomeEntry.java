package org.entente.loadtests.scenario.action;

import com.fasterxml.jackson.annotation.JsonProperty;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import org.entente.proto.v1.Outcome;
import org.entente.proto.v1.Permit;
import org.entente.proto.v1.Refusal;
import org.jspecify.annotations.Nullable;

/**
 * Expected outcome of a draft, for exactly these recipients or as a whole.
 *
 * @param accepted recipients for which it is accepted, by agency
 * @param refused recipients for which policy refuses it, by agency
 * @param held whether it is held for a second person
 * @param error error code of the call as a whole
 */
public record OutcomeEntry(
    @Nullable Map<String, AcceptedFor> accepted,
    @Nullable Map<String, RefusedFor> refused,
    @Nullable Boolean held,
    @Nullable String error) {
  /**
   * Acceptance for one recipient.
   *
   * @param under the agreement
   * @param retentionDays its retention; any if absent
   * @param withheld exactly these withheld fields; any if absent
   */
  record AcceptedFor(
      @JsonProperty(required = true) String under,
      @Nullable Integer retentionDays,
      @Nullable List<String> withheld) {
    private boolean fits(@Nullable Permit permit, long daysOver) {
      return permit != null
          && permit.getAgreement().equals(under)
          && (retentionDays == null || isLeft(permit.getRetentionDays(), daysOver))
          && (withheld == null
              || new TreeSet<>(withheld).equals(new TreeSet<>(permit.getWithheldList())));
    }

    private boolean isLeft(long days, long daysOver) {
      return retentionDays != null && days <= retentionDays && days >= retentionDays - daysOver;
    }

    private String words() {
      String days = retentionDays == null ? "" : " for " + retentionDays + " days";
      return "under " + under + days + (withheld == null ? "" : without(withheld));
    }

    private static String words(Permit permit) {
      return "under %s for %d days".formatted(permit.getAgreement(), permit.getRetentionDays())
          + (permit.getWithheldCount() == 0 ? "" : without(permit.getWithheldList()));
    }

    private static String without(List<String> fields) {
      return " without " + new TreeSet<>(fields);
    }
  }

  /** Refusal with this code, by this rule and with this text in the reason, if given. */
  record RefusedFor(
      @JsonProperty(required = true) String code, @Nullable String rule, @Nullable String says) {
    private boolean fits(@Nullable Refusal refusal) {
      return refusal != null
          && refusal.getCode().equals(code)
          && (rule == null || refusal.getRule().equals(rule))
          && (says == null || refusal.getReason().contains(says));
    }
  }

  private Map<String, AcceptedFor> permits() {
    return accepted == null ? Map.of() : new TreeMap<>(accepted);
  }

  private Map<String, RefusedFor> refusals() {
    return refused == null ? Map.of() : new TreeMap<>(refused);
  }

  private boolean isHeld() {
    return held != null && held;
  }

  public void check(ScenarioCheck checking, String field) {
    int ways = (permits().isEmpty() && refusals().isEmpty() ? 0 : 1) + (isHeld() ? 1 : 0);
    checking.require(
        ways + (error == null ? 0 : 1) == 1,
        field,
        "expects nothing, or things that exclude each other",
        "recipients under accepted, refused or both; or held: true; or error");
    checking.agencies(field + ".accepted", permits().keySet());
    checking.agencies(field + ".refused", refusals().keySet());
  }

  /**
   * Compares the outcome of a message that passes another on, and whose retention ends with the
   * other's.
   *
   * @param daysOver days of the retention that may be over: one for each midnight (UTC) since the
   *     other was published
   */
  public void compare(CallResult<Outcome> answer, StepFindings findings, long daysOver) {
    findings.add(expected(), seen(answer), fits(answer, daysOver));
  }

  private boolean fits(CallResult<Outcome> answer, long daysOver) {
    if (answer instanceof CallResult.Failed<Outcome> failed) {
      return failed.code().equals(error);
    }
    Outcome outcome = ((CallResult.Given<Outcome>) answer).value();
    Map<String, Permit> permitted = permitted(outcome);
    Map<String, Refusal> declined = declined(outcome);
    return error == null
        && outcome.hasHeld() == isHeld()
        && !outcome.hasInvalid()
        && permitted.keySet().equals(permits().keySet())
        && declined.keySet().equals(refusals().keySet())
        && permits().entrySet().stream()
            .allMatch(e -> e.getValue().fits(permitted.get(e.getKey()), daysOver))
        && refusals().entrySet().stream()
            .allMatch(e -> e.getValue().fits(declined.get(e.getKey())));
  }

  private static Map<String, Permit> permitted(Outcome outcome) {
    Map<String, Permit> permits = new TreeMap<>();
    outcome.getAccepted().getPermitsList().forEach(it -> permits.put(it.getAgency(), it));
    return permits;
  }

  private static Map<String, Refusal> declined(Outcome outcome) {
    Map<String, Refusal> refusals = new TreeMap<>();
    outcome.getAccepted().getRefusalsList().forEach(it -> refusals.put(it.getAgency(), it));
    outcome.getRefused().getRefusalsList().forEach(it -> refusals.put(it.getAgency(), it));
    return refusals;
  }

  private String expected() {
    List<String> parts = new ArrayList<>();
    permits().forEach((agency, it) -> parts.add("accepted for " + agency + " " + it.words()));
    refusals()
        .forEach(
            (agency, it) -> {
              String by = it.rule() == null ? "" : " by " + it.rule();
              String says = it.says() == null ? "" : " (… " + it.says() + " …)";
              parts.add("refused for " + agency + ": " + it.code() + by + says);
            });
    if (isHeld()) {
      parts.add("held for a second person");
    }
    if (error != null) {
      parts.add("error " + error);
    }
    return String.join(", ", parts);
  }

  private static String seen(CallResult<Outcome> answer) {
    if (answer instanceof CallResult.Failed<Outcome> failed) {
      return "error " + failed.code() + " (" + failed.reason() + ")";
    }
    Outcome outcome = ((CallResult.Given<Outcome>) answer).value();
    List<String> parts = new ArrayList<>();
    permitted(outcome)
        .forEach((agency, it) -> parts.add("accepted for " + agency + " " + AcceptedFor.words(it)));
    declined(outcome)
        .forEach(
            (agency, it) ->
                parts.add(
                    "refused for %s: %s by %s (%s)"
                        .formatted(agency, it.getCode(), it.getRule(), it.getReason())));
    if (outcome.hasHeld()) {
      parts.add("held for a second person");
    }
    if (outcome.hasInvalid()) {
      parts.add("invalid " + outcome.getInvalid().getField() + ": " + outcome.getInvalid());
    }
    return String.join(", ", parts);
  }
}
