package org.entente.loadtests.scenario;

import com.fasterxml.jackson.annotation.JsonProperty;
import java.lang.reflect.RecordComponent;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.entente.loadtests.scenario.action.ScenarioAction;
import org.entente.loadtests.scenario.step.CallStep;
import org.entente.loadtests.scenario.step.CommandStep;
import org.entente.loadtests.scenario.step.ConsumersStep;
import org.entente.loadtests.scenario.step.DeliverStep;
import org.entente.loadtests.scenario.step.GatewayStep;
import org.entente.loadtests.scenario.step.MetricStep;
import org.entente.loadtests.scenario.step.PublishStep;
import org.entente.loadtests.scenario.step.ReloadStep;
import org.entente.loadtests.scenario.step.TransitStep;
import org.jspecify.annotations.Nullable;

/**
 * One step in the form of the file: its line for readers, and exactly one action.
 *
 * @param say one line
 */
record StepEntry(
    @JsonProperty(required = true) String say,
    @Nullable PublishStep publish,
    @Nullable DeliverStep deliver,
    @Nullable CallStep call,
    @Nullable CommandStep command,
    @Nullable ConsumersStep consumers,
    @Nullable GatewayStep gateway,
    @Nullable ReloadStep reload,
    @Nullable MetricStep metric,
    @Nullable TransitStep transit) {

  /** The action words of files. */
  static final List<String> WORDS =
      Stream.of(StepEntry.class.getRecordComponents())
          .map(RecordComponent::getName)
          .skip(1)
          .toList();

  /** The actions, by their words in the file. */
  Map<String, ScenarioAction> acts() {
    return Stream.<ScenarioAction>of(
            publish, deliver, call, command, consumers, gateway, reload, metric, transit)
        .filter(Objects::nonNull)
        .collect(Collectors.toMap(ScenarioAction::word, act -> act));
  }
}
