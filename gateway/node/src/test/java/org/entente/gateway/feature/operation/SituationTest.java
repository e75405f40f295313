package org.entente.gateway.feature.operation;

import static org.entente.gateway.testkit.Agencies.DE;
import static org.entente.gateway.testkit.Agencies.FR;
import static org.junit.jupiter.api.Assertions.assertEquals;

import org.entente.proto.v1.OperationOutcome;
import org.entente.proto.v1.OperationResource;
import org.entente.proto.v1.OperationTask;
import org.entente.proto.v1.OperationUpdate;
import org.entente.proto.v1.SituationReport;
import org.entente.proto.v1.TaskState;
import org.junit.jupiter.api.Test;

/** What of the updates of an operation still holds. */
class SituationTest {
  private static OperationTask task(String id, TaskState state) {
    return OperationTask.newBuilder().setId(id).setState(state).build();
  }

  @Test
  void newerWord_replacesTheOlderOfTheSameAgencyOnly() {
    OperationUpdate older =
        OperationUpdate.newBuilder()
            .setObjectives("first")
            .addResources(OperationResource.newBuilder().setDescription("a boat"))
            .addTasks(task("T1", TaskState.TASK_STATE_ASSIGNED))
            .addTasks(task("T2", TaskState.TASK_STATE_ASSIGNED))
            .addReports(SituationReport.newBuilder().setText("quiet"))
            .addOutcomes(OperationOutcome.newBuilder().setId("O1").setText("two kilos"))
            .build();
    OperationUpdate newer =
        OperationUpdate.newBuilder()
            .setObjectives("second")
            .addResources(OperationResource.newBuilder().setDescription("two boats"))
            .addTasks(task("T1", TaskState.TASK_STATE_DONE))
            .addOutcomes(OperationOutcome.newBuilder().setId("O1").setText("three kilos"))
            .build();
    Situation situation = new Situation();
    assertEquals(newer, situation.standing(FR, newer));
    assertEquals(
        OperationUpdate.newBuilder()
            .addTasks(task("T2", TaskState.TASK_STATE_ASSIGNED))
            .addReports(SituationReport.newBuilder().setText("quiet"))
            .build(),
        situation.standing(FR, older));
    assertEquals(older, situation.standing(DE, older), "nobody replaces what another said");
  }
}
