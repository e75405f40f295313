package org.entente.loadtests.scenario.action;

import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.entente.proto.v1.ExplainResponse;
import org.entente.proto.v1.ExplainedOutcome;
import org.entente.proto.v1.ExplainedRecipient;
import org.entente.proto.v1.Outcome;
import org.entente.proto.v1.Permit;
import org.entente.proto.v1.Refusal;

/** Text forms of an explained and of an actual outcome of a draft, so that they can be compared. */
public final class DraftExplanation {
  private DraftExplanation() {}

  /**
   * The explained outcome.
   *
   * @param named agencies that the draft names; only their refusals are also refusals of publishing
   */
  public static String before(ExplainResponse said, Set<String> named) {
    Map<String, String> words = new TreeMap<>();
    for (ExplainedRecipient it : said.getRecipientsList()) {
      if (!it.hasRefusal()) {
        words.put(
            it.getAgency(),
            permit(it.getPermittedBy(), it.getRetentionDays(), it.getWithheldList()));
      } else if (named.contains(it.getAgency())) {
        words.put(it.getAgency(), refusal(it.getRefusal()));
      }
    }
    said.getRefusalsList().forEach(it -> words.put(it.getAgency(), refusal(it)));
    return words(said.getOutcome() == ExplainedOutcome.EXPLAINED_OUTCOME_HELD, words);
  }

  /** The actual outcome. */
  public static String after(Outcome outcome) {
    Map<String, String> words = new TreeMap<>();
    for (Permit it : outcome.getAccepted().getPermitsList()) {
      words.put(
          it.getAgency(), permit(it.getAgreement(), it.getRetentionDays(), it.getWithheldList()));
    }
    outcome.getAccepted().getRefusalsList().forEach(it -> words.put(it.getAgency(), refusal(it)));
    outcome.getRefused().getRefusalsList().forEach(it -> words.put(it.getAgency(), refusal(it)));
    return words(outcome.hasHeld(), words);
  }

  /** Words of an outcome; a held draft has no recipients until it is released. */
  private static String words(boolean held, Map<String, String> recipients) {
    return held ? "held for a second person" : recipients.toString();
  }

  private static String permit(String agreement, int days, Iterable<String> withheld) {
    Set<String> fields = new TreeSet<>();
    withheld.forEach(fields::add);
    return "under "
        + agreement
        + " for "
        + days
        + " days"
        + (fields.isEmpty() ? "" : " without " + fields);
  }

  private static String refusal(Refusal refusal) {
    return refusal.getCode() + " by " + refusal.getRule() + " (" + refusal.getReason() + ")";
  }
}
