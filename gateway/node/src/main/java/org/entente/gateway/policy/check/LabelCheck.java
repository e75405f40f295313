package org.entente.gateway.policy.check;

import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import java.util.regex.Pattern;
import org.entente.gateway.model.Code;
import org.entente.gateway.model.MessageId;
import org.entente.gateway.model.Problem;
import org.entente.gateway.policy.codes.MessageLimits;
import org.entente.gateway.policy.codes.PrecedenceLane;
import org.entente.proto.v1.Body;
import org.entente.proto.v1.ConsentAsked;
import org.entente.proto.v1.Draft;
import org.entente.proto.v1.Kind;
import org.entente.proto.v1.Label;
import org.entente.proto.v1.Lane;
import org.entente.proto.v1.MessageType;
import org.entente.proto.v1.OnBehalfOf;
import org.entente.proto.v1.RequestedAction;
import org.entente.proto.v1.Responder;
import org.entente.proto.v1.Status;

/**
 * Checks labels and bodies: every limit in message.proto and publisher.proto, and that label and
 * body agree.
 *
 * <p>A client's draft is checked strictly: fields unknown to this version are refused, since policy
 * could not see them. A peer's message may contain fields of a later version. Work is bounded by
 * the message size; at most 20 problems are reported. Immutable and safe for use by several
 * threads.
 */
public final class LabelCheck {
  private static final Pattern KEY = Pattern.compile("[A-Za-z0-9._:-]{1,64}");

  /** The longest time that a draft may give its recipients to open it: 30 days. */
  public static final int MAX_OPEN_WITHIN_MINUTES = 43_200;

  /** Most characters of a client's span; what else it may be is read leniently. */
  public static final int MAX_TRACEPARENT = 256;

  /** Most agencies that a draft may name as recipients. */
  public static final int MAX_AGENCIES = AddressingCheck.MAX_AGENCIES;

  /** Most responders of an agency. */
  public static final int MAX_RESPONDERS = ResponderCheck.MOST;

  private static final int MAX_SOURCES = 16;

  private final Supplier<MessageLimits> current;

  public LabelCheck(MessageLimits limits) {
    this(() -> limits);
  }

  /**
   * A check with limits that may change, such as code lists.
   *
   * @param current the limits in force, read once for each check; safe for use by several threads
   */
  public LabelCheck(Supplier<MessageLimits> current) {
    this.current = current;
  }

  /** Checks a client's draft for publication at this time. */
  public DraftCheck draft(Draft draft, Instant now) {
    return draft(draft, true, false, now);
  }

  /**
   * Checks a draft whose outcome a client asks about, at this time. It may lack the key and the
   * body. One of kind OPERATION without body may also lack the operation, since the agencies it
   * names are then treated as members.
   *
   * @param namesPersons for a draft without body: whether the persons that it would name are its
   *     only personal data
   */
  public DraftCheck question(Draft draft, boolean namesPersons, Instant now) {
    if (draft.hasBody() && namesPersons) {
      return new DraftCheck.InvalidDraft(
          List.of(
              new Problem(
                  Code.INVALID_FIELD,
                  "names_persons",
                  "is allowed only without a body; a body shows it itself")));
    }
    Label named =
        draft.getLabel().toBuilder()
            .setPersonalData(draft.getLabel().getPersonalData() || namesPersons)
            .build();
    return draft(draft.toBuilder().setLabel(named).build(), false, namesPersons, now);
  }

  private DraftCheck draft(Draft draft, boolean whole, boolean namesPersons, Instant now) {
    MessageLimits limits = current.get();
    ValidationErrors findings = new ValidationErrors(true);
    int size = draft.getBody().getSerializedSize();
    if (size > limits.maxBodyBytes()) {
      findings.add(Code.TOO_LARGE, "body", tooLarge(size, limits));
      return new DraftCheck.InvalidDraft(findings.list());
    }
    boolean unseen = !whole && !draft.hasBody();
    fields(findings, limits, draft, whole, now);
    List<MessageId> derivedFrom = derivedFrom(findings, draft);
    if (!findings.list().isEmpty()) {
      return new DraftCheck.InvalidDraft(findings.list());
    }
    Label label = completed(draft.getLabel(), draft.getBody());
    return new CheckedDraft(
        draft.getIdempotencyKey(),
        label,
        unseen
            ? DraftContent.unseen(label, namesPersons)
            : new DraftContent(label, draft.getLabel().getPersonalData(), draft.getBody()),
        draft.getTo(),
        draft.getOnBehalfOf(),
        draft.getOpenWithinMinutes(),
        derivedFrom,
        draft.getDiscloseAddressees());
  }

  private void fields(
      ValidationErrors findings, MessageLimits limits, Draft draft, boolean whole, Instant now) {
    boolean unseen = !whole && !draft.hasBody();
    findings.known("draft", draft);
    findings.check(
        (!whole && draft.getIdempotencyKey().isEmpty())
            || KEY.matcher(draft.getIdempotencyKey()).matches(),
        "idempotency_key",
        "must have 1 to 64 characters of A-Z a-z 0-9 . _ : -");
    new LabelFieldCheck(limits, findings).draft(draft.getLabel(), now);
    body(findings, draft, unseen);
    AddressingCheck.check(findings, draft.getLabel(), draft.getTo());
    findings.check(
        unseen
            || draft.getLabel().getKind() != Kind.KIND_OPERATION
            || !draft.getTo().getOperation().isEmpty(),
        "to.operation",
        "is required with OPERATION");
    behalf(findings, draft);
    if (draft.getBody().hasRequest()) {
      RequestCheck.answerBy(findings, draft.getBody().getRequest(), now);
    }
    findings.check(
        draft.getOpenWithinMinutes() >= 0
            && draft.getOpenWithinMinutes() <= MAX_OPEN_WITHIN_MINUTES,
        "open_within_minutes",
        "is 1 to " + MAX_OPEN_WITHIN_MINUTES + ", or 0 for what the gateway's configuration says");
    findings.check(
        draft.getTraceparent().length() <= MAX_TRACEPARENT,
        "traceparent",
        "has at most " + MAX_TRACEPARENT + " characters");
  }

  private static void body(ValidationErrors findings, Draft draft, boolean unseen) {
    if (unseen) {
      LabelBodyCheck.unseen(findings, draft.getLabel());
    } else {
      new BodyCheck(findings).body(draft.getBody());
      findings.check(
          draft.getBody().getPassedOnUnderCount() == 0,
          "body.passed_on_under",
          "is set by the gateway, from the consents that cover what derived_from names");
      findings.unset(draft.getBody().getAttachmentKeysCount() == 0, "body.attachment_keys");
      LabelBodyCheck.check(findings, draft.getLabel(), draft.getBody());
    }
  }

  private static void behalf(ValidationErrors findings, Draft draft) {
    person(findings, draft.getOnBehalfOf());
    if (draft.getLabel().getKind() == Kind.KIND_REQUEST) {
      decides(findings, draft.getOnBehalfOf(), "asks");
    } else {
      requireOfficer(findings, draft.getOnBehalfOf());
    }
  }

  private static List<MessageId> derivedFrom(ValidationErrors findings, Draft draft) {
    List<MessageId> ids = new ArrayList<>();
    if (findings.count("derived_from", draft.getDerivedFromCount(), MAX_SOURCES)) {
      for (int i = 0; i < draft.getDerivedFromCount(); i++) {
        ByteString id = draft.getDerivedFrom(i);
        boolean valid = id.size() == MessageId.SIZE;
        findings.check(valid, "derived_from[" + i + "]", "must have 16 bytes");
        if (valid) {
          MessageId source = MessageId.of(id.toByteArray());
          findings.check(
              !ids.contains(source), "derived_from[" + i + "]", "repeats an earlier entry");
          ids.add(source);
        }
      }
    }
    return ids;
  }

  /**
   * Checks a whole message from a peer's gateway.
   *
   * @return problems; none if label and body are valid and agree
   */
  public List<Problem> received(Label label, ByteString body) {
    try {
      return received(label, Body.parseFrom(body), body.size());
    } catch (InvalidProtocolBufferException e) {
      return List.of(new Problem(Code.MALFORMED, "body", "cannot be parsed as entente.v1.Body"));
    }
  }

  /** Checks a whole message whose body is already parsed. */
  public List<Problem> received(Label label, Body body) {
    return received(label, body, body.getSerializedSize());
  }

  private List<Problem> received(Label label, Body body, int size) {
    MessageLimits limits = current.get();
    ValidationErrors findings = new ValidationErrors(false);
    if (size > limits.maxBodyBytes()) {
      findings.add(Code.TOO_LARGE, "body", tooLarge(size, limits));
      return findings.list();
    }
    new LabelFieldCheck(limits, findings).received(label);
    new BodyCheck(findings).body(body);
    LabelBodyCheck.check(findings, label, body);
    AttachmentCheck.keys(findings, label, body);
    if (SubjectCheck.namesPerson(body) && !label.getPersonalData()) {
      findings.add(Code.LABEL_BODY_MISMATCH, "label.personal_data", "the body names a person");
    }
    return findings.list();
  }

  /**
   * Checks whom a client names as the person behind a call.
   *
   * @return the first problem; empty if the person is valid or absent
   */
  public Optional<Problem> person(OnBehalfOf person) {
    ValidationErrors findings = new ValidationErrors(true);
    person(findings, person);
    return findings.first();
  }

  /**
   * Checks a client's request for an originator's consent, except for its messages.
   *
   * @param now the start of the period requested
   * @return the first problem; empty if it is valid
   */
  public Optional<Problem> asked(ConsentAsked asked, Instant now) {
    ValidationErrors findings = new ValidationErrors(true);
    new ConsentCheck(findings).asked("", asked);
    new ConsentCheck(findings).until("until", asked.getUntil(), now);
    return findings.first();
  }

  /**
   * Checks a reason that another agency will be told.
   *
   * @return the first problem; empty if it is present and valid
   */
  public Optional<Problem> told(String field, String reason) {
    ValidationErrors findings = new ValidationErrors(true);
    findings.requiredLine(field, reason, ConsentCheck.REASON);
    return findings.first();
  }

  /**
   * Checks the person that a client names as the reader of content: the officer is required.
   *
   * @return the first problem; empty if the officer is present and valid
   */
  public static Optional<Problem> reader(OnBehalfOf person) {
    ValidationErrors findings = new ValidationErrors(true);
    person(findings, person);
    findings.check(
        !person.getOfficer().isEmpty(), "on_behalf_of.officer", "must name the officer who reads");
    return findings.first();
  }

  /**
   * Checks the person that a client names as the one who decides: officer and justification are
   * required.
   *
   * @return the first problem; empty if both are present and valid
   */
  public Optional<Problem> decision(OnBehalfOf person) {
    ValidationErrors findings = new ValidationErrors(true);
    person(findings, person);
    decides(findings, person, "decides");
    return findings.first();
  }

  /**
   * Checks a client's registration of a responder, a system that answers requests.
   *
   * @return the first problem; empty if it is valid
   */
  public Optional<Problem> responder(Responder responder) {
    ValidationErrors findings = new ValidationErrors(true);
    new ResponderCheck(findings).responder("responder", responder);
    return findings.first();
  }

  private static void decides(ValidationErrors findings, OnBehalfOf person, String does) {
    if (person.getOfficer().isBlank()) {
      findings.add(Code.INVALID_FIELD, "on_behalf_of.officer", "must name the officer who " + does);
    }
    if (person.getJustification().isBlank()) {
      findings.add(Code.INVALID_FIELD, "on_behalf_of.justification", "must give a reason");
    }
  }

  private static String tooLarge(int size, MessageLimits limits) {
    return "has " + size + " bytes; at most " + limits.maxBodyBytes();
  }

  /** A reason without a person would be recorded nowhere. */
  private static void requireOfficer(ValidationErrors findings, OnBehalfOf person) {
    boolean nothing =
        person.getOfficer().isEmpty()
            && person.getUnit().isEmpty()
            && person.getJustification().isEmpty();
    findings.check(
        nothing || !person.getOfficer().isBlank(),
        "on_behalf_of.officer",
        "must name the officer if a unit or a justification is given");
  }

  private static void person(ValidationErrors findings, OnBehalfOf person) {
    findings.known("on_behalf_of", person);
    findings.reference("on_behalf_of.officer", person.getOfficer(), 80);
    findings.line("on_behalf_of.unit", person.getUnit(), 80);
    findings.text("on_behalf_of.justification", person.getJustification(), 500);
  }

  /**
   * The label with defaults for fields that a client may omit. Personal data is set if the body
   * names a person.
   */
  public static Label completed(Label label, Body body) {
    Label.Builder out =
        defaulted(label).setPersonalData(label.getPersonalData() || SubjectCheck.namesPerson(body));
    if (body.hasRequest()) {
      out.setRequestedAction(RequestCheck.action(body.getRequest()));
    }
    return out.build();
  }

  /** The label with defaults for fields that a client may omit. */
  public static Label withDefaults(Label label) {
    return defaulted(label).build();
  }

  private static Label.Builder defaulted(Label label) {
    Label.Builder out = label.toBuilder();
    if (out.getLane() == Lane.LANE_UNSPECIFIED) {
      out.setLane(PrecedenceLane.of(label.getPrecedence()));
    }
    if (out.getStatus() == Status.STATUS_UNSPECIFIED) {
      out.setStatus(Status.STATUS_ACTUAL);
    }
    if (out.getMessageType() == MessageType.MESSAGE_TYPE_UNSPECIFIED) {
      out.setMessageType(MessageType.MESSAGE_TYPE_ALERT);
    }
    if (out.getRequestedAction() == RequestedAction.REQUESTED_ACTION_UNSPECIFIED) {
      out.setRequestedAction(RequestedAction.REQUESTED_ACTION_INFORM);
    }
    return out;
  }
}
