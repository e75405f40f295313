package org.entente.gateway.policy.check;

import com.google.protobuf.ByteString;
import com.google.protobuf.Timestamp;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.time.format.DateTimeParseException;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import org.entente.gateway.cel.LabelSizes;
import org.entente.gateway.model.Code;
import org.entente.gateway.model.EnumNames;
import org.entente.gateway.model.InvalidValue;
import org.entente.gateway.model.MessageId;
import org.entente.gateway.model.NameSuggestion;
import org.entente.gateway.model.OperationId;
import org.entente.gateway.policy.codes.CodeLists;
import org.entente.gateway.policy.codes.CodesLint;
import org.entente.gateway.policy.codes.MessageLimits;
import org.entente.gateway.policy.codes.PrecedenceLane;
import org.entente.gateway.policy.subject.CodedText;
import org.entente.gateway.policy.terms.Agreement;
import org.entente.gateway.policy.terms.AgreementFile;
import org.entente.gateway.policy.terms.RedactableFields;
import org.entente.gateway.policy.terms.Redactions;
import org.entente.proto.v1.Addressed;
import org.entente.proto.v1.Addressees;
import org.entente.proto.v1.ClassificationReview;
import org.entente.proto.v1.Kind;
import org.entente.proto.v1.Label;
import org.entente.proto.v1.Obligation;
import org.entente.proto.v1.Precedence;
import org.entente.proto.v1.Status;

/** Checks a label's fields against the comments in message.proto. */
public final class LabelFieldCheck {
  /** Most recipients whose names a label can disclose. */
  public static final int MAX_ADDRESSEES = LabelSizes.ADDRESSEES;

  /** Most desks of one agency that a message can be directed to. */
  static final int MAX_DESKS = LabelSizes.DESKS;

  /** Ends the message about a field that is valid only with another. */
  public static final String BOTH_OR_NEITHER = "both or neither";

  public static final Pattern AGREEMENT_ID = Pattern.compile(AgreementFile.ID);

  private static final Pattern PATH = Pattern.compile(RedactableFields.FORM);

  private static final int ISO_DATE = 10;
  private static final List<Obligation> ONWARD =
      List.of(
          Obligation.OBLIGATION_NO_ONWARD_TRANSFER,
          Obligation.OBLIGATION_ONWARD_WITH_CONSENT,
          Obligation.OBLIGATION_ONWARD_WITHIN_PARTIES);

  private static final String BY_CLIENTS =
      "one of ALERT, INTELLIGENCE, REQUEST, ANSWER, FEEDBACK, OPERATION";

  private static final Set<Kind> BY_GATEWAYS =
      Set.of(
          Kind.KIND_EVIDENCE,
          Kind.KIND_RECALL,
          Kind.KIND_CONSENT,
          Kind.KIND_RESPONDERS,
          Kind.KIND_ROSTER,
          Kind.KIND_CHARGE);

  private static final int ROSTER_HASH = 32;

  private static final Pattern TRACEPARENT =
      Pattern.compile("00-(?!0{32})[0-9a-f]{32}-(?!0{16})[0-9a-f]{16}-01");

  private final MessageLimits limits;
  private final ValidationErrors findings;

  public LabelFieldCheck(MessageLimits limits, ValidationErrors findings) {
    this.limits = limits;
    this.findings = findings;
  }

  /** Checks a client's label. */
  public void draft(Label label, Instant now) {
    findings.known("label", label);
    findings.unset(label.getMessageId().isEmpty(), "label.message_id");
    findings.unset(label.getOrigin().isEmpty(), "label.origin");
    findings.unset(!label.hasCreatedAt(), "label.created_at");
    findings.unset(label.getRetentionDays() == 0, "label.retention_days");
    findings.unset(label.getObligationsCount() == 0, "label.obligations");
    findings.unset(label.getOperationId().isEmpty(), "label.operation_id");
    findings.unset(label.getOperationEpoch() == 0, "label.operation_epoch");
    findings.unset(label.getOperationRosterHash().isEmpty(), "label.operation_roster_hash");
    findings.unset(label.getAddressed() == Addressed.ADDRESSED_UNSPECIFIED, "label.addressed");
    findings.unset(!label.hasAddressees(), "label.addressees");
    findings.unset(label.getRedactedCount() == 0, "label.redacted");
    findings.unset(label.getDesksCount() == 0, "label.desks");
    findings.unset(label.getTraceparent().isEmpty(), "label.traceparent");
    findings.check(
        !BY_GATEWAYS.contains(label.getKind()),
        "label.kind",
        "is EVIDENCE, RECALL, CONSENT, RESPONDERS, ROSTER or CHARGE, which only gateways make; "
            + "valid is "
            + BY_CLIENTS);
    findings.check(
        label.getKind() != Kind.KIND_UNSPECIFIED, "label.kind", "is required; " + BY_CLIENTS);
    findings.optional("label.kind", label.getKind());
    content(label);
    if (!label.getAgreement().isEmpty()) {
      agreement(label);
    }
    findings.optional("label.lane", label.getLane());
    findings.optional("label.status", label.getStatus());
    noTemplate(label);
    new AttachmentCheck(findings).draft(label);
    findings.optional("label.message_type", label.getMessageType());
    findings.optional("label.requested_action", label.getRequestedAction());
    precedence(label, Precision.EXACT);
    reviewedFrom(label, now);
    if (label.hasExpiresAt()) {
      findings.time("label.expires_at", label.getExpiresAt());
      findings.check(
          label.getExpiresAt().getSeconds() > now.getEpochSecond(),
          "label.expires_at",
          "must be in the future");
    }
  }

  /** Checks a label from another gateway. */
  void received(Label label) {
    findings.check(
        label.getMessageId().size() == MessageId.SIZE, "label.message_id", "must have 16 bytes");
    findings.agency("label.origin", label.getOrigin());
    requiredTime("label.created_at", label.hasCreatedAt(), label.getCreatedAt());
    requiredTime("label.expires_at", label.hasExpiresAt(), label.getExpiresAt());
    agreement(label);
    findings.check(
        label.getRetentionDays() > 0 && label.getRetentionDays() <= Agreement.MAX_RETENTION_DAYS,
        "label.retention_days",
        "must be 1 to " + Agreement.MAX_RETENTION_DAYS);
    obligations(label.getObligationsList());
    findings.required("label.lane", label.getLane());
    findings.required("label.status", label.getStatus());
    noTemplate(label);
    findings.required("label.message_type", label.getMessageType());
    findings.required("label.requested_action", label.getRequestedAction());
    operation(label);
    redacted(label.getRedactedList());
    desks(label.getDesksList());
    traceparent(label);
    new AttachmentCheck(findings).received(label);
    if (BY_GATEWAYS.contains(label.getKind())) {
      findings.required("label.classification", label.getClassification());
    } else {
      findings.required("label.kind", label.getKind());
      content(label);
      addressed(label);
      findings.check(
          label.getReferences().isEmpty() || !label.getReferences().equals(label.getMessageId()),
          "label.references",
          "must name another message");
    }
  }

  private void addressed(Label label) {
    findings.optional("label.addressed", label.getAddressed());
    boolean information = label.getAddressed() == Addressed.ADDRESSED_INFORMATION;
    precedence(label, information ? Precision.OR_LOWER : Precision.EXACT);
    Addressees all = label.getAddressees();
    int count = all.getActionCount() + all.getInformationCount();
    if (findings.count("label.addressees", count, MAX_ADDRESSEES)) {
      all.getActionList().forEach(name -> findings.agency("label.addressees.action", name));
      all.getInformationList()
          .forEach(name -> findings.agency("label.addressees.information", name));
    }
  }

  /**
   * Checks the form only; policy checks whether these are the fields that the agreement withholds.
   */
  private void redacted(List<String> fields) {
    if (!findings.count("label.redacted", fields.size(), Redactions.MOST)) {
      return;
    }
    for (int i = 0; i < fields.size(); i++) {
      String path = fields.get(i);
      findings.check(
          path.length() <= RedactableFields.LONGEST && PATH.matcher(path).matches(),
          "label.redacted[" + i + "]",
          "must be a path such as label.source_ref or body.alert.subjects.person, at most "
              + RedactableFields.LONGEST
              + " characters");
    }
    findings.noRepeats("label.redacted", fields);
  }

  /** CAP's status Draft: an unfinished message is not sent. */
  private void noTemplate(Label label) {
    findings.check(
        label.getStatus() != Status.STATUS_DRAFT,
        "label.status",
        "must be one of ACTUAL, EXERCISE, SYSTEM, TEST; DRAFT marks a template, which cannot be "
            + "sent");
  }

  private void desks(List<String> names) {
    if (!findings.count("label.desks", names.size(), MAX_DESKS)) {
      return;
    }
    for (int i = 0; i < names.size(); i++) {
      findings.desk("label.desks[" + i + "]", names.get(i));
      findings.check(
          i == 0 || names.get(i - 1).compareTo(names.get(i)) < 0,
          "label.desks[" + i + "]",
          "must follow the entry before it in alphabetical order, each desk once");
    }
  }

  /** A subscriber's system passes it on, so it has one form. */
  private void traceparent(Label label) {
    String text = label.getTraceparent();
    findings.check(
        text.isEmpty()
            || (TRACEPARENT.matcher(text).matches() && !BY_GATEWAYS.contains(label.getKind())),
        "label.traceparent",
        "must be a W3C traceparent of version 00 with the flag sampled, such as"
            + " 00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01, and empty with kinds that"
            + " only gateways make");
  }

  private enum Precision {
    EXACT,
    OR_LOWER
  }

  /**
   * A lane that contradicts the precedence is refused: neither value can be trusted to be the wish.
   */
  private void precedence(Label label, Precision precision) {
    Precedence precedence = label.getPrecedence();
    findings.optional("label.precedence", precedence);
    boolean stated =
        precedence != Precedence.PRECEDENCE_UNSPECIFIED
            && precedence != Precedence.UNRECOGNIZED
            && label.getLaneValue() != 0;
    if (stated) {
      int lane = PrecedenceLane.of(precedence).getNumber();
      boolean agrees =
          label.getLaneValue() == lane
              || (precision == Precision.OR_LOWER && label.getLaneValue() > lane);
      if (!agrees) {
        findings.invalid(
            "label.precedence",
            EnumNames.word(precedence)
                + " requires lane "
                + EnumNames.word(PrecedenceLane.of(precedence))
                + "; leave the lane out, or set that one");
      }
    }
  }

  /** The operation's id, epoch and roster hash go together: all or none. */
  private void operation(Label label) {
    boolean within = !label.getOperationId().isEmpty();
    findings.check(
        !within || label.getOperationId().size() == OperationId.SIZE,
        "label.operation_id",
        "must have 16 bytes or be empty");
    findings.check(
        within ? label.getOperationEpoch() > 0 : label.getOperationEpoch() == 0,
        "label.operation_epoch",
        "must be 1 or more within an operation, and 0 elsewhere");
    findings.check(
        label.getOperationRosterHash().size() == (within ? ROSTER_HASH : 0),
        "label.operation_roster_hash",
        "must have 32 bytes within an operation, and be empty elsewhere");
    findings.check(
        within || label.getKind() != Kind.KIND_OPERATION,
        "label.operation_id",
        "is required with OPERATION");
  }

  private void content(Label label) {
    findings.required("label.category", label.getCategory());
    findings.required("label.purpose", label.getPurpose());
    findings.required("label.classification", label.getClassification());
    findings.optional("label.severity", label.getSeverity());
    findings.optional("label.urgency", label.getUrgency());
    findings.optional("label.certainty", label.getCertainty());
    findings.optional("label.statement", label.getStatement());
    findings.line("label.legal_basis", label.getLegalBasis(), LabelSizes.LEGAL_BASIS);
    findings.line("label.case_ref", label.getCaseRef(), LabelSizes.CASE_REF);
    findings.line("label.source_ref", label.getSourceRef(), LabelSizes.SOURCE_REF);
    national(label);
    inReplyTo(label);
    id("label.references", label.getReferences());
    findings.check(
        label.getKind() != Kind.KIND_ANSWER || !label.getInReplyTo().isEmpty(),
        "label.in_reply_to",
        "is required with ANSWER and names the request");
    HandlingCheck.check(label, findings);
    markings(label.getMarkingsList());
    evaluation(label.getSourceEvaluation());
    jurisdictions(label.getJurisdictionsList());
  }

  /** An obligation that is unknown here cannot be fulfilled here. */
  private void obligations(List<Obligation> obligations) {
    if (!findings.count("label.obligations", obligations.size(), LabelSizes.OBLIGATIONS)) {
      return;
    }
    for (int i = 0; i < obligations.size(); i++) {
      boolean known =
          obligations.get(i) != Obligation.UNRECOGNIZED
              && obligations.get(i) != Obligation.OBLIGATION_UNSPECIFIED;
      if (!known) {
        findings.add(
            Code.OBLIGATION_UNKNOWN,
            "label.obligations[" + i + "]",
            "is an obligation that this gateway does not know and so cannot fulfil; it knows "
                + EnumNames.all(Obligation.getDescriptor()));
      }
    }
    findings.noRepeats("label.obligations", obligations);
    findings.check(
        onward(obligations) <= 1,
        "label.obligations",
        "contains more than one obligation on onward transfer");
  }

  /** How many obligations on onward transfer these contain. */
  private static int onward(List<Obligation> obligations) {
    int found = 0;
    for (Obligation one : ONWARD) {
      found += obligations.contains(one) ? 1 : 0;
    }
    return found;
  }

  /** Checks the form only; policy checks whether scheme and marking exist. */
  private void national(Label label) {
    String scheme = label.getClassificationScheme();
    String marking = label.getClassificationMarking();
    findings.check(
        scheme.isEmpty() || CodeLists.SCHEME.matcher(scheme).matches(),
        "label.classification_scheme",
        "must have 1 to 16 characters of A-Z 0-9 -");
    findings.line("label.classification_marking", marking, CodesLint.MAX_MARKING);
    findings.check(
        scheme.isEmpty() == marking.isEmpty(),
        "label.classification_marking",
        "is valid only with classification_scheme: " + BOTH_OR_NEITHER);
    findings.optional("label.classification_review", label.getClassificationReview());
    String day = label.getClassificationReviewOn();
    findings.check(
        day.isEmpty() || day(day).isPresent(),
        "label.classification_review_on",
        "must be an ISO 8601 date, such as 2031-12-31");
    findings.check(
        day.isEmpty()
            == (label.getClassificationReview()
                == ClassificationReview.CLASSIFICATION_REVIEW_UNSPECIFIED),
        "label.classification_review",
        "is valid only with classification_review_on: " + BOTH_OR_NEITHER);
  }

  private void reviewedFrom(Label label, Instant now) {
    Optional<LocalDate> day = day(label.getClassificationReviewOn());
    findings.check(
        day.isEmpty() || !day.get().isBefore(LocalDate.ofInstant(now, ZoneOffset.UTC)),
        "label.classification_review_on",
        "must not be in the past");
  }

  private static Optional<LocalDate> day(String text) {
    try {
      return text.length() == ISO_DATE ? Optional.of(LocalDate.parse(text)) : Optional.empty();
    } catch (DateTimeParseException e) {
      return Optional.empty();
    }
  }

  private void inReplyTo(Label label) {
    id("label.in_reply_to", label.getInReplyTo());
    findings.check(
        !label.getInReplyTo().isEmpty() || label.getKind() != Kind.KIND_FEEDBACK,
        "label.in_reply_to",
        "is required with FEEDBACK and names the message that led to the control");
  }

  private void id(String field, ByteString id) {
    findings.check(
        id.isEmpty() || id.size() == MessageId.SIZE, field, "must have 16 bytes or be empty");
  }

  private void markings(List<String> markings) {
    if (!findings.count("label.markings", markings.size(), LabelSizes.MARKINGS)) {
      return;
    }
    for (int i = 0; i < markings.size(); i++) {
      if (!limits.markings().contains(markings.get(i))) {
        String found = InvalidValue.printable(markings.get(i));
        List<String> known = limits.markings().stream().sorted().toList();
        findings.invalid(
            "label.markings[" + i + "]",
            "found \"" + found + "\"; valid is " + NameSuggestion.oneOf(markings.get(i), known));
      }
    }
    findings.noRepeats("label.markings", markings);
  }

  private void evaluation(String text) {
    if (text.isEmpty()) {
      return;
    }
    int colon = text.indexOf(':');
    Pattern values = colon < 0 ? null : limits.evaluationSchemes().get(text.substring(0, colon));
    boolean valid =
        text.length() <= LabelSizes.SOURCE_EVALUATION
            && values != null
            && values.matcher(text.substring(colon + 1)).matches();
    if (!valid) {
      List<String> schemes = limits.evaluationSchemes().keySet().stream().sorted().toList();
      findings.invalid(
          "label.source_evaluation",
          "must be a scheme of "
              + schemes
              + ", a colon and a value of that scheme, such as 4x4:A1");
    }
  }

  private void jurisdictions(List<String> codes) {
    if (!findings.count("label.jurisdictions", codes.size(), LabelSizes.JURISDICTIONS)) {
      return;
    }
    for (int i = 0; i < codes.size(); i++) {
      findings.requiredCoded(
          "label.jurisdictions[" + i + "]", codes.get(i), CodedText.JURISDICTION);
    }
    findings.noRepeats("label.jurisdictions", codes);
  }

  private void agreement(Label label) {
    findings.check(
        AGREEMENT_ID.matcher(label.getAgreement()).matches(),
        "label.agreement",
        "must be an agreement's id: 1 to 64 characters of a-z 0-9 and -");
  }

  private void requiredTime(String field, boolean present, Timestamp at) {
    findings.check(present, field, "is required");
    findings.time(field, at);
  }
}
