package org.entente.gateway.cli.call;

import java.util.List;
import org.entente.proto.v1.Category;
import org.entente.proto.v1.Classification;
import org.entente.proto.v1.Handling;
import org.entente.proto.v1.Kind;
import org.entente.proto.v1.Label;
import org.entente.proto.v1.Lane;
import org.entente.proto.v1.Precedence;
import org.entente.proto.v1.Purpose;
import org.entente.proto.v1.Status;
import picocli.CommandLine.Option;

/** Label options of a message given on the command line. */
final class LabelOptions {
  @Option(
      names = "--classification",
      required = true,
      paramLabel = "NAME",
      description = "UNCLASSIFIED, RESTRICTED, CONFIDENTIAL or SECRET; agreements set a ceiling")
  private Classification classification = Classification.CLASSIFICATION_UNSPECIFIED;

  @Option(
      names = "--handling",
      paramLabel = "CODE",
      description =
          "handling code: H0 (only against crime), H1 (no use in court without permission), H2 (not"
              + " to be passed on without permission) or H3 (other, see --handling-text); may be"
              + " repeated")
  private List<Handling> handling = List.of();

  @Option(
      names = "--handling-text",
      paramLabel = "TEXT",
      description = "with H3: the other restriction, in words")
  private String handlingText = "";

  @Option(
      names = "--marking",
      paramLabel = "MARKING",
      description = "sharing marking, such as TLP:AMBER; may be repeated")
  private List<String> markings = List.of();

  @Option(
      names = "--agreement",
      paramLabel = "ID",
      description = "agreement under which to share (default: the gateway selects it)")
  private String agreement = "";

  @Option(
      names = "--legal-basis",
      paramLabel = "TEXT",
      description = "legal basis, by citation or in words")
  private String legalBasis = "";

  @Option(names = "--case", paramLabel = "REF", description = "the agency's own case reference")
  private String caseRef = "";

  @Option(
      names = "--lane",
      paramLabel = "NAME",
      description = "how urgent: FLASH, IMMEDIATE, PRIORITY or ROUTINE (default: ROUTINE)")
  private Lane lane = Lane.LANE_UNSPECIFIED;

  @Option(
      names = "--precedence",
      paramLabel = "NAME",
      description =
          "STANAG 4406 precedence: DEFERRED, ROUTINE, PRIORITY, IMMEDIATE, FLASH or OVERRIDE, or"
              + " 0 to 5; selects the lane unless --lane is given")
  private Precedence precedence = Precedence.PRECEDENCE_UNSPECIFIED;

  @Option(
      names = "--personal-data",
      description =
          "the message contains data about a person; a subject that is a person implies it")
  private boolean personalData;

  @RequestField("label.status")
  @Option(names = "--exercise", description = "exercise traffic instead of actual traffic")
  private boolean exercise;

  boolean isExercise() {
    return exercise;
  }

  /** The label. */
  Label.Builder label(Kind kind, Category category, Purpose purpose) {
    Label.Builder out =
        Label.newBuilder()
            .setKind(kind)
            .setCategory(category)
            .setPurpose(purpose)
            .setClassification(classification)
            .setHandlingText(handlingText)
            .addAllMarkings(markings)
            .setAgreement(agreement)
            .setLegalBasis(legalBasis)
            .setCaseRef(caseRef)
            .setPersonalData(personalData)
            .setStatus(exercise ? Status.STATUS_EXERCISE : Status.STATUS_ACTUAL);
    out.addAllHandling(handling);
    out.setLane(lane);
    out.setPrecedence(precedence);
    return out;
  }
}
