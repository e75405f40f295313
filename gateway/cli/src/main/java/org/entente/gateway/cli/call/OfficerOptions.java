package org.entente.gateway.cli.call;

import org.entente.gateway.audit.record.AuditPerson;
import org.entente.gateway.cli.failure.UsageError;
import org.entente.gateway.policy.check.LabelCheck;
import org.entente.proto.v1.OnBehalfOf;
import picocli.CommandLine.Option;

/** Options that name the acting officer; recorded in the audit log. */
public class OfficerOptions {
  @Option(
      names = "--officer",
      required = true,
      paramLabel = "REF",
      description = "the officer who acts, by the agency's own reference such as FR-12; recorded")
  private String officer = "";

  @Option(names = "--unit", paramLabel = "NAME", description = "the officer's unit; recorded")
  private String unit = "";

  /**
   * The person as the audit log records it.
   *
   * @throws UsageError if a gateway would refuse it
   */
  public AuditPerson recorded(String justification) {
    LabelCheck.reader(because(justification))
        .ifPresent(
            problem -> {
              String option = problem.field().replaceFirst("^on_behalf_of\\.", "--");
              throw new UsageError(option + ": " + problem.message());
            });
    return new AuditPerson(officer, unit, justification.isEmpty() ? null : justification);
  }

  public OnBehalfOf because(String justification) {
    return OnBehalfOf.newBuilder()
        .setOfficer(officer)
        .setUnit(unit)
        .setJustification(justification)
        .build();
  }
}
