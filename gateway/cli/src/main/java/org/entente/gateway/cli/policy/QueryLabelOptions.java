package org.entente.gateway.cli.policy;

import com.google.protobuf.Timestamp;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.List;
import java.util.function.Consumer;
import org.entente.gateway.cli.call.MessageCall;
import org.entente.gateway.cli.failure.UsageError;
import org.entente.gateway.cli.text.EnumParser;
import org.entente.gateway.cli.text.TerminalText;
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
  private @Nullable String kind;

  @Option(
      names = "--category",
      paramLabel = "NAME",
      description = "such as IPR or NARCOTICS; needed without --alerts")
  private @Nullable String category;

  @Option(
      names = "--purpose",
      paramLabel = "NAME",
      description = "such as IPR_ENFORCEMENT; needed without --alerts")
  private @Nullable String purpose;

  @Option(
      names = "--classification",
      paramLabel = "NAME",
      description = "default: UNCLASSIFIED; needed for CAP files")
  private @Nullable String classification;

  @Option(
      names = "--classification-scheme",
      paramLabel = "SCHEME",
      description = "scheme of the national marking, such as FR")
  private String scheme = "";

  @Option(
      names = "--classification-marking",
      paramLabel = "MARKING",
      description = "national marking, such as 'DIFFUSION RESTREINTE'")
  private String nationalMarking = "";

  @Option(
      names = "--classification-review",
      paramLabel = "NAME",
      description = "effect of --classification-review-on: REVIEW or DECLASSIFY")
  private @Nullable String review;

  @Option(
      names = "--classification-review-on",
      paramLabel = "DATE",
      description = "date on which the classification is reviewed or ends, such as 2031-12-31")
  private String reviewOn = "";

  @Option(
      names = "--handling",
      paramLabel = "CODE",
      description = "handling code H0, H1, H2 or H3; may be repeated")
  private List<String> handling = List.of();

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
  private @Nullable String lane;

  @Option(
      names = "--requested-action",
      paramLabel = "NAME",
      description = "action requested of recipients, such as CHECK or DETAIN (default: INFORM)")
  private @Nullable String requestedAction;

  @Option(
      names = "--status",
      paramLabel = "NAME",
      description = "ACTUAL, EXERCISE, SYSTEM or TEST (default: ACTUAL)")
  private @Nullable String status;

  @Option(names = "--exercise", description = "the same as --status EXERCISE")
  private boolean exercise;

  @Option(names = "--severity", paramLabel = "NAME", description = "CAP severity, such as SEVERE")
  private @Nullable String severity;

  @Option(names = "--urgency", paramLabel = "NAME", description = "CAP urgency, such as IMMEDIATE")
  private @Nullable String urgency;

  @Option(
      names = "--certainty",
      paramLabel = "NAME",
      description = "CAP certainty, such as OBSERVED")
  private @Nullable String certainty;

  @Option(names = "--statement", paramLabel = "NAME", description = "FACT or ASSESSMENT")
  private @Nullable String statement;

  @Option(
      names = "--source-evaluation",
      paramLabel = "CODE",
      description = "evaluation of source and information, such as 4x4:A1")
  private String sourceEvaluation = "";

  @Option(
      names = "--in-reply-to",
      paramLabel = "MESSAGE",
      description = "message that it answers or continues, 32 hex digits")
  private @Nullable String inReplyTo;

  @Option(
      names = "--expires-at",
      paramLabel = "TIME",
      description = "time after which it is not delivered, such as 2026-03-01T12:00:00Z")
  private @Nullable String expiresAt;

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
            .setSourceEvaluation(sourceEvaluation);
    handling.forEach(code -> out.addHandling(EnumParser.of(Handling.class, "HANDLING_", code)));
    given(inReplyTo, id -> out.setInReplyTo(MessageCall.parse("--in-reply-to", id)));
    given(expiresAt, at -> out.setExpiresAt(time(at)));
    words(out);
    return out.build();
  }

  /** The given fields as a complete label, with defaults for optional fields. */
  Label whole() {
    if (category == null || purpose == null) {
      String lacking = category == null ? "--category" : "--purpose";
      throw new UsageError(lacking + ": is required, unless --alerts names drafts");
    }
    Label.Builder out = said().toBuilder();
    if (kind == null) {
      out.setKind(Kind.KIND_ALERT);
    }
    if (classification == null) {
      out.setClassification(Classification.CLASSIFICATION_UNCLASSIFIED);
    }
    return out.build();
  }

  private void words(Label.Builder out) {
    given(kind, it -> out.setKind(EnumParser.of(Kind.class, "KIND_", it)));
    given(category, it -> out.setCategory(EnumParser.of(Category.class, "CATEGORY_", it)));
    given(purpose, it -> out.setPurpose(EnumParser.of(Purpose.class, "PURPOSE_", it)));
    given(
        classification,
        it -> out.setClassification(EnumParser.of(Classification.class, "CLASSIFICATION_", it)));
    given(
        review,
        it ->
            out.setClassificationReview(
                EnumParser.of(ClassificationReview.class, "CLASSIFICATION_REVIEW_", it)));
    given(lane, it -> out.setLane(EnumParser.of(Lane.class, "LANE_", it)));
    given(
        requestedAction,
        it ->
            out.setRequestedAction(EnumParser.of(RequestedAction.class, "REQUESTED_ACTION_", it)));
    given(severity, it -> out.setSeverity(EnumParser.of(Severity.class, "SEVERITY_", it)));
    given(urgency, it -> out.setUrgency(EnumParser.of(Urgency.class, "URGENCY_", it)));
    given(certainty, it -> out.setCertainty(EnumParser.of(Certainty.class, "CERTAINTY_", it)));
    given(statement, it -> out.setStatement(EnumParser.of(Statement.class, "STATEMENT_", it)));
    given(status, it -> out.setStatus(EnumParser.of(Status.class, "STATUS_", it)));
    if (exercise) {
      if (status != null && out.getStatus() != Status.STATUS_EXERCISE) {
        throw new UsageError("--exercise: contradicts --status");
      }
      out.setStatus(Status.STATUS_EXERCISE);
    }
  }

  private static void given(@Nullable String value, Consumer<String> set) {
    if (value != null) {
      set.accept(value);
    }
  }

  private static Timestamp time(String text) {
    try {
      Instant at = Instant.parse(text);
      return Timestamp.newBuilder().setSeconds(at.getEpochSecond()).setNanos(at.getNano()).build();
    } catch (DateTimeParseException e) {
      throw new UsageError(
          "--expires-at: "
              + TerminalText.printable(text)
              + " is no time in UTC such as 2026-03-01T12:00:00Z",
          e);
    }
  }
}
