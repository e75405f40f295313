package org.entente.loadtests.scenario.step;

import com.fasterxml.jackson.annotation.JsonProperty;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.entente.gateway.bridge.AlertSource;
import org.entente.gateway.bridge.format.AlertDraft;
import org.entente.gateway.bridge.format.AlertItem;
import org.entente.gateway.cli.failure.CommandFailure;
import org.entente.loadtests.federation.ConfigurationHome;
import org.entente.loadtests.scenario.action.ClientRef;
import org.entente.loadtests.scenario.action.OutcomeEntry;
import org.entente.loadtests.scenario.action.ScenarioAction;
import org.entente.loadtests.scenario.action.ScenarioCheck;
import org.entente.loadtests.scenario.action.ScenarioFederation;
import org.entente.loadtests.scenario.action.StepFindings;
import org.entente.proto.v1.Draft;
import org.entente.proto.v1.Status;

/**
 * A client publishes a record of its agency's own system, mapped to a draft like {@code send
 * --mapping}.
 *
 * @param by the calling client
 * @param as name in later steps for the message
 * @param file JSON Lines in the folder of the scenario, of which one is the record
 * @param line its line, from 1
 * @param mapping a mapping in the folder of the scenario (config/mappings/README.md)
 * @param expect the expected outcome
 */
public record PublishMappedStep(
    @JsonProperty(required = true) ClientRef by,
    @JsonProperty(required = true) String as,
    @JsonProperty(required = true) String file,
    @JsonProperty(required = true) Integer line,
    @JsonProperty(required = true) String mapping,
    @JsonProperty(required = true) OutcomeEntry expect)
    implements ScenarioAction {
  @Override
  public String word() {
    return "publish_mapped";
  }

  @Override
  public void check(ScenarioCheck checking, String field) {
    checking.client(field + ".by", by);
    try {
      AlertDraft mapped = read(checking.file(file), checking.file(mapping));
      checking.require(
          mapped.publisher().value().equals(by.agency()),
          field + ".by",
          "the mapping says that " + mapped.publisher() + " publishes it",
          "a client of that agency");
      Status status = mapped.draft().getLabel().getStatus();
      checking.require(
          !checking.exercise() || status == Status.STATUS_EXERCISE,
          field + ".mapping",
          status + " in an exercise",
          "label.status EXERCISE");
    } catch (CommandFailure e) {
      checking.problem(field, String.valueOf(e.getMessage()), "");
    }
    expect.check(checking, field + ".expect");
    checking.names(field + ".as", as);
  }

  private AlertDraft read(Path records, Path map) {
    Path mappings = ConfigurationHome.find().mappings();
    AlertSource.OpenResult opening = AlertSource.open(records, map, mappings);
    if (!(opening instanceof AlertSource.OpenResult.Opened opened)) {
      throw new CommandFailure(String.valueOf(opening));
    }
    List<AlertItem> items = new ArrayList<>();
    try (AlertSource source = opened.source()) {
      source.forEachRemaining(items::add);
    } catch (IOException e) {
      throw new CommandFailure("the records cannot be read: " + e, e);
    }
    for (AlertItem item : items) {
      if (!(item instanceof AlertDraft draft)) {
        throw new CommandFailure(String.valueOf(item));
      }
      if (draft.line() == line) {
        return draft;
      }
    }
    throw new CommandFailure("line " + line + " of " + records + " is no record");
  }

  @Override
  public void perform(ScenarioFederation stage, StepFindings findings) {
    Draft draft = read(stage.file(file), stage.file(mapping)).draft();
    FilePublisher.publish(stage, by, as, draft, expect, findings);
  }
}
