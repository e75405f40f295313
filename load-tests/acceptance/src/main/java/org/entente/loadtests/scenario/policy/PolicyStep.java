package org.entente.loadtests.scenario.policy;

import com.fasterxml.jackson.annotation.JsonProperty;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;
import org.entente.gateway.cli.failure.CommandFailure;
import org.entente.gateway.model.StartProblem;
import org.entente.gateway.node.offline.ConfiguredPolicy;
import org.entente.gateway.policy.analysis.ExpectationReport;
import org.entente.gateway.policy.decide.Residual;
import org.entente.loadtests.scenario.action.Agreements;
import org.entente.loadtests.scenario.action.ScenarioAction;
import org.entente.loadtests.scenario.action.ScenarioCheck;
import org.entente.loadtests.scenario.action.ScenarioFederation;
import org.entente.loadtests.scenario.action.StepFindings;
import org.jspecify.annotations.Nullable;

/**
 * Evaluates the rules of a node, or a draft of them, with the classes of {@code policy test},
 * {@code policy diff}, {@code policy lint}, {@code policy fmt} and {@code policy explain
 * --unknown}. Involves the gateway only if a client tests the same expectations there.
 *
 * @param agency agency whose node's files are used
 * @param draft folder of the scenario with agreements that replace those of the same file name or
 *     are added; the rules in force if absent
 * @param test tests the rules by expectations
 * @param diff compares the draft with the rules in force
 * @param explain shows the dependence of a decision on an unknown field
 * @param lint lists errors and warnings
 * @param fmt formats the files
 * @param replay evaluates the ledger of the stopped gateway by the draft and by the rules in force
 */
public record PolicyStep(
    @JsonProperty(required = true) String agency,
    @Nullable String draft,
    @Nullable PolicyTestEntry test,
    @Nullable PolicyDiffEntry diff,
    @Nullable PolicyExplainEntry explain,
    @Nullable PolicyLintEntry lint,
    @Nullable PolicyFmtEntry fmt,
    @Nullable PolicyReplayEntry replay)
    implements ScenarioAction {

  @Override
  public String word() {
    return "policy";
  }

  @Override
  public void check(ScenarioCheck checking, String field) {
    checking.agency(field + ".agency", agency);
    checking.require(
        Stream.<Object>of(test, diff, explain, lint, fmt, replay).filter(Objects::nonNull).count()
            == 1,
        field,
        "asks nothing, or several things",
        "exactly one of test, diff, explain, lint, fmt, replay");
    checking.require(
        draft != null || (diff == null && replay == null),
        field + ".draft",
        "is missing",
        "a folder with diff and replay");
    checking.require(
        draft == null || explain == null,
        field + ".draft",
        "beside explain, which asks the rules in force",
        "with the others only");
    checking.require(
        draft == null || test == null || test.by() == null,
        field + ".draft",
        "beside test.by, whose gateway has the rules in force only",
        "one of the two");
    checking.require(
        test == null || test.by() == null || test.by().agency().equals(agency),
        field + ".test.by",
        (test == null ? "" : test.by() + " is no client of " + agency),
        "a client of the agency that is asked");
    questions(checking, field);
  }

  private void questions(ScenarioCheck checking, String field) {
    if (draft != null) {
      checking.drafts(field + ".draft", draft);
    }
    if (test != null) {
      test.check(checking, field + ".test");
    }
    if (diff != null) {
      diff.check(checking, field + ".diff");
    }
    if (explain != null) {
      explain.check(checking, field + ".explain");
    }
    if (lint != null) {
      lint.check(checking, field + ".lint");
    }
    if (fmt != null) {
      fmt.check(checking, field + ".fmt");
    }
    if (replay != null) {
      replay.check(checking, field + ".replay");
    }
  }

  @Override
  public void perform(ScenarioFederation stage, StepFindings findings) {
    Path config = stage.federation().plan(agency).config();
    try {
      ConfiguredPolicy node = ConfiguredPolicy.read(config, InstantSource.system());
      ConfiguredPolicy.RulePaths own = node.place(null, null);
      ConfiguredPolicy.RulePaths place =
          draft == null
              ? own
              : node.place(together(own, stage.file(draft), folder(config, "candidate")), null);
      ask(stage, node, place, findings);
      if (fmt != null) {
        fmt.compare(
            Agreements.together(List.of(place.agreements()), folder(config, "fmt")), findings);
      }
    } catch (StartProblem e) {
      throw new CommandFailure(String.valueOf(e.getMessage()), e);
    }
  }

  private void ask(
      ScenarioFederation stage,
      ConfiguredPolicy node,
      ConfiguredPolicy.RulePaths place,
      StepFindings findings) {
    if (test != null) {
      ExpectationReport report = node.test(place, stage.file(test.expectations()));
      test.compare(report, findings);
      test.ask(stage, report, findings);
    }
    if (diff != null) {
      diff.compare(node.compare(place, diff.tries()), findings);
    }
    if (explain != null) {
      explain.compare(
          node.residuals(
              Residual.KnownPart.of(explain.written()), explain.unknown(), explain.addressing()),
          findings);
    }
    if (lint != null) {
      lint.compare(node.lint(place), findings);
    }
    if (replay != null) {
      replay.compare(node.replay(place), stage::name, findings);
    }
  }

  /** A folder of the federation, deleted with it. */
  private Path folder(Path config, String what) {
    String name = draft == null ? "own" : draft.replace('/', '-');
    return config.resolveSibling(what + "-" + agency + "-" + name);
  }

  /** The node's agreements with those of the draft. */
  private static Path together(ConfiguredPolicy.RulePaths own, Path draft, Path folder) {
    return Agreements.together(List.of(own.agreements(), draft), folder);
  }
}
