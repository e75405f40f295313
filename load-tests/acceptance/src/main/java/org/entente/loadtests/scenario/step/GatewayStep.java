package org.entente.loadtests.scenario.step;

import com.fasterxml.jackson.annotation.JsonProperty;
import java.util.List;
import org.entente.loadtests.federation.Federation;
import org.entente.loadtests.scenario.action.CommandRun;
import org.entente.loadtests.scenario.action.ScenarioAction;
import org.entente.loadtests.scenario.action.ScenarioCheck;
import org.entente.loadtests.scenario.action.ScenarioFederation;
import org.entente.loadtests.scenario.action.StepFindings;

/**
 * An event at a gateway.
 *
 * @param agency the gateway's agency
 * @param does the event
 */
public record GatewayStep(
    @JsonProperty(required = true) String agency, @JsonProperty(required = true) Event does)
    implements ScenarioAction {
  /** Possible events. */
  enum Event {
    /** It is stopped in order. */
    STOP,
    /** Its process is killed, as by a loss of power. */
    KILL,
    /** It is started on its existing data, until it is ready. */
    START,
    /** While it is stopped, its newest copy replaces its ledger, by {@code backup restore}. */
    RESTORE
  }

  @Override
  public String word() {
    return "gateway";
  }

  @Override
  public void check(ScenarioCheck checking, String field) {
    checking.agency(field + ".agency", agency);
  }

  @Override
  public void perform(ScenarioFederation stage, StepFindings findings) {
    Federation federation = stage.federation();
    switch (does) {
      case STOP -> federation.stop(agency);
      case KILL -> federation.kill(agency);
      case START -> federation.start(List.of(agency));
      case RESTORE -> restore(stage, findings);
    }
    boolean runs = federation.running().contains(agency) && !federation.crashed().contains(agency);
    findings.same(
        agency + (does == Event.START ? " runs" : " does not run"),
        agency + (runs ? " runs" : " does not run"));
  }

  private void restore(ScenarioFederation stage, StepFindings findings) {
    String config = stage.federation().plan(agency).config().toString();
    CommandRun done =
        CommandRun.of(
            "backup",
            "restore",
            "--config",
            config,
            "--replace",
            "--officer",
            "OPERATOR",
            "--justification",
            "scenario");
    boolean restored = done.code() == 0;
    findings.add("it is restored", restored ? "it is restored" : done.said(), restored);
    stage.restored(agency);
  }
}
