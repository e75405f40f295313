package org.entente.loadtests.scenario.cooperation;

import com.fasterxml.jackson.annotation.JsonProperty;
import com.google.protobuf.ByteString;
import com.google.protobuf.util.Timestamps;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.stream.Stream;
import org.entente.loadtests.scenario.action.AnswerPoller;
import org.entente.loadtests.scenario.action.CallActor;
import org.entente.loadtests.scenario.action.ClientRef;
import org.entente.loadtests.scenario.action.NamedObject;
import org.entente.loadtests.scenario.action.ProtoFields;
import org.entente.loadtests.scenario.action.ScenarioAction;
import org.entente.loadtests.scenario.action.ScenarioCheck;
import org.entente.loadtests.scenario.action.ScenarioEnums;
import org.entente.loadtests.scenario.action.ScenarioFederation;
import org.entente.loadtests.scenario.action.StepFindings;
import org.entente.proto.v1.Operation;
import org.entente.proto.v1.OperationEntry;
import org.entente.proto.v1.OperationResource;
import org.entente.proto.v1.OperationTask;
import org.entente.proto.v1.OperationUpdate;
import org.entente.proto.v1.OperationsGrpc;
import org.entente.proto.v1.ShowOperationRequest;
import org.entente.proto.v1.ShowOperationResponse;
import org.entente.proto.v1.SituationReport;
import org.jspecify.annotations.Nullable;

/**
 * One agency's view of a joint operation becomes this.
 *
 * @param by the calling client
 * @param operation its name
 * @param officer the officer
 * @param justification the reason
 * @param objectives objectives, by agency
 * @param tasks state of each task, by {@code AGENCY/ID} of its author
 * @param reports texts of the situation reports, by author
 * @param outcomes texts of the outcomes, by {@code AGENCY/ID} of the author
 * @param resources each agency's resources: the fields of {@code OperationResource}
 * @param due deadlines of tasks that have one, by {@code AGENCY/ID} of the author
 * @param days duration of the operation in days; not checked if absent
 * @param error expected error code instead
 */
public record PictureStep(
    @JsonProperty(required = true) ClientRef by,
    @JsonProperty(required = true) String operation,
    @JsonProperty(required = true) String officer,
    @JsonProperty(required = true) String justification,
    @Nullable Map<String, String> objectives,
    @Nullable Map<String, String> tasks,
    @Nullable Map<String, List<String>> reports,
    @Nullable Map<String, String> outcomes,
    @Nullable Map<String, List<Map<String, Object>>> resources,
    @Nullable Map<String, Instant> due,
    @Nullable Integer days,
    @Nullable String error)
    implements ScenarioAction {
  private static final double DAY = 86_400;

  @Override
  public String word() {
    return "picture";
  }

  private static <T> Map<String, T> sorted(@Nullable Map<String, T> map) {
    return map == null ? Map.of() : new TreeMap<>(map);
  }

  @Override
  public void check(ScenarioCheck checking, String field) {
    checking.client(field + ".by", by);
    checking.named(field + ".operation", NamedObject.OPERATION, operation);
    checking.either(
        field,
        "one or more of objectives, tasks, reports, outcomes, resources, due, days",
        Stream.<Object>of(objectives, tasks, reports, outcomes, resources, due, days)
            .anyMatch(Objects::nonNull),
        error);
    checking.agencies(field + ".objectives", sorted(objectives).keySet());
    checking.agencies(field + ".reports", sorted(reports).keySet());
    entries(checking, field + ".tasks", sorted(tasks));
    entries(checking, field + ".outcomes", sorted(outcomes));
    entries(checking, field + ".due", sorted(due));
    checking.agencies(field + ".resources", sorted(resources).keySet());
    sorted(resources)
        .forEach(
            (agency, list) -> {
              for (int i = 0; i < list.size(); i++) {
                String place = field + ".resources." + agency + "[" + i + "]";
                ProtoFields.check(checking, place, OperationResource.newBuilder(), list.get(i));
              }
            });
  }

  private static void entries(ScenarioCheck checking, String field, Map<String, ?> entries) {
    entries
        .keySet()
        .forEach(
            key -> {
              int slash = key.indexOf('/');
              checking.require(
                  slash > 0, field + "." + key, "\"" + key + "\"", "AGENCY/ID of who says it");
              if (slash > 0) {
                checking.agency(field + "." + key, key.substring(0, slash));
              }
            });
  }

  @Override
  public void perform(ScenarioFederation stage, StepFindings findings) throws InterruptedException {
    ByteString id = stage.things().id(NamedObject.OPERATION, operation);
    ShowOperationRequest request =
        ShowOperationRequest.newBuilder()
            .setOperationId(id)
            .setOnBehalfOf(CallActor.person(officer, justification))
            .build();
    OperationsGrpc.OperationsBlockingStub service =
        OperationsGrpc.newBlockingStub(stage.channel(by));
    AnswerPoller.await(
        findings,
        error,
        expected(),
        () -> stage.patient(service).showOperation(request),
        this::seen);
  }

  private String expected() {
    Map<String, TreeSet<String>> said = new TreeMap<>();
    sorted(reports).forEach((agency, texts) -> said.put(agency, new TreeSet<>(texts)));
    Map<String, TreeSet<String>> brought = new TreeMap<>();
    sorted(resources)
        .forEach(
            (agency, list) ->
                list.forEach(
                    it ->
                        brought
                            .computeIfAbsent(agency, whose -> new TreeSet<>())
                            .add(
                                ProtoFields.words(
                                    ProtoFields.fill(OperationResource.newBuilder(), it)
                                        .build()))));
    return "objectives "
        + sorted(objectives)
        + ", tasks "
        + sorted(tasks)
        + ", reports "
        + said
        + ", outcomes "
        + sorted(outcomes)
        + ", resources "
        + brought
        + ", due "
        + sorted(due)
        + (days == null ? "" : ", runs for " + days + " days");
  }

  private String seen(ShowOperationResponse response) {
    Map<String, String> aims = new TreeMap<>();
    Map<String, String> results = new TreeMap<>();
    Map<String, TreeSet<String>> said = new TreeMap<>();
    Map<String, TreeSet<String>> brought = new TreeMap<>();
    for (OperationEntry it : response.getEntriesList()) {
      String origin = it.getOrigin();
      OperationUpdate update = it.getUpdate();
      if (!update.getObjectives().isEmpty()) {
        aims.put(origin, update.getObjectives());
      }
      for (SituationReport report : update.getReportsList()) {
        said.computeIfAbsent(origin, agency -> new TreeSet<>()).add(report.getText());
      }
      for (OperationResource resource : update.getResourcesList()) {
        brought.computeIfAbsent(origin, agency -> new TreeSet<>()).add(ProtoFields.words(resource));
      }
      update
          .getOutcomesList()
          .forEach(outcome -> results.put(origin + "/" + outcome.getId(), outcome.getText()));
    }
    return "objectives "
        + aims
        + ", tasks "
        + tasks(response, it -> ScenarioEnums.of(it.getState().getValueDescriptor()))
        + ", reports "
        + said
        + ", outcomes "
        + results
        + ", resources "
        + brought
        + ", due "
        + tasks(response, it -> it.hasDueAt() ? Timestamps.toString(it.getDueAt()) : "")
        + (days == null ? "" : ", runs for " + days(response.getOperation()) + " days");
  }

  /** Words for each task that has any. */
  private static Map<String, String> tasks(
      ShowOperationResponse response, Function<OperationTask, String> said) {
    Map<String, String> tasks = new TreeMap<>();
    for (OperationEntry it : response.getEntriesList()) {
      for (OperationTask task : it.getUpdate().getTasksList()) {
        String words = said.apply(task);
        if (!words.isEmpty()) {
          tasks.put(it.getOrigin() + "/" + task.getId(), words);
        }
      }
    }
    return tasks;
  }

  /**
   * Days of the operation, rounded: the clocks of its start and its end may differ by less than
   * half a day.
   */
  private static long days(Operation operation) {
    return Math.round(
        Timestamps.between(operation.getStartsAt(), operation.getEndsAt()).getSeconds() / DAY);
  }
}
