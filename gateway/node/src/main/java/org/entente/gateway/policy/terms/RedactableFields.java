package org.entente.gateway.policy.terms;

import com.google.protobuf.Descriptors.Descriptor;
import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.Descriptors.FieldDescriptor.JavaType;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.entente.gateway.cel.LabelSizes;
import org.entente.gateway.model.EnumNames;
import org.entente.gateway.model.InvalidValue;
import org.entente.gateway.model.NameSuggestion;
import org.entente.proto.v1.Alert;
import org.entente.proto.v1.AlertText;
import org.entente.proto.v1.Answer;
import org.entente.proto.v1.Body;
import org.entente.proto.v1.CargoReference;
import org.entente.proto.v1.Commodity;
import org.entente.proto.v1.Company;
import org.entente.proto.v1.Feedback;
import org.entente.proto.v1.Intelligence;
import org.entente.proto.v1.Kind;
import org.entente.proto.v1.Label;
import org.entente.proto.v1.OperationOutcome;
import org.entente.proto.v1.OperationResource;
import org.entente.proto.v1.OperationTask;
import org.entente.proto.v1.Person;
import org.entente.proto.v1.Plate;
import org.entente.proto.v1.Request;
import org.entente.proto.v1.Route;
import org.entente.proto.v1.SituationReport;

/**
 * Knows which fields an agreement can withhold: those that a valid message does not need. Of the
 * label: references and remarks that bind no recipient. Of bodies: every field that no check
 * requires. Stateless.
 */
public final class RedactableFields {
  /** Longest path in characters. */
  public static final int LONGEST = LabelSizes.REDACTED_PATH;

  /** The form of a path. */
  public static final String FORM = "(?:label|body)(?:\\.[a-z][a-z0-9_]*)+";

  private static final Set<FieldDescriptor> OF_LABEL =
      fields(
              Label.getDescriptor(),
              Label.ATTACHMENTS_FIELD_NUMBER,
              Label.LEGAL_BASIS_FIELD_NUMBER,
              Label.CASE_REF_FIELD_NUMBER,
              Label.SOURCE_EVALUATION_FIELD_NUMBER,
              Label.JURISDICTIONS_FIELD_NUMBER,
              Label.SOURCE_REF_FIELD_NUMBER)
          .collect(Collectors.toUnmodifiableSet());

  /** Bodies with fields that can be withheld, each with the kind of its label. */
  private static final Map<FieldDescriptor, Kind> CONTENTS = contents();

  /**
   * Full names of the fields that a body's checks require, always or together with other content.
   */
  private static final Set<String> REQUIRED =
      Stream.of(
              fields(Alert.getDescriptor(), Alert.TEXTS_FIELD_NUMBER),
              fields(
                  AlertText.getDescriptor(),
                  AlertText.LANGUAGE_FIELD_NUMBER,
                  AlertText.HEADLINE_FIELD_NUMBER),
              fields(
                  Intelligence.getDescriptor(),
                  Intelligence.HEADLINE_FIELD_NUMBER,
                  Intelligence.LANGUAGE_FIELD_NUMBER),
              fields(
                  Request.getDescriptor(),
                  Request.QUESTION_FIELD_NUMBER,
                  Request.LANGUAGE_FIELD_NUMBER,
                  Request.ANSWER_BY_FIELD_NUMBER,
                  Request.REMINDER_FIELD_NUMBER,
                  Request.WANTED_FIELD_NUMBER),
              fields(
                  Answer.getDescriptor(), Answer.RESULT_FIELD_NUMBER, Answer.LANGUAGE_FIELD_NUMBER),
              fields(
                  Feedback.getDescriptor(),
                  Feedback.RESULT_FIELD_NUMBER,
                  Feedback.PLACE_FIELD_NUMBER,
                  Feedback.DATE_FIELD_NUMBER,
                  Feedback.LANGUAGE_FIELD_NUMBER),
              fields(
                  OperationResource.getDescriptor(),
                  OperationResource.DESCRIPTION_FIELD_NUMBER,
                  OperationResource.COUNT_FIELD_NUMBER),
              fields(
                  OperationTask.getDescriptor(),
                  OperationTask.ID_FIELD_NUMBER,
                  OperationTask.TITLE_FIELD_NUMBER,
                  OperationTask.AGENCY_FIELD_NUMBER,
                  OperationTask.STATE_FIELD_NUMBER),
              fields(
                  SituationReport.getDescriptor(),
                  SituationReport.AT_FIELD_NUMBER,
                  SituationReport.TEXT_FIELD_NUMBER),
              fields(
                  OperationOutcome.getDescriptor(),
                  OperationOutcome.ID_FIELD_NUMBER,
                  OperationOutcome.TEXT_FIELD_NUMBER),
              fields(Person.getDescriptor(), Person.ROLE_FIELD_NUMBER),
              fields(Plate.getDescriptor(), Plate.NUMBER_FIELD_NUMBER, Plate.ISSUER_FIELD_NUMBER),
              fields(Route.getDescriptor(), Route.PLACES_FIELD_NUMBER),
              fields(CargoReference.getDescriptor(), CargoReference.NUMBER_FIELD_NUMBER))
          .flatMap(it -> it)
          .map(FieldDescriptor::getFullName)
          .collect(Collectors.toUnmodifiableSet());

  /** Fields that must be withheld together with a neighbour, by the neighbour's full name. */
  private static final Map<String, FieldDescriptor> TOGETHER =
      Map.of(
          field(Commodity.getDescriptor(), Commodity.VALUE_FIELD_NUMBER).getFullName(),
          field(Commodity.getDescriptor(), Commodity.CURRENCY_FIELD_NUMBER),
          field(Commodity.getDescriptor(), Commodity.CURRENCY_FIELD_NUMBER).getFullName(),
          field(Commodity.getDescriptor(), Commodity.VALUE_FIELD_NUMBER),
          field(Company.getDescriptor(), Company.AEO_STATUS_FIELD_NUMBER).getFullName(),
          field(Company.getDescriptor(), Company.AEO_NUMBER_FIELD_NUMBER));

  private RedactableFields() {}

  private static boolean isRequired(FieldDescriptor field) {
    return REQUIRED.contains(field.getFullName());
  }

  private static FieldDescriptor field(Descriptor type, int number) {
    return type.findFieldByNumber(number);
  }

  private static Stream<FieldDescriptor> fields(Descriptor type, int... numbers) {
    return IntStream.of(numbers).mapToObj(number -> field(type, number));
  }

  private static Map<FieldDescriptor, Kind> contents() {
    Descriptor body = Body.getDescriptor();
    Map<FieldDescriptor, Kind> contents = new LinkedHashMap<>();
    contents.put(field(body, Body.ALERT_FIELD_NUMBER), Kind.KIND_ALERT);
    contents.put(field(body, Body.INTELLIGENCE_FIELD_NUMBER), Kind.KIND_INTELLIGENCE);
    contents.put(field(body, Body.REQUEST_FIELD_NUMBER), Kind.KIND_REQUEST);
    contents.put(field(body, Body.ANSWER_FIELD_NUMBER), Kind.KIND_ANSWER);
    contents.put(field(body, Body.FEEDBACK_FIELD_NUMBER), Kind.KIND_FEEDBACK);
    contents.put(field(body, Body.OPERATION_UPDATE_FIELD_NUMBER), Kind.KIND_OPERATION);
    return contents;
  }

  /** The result of looking up a path. */
  public sealed interface PathLookup {
    /** A field that can be withheld. */
    record Redactable(FieldPath path) implements PathLookup {}

    /**
     * The text names no field that can be withheld.
     *
     * @param wrong what was found
     * @param valid what would be valid
     */
    record NotRedactable(String wrong, String valid) implements PathLookup {}
  }

  /** Looks up the field that a text names. */
  public static PathLookup find(String text) {
    if (text.length() > LONGEST || !text.matches(FORM)) {
      return wrong(
          "\"" + InvalidValue.printable(text) + "\"",
          "a path such as label.source_ref or body.alert.subjects.person");
    }
    List<String> names = List.of(text.split("\\.", -1));
    return names.get(0).equals("label") ? ofLabel(text, names) : ofBody(text, names);
  }

  private static PathLookup ofLabel(String text, List<String> names) {
    FieldDescriptor field = Label.getDescriptor().findFieldByName(names.get(1));
    if (names.size() == 2 && field != null && OF_LABEL.contains(field)) {
      return new PathLookup.Redactable(new FieldPath(text, List.of(field)));
    }
    return wrong(
        field == null
            ? "the label has no field " + names.get(1)
            : "policy or the recipient needs label." + names.get(1),
        NameSuggestion.oneOf(
            text, OF_LABEL.stream().map(it -> "label." + it.getName()).sorted().toList()));
  }

  private static PathLookup ofBody(String text, List<String> names) {
    FieldDescriptor content = Body.getDescriptor().findFieldByName(names.get(1));
    if (content == null || !CONTENTS.containsKey(content)) {
      return wrong(
          content == null
              ? "there is no body named " + names.get(1)
              : "no field can be withheld from body." + names.get(1),
          "a field of one of "
              + CONTENTS.keySet().stream()
                  .map(it -> "body." + it.getName())
                  .collect(Collectors.joining(", ")));
    }
    if (names.size() == 2) {
      return wrong(text + " is the whole body", endings(content.getMessageType()));
    }
    List<FieldDescriptor> steps = new ArrayList<>(List.of(content));
    String walked = "body." + content.getName();
    for (String name : names.subList(2, names.size())) {
      FieldDescriptor before = steps.get(steps.size() - 1);
      if (!hasFields(before)) {
        return wrong(walked + " has no fields of its own", walked);
      }
      FieldDescriptor field = before.getMessageType().findFieldByName(name);
      if (field == null) {
        List<String> fields =
            before.getMessageType().getFields().stream().map(FieldDescriptor::getName).toList();
        return wrong(
            walked + " has no field " + name,
            endings(before.getMessageType()) + NameSuggestion.behind(name, fields));
      }
      steps.add(field);
      walked = walked + "." + name;
    }
    FieldDescriptor last = steps.get(steps.size() - 1);
    return isRequired(last)
        ? wrong(text + " is required", endings(last.getContainingType()))
        : new PathLookup.Redactable(new FieldPath(text, steps));
  }

  /** The fields that may end a path through a message of this type, or continue it. */
  private static String endings(Descriptor type) {
    String ends =
        type.getFields().stream()
            .filter(it -> !isRequired(it) || hasFields(it))
            .map(it -> isRequired(it) ? it.getName() + ".…" : it.getName())
            .sorted()
            .collect(Collectors.joining(", "));
    return ends.isEmpty() ? "the whole " + type.getName() : "one of " + ends;
  }

  private static PathLookup wrong(String wrong, String valid) {
    return new PathLookup.NotRedactable(wrong, valid);
  }

  /** Whether a path can continue through a field: it must be a message of ours and not a map. */
  private static boolean hasFields(FieldDescriptor field) {
    return field.getJavaType() == JavaType.MESSAGE
        && !field.isMapField()
        && field.getMessageType().getFile() == Body.getDescriptor().getFile();
  }

  /**
   * The field that must be withheld together with this one, so that the remaining content is valid.
   */
  public static Optional<FieldDescriptor> companion(FieldPath path) {
    return Optional.ofNullable(TOGETHER.get(path.field().getFullName()));
  }

  /** A path with its meaning for people who do not read message.proto. */
  static String inWords(FieldPath path) {
    List<FieldDescriptor> steps = path.steps();
    List<String> names = new ArrayList<>();
    for (int i = steps.size() - 1; i >= (path.isOfLabel() ? 0 : 1); i--) {
      names.add(word(steps.get(i)));
    }
    String whole = path.isOfLabel() ? "label" : EnumNames.word(kind(path));
    String with =
        hasFields(path.field())
            ? path.field().getMessageType().getFields().stream()
                .map(RedactableFields::word)
                .collect(Collectors.joining(", ", "; with ", ""))
            : "";
    return path.text() + " (" + String.join(" in ", names) + " of each " + whole + with + ")";
  }

  private static String word(FieldDescriptor field) {
    return field.getName().replaceFirst("_ref$", " reference").replace('_', ' ');
  }

  /** Whether a message of a kind can have this field. */
  static boolean isOf(FieldPath path, Kind kind) {
    return path.isOfLabel() || CONTENTS.get(path.steps().get(0)) == kind;
  }

  /** The kind of message whose body the path leads into; unspecified for a label field. */
  public static Kind kind(FieldPath path) {
    return path.isOfLabel()
        ? Kind.KIND_UNSPECIFIED
        : CONTENTS.getOrDefault(path.steps().get(0), Kind.KIND_UNSPECIFIED);
  }

  /**
   * Whether a message of this kind can contain messages of this type, and all of them lie in
   * withheld fields.
   */
  static boolean holdsOnlyWithin(Kind kind, Descriptor wanted, List<FieldPath> withheld) {
    for (Map.Entry<FieldDescriptor, Kind> content : CONTENTS.entrySet()) {
      if (content.getValue() == kind) {
        List<FieldPath> all = new ArrayList<>();
        collect(List.of(content.getKey()), field -> isA(field, wanted), all);
        return !all.isEmpty()
            && all.stream().allMatch(it -> withheld.stream().anyMatch(by -> by.contains(it)));
      }
    }
    return false;
  }

  private static boolean isA(FieldDescriptor field, Descriptor wanted) {
    return field.getJavaType() == JavaType.MESSAGE && field.getMessageType() == wanted;
  }

  /** Every field that can be withheld, label fields first, in the order of message.proto. */
  static List<FieldPath> all() {
    List<FieldPath> all = new ArrayList<>();
    for (FieldDescriptor field : Label.getDescriptor().getFields()) {
      if (OF_LABEL.contains(field)) {
        all.add(new FieldPath("label." + field.getName(), List.of(field)));
      }
    }
    CONTENTS.keySet().forEach(content -> collect(List.of(content), it -> !isRequired(it), all));
    return all;
  }

  private static void collect(
      List<FieldDescriptor> steps, Predicate<FieldDescriptor> wanted, List<FieldPath> into) {
    for (FieldDescriptor field : steps.get(steps.size() - 1).getMessageType().getFields()) {
      List<FieldDescriptor> longer = new ArrayList<>(steps);
      longer.add(field);
      if (wanted.test(field)) {
        into.add(
            new FieldPath(
                longer.stream()
                    .map(FieldDescriptor::getName)
                    .collect(Collectors.joining(".", "body.", "")),
                longer));
      }
      if (hasFields(field)) {
        collect(longer, wanted, into);
      }
    }
  }
}
