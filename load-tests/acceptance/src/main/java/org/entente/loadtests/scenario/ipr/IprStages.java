package org.entente.loadtests.scenario.ipr;

import java.util.Set;
import java.util.TreeSet;
import org.entente.loadtests.scenario.action.ScenarioCheck;
import org.entente.loadtests.scenario.action.ScenarioEnums;
import org.entente.proto.v1.IprOutcome;
import org.entente.proto.v1.IprStage;
import org.jspecify.annotations.Nullable;

/** Stage of an open case of intellectual property, or outcome of a closed one. */
final class IprStages {
  private IprStages() {}

  /** Checks the expectation of a step: a stage, an outcome, or an error. */
  static void check(
      ScenarioCheck checking, String field, @Nullable String stage, @Nullable String error) {
    checking.either(field, "stage", stage != null, error);
    if (stage != null) {
      word(checking, field + ".stage", stage);
    }
  }

  static void word(ScenarioCheck checking, String field, String stage) {
    Set<String> valid = new TreeSet<>(ScenarioEnums.all(IprStage.getDescriptor()));
    valid.addAll(ScenarioEnums.all(IprOutcome.getDescriptor()));
    valid.remove(ScenarioEnums.of(IprStage.IPR_STAGE_CLOSED.getValueDescriptor()));
    checking.require(
        valid.contains(stage),
        field,
        "\"" + stage + "\" is neither a stage of an open case nor an outcome",
        "one of " + String.join(", ", valid));
  }

  static String of(IprStage stage, IprOutcome outcome) {
    return stage == IprStage.IPR_STAGE_CLOSED
        ? ScenarioEnums.of(outcome.getValueDescriptor())
        : ScenarioEnums.of(stage.getValueDescriptor());
  }

  static String words(IprStage stage, IprOutcome outcome) {
    return "stands at " + of(stage, outcome);
  }
}
