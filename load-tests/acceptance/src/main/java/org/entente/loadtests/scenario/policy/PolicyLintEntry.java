package org.entente.loadtests.scenario.policy;

import java.util.List;
import org.entente.gateway.config.ConfigProblem;
import org.entente.gateway.policy.terms.Rulebook;
import org.entente.loadtests.scenario.action.ScenarioCheck;
import org.entente.loadtests.scenario.action.StepFindings;
import org.jspecify.annotations.Nullable;

/**
 * Expected findings of {@code policy lint}.
 *
 * @param errors exactly the errors, which prevent a gateway from adopting the files; none if absent
 * @param warnings exactly the warnings; none if absent
 */
public record PolicyLintEntry(
    @Nullable List<LintFinding> errors, @Nullable List<LintFinding> warnings) {

  void check(ScenarioCheck checking, String field) {
    checking.require(
        errors == null || errors.isEmpty() || warnings == null || warnings.isEmpty(),
        field,
        "expects errors and warnings",
        "one of the two: files with errors are not checked for warnings");
    LintFinding.check(checking, field + ".errors", errors);
    LintFinding.check(checking, field + ".warnings", warnings);
  }

  public void compare(Rulebook.LoadResult loading, StepFindings findings) {
    boolean invalid = loading instanceof Rulebook.LoadResult.Invalid;
    List<ConfigProblem> wrong =
        loading instanceof Rulebook.LoadResult.Invalid it ? it.problems() : List.of();
    List<ConfigProblem> odd =
        loading instanceof Rulebook.LoadResult.Loaded it ? it.warnings() : List.of();
    findings.same(
        words(LintFinding.words(errors), LintFinding.words(warnings)),
        words(
            LintFinding.words(wrong, errors),
            invalid ? List.of() : LintFinding.words(odd, warnings)));
  }

  private static String words(List<String> errors, List<String> warnings) {
    return "errors " + errors + ", warnings " + warnings;
  }
}
