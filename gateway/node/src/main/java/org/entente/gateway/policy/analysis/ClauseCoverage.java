package org.entente.gateway.policy.analysis;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.entente.gateway.model.AgencyName;
import org.entente.gateway.policy.check.LabelSpace;
import org.entente.gateway.policy.terms.Agreement;
import org.entente.gateway.policy.terms.AgreementCheck;
import org.entente.gateway.policy.terms.AgreementMismatch;
import org.entente.gateway.policy.terms.Coverage;
import org.entente.gateway.policy.terms.Membership;
import org.entente.gateway.policy.terms.NodeRule;
import org.entente.gateway.policy.terms.Rulebook;
import org.entente.gateway.policy.terms.Transfer;
import org.entente.proto.v1.Category;
import org.entente.proto.v1.Classification;
import org.entente.proto.v1.Handling;
import org.entente.proto.v1.Purpose;

/**
 * Counts, for each clause of each agreement and each rule of the node, how often messages fulfilled
 * it and how often they failed it. A clause that nothing can fail, such as a ceiling at the highest
 * classification, counts as covered by one outcome. Not safe for use by several threads.
 */
public final class ClauseCoverage {
  private static final String BETWEEN = "between";
  private static final String CONDITION = "condition";
  private static final String PERSON = "person_required";

  private final Rulebook rulebook;
  private final List<Coverage> coverages;
  private final AgreementCheck tests;
  private final Map<String, Count> counts = new LinkedHashMap<>();

  private static final class Count {
    private final boolean canFail;
    private long fulfilled;
    private long failed;

    Count(boolean canFail) {
      this.canFail = canFail;
    }

    void add(boolean holds) {
      if (holds) {
        fulfilled++;
      } else {
        failed++;
      }
    }
  }

  /**
   * The count of one clause.
   *
   * @param name such as {@code fr-sg-ipr/purposes} or {@code node/no-system-messages}
   * @param fulfilled how many messages fulfilled it
   * @param failed how many did not
   * @param canFail whether any message could fail it
   */
  public record Clause(String name, long fulfilled, long failed, boolean canFail) {
    /** The outcomes that never occurred. */
    public List<String> missing() {
      List<String> missing = new ArrayList<>();
      if (fulfilled == 0) {
        missing.add("never fulfilled");
      }
      if (failed == 0 && canFail) {
        missing.add("never failed");
      }
      return missing;
    }
  }

  ClauseCoverage(Rulebook rulebook, Membership membership) {
    this.rulebook = rulebook;
    this.coverages = rulebook.agreements().stream().map(a -> new Coverage(a, membership)).toList();
    this.tests = new AgreementCheck(membership);
    for (Coverage coverage : coverages) {
      clauses(coverage, membership)
          .forEach(
              (field, canFail) ->
                  counts.put(name(coverage.agreement(), field), new Count(canFail)));
    }
    rulebook.nodeRules().forEach(rule -> counts.put("node/" + rule.id(), new Count(true)));
  }

  private static String name(Agreement agreement, String field) {
    return agreement.id() + "/" + field;
  }

  /** The clauses that client and peer messages are counted against, with whether they can fail. */
  private static Map<String, Boolean> clauses(Coverage coverage, Membership membership) {
    Agreement.Covers covers = coverage.agreement().covers();
    Map<String, Boolean> clauses = new LinkedHashMap<>();
    clauses.put(BETWEEN, leavesOut(coverage, membership));
    clauses.put("valid", true);
    clauses.put("kinds", !covers.kinds().containsAll(LabelSpace.KINDS));
    clauses.put("categories", !isAll(covers.categories().size(), Category.values().length));
    clauses.put("purposes", !isAll(covers.purposes().size(), Purpose.values().length));
    clauses.put("classification_ceiling", covers.ceiling() != Classification.CLASSIFICATION_SECRET);
    clauses.put("handling", !isAll(covers.handling().size(), Handling.values().length));
    clauses.put("personal_data", !covers.personalData());
    clauses.put("max_message_bytes", true);
    if (!coverage.agreement().redactions().isNone()) {
      clauses.put("redactions", true);
    }
    covers.condition().ifPresent(condition -> clauses.put(CONDITION, true));
    if (coverage.agreement().obligations().personRequired()) {
      clauses.put(PERSON, true);
    }
    return clauses;
  }

  /** A generated enum has two constants beside its values: unspecified and unrecognised. */
  private static boolean isAll(int covered, int constants) {
    return covered >= constants - 2;
  }

  private static boolean leavesOut(Coverage coverage, Membership membership) {
    Set<AgencyName> all = membership.agencies();
    return all.stream()
        .anyMatch(
            from -> all.stream().anyMatch(to -> !from.equals(to) && !coverage.covers(from, to)));
  }

  /**
   * Counts one message. At the recipient, only the agreement named in the label is evaluated, and
   * no person is required.
   *
   * @param person whether the draft says who sends it and why
   */
  void note(boolean egress, Transfer noted, boolean person) {
    Transfer transfer = egress ? noted : noted.complete();
    String named = transfer.label().getAgreement();
    boolean permitted = false;
    for (Coverage coverage : coverages) {
      if (named.isEmpty() || coverage.agreement().id().equals(named)) {
        boolean permits = note(coverage, transfer);
        permitted |= permits;
        if (egress && permits) {
          count(name(coverage.agreement(), PERSON), person);
        }
      }
    }
    if (permitted) {
      rules(egress, transfer);
    }
  }

  private boolean note(Coverage coverage, Transfer transfer) {
    Agreement agreement = coverage.agreement();
    boolean between = coverage.covers(transfer.origin(), transfer.recipient());
    count(name(agreement, BETWEEN), between);
    if (!between) {
      return false;
    }
    Set<String> failed =
        tests.failures(agreement, transfer).stream()
            .map(AgreementMismatch::field)
            .collect(Collectors.toSet());
    // The condition is evaluated only if everything else is fulfilled.
    boolean asked = failed.isEmpty() || failed.contains(CONDITION);
    String prefix = name(agreement, "");
    for (String clause : List.copyOf(counts.keySet())) {
      String field = clause.substring(clause.indexOf('/') + 1);
      if (clause.startsWith(prefix)
          && !field.equals(BETWEEN)
          && !field.equals(PERSON)
          && (asked || !field.equals(CONDITION))) {
        count(clause, !failed.contains(field));
      }
    }
    return failed.isEmpty();
  }

  /** Counts the node's rules in their order, until one refuses. */
  private void rules(boolean egress, Transfer transfer) {
    for (NodeRule rule : rulebook.nodeRules()) {
      if (rule.applies(egress)) {
        boolean passes = rule.refusal(transfer).isEmpty();
        count("node/" + rule.id(), passes);
        if (!passes) {
          return;
        }
      }
    }
  }

  private void count(String clause, boolean holds) {
    Count count = counts.get(clause);
    if (count != null) {
      count.add(holds);
    }
  }

  /** Every clause in the order of agreements and rules. */
  List<Clause> clauses() {
    return counts.entrySet().stream()
        .map(
            it ->
                new Clause(
                    it.getKey(),
                    it.getValue().fulfilled,
                    it.getValue().failed,
                    it.getValue().canFail))
        .toList();
  }
}
