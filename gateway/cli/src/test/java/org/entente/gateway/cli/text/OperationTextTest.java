package org.entente.gateway.cli.text;

import static org.junit.jupiter.api.Assertions.assertEquals;

import com.google.protobuf.util.Timestamps;
import java.util.ArrayList;
import java.util.List;
import org.entente.proto.v1.OperationOutcome;
import org.entente.proto.v1.OperationTask;
import org.entente.proto.v1.OperationUpdate;
import org.entente.proto.v1.SituationReport;
import org.entente.proto.v1.Subject;
import org.entente.proto.v1.TaskState;
import org.junit.jupiter.api.Test;

/** What is said in joint operations, as people read it. */
class OperationTextTest {
  private static final OperationUpdate UPDATE =
      OperationUpdate.newBuilder()
          .addTasks(
              OperationTask.newBuilder()
                  .setId("T1")
                  .setTitle("open the containers")
                  .setAgency("de.customs")
                  .setState(TaskState.TASK_STATE_UNDER_WAY))
          .addReports(
              SituationReport.newBuilder()
                  .setAt(Timestamps.fromMillis(0))
                  .setText("two seals are broken")
                  .setPlace("DEHAM")
                  .addSubjects(Subject.newBuilder().setContainer("CSQU3054383")))
          .addOutcomes(
              OperationOutcome.newBuilder()
                  .setId("R1")
                  .setText("seized")
                  .addSubjects(Subject.newBuilder().setVessel("9876103")))
          .build();

  @Test
  void lines_sayAllOfAnUpdate_withWhatItIsAbout() {
    List<String> lines = new ArrayList<>();
    OperationText.lines(UPDATE, lines);
    assertEquals(
        List.of(
            "task T1, de.customs, UNDER_WAY: open the containers",
            "situation at 1970-01-01T00:00:00Z in DEHAM: two seals are broken",
            "container CSQU3054383",
            "outcome R1: seized",
            "vessel IMO 9876103"),
        lines);
  }

  @Test
  void headline_isCut_betweenCharacters() {
    assertEquals(
        "objectives: find them",
        OperationText.headline(OperationUpdate.newBuilder().setObjectives("find them").build()));
    String waves = "\uD83C\uDF0A".repeat(300);
    assertEquals(
        "objectives: " + "\uD83C\uDF0A".repeat(188) + " …",
        OperationText.headline(OperationUpdate.newBuilder().setObjectives(waves).build()));
  }
}
