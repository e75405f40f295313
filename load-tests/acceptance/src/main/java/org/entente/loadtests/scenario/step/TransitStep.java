package org.entente.loadtests.scenario.step;

import com.fasterxml.jackson.annotation.JsonProperty;
import java.util.OptionalLong;
import java.util.Set;
import org.entente.loadtests.federation.Exposition;
import org.entente.loadtests.federation.NodePlan;
import org.entente.loadtests.scenario.action.AnswerPoller;
import org.entente.loadtests.scenario.action.HeldTexts;
import org.entente.loadtests.scenario.action.ScenarioAction;
import org.entente.loadtests.scenario.action.ScenarioCheck;
import org.entente.loadtests.scenario.action.ScenarioFederation;
import org.entente.loadtests.scenario.action.StepFindings;

/**
 * A transit forwarded envelopes without reading them: it opened none, and its files and its log
 * contain no text of published labels and bodies.
 *
 * @param agency the transit
 */
public record TransitStep(@JsonProperty(required = true) String agency) implements ScenarioAction {
  @Override
  public String word() {
    return "transit";
  }

  @Override
  public void check(ScenarioCheck checking, String field) {
    checking.agency(field + ".agency", agency);
  }

  @Override
  public void perform(ScenarioFederation stage, StepFindings findings) throws InterruptedException {
    NodePlan plan = stage.federation().plan(agency);
    OptionalLong relayed = counter(plan, "entente_relayed_total", 1);
    findings.add(
        agency + " relayed envelopes",
        agency + " relayed " + number(relayed) + " envelopes",
        relayed.orElse(0) > 0);
    findings.same(
        agency + " opened 0 envelopes",
        agency + " opened " + number(counter(plan, "entente_opened_total", 0)) + " envelopes");
    Set<String> texts = stage.texts();
    Set<String> held = HeldTexts.in(plan.folder(), texts);
    held.addAll(HeldTexts.in(plan.log(), texts));
    findings.same(
        "of " + texts.size() + " texts its files hold []",
        "of " + texts.size() + " texts its files hold " + held);
  }

  /**
   * Polls until the counter has at least this value: evidence to an origin may still be in flight.
   */
  private static OptionalLong counter(NodePlan plan, String name, long least)
      throws InterruptedException {
    return AnswerPoller.until(
        it -> it.orElse(-1) >= least, () -> Exposition.counter(plan.admin(), name));
  }

  private static String number(OptionalLong number) {
    return number.isPresent() ? Long.toString(number.getAsLong()) : "(unknown)";
  }
}
