package org.entente.gateway.policy.check;

import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;
import org.entente.gateway.policy.subject.CodedText;
import org.entente.proto.v1.OperationOutcome;
import org.entente.proto.v1.OperationResource;
import org.entente.proto.v1.OperationTask;
import org.entente.proto.v1.OperationUpdate;
import org.entente.proto.v1.Roster;
import org.entente.proto.v1.SituationReport;
import org.entente.proto.v1.Subject;

/** Checks content of joint operations against the comments in message.proto. */
final class OperationCheck {
  private static final Pattern ID = Pattern.compile("[A-Za-z0-9._-]{1,40}");

  /** The limit of the wire format "roster". */
  private static final int MAX_ROSTER_BYTES = 8_192;

  private static final int MOST = 64;
  private static final int TEXT = 10_000;
  private static final int MAX_COUNT = 1_000_000;

  private final ValidationErrors findings;
  private final SubjectCheck subjects;

  OperationCheck(ValidationErrors findings) {
    this.findings = findings;
    this.subjects = new SubjectCheck(findings);
  }

  void roster(Roster roster) {
    findings.known("body.roster", roster);
    int size = roster.getStatement().size();
    findings.check(
        size > 0 && size <= MAX_ROSTER_BYTES,
        "body.roster.statement",
        "must have 1 to " + MAX_ROSTER_BYTES + " bytes");
  }

  void update(OperationUpdate update) {
    String field = "body.operation_update";
    findings.known(field, update);
    findings.text(field + ".objectives", update.getObjectives(), TEXT);
    int parts =
        update.getResourcesCount()
            + update.getTasksCount()
            + update.getReportsCount()
            + update.getOutcomesCount();
    findings.check(
        parts > 0 || !update.getObjectives().isBlank(),
        field,
        "must contain at least one of objectives, resources, tasks, reports or outcomes");
    resources(field + ".resources", update.getResourcesList());
    tasks(field + ".tasks", update.getTasksList());
    reports(field + ".reports", update.getReportsList());
    outcomes(field + ".outcomes", update.getOutcomesList());
  }

  private void resources(String field, List<OperationResource> resources) {
    if (!findings.count(field, resources.size(), MOST)) {
      return;
    }
    for (int i = 0; i < resources.size() && !findings.full(); i++) {
      OperationResource resource = resources.get(i);
      String at = field + "[" + i + "]";
      findings.known(at, resource);
      findings.requiredLine(at + ".description", resource.getDescription(), 200);
      findings.check(
          resource.getCount() >= 1 && resource.getCount() <= MAX_COUNT,
          at + ".count",
          "must be 1 to " + MAX_COUNT);
      findings.coded(at + ".place", resource.getPlace(), CodedText.PLACE);
    }
  }

  private void tasks(String field, List<OperationTask> tasks) {
    if (!findings.count(field, tasks.size(), MOST)) {
      return;
    }
    Set<String> ids = new HashSet<>();
    for (int i = 0; i < tasks.size() && !findings.full(); i++) {
      OperationTask task = tasks.get(i);
      String at = field + "[" + i + "]";
      findings.known(at, task);
      id(at + ".id", task.getId(), ids);
      findings.requiredLine(at + ".title", task.getTitle(), 200);
      findings.agency(at + ".agency", task.getAgency());
      findings.required(at + ".state", task.getState());
      findings.coded(at + ".place", task.getPlace(), CodedText.PLACE);
      if (task.hasDueAt()) {
        findings.time(at + ".due_at", task.getDueAt());
      }
    }
  }

  private void reports(String field, List<SituationReport> reports) {
    if (!findings.count(field, reports.size(), MOST)) {
      return;
    }
    for (int i = 0; i < reports.size() && !findings.full(); i++) {
      SituationReport report = reports.get(i);
      String at = field + "[" + i + "]";
      findings.known(at, report);
      findings.check(report.hasAt(), at + ".at", "is required");
      findings.time(at + ".at", report.getAt());
      requiredText(at + ".text", report.getText());
      findings.coded(at + ".place", report.getPlace(), CodedText.PLACE);
      subjects(at + ".subjects", report.getSubjectsCount(), report.getSubjectsList());
    }
  }

  private void outcomes(String field, List<OperationOutcome> outcomes) {
    if (!findings.count(field, outcomes.size(), MOST)) {
      return;
    }
    Set<String> ids = new HashSet<>();
    for (int i = 0; i < outcomes.size() && !findings.full(); i++) {
      OperationOutcome outcome = outcomes.get(i);
      String at = field + "[" + i + "]";
      findings.known(at, outcome);
      id(at + ".id", outcome.getId(), ids);
      requiredText(at + ".text", outcome.getText());
      findings.coded(at + ".place", outcome.getPlace(), CodedText.PLACE);
      subjects(at + ".subjects", outcome.getSubjectsCount(), outcome.getSubjectsList());
    }
  }

  private void subjects(String field, int count, List<Subject> all) {
    if (findings.count(field, count, MOST)) {
      subjects.all(field, all);
    }
  }

  private void requiredText(String field, String text) {
    findings.check(!text.isBlank(), field, "is required");
    findings.text(field, text, TEXT);
  }

  private void id(String field, String id, Set<String> before) {
    findings.check(
        ID.matcher(id).matches(), field, "must have 1 to 40 characters of A-Z a-z 0-9 . _ -");
    findings.check(before.add(id), field, "repeats an earlier entry");
  }
}
