package org.entente.loadtests.scenario;

import com.fasterxml.jackson.annotation.JsonProperty;
import com.google.protobuf.ByteString;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import org.entente.proto.v1.OperationEntry;
import org.entente.proto.v1.OperationTask;
import org.entente.proto.v1.OperationsGrpc;
import org.entente.proto.v1.ShowOperationRequest;
import org.entente.proto.v1.ShowOperationResponse;
import org.jspecify.annotations.Nullable;

/**
 * What one agency sees of a joint operation comes to be this.
 *
 * @param by whose client
 * @param operation its name
 * @param officer who looks
 * @param justification why
 * @param objectives whose objectives, and what they are
 * @param tasks where each task stands, by {@code AGENCY/ID} of who says it
 * @param reports texts of the situation reports, by who says it
 * @param outcomes texts of the outcomes, by {@code AGENCY/ID} of who says it
 * @param error the code with which it is refused instead
 */
record PictureStep(
    @JsonProperty(required = true) ClientRef by,
    @JsonProperty(required = true) String operation,
    @JsonProperty(required = true) String officer,
    @JsonProperty(required = true) String justification,
    @Nullable Map<String, String> objectives,
    @Nullable Map<String, String> tasks,
    @Nullable Map<String, List<String>> reports,
    @Nullable Map<String, String> outcomes,
    @Nullable String error)
    implements Act {
  @Override
  public String word() {
    return "picture";
  }

  private static <T> Map<String, T> sorted(@Nullable Map<String, T> map) {
    return map == null ? Map.of() : new TreeMap<>(map);
  }

  @Override
  public void check(Checking checking, String field) {
    checking.client(field + ".by", by);
    checking.named(field + ".operation", Thing.OPERATION, operation);
    checking.either(
        field,
        "one or more of objectives, tasks, reports, outcomes",
        objectives != null || tasks != null || reports != null || outcomes != null,
        error);
    checking.agencies(field + ".objectives", sorted(objectives).keySet());
    checking.agencies(field + ".reports", sorted(reports).keySet());
    entries(checking, field + ".tasks", sorted(tasks));
    entries(checking, field + ".outcomes", sorted(outcomes));
  }

  private static void entries(Checking checking, String field, Map<String, String> entries) {
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
  public void perform(Stage stage, Findings findings) throws InterruptedException {
    ByteString id = stage.things().id(Thing.OPERATION, operation);
    ShowOperationRequest request =
        ShowOperationRequest.newBuilder()
            .setOperationId(id)
            .setOnBehalfOf(Acting.person(officer, justification))
            .build();
    OperationsGrpc.OperationsBlockingStub service =
        OperationsGrpc.newBlockingStub(stage.channel(by));
    Map<String, TreeSet<String>> said = new TreeMap<>();
    sorted(reports).forEach((agency, texts) -> said.put(agency, new TreeSet<>(texts)));
    String expected =
        Answer.expected(error, words(sorted(objectives), sorted(tasks), said, sorted(outcomes)));
    findings.same(
        expected,
        Patience.until(
            expected::equals,
            () ->
                Answer.to(() -> stage.patient(service).showOperation(request))
                    .words(PictureStep::seen)));
  }

  private static String seen(ShowOperationResponse response) {
    Map<String, String> aims = new TreeMap<>();
    Map<String, String> done = new TreeMap<>();
    Map<String, TreeSet<String>> said = new TreeMap<>();
    Map<String, String> results = new TreeMap<>();
    for (OperationEntry it : response.getEntriesList()) {
      String origin = it.getOrigin();
      if (!it.getUpdate().getObjectives().isEmpty()) {
        aims.put(origin, it.getUpdate().getObjectives());
      }
      for (OperationTask task : it.getUpdate().getTasksList()) {
        done.put(origin + "/" + task.getId(), EnumWords.of(task.getState().getValueDescriptor()));
      }
      it.getUpdate()
          .getReportsList()
          .forEach(
              report ->
                  said.computeIfAbsent(origin, agency -> new TreeSet<>()).add(report.getText()));
      it.getUpdate()
          .getOutcomesList()
          .forEach(outcome -> results.put(origin + "/" + outcome.getId(), outcome.getText()));
    }
    return words(aims, done, said, results);
  }

  private static String words(
      Map<String, String> objectives,
      Map<String, String> tasks,
      Map<String, TreeSet<String>> reports,
      Map<String, String> outcomes) {
    return "objectives "
        + objectives
        + ", tasks "
        + tasks
        + ", reports "
        + reports
        + ", outcomes "
        + outcomes;
  }
}
