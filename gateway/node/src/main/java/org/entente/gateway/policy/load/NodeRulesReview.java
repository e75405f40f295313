package org.entente.gateway.policy.load;

import java.time.Instant;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.entente.gateway.cel.Condition;
import org.entente.gateway.model.AgencyName;
import org.entente.gateway.policy.check.LabelSpace;
import org.entente.gateway.policy.codes.FileLint;
import org.entente.gateway.policy.terms.Membership;
import org.entente.gateway.policy.terms.NodeRule;
import org.entente.gateway.policy.terms.Rulebook;
import org.entente.gateway.policy.terms.Transfer;
import org.entente.proto.v1.Label;

/**
 * Warns about a node's rules that refuse everything, refuse nothing, or are never reached because
 * earlier rules refuse all that they would. Use an instance once, by one thread.
 *
 * <p>Each rule is evaluated on at most {@link RulebookLint#MOST} labels that it, or it and the
 * rules before it, can distinguish. If these are not all, the warning says so.
 */
final class NodeRulesReview {
  private final Rulebook rulebook;
  private final Instant now;
  private final Membership membership;
  private final FileLint file;
  private final LintBudget budget;
  private final List<Pair> pairs;

  /** A sender and a possible recipient. */
  private record Pair(AgencyName from, AgencyName to) {}

  NodeRulesReview(
      Rulebook rulebook, Membership membership, Instant now, FileLint file, LintBudget budget) {
    this.rulebook = rulebook;
    this.membership = membership;
    this.now = now;
    this.file = file;
    this.budget = budget;
    this.pairs =
        membership.agencies().stream()
            .flatMap(from -> membership.agencies().stream().map(to -> new Pair(from, to)))
            .filter(pair -> !pair.from().equals(pair.to()))
            .toList();
  }

  void review() {
    Set<String> sources = new HashSet<>();
    for (int i = 0; i < rulebook.nodeRules().size(); i++) {
      NodeRule rule = rulebook.nodeRules().get(i);
      String field = "rules[" + i + "]" + (rule.denies() ? ".deny_if" : ".allow_only_if");
      RulebookLint.strangers(rule.condition(), membership)
          .forEach(one -> file.warn(field, one, RulebookLint.MEMBER));
      if (!sources.add(rule.when() + " " + rule.denies() + " " + rule.condition().source())) {
        file.warn(field, "is never reached: an earlier rule is the same", "each rule once");
      } else if (!pairs.isEmpty()) {
        rule(i, rule, field);
        if (budget.isSpent()) {
          file.warn(field, RulebookLint.NOT_TRIED, RulebookLint.FEWER);
        }
      }
    }
  }

  private void rule(int index, NodeRule rule, String field) {
    LabelSpace space = LabelSpace.of(List.of(), List.of(rule.condition()));
    boolean refuses = false;
    boolean passes = false;
    List<Label> labels = space.labels(RulebookLint.MOST, RulebookLint.SEED).toList();
    labels.stream()
        .takeWhile(it -> budget.take(1))
        .flatMap(it -> RulebookLint.failing(rule.condition(), transfer(it, pairs.get(0))))
        .findFirst()
        .ifPresent(found -> file.warn(field, found, RulebookLint.ASKING_FIRST));
    for (Label label : labels) {
      for (Pair pair : asking(Stream.of(rule.condition()))) {
        if (!budget.take(1)) {
          return;
        }
        boolean refused = rule.refusal(transfer(label, pair)).isPresent();
        refuses |= refused;
        passes |= !refused;
      }
    }
    String tried = tried(space, Stream.of(rule.condition()));
    if (!passes) {
      file.warn(field, "refuses " + tried + ", so that no message passes", "a narrower condition");
    } else if (!refuses) {
      file.warn(
          field,
          "lets " + tried + " pass, so that it has no effect",
          "a condition that refuses some messages");
    } else {
      reached(index, rule, field);
    }
  }

  /** Warns if earlier rules refuse everything that this rule would. */
  private void reached(int index, NodeRule rule, String field) {
    List<NodeRule> before =
        rulebook.nodeRules().subList(0, index).stream().filter(it -> meet(it, rule)).toList();
    if (before.isEmpty()) {
      return;
    }
    List<Condition> conditions =
        Stream.concat(before.stream(), Stream.of(rule)).map(NodeRule::condition).toList();
    LabelSpace space = LabelSpace.of(List.of(), conditions);
    List<Pair> asking = asking(conditions.stream());
    boolean any =
        space
            .labels(RulebookLint.MOST, RulebookLint.SEED)
            .takeWhile(label -> !budget.isSpent())
            .anyMatch(
                label ->
                    asking.stream()
                        .takeWhile(pair -> budget.take(conditions.size()))
                        .anyMatch(pair -> decides(rule, before, transfer(label, pair))));
    if (!any && !budget.isSpent()) {
      file.warn(
          field,
          "is never reached: of "
              + tried(space, conditions.stream())
              + ", earlier rules refuse all that it would",
          "rules that each refuse further messages");
    }
  }

  private static boolean meet(NodeRule one, NodeRule other) {
    return (one.applies(true) && other.applies(true))
        || (one.applies(false) && other.applies(false));
  }

  /** Whether this rule is the first to refuse the transfer, in some direction. */
  private static boolean decides(NodeRule rule, List<NodeRule> before, Transfer transfer) {
    return rule.refusal(transfer).isPresent()
        && Stream.of(true, false)
            .filter(rule::applies)
            .anyMatch(
                egress ->
                    before.stream()
                        .filter(it -> it.applies(egress))
                        .allMatch(it -> it.refusal(transfer).isEmpty()));
  }

  private List<Pair> asking(Stream<Condition> conditions) {
    return conditions.anyMatch(Condition::readsAgencies) ? pairs : pairs.subList(0, 1);
  }

  private Transfer transfer(Label label, Pair pair) {
    return new Transfer(label, 0, pair.from(), pair.to(), now);
  }

  private static String tried(LabelSpace space, Stream<Condition> conditions) {
    boolean all =
        space.isWhole()
            && space.size() <= RulebookLint.MOST
            && conditions.noneMatch(Condition::readsNow);
    return all
        ? "every label"
        : "all " + Math.min(RulebookLint.MOST, space.size()) + " labels tried, which are not all";
  }
}
