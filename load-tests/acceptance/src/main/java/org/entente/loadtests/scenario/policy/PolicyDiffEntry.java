package org.entente.loadtests.scenario.policy;

import com.fasterxml.jackson.annotation.JsonProperty;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.entente.gateway.policy.analysis.RulebookComparison;
import org.entente.gateway.policy.analysis.RulebookComparison.Difference;
import org.entente.gateway.policy.analysis.RulebookComparison.Outcome;
import org.entente.gateway.policy.analysis.RulebookComparison.Relation;
import org.entente.gateway.policy.terms.LabelNotation;
import org.entente.loadtests.scenario.action.ScenarioCheck;
import org.entente.loadtests.scenario.action.StepFindings;
import org.jspecify.annotations.Nullable;

/**
 * Relation of a draft to the rules in force, as {@code policy diff} finds it.
 *
 * @param relation EQUIVALENT, NARROWER, WIDER or DISJOINT
 * @param exhaustive whether the search reports that it is a proof
 * @param most most combinations to try; the command's default if absent
 * @param wider a message of which the draft permits more; with WIDER and DISJOINT
 * @param narrower a message of which it permits less; with NARROWER and DISJOINT
 */
public record PolicyDiffEntry(
    @JsonProperty(required = true) Relation relation,
    @JsonProperty(required = true) Boolean exhaustive,
    @Nullable Long most,
    @Nullable Example wider,
    @Nullable Example narrower) {

  /**
   * An example message of the search.
   *
   * @param from its sender; not checked if absent
   * @param to its recipient; not checked if absent
   * @param label fields of its label, in the form of {@code policy diff}; the others are not
   *     checked
   * @param current the decision of the rules in force
   * @param draft the decision of the draft
   */
  public record Example(
      @Nullable String from,
      @Nullable String to,
      @JsonProperty(required = true) Map<String, Object> label,
      @JsonProperty(required = true) String current,
      @JsonProperty(required = true) String draft) {
    public Example {
      label = new LinkedHashMap<>(label);
    }

    private void check(ScenarioCheck checking, String field) {
      if (from != null) {
        checking.agency(field + ".from", from);
      }
      if (to != null) {
        checking.agency(field + ".to", to);
      }
      checking.require(!label.isEmpty(), field + ".label", "says nothing", "one field or more");
      Set<String> names = new TreeSet<>(LabelNotation.names());
      label.keySet().forEach(it -> checking.oneOf(field + ".label." + it, names, it));
    }

    private String expected() {
      return words(from, to, new TreeMap<>(label), current, draft);
    }

    private String seen(Difference found) {
      Map<String, Object> words = new TreeMap<>(LabelNotation.of(found.label()));
      words.keySet().retainAll(label.keySet());
      return words(
          from == null ? null : found.origin().value(),
          to == null ? null : found.recipient().value(),
          words,
          found.current().inShort(),
          found.candidate().inShort());
    }

    private static String words(
        @Nullable String from,
        @Nullable String to,
        Map<String, Object> label,
        String current,
        String draft) {
      return (from == null ? "" : "from " + from + " ")
          + (to == null ? "" : "to " + to + " ")
          + label
          + ": "
          + current
          + " -> "
          + draft;
    }
  }

  long tries() {
    return most == null ? RulebookComparison.DEFAULT_MOST : most;
  }

  void check(ScenarioCheck checking, String field) {
    checking.require(tries() > 0, field + ".most", "is " + tries(), "1 or more");
    shown(checking, field + ".wider", wider, relation == Relation.WIDER);
    shown(checking, field + ".narrower", narrower, relation == Relation.NARROWER);
  }

  private void shown(
      ScenarioCheck checking, String field, @Nullable Example example, boolean only) {
    boolean needed = only || relation == Relation.DISJOINT;
    checking.require(
        needed == (example != null),
        field,
        (example == null ? "is missing with " : "is given with ") + relation,
        "a message with its own relation and with DISJOINT, and with them only");
    if (example != null) {
      example.check(checking, field);
    }
  }

  public void compare(Outcome outcome, StepFindings findings) {
    findings.same(
        words(relation, exhaustive, ""),
        words(outcome.relation(), outcome.incomplete().isEmpty(), unlooked(outcome)));
    shown("lets go ", wider, outcome.wider(), findings);
    shown("does not let go ", narrower, outcome.narrower(), findings);
  }

  private static String words(Relation relation, boolean exhaustive, String besides) {
    return relation + besides + (exhaustive ? ", exhaustive" : ", not exhaustive");
  }

  /** Differences that were not expected, including permits under another agreement. */
  private String unlooked(Outcome outcome) {
    return outcome.wider().filter(it -> wider == null).map(it -> " lets go " + all(it)).orElse("")
        + outcome.narrower().filter(it -> narrower == null).map(it -> " not " + all(it)).orElse("")
        + outcome
            .other()
            .filter(it -> relation == Relation.EQUIVALENT)
            .map(it -> " " + all(it))
            .orElse("");
  }

  private static String all(Difference it) {
    return it.origin()
        + " to "
        + it.recipient()
        + ", "
        + LabelNotation.line(it.label())
        + ", "
        + it.bodyBytes()
        + " bytes, at "
        + it.at()
        + ": "
        + String.join("; ", it.how());
  }

  private static void shown(
      String what, @Nullable Example example, Optional<Difference> found, StepFindings findings) {
    if (example != null) {
      findings.same(what + example.expected(), what + found.map(example::seen).orElse("nothing"));
    }
  }
}
