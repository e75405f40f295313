package org.entente.gateway.cli.text;

import com.google.protobuf.util.Timestamps;
import java.util.ArrayList;
import java.util.List;
import org.entente.gateway.model.EnumNames;
import org.entente.proto.v1.OperationOutcome;
import org.entente.proto.v1.OperationResource;
import org.entente.proto.v1.OperationTask;
import org.entente.proto.v1.OperationUpdate;
import org.entente.proto.v1.SituationReport;

/** Text lines about updates of joint operations. */
public final class OperationText {
  /** Longest headline, code points. */
  private static final int HEADLINE = 200;

  private OperationText() {}

  /** An update on one line, cut to the length of a headline. */
  public static String headline(OperationUpdate update) {
    List<String> all = new ArrayList<>();
    lines(update, all);
    String line = String.join("; ", all);
    return line.codePointCount(0, line.length()) <= HEADLINE
        ? line
        : line.substring(0, line.offsetByCodePoints(0, HEADLINE)) + " …";
  }

  /** Adds the lines of an update. */
  public static void lines(OperationUpdate update, List<String> out) {
    if (!update.getObjectives().isEmpty()) {
      out.add("objectives: " + update.getObjectives());
    }
    for (OperationResource resource : update.getResourcesList()) {
      out.add(
          "resource: %d × %s%s"
              .formatted(resource.getCount(), resource.getDescription(), at(resource.getPlace())));
    }
    for (OperationTask task : update.getTasksList()) {
      out.add(
          "task %s, %s, %s: %s%s%s"
              .formatted(
                  task.getId(),
                  task.getAgency(),
                  EnumNames.word(task.getState()),
                  task.getTitle(),
                  at(task.getPlace()),
                  task.hasDueAt() ? ", by " + Timestamps.toString(task.getDueAt()) : ""));
    }
    for (SituationReport report : update.getReportsList()) {
      out.add(
          "situation at %s%s: %s"
              .formatted(
                  Timestamps.toString(report.getAt()), at(report.getPlace()), report.getText()));
      out.addAll(SubjectText.lines(report.getSubjectsList()));
    }
    for (OperationOutcome outcome : update.getOutcomesList()) {
      out.add(
          "outcome %s%s: %s".formatted(outcome.getId(), at(outcome.getPlace()), outcome.getText()));
      out.addAll(SubjectText.lines(outcome.getSubjectsList()));
    }
  }

  private static String at(String place) {
    return place.isEmpty() ? "" : " in " + place;
  }
}
