package org.entente.gateway.cli.call;

import org.entente.gateway.audit.record.AuditPerson;
import org.entente.gateway.cli.failure.UsageError;
import org.entente.proto.v1.OnBehalfOf;
import picocli.CommandLine.Option;

/** Options that name the acting officer and the reason; recorded in the audit log. */
public final class PersonOptions extends OfficerOptions {
  @Option(
      names = "--justification",
      required = true,
      paramLabel = "TEXT",
      description = "why, such as 'case 12/26'; recorded in the audit log")
  private String justification = "";

  public OnBehalfOf named() {
    return because(justification);
  }

  /**
   * The person as the audit log records it.
   *
   * @throws UsageError if a gateway would refuse it
   */
  public AuditPerson recorded() {
    return recorded(justification);
  }
}
