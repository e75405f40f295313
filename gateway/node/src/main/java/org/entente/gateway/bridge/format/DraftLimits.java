package org.entente.gateway.bridge.format;

import com.google.protobuf.ByteString;
import com.google.protobuf.Descriptors.EnumValueDescriptor;
import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.MapEntry;
import com.google.protobuf.Message;
import com.google.protobuf.MessageOrBuilder;
import com.google.protobuf.ProtocolMessageEnum;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.regex.Pattern;
import org.entente.gateway.model.AgencyName;
import org.entente.gateway.model.DeskName;
import org.entente.gateway.model.InvalidValue;
import org.entente.gateway.model.MessageId;
import org.entente.gateway.text.TextRule;
import org.entente.proto.v1.Addressing;
import org.entente.proto.v1.Alert;
import org.entente.proto.v1.AlertText;
import org.entente.proto.v1.Body;
import org.entente.proto.v1.DeskAddress;
import org.entente.proto.v1.Document;
import org.entente.proto.v1.Draft;
import org.entente.proto.v1.Feedback;
import org.entente.proto.v1.Handling;
import org.entente.proto.v1.InformationAddressees;
import org.entente.proto.v1.Intelligence;
import org.entente.proto.v1.Kind;
import org.entente.proto.v1.Label;

/**
 * Checks a draft against the limits of {@code message.proto} and {@code publisher.proto} that do
 * not need a gateway: required fields, lengths in UTF-16 units, counts. A fault found here is
 * reported with file and line of the record. The gateway checks again, and also checks identifiers.
 */
public final class DraftLimits {
  /** Longest text, by field; a field of several texts bounds each. */
  private static final Map<String, Integer> LENGTHS =
      Map.ofEntries(
          Map.entry("Label.handling_text", 500),
          Map.entry("Label.markings", 40),
          Map.entry("Label.classification_scheme", 16),
          Map.entry("Label.classification_marking", 80),
          Map.entry("Label.classification_review_on", 10),
          Map.entry("Label.legal_basis", 200),
          Map.entry("Label.case_ref", 80),
          Map.entry("Label.source_evaluation", 20),
          Map.entry("Label.agreement", 64),
          Map.entry("Label.source_ref", 80),
          Map.entry("AlertText.headline", 200),
          Map.entry("AlertText.description", 20_000),
          Map.entry("AlertText.instruction", 10_000),
          Map.entry("AlertText.event", 200),
          Map.entry("AlertText.sender_name", 200),
          Map.entry("AlertText.web", 1_000),
          Map.entry("Area.description", 1_000),
          Map.entry("Area.polygons", 20_000),
          Map.entry("ExtraEntry.key", 100),
          Map.entry("ExtraEntry.value", 20_000),
          Map.entry("Subject.consignment", 35),
          Map.entry("Commodity.description", 1_000),
          Map.entry("Commodity.brand", 200),
          Map.entry("Commodity.batch", 500),
          Map.entry("Company.name", 500),
          Map.entry("Company.aeo_number", 35),
          Map.entry("Plate.number", 20),
          Map.entry("Firearm.make", 100),
          Map.entry("Firearm.model", 100),
          Map.entry("Firearm.calibre", 40),
          Map.entry("Firearm.serial", 40),
          Map.entry("Subject.seal", 35),
          Map.entry("CargoReference.number", 35),
          Map.entry("Person.family_name", 200),
          Map.entry("Person.given_names", 200),
          Map.entry("Person.document", 40),
          Map.entry("Right.type", 40),
          Map.entry("Right.holder", 500),
          Map.entry("Right.recordation", 80),
          Map.entry("Feedback.concealment", 1_000),
          Map.entry("Feedback.remarks", 5_000),
          Map.entry("Intelligence.headline", 200),
          Map.entry("Intelligence.text", 100_000),
          Map.entry("Document.media_type", 100),
          Map.entry("Document.name", 200),
          Map.entry("OperationUpdate.objectives", 10_000),
          Map.entry("OperationResource.description", 200),
          Map.entry("OperationTask.id", 40),
          Map.entry("OperationTask.title", 200),
          Map.entry("SituationReport.text", 10_000),
          Map.entry("OperationOutcome.id", 40),
          Map.entry("OperationOutcome.text", 10_000),
          Map.entry("OnBehalfOf.officer", 80),
          Map.entry("OnBehalfOf.unit", 80),
          Map.entry("OnBehalfOf.justification", 500));

  /** Most elements, by field. */
  private static final Map<String, Integer> COUNTS =
      Map.ofEntries(
          Map.entry("Label.handling", 4),
          Map.entry("Label.markings", 8),
          Map.entry("Label.jurisdictions", 16),
          Map.entry("Alert.texts", 16),
          Map.entry("Alert.subjects", 256),
          Map.entry("Alert.areas", 64),
          Map.entry("Alert.extra", 64),
          Map.entry("Area.polygons", 100),
          Map.entry("Intelligence.subjects", 256),
          Map.entry("OperationUpdate.resources", 64),
          Map.entry("OperationUpdate.tasks", 64),
          Map.entry("OperationUpdate.reports", 64),
          Map.entry("OperationUpdate.outcomes", 64),
          Map.entry("SituationReport.subjects", 64),
          Map.entry("OperationOutcome.subjects", 64),
          Map.entry("Route.places", 64),
          Map.entry("Feedback.goods", 64),
          Map.entry("Addressing.agencies", 256),
          Map.entry("Addressing.jurisdictions", 64),
          Map.entry("Addressing.desks", 256),
          Map.entry("InformationAddressees.desks", 256),
          Map.entry("InformationAddressees.agencies", 256),
          Map.entry("InformationAddressees.jurisdictions", 64));

  private static final Pattern LANGUAGE =
      Pattern.compile("[A-Za-z]{2,8}(?:-[A-Za-z0-9]{1,8}){0,4}");

  private static final Map<String, Pattern> FORMS =
      Map.ofEntries(
          Map.entry("Draft.idempotency_key", Pattern.compile("[A-Za-z0-9._:-]{1,64}")),
          Map.entry("Label.jurisdictions", Pattern.compile("[A-Z]{2}(?:-[A-Z0-9]{1,3})?")),
          Map.entry("AlertText.language", LANGUAGE),
          Map.entry("AlertText.web", Pattern.compile("(?:https?://\\S+)?")),
          Map.entry("Area.geocodes", Pattern.compile("[^=]{1,100}=.{1,200}")),
          Map.entry("ExtraEntry.key", Pattern.compile(".+")),
          Map.entry("Intelligence.language", LANGUAGE),
          Map.entry(
              "Document.media_type",
              Pattern.compile("application/[A-Za-z0-9][A-Za-z0-9!#$&^_.+-]{0,86}")),
          Map.entry("OperationTask.id", Pattern.compile("[A-Za-z0-9._-]{1,40}")),
          Map.entry("OperationOutcome.id", Pattern.compile("[A-Za-z0-9._-]{1,40}")),
          Map.entry("DeskAddress.desk", Pattern.compile(DeskName.FORM)));

  /** Texts that may have several lines; every other one is one line. */
  private static final Set<String> LINES =
      Set.of(
          "AlertText.description",
          "AlertText.instruction",
          "Area.description",
          "Area.polygons",
          "Area.circles",
          "Commodity.description",
          "Commodity.batch",
          "ExtraEntry.value",
          "Feedback.concealment",
          "Feedback.remarks",
          "Intelligence.text",
          "OperationUpdate.objectives",
          "SituationReport.text",
          "OperationOutcome.text",
          "OnBehalfOf.justification");

  private static final List<String> SET_BY_GATEWAY =
      List.of(
          "message_id",
          "origin",
          "created_at",
          "retention_days",
          "obligations",
          "operation_id",
          "operation_epoch",
          "operation_roster_hash",
          "addressed",
          "addressees",
          "redacted",
          "desks",
          "traceparent");

  private DraftLimits() {}

  /** Whether only the gateway sets a field of the label. */
  public static boolean setByGateway(FieldDescriptor field) {
    return field.getContainingType().equals(Label.getDescriptor())
        && SET_BY_GATEWAY.contains(field.getName());
  }

  /** Longest text of the field, if it has a limit. */
  public static OptionalInt longest(FieldDescriptor field) {
    Integer most = LENGTHS.get(name(field));
    return most == null ? OptionalInt.empty() : OptionalInt.of(most);
  }

  /** The longest time that a draft may give its recipients to open it: 30 days. */
  private static final int MAX_OPEN_WITHIN_MINUTES = 43_200;

  /** Checks a draft; reports the faults of all its parts. */
  public static void check(Draft draft) throws DraftFault {
    FaultCollector faults = new FaultCollector();
    faults.run(
        () -> require(!draft.getIdempotencyKey().isEmpty(), "idempotency_key", "is required"));
    faults.run(() -> label(draft.getLabel()));
    faults.run(() -> body(draft));
    faults.run(() -> rest(draft));
    faults.end();
  }

  /**
   * Checks a draft about which policy is asked: it may lack key and body, and be a request or an
   * answer, which files cannot send.
   */
  static void checkAsked(Draft draft) throws DraftFault {
    FaultCollector faults = new FaultCollector();
    faults.run(() -> label(draft.getLabel()));
    Body body = draft.getBody();
    if (draft.hasBody() && !body.hasRequest() && !body.hasAnswer()) {
      faults.run(() -> body(draft));
    }
    faults.run(() -> rest(draft));
    faults.end();
  }

  private static void rest(Draft draft) throws DraftFault {
    FaultCollector faults = new FaultCollector();
    faults.run(() -> recipients(draft.getTo()));
    int open = draft.getOpenWithinMinutes();
    faults.run(
        () ->
            require(
                open >= 0 && open <= MAX_OPEN_WITHIN_MINUTES,
                "open_within_minutes",
                "must be at most " + MAX_OPEN_WITHIN_MINUTES));
    faults.run(() -> checkValues(draft));
    faults.end();
  }

  private static void recipients(Addressing to) throws DraftFault {
    require(
        to.getAgenciesCount() + to.getJurisdictionsCount() > 0
            || to.getWhomAgreementsAllow()
            || !to.getOperation().isEmpty()
            || to.getDesksCount() > 0
            || to.hasInformation(),
        "to",
        "names no recipient: agencies, jurisdictions, whom_agreements_allow, desks, operation or"
            + " information is required");
    addressees(to);
  }

  /** Checks the client's fields for an alert whose body and kind come from elsewhere. */
  public static void checkTerms(Label label, Addressing to) throws DraftFault {
    label(label.toBuilder().setKind(Kind.KIND_ALERT).build());
    addressees(to);
    checkValues(Draft.newBuilder().setLabel(label).setTo(to).build());
  }

  private static void addressees(Addressing to) throws DraftFault {
    InformationAddressees informed = to.getInformation();
    require(
        !to.hasInformation()
            || informed.getAgenciesCount()
                    + informed.getJurisdictionsCount()
                    + informed.getDesksCount()
                > 0,
        "to.information",
        "must name an agency, a jurisdiction or a desk");
    desks(to.getDesksList(), "to.desks");
    desks(informed.getDesksList(), "to.information.desks");
    agencies(informed.getAgenciesList(), "to.information.agencies");
    agencies(to.getAgenciesList(), "to.agencies");
  }

  /** Checks the present fields; ignores missing ones. */
  public static void checkValues(Draft draft) throws DraftFault {
    walk(draft, "");
  }

  /** The agency name, or a fault if it is invalid. */
  public static AgencyName agency(String name, String field) throws DraftFault {
    try {
      return new AgencyName(name);
    } catch (InvalidValue e) {
      throw new DraftFault(field, String.valueOf(e.getMessage()));
    }
  }

  private static void agencies(List<String> names, String field) throws DraftFault {
    for (int i = 0; i < names.size(); i++) {
      agency(names.get(i), field + "[" + i + "]");
    }
  }

  private static void desks(List<DeskAddress> desks, String field) throws DraftFault {
    for (int i = 0; i < desks.size(); i++) {
      agency(desks.get(i).getAgency(), field + "[" + i + "].agency");
    }
  }

  private static void label(Label label) throws DraftFault {
    FaultCollector faults = new FaultCollector();
    faults.run(() -> specified(label.getKind(), "label.kind"));
    faults.run(() -> specified(label.getCategory(), "label.category"));
    faults.run(() -> specified(label.getPurpose(), "label.purpose"));
    faults.run(() -> specified(label.getClassification(), "label.classification"));
    faults.run(() -> details(label));
    faults.end();
  }

  private static void details(Label label) throws DraftFault {
    for (String name : SET_BY_GATEWAY) {
      FieldDescriptor field = Label.getDescriptor().findFieldByName(name);
      boolean set =
          field.hasPresence()
              ? label.hasField(field)
              : !label.getField(field).equals(field.getDefaultValue());
      require(!set, "label." + name, "is set by the gateway and must be left out");
    }
    require(
        !label.getHandlingList().contains(Handling.HANDLING_H3)
            || !label.getHandlingText().isBlank(),
        "label.handling_text",
        "is required with handling code H3");
    id(label.getInReplyTo(), "label.in_reply_to");
    id(label.getReferences(), "label.references");
  }

  private static void id(ByteString id, String field) throws DraftFault {
    require(id.isEmpty() || id.size() == MessageId.SIZE, field, "must be 16 bytes or left out");
  }

  private static void specified(ProtocolMessageEnum value, String field) throws DraftFault {
    // Generated enums have one constant, UNRECOGNIZED, that has no number.
    boolean known = !((Enum<?>) value).name().equals("UNRECOGNIZED");
    require(known, field, "has a value that this release does not know");
    require(value.getNumber() > 0, field, "is required");
  }

  private static void body(Draft draft) throws DraftFault {
    Kind kind = draft.getLabel().getKind();
    switch (draft.getBody().getContentCase()) {
      case ALERT -> alert(draft.getBody().getAlert(), kind);
      case INTELLIGENCE -> intelligence(draft.getBody().getIntelligence(), kind);
      case DOCUMENT -> document(draft.getBody().getDocument(), kind);
      case FEEDBACK -> feedback(draft, kind);
      case EVIDENCE, CONSENT, RECALL, RESPONDERS, ROSTER, CHARGE ->
          throw new DraftFault(
              "body." + draft.getBody().getContentCase().name().toLowerCase(Locale.ROOT),
              "is made only by gateways");
      case REQUEST ->
          throw new DraftFault(
              "body.request", "is not an alert; send it with `entente request ask`");
      case ANSWER ->
          throw new DraftFault(
              "body.answer", "is not an alert; send it with `entente request answer`");
      case OPERATION_UPDATE -> operation(draft, kind);
      case CONTENT_NOT_SET ->
          throw new DraftFault("body", "is required: alert, intelligence, document or feedback");
    }
  }

  private static void alert(Alert alert, Kind kind) throws DraftFault {
    require(kind == Kind.KIND_ALERT, "label.kind", "must be ALERT if the body is an alert");
    require(alert.getTextsCount() > 0, "body.alert.texts", "at least one is required");
    for (int i = 0; i < alert.getTextsCount(); i++) {
      AlertText text = alert.getTexts(i);
      String path = "body.alert.texts[" + i + "]";
      require(!text.getLanguage().isEmpty(), path + ".language", "is required");
      require(!text.getHeadline().isEmpty(), path + ".headline", "is required");
    }
  }

  private static void intelligence(Intelligence intelligence, Kind kind) throws DraftFault {
    require(
        kind == Kind.KIND_INTELLIGENCE,
        "label.kind",
        "must be INTELLIGENCE if the body is intelligence");
    require(!intelligence.getLanguage().isEmpty(), "body.intelligence.language", "is required");
    require(!intelligence.getHeadline().isEmpty(), "body.intelligence.headline", "is required");
  }

  private static void feedback(Draft draft, Kind kind) throws DraftFault {
    require(kind == Kind.KIND_FEEDBACK, "label.kind", "must be FEEDBACK if the body is feedback");
    require(
        draft.getLabel().getInReplyTo().size() == MessageId.SIZE,
        "label.in_reply_to",
        "is required with feedback");
    Feedback feedback = draft.getBody().getFeedback();
    specified(feedback.getResult(), "body.feedback.result");
    require(!feedback.getDate().isEmpty(), "body.feedback.date", "is required");
  }

  private static void document(Document document, Kind kind) throws DraftFault {
    require(
        kind == Kind.KIND_ALERT || kind == Kind.KIND_INTELLIGENCE,
        "label.kind",
        "must be ALERT or INTELLIGENCE");
    require(!document.getMediaType().isEmpty(), "body.document.media_type", "is required");
  }

  private static void operation(Draft draft, Kind kind) throws DraftFault {
    require(
        kind == Kind.KIND_OPERATION,
        "label.kind",
        "must be OPERATION if the body is an update of an operation");
    require(!draft.getTo().getOperation().isEmpty(), "to.operation", "is required with OPERATION");
  }

  /** Most elements of a repeated field. */
  public static int most(FieldDescriptor field) {
    return COUNTS.getOrDefault(name(field), Integer.MAX_VALUE);
  }

  private static void walk(MessageOrBuilder message, String path) throws DraftFault {
    FaultCollector faults = new FaultCollector();
    for (Map.Entry<FieldDescriptor, Object> entry : message.getAllFields().entrySet()) {
      FieldDescriptor field = entry.getKey();
      String below = path.isEmpty() ? field.getName() : path + "." + field.getName();
      if (field.isRepeated()) {
        faults.run(() -> values(field, (List<?>) entry.getValue(), below));
      } else {
        faults.run(() -> value(field, entry.getValue(), below));
      }
    }
    faults.end();
  }

  private static void values(FieldDescriptor field, List<?> values, String path) throws DraftFault {
    int most = most(field);
    require(values.size() <= most, path, "has " + values.size() + "; at most " + most);
    for (int i = 0; i < values.size(); i++) {
      String element =
          values.get(i) instanceof MapEntry<?, ?> pair
              ? path + "." + pair.getKey()
              : path + "[" + i + "]";
      value(field, values.get(i), element);
    }
  }

  private static void value(FieldDescriptor field, Object value, String path) throws DraftFault {
    if (value instanceof Message message) {
      walk(message, path);
    } else if (value instanceof String text) {
      text(field, text, path);
    } else if (value instanceof EnumValueDescriptor constant) {
      require(constant.getIndex() >= 0, path, "has an unknown value");
    }
  }

  private static void text(FieldDescriptor field, String text, String path) throws DraftFault {
    int most = LENGTHS.getOrDefault(name(field), Integer.MAX_VALUE);
    require(text.length() <= most, path, "has " + text.length() + " characters; at most " + most);
    Optional<TextRule.Fault> fault = rule(name(field)).fault(text);
    require(fault.isEmpty(), path, fault.map(TextRule.Fault::toString).orElse(""));
    Pattern form = FORMS.get(name(field));
    require(
        form == null || form.matcher(text).matches(),
        path,
        "must have the form " + form + "; found " + PrintableText.quote(text));
  }

  private static TextRule rule(String field) {
    if (field.equals("OnBehalfOf.officer")) {
      return TextRule.REFERENCE;
    }
    return LINES.contains(field) ? TextRule.LINES : TextRule.LINE;
  }

  private static String name(FieldDescriptor field) {
    return field.getContainingType().getName() + "." + field.getName();
  }

  private static void require(boolean holds, String field, String problem) throws DraftFault {
    if (!holds) {
      throw new DraftFault(field, problem);
    }
  }
}
