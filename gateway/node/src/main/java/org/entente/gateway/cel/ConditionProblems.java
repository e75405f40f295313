package org.entente.gateway.cel;

import dev.cel.common.CelAbstractSyntaxTree;
import dev.cel.common.CelSourceLocation;
import java.util.ArrayList;
import java.util.List;

/** Finds the problems of a well-typed condition, with their positions. */
final class ConditionProblems {
  private ConditionProblems() {}

  static List<ExpressionProblem> of(CelAbstractSyntaxTree tree) {
    List<ExpressionProblem> problems = new ArrayList<>();
    for (IndexGuards.UnguardedAccess it : IndexGuards.unguarded(tree)) {
      problems.add(problem(tree, it.at(), it.what(), it.valid()));
    }
    problems.addAll(ofPatterns(tree));
    if (!problems.isEmpty()) {
      return problems;
    }
    ConditionCost.Cost cost = ConditionCost.of(tree);
    if (cost.steps() > ConditionCost.MAX_STEPS) {
      problems.add(problem(tree, cost.dearest().id(), tooDear(cost), cheaper(cost)));
    }
    return problems;
  }

  /** Only the problems of its patterns. */
  static List<ExpressionProblem> ofPatterns(CelAbstractSyntaxTree tree) {
    return Patterns.wrong(tree).stream()
        .map(it -> problem(tree, it.at(), it.what(), it.valid()))
        .toList();
  }

  /** The problems of its loops, before its types are checked. */
  static List<ExpressionProblem> ofLoops(CelAbstractSyntaxTree parsed, int most) {
    return NestedLoops.beyond(most, parsed).stream()
        .map(
            it ->
                problem(
                    parsed,
                    it.id(),
                    "more than " + most + " nested loops",
                    "at most " + most + " of exists, all, map and the like within each other"))
        .toList();
  }

  /** The problems of empty lists and maps in loops, before their types are inferred. */
  static List<ExpressionProblem> ofEmptyValues(CelAbstractSyntaxTree parsed) {
    return NestedLoops.emptyWithin(parsed).stream()
        .map(
            it ->
                problem(
                    parsed,
                    it.id(),
                    "an empty list or map within exists, all, map or the like",
                    "size(x) == 0 in place of x == []"))
        .toList();
  }

  private static String tooDear(ConditionCost.Cost cost) {
    String steps =
        cost.steps() >= Size.ENDLESS ? Size.ENDLESS + " steps or more" : cost.steps() + " steps";
    return "can take "
        + steps
        + "; the limit is "
        + ConditionCost.MAX_STEPS
        + through(cost.loops());
  }

  private static String through(List<String> loops) {
    return loops.isEmpty()
        ? ""
        : "; most of them iterate over " + String.join(", for each of it ", loops);
  }

  private static String cheaper(ConditionCost.Cost cost) {
    return cost.loops().size() > 1
        ? "fewer nested lists, such as in instead of exists, or lists one after the other with &&"
        : "shorter literal lists, fewer or shorter searches in texts, or several conditions";
  }

  private static ExpressionProblem problem(
      CelAbstractSyntaxTree tree, long at, String what, String valid) {
    CelSourceLocation place = ExpressionText.location(tree, at);
    return new ExpressionProblem(place.getLine(), place.getColumn() + 1, what, valid);
  }
}
