package org.entente.gateway.cli.policy;

import com.google.protobuf.ByteString;
import com.google.protobuf.Timestamp;
import java.util.List;
import org.entente.gateway.cli.call.RequestField;
import org.entente.gateway.cli.failure.UsageError;
import org.entente.proto.v1.Category;
import org.entente.proto.v1.Certainty;
import org.entente.proto.v1.Classification;
import org.entente.proto.v1.ClassificationReview;
import org.entente.proto.v1.Handling;
import org.entente.proto.v1.Kind;
import org.entente.proto.v1.Label;
import org.entente.proto.v1.Lane;
import org.entente.proto.v1.Purpose;
import org.entente.proto.v1.RequestedAction;
import org.entente.proto.v1.Severity;
import org.entente.proto.v1.Statement;
import org.entente.proto.v1.Status;
import org.entente.proto.v1.Urgency;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/**
 * Label options of a message to explain: every field that clients set, except precedence, message
 * type and the changed message, which are in {@code SendOptions}.
 */
final class QueryLabelOptions {
  @Option(names = "--kind", paramLabel = "NAME", description = "default: ALERT")
  private Kind kind = Kind.KIND_UNSPECIFIED;

  @Option(
      names = "--category",
      paramLabel = "NAME",
      description = "such as IPR or NARCOTICS; needed without --alerts")
  private Category category = Category.CATEGORY_UNSPECIFIED;

  @Option(
      names = "--purpose",
      paramLabel = "NAME",
      description = "such as IPR_ENFORCEMENT; needed without --alerts")
  private Purpose purpose = Purpose.PURPOSE_UNSPECIFIED;

  @Option(
      names = "--classification",
      paramLabel = "NAME",
      description = "default: UNCLASSIFIED; needed for CAP files")
  private Classification classification = Classification.CLASSIFICATION_UNSPECIFIED;

  @RequestField("label.classification_marking")
  @Option(
      names = "--classification-scheme",
      paramLabel = "SCHEME",
      description = "scheme of the national marking, such as FR")
  private String scheme = "";

  @RequestField("label.classification_marking")
  @Option(
      names = "--classification-marking",
      paramLabel = "MARKING",
      description = "national marking, such as 'DIFFUSION RESTREINTE'")
  private String nationalMarking = "";

  @Option(
      names = "--classification-review",
      paramLabel = "NAME",
      description = "effect of --classification-review-on: REVIEW or DECLASSIFY")
  private ClassificationReview review = ClassificationReview.CLASSIFICATION_REVIEW_UNSPECIFIED;

  @Option(
      names = "--classification-review-on",
      paramLabel = "DATE",
      description = "date on which the classification is reviewed or ends, such as 2031-12-31")
  private String reviewOn = "";

  @Option(
      names = "--handling",
      paramLabel = "CODE",
      description = "handling code H0, H1, H2 or H3; may be repeated")
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

  @Option(names = "--personal-data", description = "the body contains personal data")
  private boolean personalData;

  @Option(names = "--agreement", paramLabel = "ID", description = "only this agreement")
  private String agreement = "";

  @Option(
      names = "--legal-basis",
      paramLabel = "TEXT",
      description = "legal basis in words or by citation")
  private String legalBasis = "";

  @Option(
      names = {"--case", "--case-ref"},
      paramLabel = "REF",
      description = "the agency's own case reference")
  private String caseRef = "";

  @Option(
      names = "--source-ref",
      paramLabel = "REF",
      description = "reference in the agency's own system")
  private String sourceRef = "";

  @Option(
      names = "--jurisdiction",
      paramLabel = "CODE",
      description = "jurisdiction that the content concerns, such as FR or US-CA; may be repeated")
  private List<String> jurisdictions = List.of();

  @Option(
      names = "--lane",
      paramLabel = "NAME",
      description = "FLASH, IMMEDIATE, PRIORITY or ROUTINE (default: ROUTINE)")
  private Lane lane = Lane.LANE_UNSPECIFIED;

  @Option(
      names = "--requested-action",
      paramLabel = "NAME",
      description = "action requested of recipients, such as CHECK or DETAIN (default: INFORM)")
  private RequestedAction requestedAction = RequestedAction.REQUESTED_ACTION_UNSPECIFIED;

  @Option(
      names = "--status",
      paramLabel = "NAME",
      description = "ACTUAL, EXERCISE, SYSTEM or TEST (default: ACTUAL)")
  private Status status = Status.STATUS_UNSPECIFIED;

  @Option(names = "--exercise", description = "the same as --status EXERCISE")
  private boolean exercise;

  @Option(names = "--severity", paramLabel = "NAME", description = "CAP severity, such as SEVERE")
  private Severity severity = Severity.SEVERITY_UNSPECIFIED;

  @Option(names = "--urgency", paramLabel = "NAME", description = "CAP urgency, such as IMMEDIATE")
  private Urgency urgency = Urgency.URGENCY_UNSPECIFIED;

  @Option(
      names = "--certainty",
      paramLabel = "NAME",
      description = "CAP certainty, such as OBSERVED")
  private Certainty certainty = Certainty.CERTAINTY_UNSPECIFIED;

  @Option(names = "--statement", paramLabel = "NAME", description = "FACT or ASSESSMENT")
  private Statement statement = Statement.STATEMENT_UNSPECIFIED;

  @Option(
      names = "--source-evaluation",
      paramLabel = "CODE",
      description = "evaluation of source and information, such as 4x4:A1")
  private String sourceEvaluation = "";

  @Option(
      names = "--in-reply-to",
      paramLabel = "MESSAGE",
      description = "message that it answers or continues, 32 hex digits")
  private ByteString inReplyTo = ByteString.EMPTY;

  @Option(
      names = "--expires-at",
      paramLabel = "TIME",
      description = "time after which it is not delivered, such as 2026-03-01T12:00:00Z")
  private @Nullable Timestamp expiresAt;

  /**
   * The label with only the given fields.
   *
   * @throws UsageError naming the wrong option and the valid values
   */
  Label said() {
    Label.Builder out =
        Label.newBuilder()
            .setClassificationScheme(scheme)
            .setClassificationMarking(nationalMarking)
            .setClassificationReviewOn(reviewOn)
            .setHandlingText(handlingText)
            .addAllMarkings(markings)
            .setPersonalData(personalData)
            .setAgreement(agreement)
            .setLegalBasis(legalBasis)
            .setCaseRef(caseRef)
            .setSourceRef(sourceRef)
            .addAllJurisdictions(jurisdictions)
            .setSourceEvaluation(sourceEvaluation)
            .addAllHandling(handling)
            .setInReplyTo(inReplyTo)
            .setKind(kind)
            .setCategory(category)
            .setPurpose(purpose)
            .setClassification(classification)
            .setClassificationReview(review)
            .setLane(lane)
            .setRequestedAction(requestedAction)
            .setSeverity(severity)
            .setUrgency(urgency)
            .setCertainty(certainty)
            .setStatement(statement);
    if (expiresAt != null) {
      out.setExpiresAt(expiresAt);
    }
    if (exercise && status != Status.STATUS_UNSPECIFIED && status != Status.STATUS_EXERCISE) {
      throw new UsageError("--exercise: contradicts --status");
    }
    return out.setStatus(exercise ? Status.STATUS_EXERCISE : status).build();
  }

  /** The given fields as a complete label, with defaults for optional fields. */
  Label whole() {
    boolean categorised = category != Category.CATEGORY_UNSPECIFIED;
    if (!categorised || purpose == Purpose.PURPOSE_UNSPECIFIED) {
      throw new UsageError(
          (categorised ? "--purpose" : "--category")
              + ": is required, unless --alerts names drafts");
    }
    Label.Builder out = said().toBuilder();
    if (kind == Kind.KIND_UNSPECIFIED) {
      out.setKind(Kind.KIND_ALERT);
    }
    if (classification == Classification.CLASSIFICATION_UNSPECIFIED) {
      out.setClassification(Classification.CLASSIFICATION_UNCLASSIFIED);
    }
    return out.build();
  }
}
