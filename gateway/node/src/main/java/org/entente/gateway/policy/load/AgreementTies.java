package org.entente.gateway.policy.load;

import java.time.Instant;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.entente.gateway.cel.Condition;
import org.entente.gateway.model.AgencyName;
import org.entente.gateway.policy.check.LabelSpace;
import org.entente.gateway.policy.terms.Agreement;
import org.entente.gateway.policy.terms.AgreementCheck;
import org.entente.gateway.policy.terms.Coverage;
import org.entente.gateway.policy.terms.LabelNotation;
import org.entente.gateway.policy.terms.Membership;
import org.entente.gateway.policy.terms.Transfer;
import org.entente.proto.v1.Label;

/**
 * Finds agreements of equal rank that permit the same message on different terms, so that only
 * their ids decide. A warning names such a message. Where none is found and not all labels can be
 * tried, such as with conditions on texts, it says only that there may be one. Used by one thread.
 */
final class AgreementTies {
  private final List<Coverage> coverages;
  private final Membership membership;
  private final Instant now;
  private final LintBudget budget;
  private final Warnings warnings;
  private final AgreementCheck check;

  /** Takes a warning about a field of an agreement. */
  interface Warnings {
    void add(Agreement agreement, String field, String wrong, String valid);
  }

  /** A sender and a possible recipient. */
  private record Pair(AgencyName from, AgencyName to) {}

  AgreementTies(
      List<Coverage> coverages,
      Membership membership,
      Instant now,
      LintBudget budget,
      Warnings warnings) {
    this.coverages = coverages;
    this.membership = membership;
    this.now = now;
    this.budget = budget;
    this.warnings = warnings;
    this.check = new AgreementCheck(membership);
  }

  void find() {
    for (int i = 0; i < coverages.size(); i++) {
      for (int j = i + 1; j < coverages.size(); j++) {
        tie(coverages.get(i), coverages.get(j));
      }
    }
  }

  private void tie(Coverage first, Coverage second) {
    Agreement one = first.agreement();
    Agreement other = second.agreement();
    boolean same =
        one.obligations().equals(other.obligations())
            && one.redactions().equals(other.redactions());
    if (same
        || !meet(one.covers(), other.covers())
        || !meet(one.validity(), other.validity())
        || one.covers().categories().size() != other.covers().categories().size()) {
      return;
    }
    List<Condition> conditions =
        Stream.of(one, other).flatMap(it -> it.covers().condition().stream()).toList();
    List<Pair> pairs = pairs(first, second, conditions);
    if (pairs.isEmpty()) {
      return;
    }
    LabelSpace space =
        LabelSpace.of(List.of(one, other), conditions).within(one.covers()).within(other.covers());
    Optional<Transfer> example =
        pairs.stream()
            .takeWhile(pair -> !outOfBudget(conditions))
            .flatMap(pair -> transfers(space, pair, one, other))
            .takeWhile(it -> budget.take(conditions.size()))
            .filter(it -> permits(one, it) && permits(other, it))
            .findFirst();
    if (example.isPresent()) {
      Transfer it = example.get();
      warn(
          other,
          "conflicts with " + one.id() + ": for " + it.origin() + " to " + it.recipient(),
          " both permit a message with " + LabelNotation.line(it.label()));
    } else if (!isWhole(space, conditions)) {
      warn(
          other,
          "may conflict with " + one.id() + ": for " + pairs.get(0).from(),
          " to "
              + pairs.get(0).to()
              + " both may permit the same message (none of the labels"
              + " tried, which are not all)");
    }
  }

  private void warn(Agreement agreement, String conflict, String message) {
    warnings.add(
        agreement,
        "id",
        conflict + message + ", on different terms, and only their ids decide which is tried first",
        "equal obligations and redactions, or different parties, categories, purposes or"
            + " conditions");
  }

  /** Whether conditions cannot be evaluated any more; agreements without any go on. */
  private boolean outOfBudget(List<Condition> conditions) {
    return !conditions.isEmpty() && budget.isSpent();
  }

  /** Whether a message that both permit would have been found. */
  private boolean isWhole(LabelSpace space, List<Condition> conditions) {
    return space.isWhole()
        && space.size() <= RulebookLint.MOST
        && !outOfBudget(conditions)
        && conditions.stream().noneMatch(Condition::readsNow);
  }

  /**
   * The pairs for which both have the same rank. Of those that no condition tells apart, one for
   * each that an agreement's other clauses treat differently.
   */
  private List<Pair> pairs(Coverage first, Coverage second, List<Condition> conditions) {
    boolean agencies = conditions.stream().anyMatch(Condition::readsAgencies);
    Set<Object> seen = new HashSet<>();
    Collection<AgencyName> all = membership.agencies();
    return all.stream()
        .flatMap(from -> all.stream().map(to -> new Pair(from, to)))
        .filter(it -> first.covers(it.from(), it.to()))
        .filter(
            it -> first.specificity(it.from(), it.to()) == second.specificity(it.from(), it.to()))
        .filter(it -> agencies || seen.add(treated(it, first.agreement(), second.agreement())))
        .toList();
  }

  private List<Object> treated(Pair pair, Agreement one, Agreement other) {
    return List.of(
        membership.kind(pair.from()),
        membership.kind(pair.to()),
        one.law().inOneOrder(pair.from(), pair.to(), membership),
        other.law().inOneOrder(pair.from(), pair.to(), membership));
  }

  private Stream<Transfer> transfers(LabelSpace space, Pair pair, Agreement one, Agreement other) {
    Instant at =
        Stream.of(now, one.validity().begins(), other.validity().begins())
            .max(Instant::compareTo)
            .orElseThrow();
    Stream<Label> labels = space.labels(RulebookLint.MOST, RulebookLint.SEED);
    return labels.map(it -> new Transfer(it, 0, pair.from(), pair.to(), at));
  }

  private boolean permits(Agreement agreement, Transfer transfer) {
    return check.failures(agreement, transfer).isEmpty();
  }

  private static boolean meet(Agreement.Covers one, Agreement.Covers other) {
    return meet(one.kinds(), other.kinds())
        && meet(one.categories(), other.categories())
        && meet(one.purposes(), other.purposes());
  }

  private static <E> boolean meet(Set<E> one, Set<E> other) {
    return one.stream().anyMatch(other::contains);
  }

  private static boolean meet(Agreement.Validity one, Agreement.Validity other) {
    return one.ends().map(end -> end.isAfter(other.begins())).orElse(true)
        && other.ends().map(end -> end.isAfter(one.begins())).orElse(true);
  }
}
