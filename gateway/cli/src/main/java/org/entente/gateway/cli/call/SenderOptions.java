package org.entente.gateway.cli.call;

import org.entente.proto.v1.OnBehalfOf;
import picocli.CommandLine.Option;

/** Options that name the sending officer, which only some agreements require. */
public class SenderOptions {
  @Option(
      names = "--officer",
      paramLabel = "REF",
      description =
          "the sending officer, by the agency's own reference such as FR-12, where an agreement"
              + " requires it; recorded")
  private String officer = "";

  @Option(names = "--unit", paramLabel = "NAME", description = "the officer's unit; recorded")
  private String unit = "";

  @Option(
      names = "--justification",
      paramLabel = "TEXT",
      description = "why, such as 'case 12/26', where an agreement requires it; recorded")
  private String justification = "";

  /** The person; the default instance if none was given. */
  public OnBehalfOf person() {
    return OnBehalfOf.newBuilder()
        .setOfficer(officer)
        .setUnit(unit)
        .setJustification(justification)
        .build();
  }
}
