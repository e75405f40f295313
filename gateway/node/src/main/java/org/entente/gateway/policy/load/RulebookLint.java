package org.entente.gateway.policy.load;

import java.time.Instant;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.entente.gateway.cel.Condition;
import org.entente.gateway.cel.Evaluation;
import org.entente.gateway.config.FieldPositions;
import org.entente.gateway.model.AgencyName;
import org.entente.gateway.policy.check.LabelSpace;
import org.entente.gateway.policy.codes.LintReport;
import org.entente.gateway.policy.decide.RuleEvaluator;
import org.entente.gateway.policy.terms.Agreement;
import org.entente.gateway.policy.terms.AgreementCheck;
import org.entente.gateway.policy.terms.Coverage;
import org.entente.gateway.policy.terms.LabelNotation;
import org.entente.gateway.policy.terms.Membership;
import org.entente.gateway.policy.terms.NodeRule;
import org.entente.gateway.policy.terms.Rulebook;
import org.entente.gateway.policy.terms.Transfer;
import org.entente.proto.v1.Label;

/**
 * Warns about oddities in a rulebook that loads: agreements that are never chosen, conditions that
 * are never true, node rules that leave nothing, and ties that only an id decides. Use an instance
 * once, by one thread.
 *
 * <p>Conditions are evaluated on at most {@value #MOST} labels of their {@link LabelSpace}. If
 * these are not all, the warning says so. A warning names what the {@link LintBudget} does not
 * suffice for.
 */
final class RulebookLint {
  static final long MOST = 20_000;
  static final long SEED = 1;
  static final String ASKING_FIRST =
      "a condition that first tests whether it can be evaluated, such as "
          + "label.case_ref.matches('[0-9]+') && …";
  static final String NOT_TRIED =
      "was not tried with all labels and members: this lint has evaluated conditions "
          + LintBudget.MOST
          + " times";
  static final String FEWER = "conditions that read fewer fields, or a lint of fewer files";
  static final String MEMBER = "a member of the federation";

  private final Rulebook rulebook;
  private final Membership membership;
  private final Instant now;
  private final Map<String, FieldPositions> places;
  private final LintReport report;
  private final List<Coverage> coverages;
  private final LintBudget budget;

  RulebookLint(
      Rulebook rulebook,
      Membership membership,
      Instant now,
      Map<String, FieldPositions> places,
      LintReport report,
      LintBudget budget) {
    this.rulebook = rulebook;
    this.membership = membership;
    this.now = now;
    this.places = places;
    this.report = report;
    this.budget = budget;
    this.coverages = rulebook.agreements().stream().map(a -> new Coverage(a, membership)).toList();
  }

  void lint() {
    for (Coverage coverage : coverages) {
      Agreement it = coverage.agreement();
      it.covers()
          .condition()
          .map(this::strangers)
          .ifPresent(all -> all.forEach(one -> warn(it, "covers.condition", one, MEMBER)));
      neverChosen(coverage);
      if (!budget.isSpent()) {
        conditionNeverTrue(coverage);
        conditionThatFails(coverage);
        refusedByTheNode(coverage);
      }
      if (budget.isSpent() && it.covers().condition().isPresent()) {
        warn(it, "covers.condition", NOT_TRIED, FEWER);
      }
    }
    new AgreementTies(coverages, membership, now, budget, this::warn).find();
  }

  private List<String> strangers(Condition condition) {
    return strangers(condition, membership);
  }

  /** Agencies in a condition that are not members: a spelling error, or an agency that left. */
  static List<String> strangers(Condition condition, Membership membership) {
    Set<String> members =
        membership.agencies().stream().map(AgencyName::value).collect(Collectors.toSet());
    return condition.compared().stream()
        .filter(it -> !it.with().startsWith("label.") && !it.text().isEmpty())
        .filter(it -> !members.contains(it.text()))
        .map(it -> it.with() + " is compared with " + it.text() + ", which is not a member agency")
        .distinct()
        .toList();
  }

  private void warn(Agreement agreement, String field, String wrong, String valid) {
    FieldPositions of = places.getOrDefault(agreement.id(), FieldPositions.none(agreement.id()));
    report.warning(of.problem(field, wrong, valid));
  }

  private Instant within(Agreement agreement) {
    Instant begins = agreement.validity().begins();
    return begins.isAfter(now) ? begins : now;
  }

  private List<Pair> pairs(Coverage coverage) {
    return allPairs().filter(pair -> coverage.covers(pair.from(), pair.to())).toList();
  }

  private Stream<Pair> allPairs() {
    return membership.agencies().stream()
        .flatMap(from -> membership.agencies().stream().map(to -> new Pair(from, to)))
        .filter(pair -> !pair.from().equals(pair.to()));
  }

  /** A sender and a possible recipient. */
  private record Pair(AgencyName from, AgencyName to) {
    @Override
    public String toString() {
      return from + " to " + to;
    }
  }

  private void conditionNeverTrue(Coverage coverage) {
    Agreement agreement = coverage.agreement();
    Optional<Condition> condition = agreement.covers().condition();
    List<Pair> pairs = pairs(coverage);
    if (condition.isEmpty() || pairs.isEmpty()) {
      return;
    }
    Condition asked = condition.get();
    LabelSpace space = LabelSpace.of(List.of(agreement), List.of(asked)).within(agreement.covers());
    List<Pair> asking = asked.readsAgencies() ? pairs : pairs.subList(0, 1);
    boolean ever =
        space
            .labels(MOST, SEED)
            .takeWhile(label -> !budget.isSpent())
            .anyMatch(
                label ->
                    asking.stream()
                        .takeWhile(pair -> budget.take(1))
                        .anyMatch(pair -> isTrue(asked, label, pair, within(agreement))));
    if (!ever && !budget.isSpent()) {
      boolean all = space.isWhole() && space.size() <= MOST && !asked.readsNow();
      warn(
          agreement,
          "covers.condition",
          all
              ? "is false for every label that the agreement covers"
              : "was true for none of the "
                  + Math.min(MOST, space.size())
                  + " labels tried, which are not all",
          "a condition that is true for some label");
    }
  }

  /** Warns about a condition that refuses messages because it cannot be evaluated. */
  private void conditionThatFails(Coverage coverage) {
    Agreement agreement = coverage.agreement();
    List<Pair> pairs = pairs(coverage);
    if (pairs.isEmpty()) {
      return;
    }
    Pair pair = pairs.get(0);
    agreement
        .covers()
        .condition()
        .flatMap(
            it ->
                LabelSpace.of(List.of(agreement), List.of(it))
                    .within(agreement.covers())
                    .labels(MOST, SEED)
                    .takeWhile(label -> budget.take(1))
                    .flatMap(label -> failing(it, transfer(label, pair, within(agreement))))
                    .findFirst())
        .ifPresent(found -> warn(agreement, "covers.condition", found, ASKING_FIRST));
  }

  /** Why a condition cannot be evaluated for a transfer, and for which label. */
  static Stream<String> failing(Condition condition, Transfer transfer) {
    return condition.evaluate(
                transfer.label(),
                transfer.origin().value(),
                transfer.recipient().value(),
                transfer.now())
            instanceof Evaluation.EvaluationFailed<Boolean> failed
        ? Stream.of(
            "cannot be evaluated ("
                + failed.reason()
                + "), so it refuses a label with "
                + shown(transfer.label(), condition.labelFields()))
        : Stream.empty();
  }

  private static String shown(Label label, Set<String> fields) {
    Label.Builder only = Label.newBuilder();
    Label.getDescriptor().getFields().stream()
        .filter(it -> fields.contains(it.getName()))
        .forEach(it -> only.setField(it, label.getField(it)));
    String words = LabelNotation.line(only.build());
    return words.isEmpty() ? "nothing in " + String.join(", ", fields) : words;
  }

  private static boolean isTrue(Condition condition, Label label, Pair pair, Instant at) {
    return condition.evaluate(label, pair.from().value(), pair.to().value(), at)
            instanceof Evaluation.Value<Boolean> value
        && value.value();
  }

  /**
   * Warns about an agreement that is never chosen: for each pair, another one is tried first and
   * permits all that it permits.
   */
  private void neverChosen(Coverage coverage) {
    Set<String> before = new HashSet<>();
    List<Pair> pairs = pairs(coverage);
    for (Pair pair : pairs) {
      Optional<Coverage> other =
          coverages.stream()
              .filter(it -> it != coverage && precedes(it, coverage, pair))
              .filter(it -> permitsAllOf(it.agreement(), coverage.agreement()))
              .findFirst();
      if (other.isEmpty()) {
        return;
      }
      before.add(other.get().agreement().id());
    }
    if (!pairs.isEmpty()) {
      warn(
          coverage.agreement(),
          "between",
          "is never chosen unless a message names it: "
              + String.join(", ", before.stream().sorted().toList())
              + " is tried first and permits all that this one permits",
          "a narrower other agreement, or remove this file");
    }
  }

  private static boolean precedes(Coverage one, Coverage other, Pair pair) {
    return one.covers(pair.from(), pair.to())
        && RuleEvaluator.order(pair.from(), pair.to()).compare(one, other) < 0;
  }

  private boolean permitsAllOf(Agreement wide, Agreement narrow) {
    Agreement.Covers all = wide.covers();
    Agreement.Covers some = narrow.covers();
    boolean inTime =
        !wide.validity().begins().isAfter(within(narrow))
            && wide.validity()
                .ends()
                .map(end -> narrow.validity().ends().map(it -> !it.isAfter(end)).orElse(false))
                .orElse(true);
    boolean sameCondition =
        all.condition().isEmpty()
            || all.condition()
                .map(Condition::source)
                .equals(some.condition().map(Condition::source));
    return inTime
        && sameCondition
        && permitsForms(wide, narrow)
        && all.kinds().containsAll(some.kinds())
        && all.categories().containsAll(some.categories())
        && all.purposes().containsAll(some.purposes())
        && all.ceiling().getNumber() >= some.ceiling().getNumber()
        && all.handling().containsAll(some.handling())
        && (all.personalData() || !(some.personalData() || narrow.redactions().isOfBodies()))
        && (wide.law().allowsPurposeChange() || !narrow.law().allowsPurposeChange())
        && wide.obligations().maxMessageBytes() >= narrow.obligations().maxMessageBytes();
  }

  /**
   * An agreement that withholds fields of bodies refuses documents, since these cannot be redacted.
   */
  private static boolean permitsForms(Agreement wide, Agreement narrow) {
    return !wide.redactions().isOfBodies() || wide.redactions().equals(narrow.redactions());
  }

  /** Warns about an agreement whose transfers the node's rules all refuse, in both directions. */
  private void refusedByTheNode(Coverage coverage) {
    Agreement agreement = coverage.agreement();
    List<Pair> pairs = pairs(coverage);
    List<Condition> conditions =
        Stream.concat(
                agreement.covers().condition().stream(),
                rulebook.nodeRules().stream().map(NodeRule::condition))
            .toList();
    if (pairs.isEmpty() || rulebook.nodeRules().isEmpty()) {
      return;
    }
    LabelSpace space = LabelSpace.of(List.of(agreement), conditions).within(agreement.covers());
    boolean agencies = conditions.stream().anyMatch(Condition::readsAgencies);
    List<Pair> asking = agencies ? pairs : pairs.subList(0, 1);
    Set<Label> permitted = new HashSet<>();
    boolean left =
        space
            .labels(MOST, SEED)
            .takeWhile(label -> !budget.isSpent())
            .flatMap(label -> asking.stream().map(it -> transfer(label, it, within(agreement))))
            .takeWhile(it -> budget.take(conditions.size()))
            .filter(it -> permits(agreement, it))
            .peek(it -> permitted.add(it.label()))
            .anyMatch(it -> passes(it, true) || passes(it, false));
    if (!left && !permitted.isEmpty() && !budget.isSpent()) {
      warn(
          agreement,
          "covers",
          "the node's rules refuse all "
              + permitted.size()
              + " labels tried that this agreement permits"
              + (space.isWhole() && space.size() <= MOST ? "" : ", which are not all"),
          "rules that permit some of it, or remove this file");
    }
  }

  private static Transfer transfer(Label label, Pair pair, Instant at) {
    return new Transfer(label, 0, pair.from(), pair.to(), at);
  }

  private boolean permits(Agreement agreement, Transfer transfer) {
    return new AgreementCheck(membership).failures(agreement, transfer).isEmpty();
  }

  private boolean passes(Transfer transfer, boolean egress) {
    return rulebook.nodeRules().stream()
        .filter(rule -> rule.applies(egress))
        .allMatch(rule -> rule.refusal(transfer).isEmpty());
  }
}
