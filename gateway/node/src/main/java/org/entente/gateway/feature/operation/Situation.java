package org.entente.gateway.feature.operation;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.entente.gateway.model.AgencyName;
import org.entente.proto.v1.OperationOutcome;
import org.entente.proto.v1.OperationTask;
import org.entente.proto.v1.OperationUpdate;

/**
 * Collects the updates of a joint operation that are still valid. Pure. It is fed newest first and
 * keeps each agency's newest objectives and resources, its newest statement on each of its tasks
 * and outcomes, and all of its reports. An agency replaces only its own statements. Used by one
 * thread.
 */
final class Situation {
  private final Set<AgencyName> objectives = new HashSet<>();
  private final Set<AgencyName> resources = new HashSet<>();
  private final Set<NamedItem> tasks = new HashSet<>();
  private final Set<NamedItem> outcomes = new HashSet<>();

  private record NamedItem(AgencyName agency, String id) {}

  /** Whether an update has parts that a newer one replaces. */
  static boolean isStatedBy(OperationUpdate update) {
    return !update.getObjectives().isEmpty()
        || update.getResourcesCount() > 0
        || update.getTasksCount() > 0
        || update.getOutcomesCount() > 0;
  }

  /** The parts of an update that no newer one replaces. */
  OperationUpdate standing(AgencyName agency, OperationUpdate update) {
    OperationUpdate.Builder out = update.toBuilder();
    if (!update.getObjectives().isEmpty() && !objectives.add(agency)) {
      out.clearObjectives();
    }
    if (update.getResourcesCount() > 0 && !resources.add(agency)) {
      out.clearResources();
    }
    List<OperationTask> newTasks = new ArrayList<>();
    for (OperationTask task : update.getTasksList()) {
      if (tasks.add(new NamedItem(agency, task.getId()))) {
        newTasks.add(task);
      }
    }
    List<OperationOutcome> newOutcomes = new ArrayList<>();
    for (OperationOutcome outcome : update.getOutcomesList()) {
      if (outcomes.add(new NamedItem(agency, outcome.getId()))) {
        newOutcomes.add(outcome);
      }
    }
    return out.clearTasks()
        .addAllTasks(newTasks)
        .clearOutcomes()
        .addAllOutcomes(newOutcomes)
        .build();
  }
}
