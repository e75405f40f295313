package org.entente.loadtests.scenario.step;

import com.fasterxml.jackson.annotation.JsonProperty;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import org.entente.gateway.config.ConfigProblem;
import org.entente.loadtests.federation.Exposition;
import org.entente.loadtests.federation.NodePlan;
import org.entente.loadtests.federation.RulesInForce;
import org.entente.loadtests.scenario.action.AnswerPoller;
import org.entente.loadtests.scenario.action.CallResult;
import org.entente.loadtests.scenario.action.ClientRef;
import org.entente.loadtests.scenario.action.ScenarioAction;
import org.entente.loadtests.scenario.action.ScenarioCheck;
import org.entente.loadtests.scenario.action.ScenarioFederation;
import org.entente.loadtests.scenario.action.StepFindings;
import org.entente.loadtests.scenario.policy.LintFinding;
import org.entente.proto.v1.LintPolicyRequest;
import org.entente.proto.v1.LintPolicyResponse;
import org.entente.proto.v1.PolicyToolsGrpc;
import org.jspecify.annotations.Nullable;

/**
 * The operator puts other rules in force at a running gateway by moving a symbolic link to a new
 * folder. The gateway adopts them by itself and reports it; or it reports their errors, and the
 * previous rules remain in force.
 *
 * @param by a client of the agency with the scope {@code operator}, which queries the gateway
 * @param agreements folder of the scenario with agreements that replace those of the same file name
 *     or are added; unchanged if absent
 * @param nodeRules file of the scenario with the gateway's own rules; unchanged if absent
 * @param errors exactly the errors for which the gateway refuses them; it adopts them if absent
 */
public record ReloadStep(
    @JsonProperty(required = true) ClientRef by,
    @Nullable String agreements,
    @Nullable String nodeRules,
    @Nullable List<LintFinding> errors)
    implements ScenarioAction {
  private static final String REFUSED = "entente_policy_files_refused";

  @Override
  public String word() {
    return "reload";
  }

  @Override
  public void check(ScenarioCheck checking, String field) {
    checking.client(field + ".by", by);
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
    checking.require(
        errors == null || !errors.isEmpty(),
        field + ".errors",
        "an empty list",
        "what is wrong with them; left out where nothing is");
    LintFinding.check(checking, field + ".errors", errors);
  }

  @Override
  public void perform(ScenarioFederation stage, StepFindings findings) throws InterruptedException {
    NodePlan plan = stage.federation().plan(by.agency());
    String before = CallResult.to(() -> ask(stage)).words(LintPolicyResponse::getPolicyVersion);
    RulesInForce.of(plan).change(file(stage, agreements), file(stage, nodeRules));
    String expected =
        errors == null
            ? words(true, true, List.of(), 0)
            : words(false, false, LintFinding.words(errors), 1);
    findings.same(
        expected,
        AnswerPoller.until(
            expected::equals,
            () -> CallResult.to(() -> ask(stage)).words(it -> seen(it, before, plan))));
  }

  private static Optional<Path> file(ScenarioFederation stage, @Nullable String name) {
    return Optional.ofNullable(name).map(stage::file);
  }

  private LintPolicyResponse ask(ScenarioFederation stage) {
    return stage
        .patient(PolicyToolsGrpc.newBlockingStub(stage.channel(by)))
        .lintPolicy(LintPolicyRequest.getDefaultInstance());
  }

  private String seen(LintPolicyResponse answer, String before, NodePlan plan) {
    List<ConfigProblem> found =
        answer.getErrorsList().stream()
            .map(
                it ->
                    new ConfigProblem(
                        it.getFile(),
                        it.getLine(),
                        it.getColumn(),
                        it.getField(),
                        it.getWrong(),
                        it.getValid()))
            .toList();
    return words(
        !answer.getPolicyVersion().equals(before),
        answer.getInForce(),
        LintFinding.words(found, errors),
        refused(plan));
  }

  private static long refused(NodePlan plan) {
    try {
      OptionalLong value = Exposition.counter(plan.admin(), REFUSED);
      return value.orElse(-1);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return -1;
    }
  }

  private static String words(boolean other, boolean inForce, List<String> wrong, long refused) {
    return (other ? "another policy is in force" : "the previous policy is in force")
        + (inForce ? ", which these files are" : ", which these files are not")
        + (wrong.isEmpty() ? "" : ", since wrong in them is " + wrong)
        + ", "
        + REFUSED
        + " "
        + refused;
  }
}
