package org.entente.loadtests.scenario.step;

import com.fasterxml.jackson.annotation.JsonProperty;
import java.util.Optional;
import org.entente.loadtests.federation.RulesInForce;
import org.entente.loadtests.scenario.action.ScenarioAction;
import org.entente.loadtests.scenario.action.ScenarioCheck;
import org.entente.loadtests.scenario.action.ScenarioFederation;
import org.entente.loadtests.scenario.action.StepFindings;
import org.jspecify.annotations.Nullable;

/**
 * The operator gives a running gateway other rules by moving a symbolic link to a new folder. The
 * gateway reads them by itself; a later step finds whether it adopts them.
 *
 * @param agency whose gateway
 * @param agreements folder of the scenario with agreements that replace those of the same file name
 *     or are added; unchanged if absent
 * @param nodeRules file of the scenario with the gateway's own rules; unchanged if absent
 */
public record ReloadStep(
    @JsonProperty(required = true) String agency,
    @Nullable String agreements,
    @Nullable String nodeRules)
    implements ScenarioAction {
  @Override
  public String word() {
    return "reload";
  }

  @Override
  public void check(ScenarioCheck checking, String field) {
    checking.agency(field + ".agency", agency);
    checking.require(
        agreements != null || nodeRules != null,
        field,
        "changes nothing",
        "agreements, node_rules or both");
    if (agreements != null) {
      checking.drafts(field + ".agreements", agreements);
    }
    if (nodeRules != null) {
      checking.isThere(field + ".node_rules", nodeRules);
    }
  }

  @Override
  public void perform(ScenarioFederation stage, StepFindings findings) {
    RulesInForce.of(stage.federation().plan(agency))
        .change(
            Optional.ofNullable(agreements).map(stage::file),
            Optional.ofNullable(nodeRules).map(stage::file));
    findings.same("the files are changed", "the files are changed");
  }
}
