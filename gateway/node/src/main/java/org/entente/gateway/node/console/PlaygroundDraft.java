package org.entente.gateway.node.console;

import com.google.protobuf.Descriptors.EnumDescriptor;
import com.google.protobuf.Descriptors.EnumValueDescriptor;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.entente.gateway.model.Code;
import org.entente.gateway.model.EnumNames;
import org.entente.gateway.model.InvalidValue;
import org.entente.gateway.model.NameSuggestion;
import org.entente.gateway.model.Result;
import org.entente.proto.v1.Addressing;
import org.entente.proto.v1.Category;
import org.entente.proto.v1.Classification;
import org.entente.proto.v1.Draft;
import org.entente.proto.v1.Handling;
import org.entente.proto.v1.Kind;
import org.entente.proto.v1.Label;
import org.entente.proto.v1.Lane;
import org.entente.proto.v1.OnBehalfOf;
import org.entente.proto.v1.Purpose;
import org.entente.proto.v1.RequestedAction;

/** The form of the playground, and the draft that it describes: a label without a body. */
final class PlaygroundDraft {
  private static final List<String> KINDS = List.of("ALERT", "INTELLIGENCE", "REQUEST");

  private PlaygroundDraft() {}

  /** The fields, with what was typed. */
  static List<FormField> fields(PageRequest typed) {
    return List.of(
        FormField.text(typed, "to", "Recipients", 2_000)
            .hinted("agencies, separated by spaces; none means all that agreements allow"),
        FormField.text(typed, "jurisdictions", "Jurisdictions", 200).hinted("such as DE or EU"),
        FormField.choice(typed, "kind", "Kind", KINDS).or("ALERT"),
        FormField.choice(typed, "category", "Category", all(Category.getDescriptor())),
        FormField.choice(typed, "purpose", "Purpose", all(Purpose.getDescriptor())),
        FormField.choice(
                typed, "classification", "Classification", all(Classification.getDescriptor()))
            .or("UNCLASSIFIED"),
        FormField.choice(typed, "lane", "Lane", all(Lane.getDescriptor())).or("ROUTINE"),
        FormField.choice(typed, "action", "Requested action", all(RequestedAction.getDescriptor()))
            .or("INFORM"),
        FormField.text(typed, "handling", "Handling codes", 40).hinted("such as H1 H2"),
        FormField.text(typed, "markings", "Markings", 200).hinted("such as TLP:AMBER"),
        FormField.text(typed, "agreement", "Only this agreement", 64),
        FormField.text(typed, "legal_basis", "Legal basis", 200),
        FormField.text(typed, "officer", "Officer", 80).hinted("where the agreement requires one"),
        FormField.text(typed, "reason", "Officer's reason", 500),
        FormField.check(typed, "personal_data", "Contains personal data"),
        FormField.check(typed, "names_persons", "Names persons, and has no other personal data"));
  }

  private static List<String> all(EnumDescriptor type) {
    return type.getValues().stream()
        .filter(value -> value.getNumber() != 0)
        .map(EnumNames::word)
        .toList();
  }

  /** The draft. */
  static Result<Draft> of(PageRequest typed) {
    try {
      return Result.done(
          Draft.newBuilder()
              .setLabel(label(typed))
              .setTo(addressing(typed))
              .setOnBehalfOf(
                  OnBehalfOf.newBuilder()
                      .setOfficer(typed.field("officer"))
                      .setJustification(typed.field("reason")))
              .build());
    } catch (InvalidValue e) {
      return Result.refused(Code.INVALID_FIELD, "", String.valueOf(e.getMessage()));
    }
  }

  private static Label label(PageRequest typed) {
    return Label.newBuilder()
        .setKindValue(number(typed, "kind", Kind.getDescriptor()))
        .setCategoryValue(number(typed, "category", Category.getDescriptor()))
        .setPurposeValue(number(typed, "purpose", Purpose.getDescriptor()))
        .setClassificationValue(number(typed, "classification", Classification.getDescriptor()))
        .setLaneValue(number(typed, "lane", Lane.getDescriptor()))
        .setRequestedActionValue(number(typed, "action", RequestedAction.getDescriptor()))
        .addAllHandlingValue(
            words(typed, "handling").stream()
                .map(word -> value("handling", word, Handling.getDescriptor()).getNumber())
                .toList())
        .addAllMarkings(words(typed, "markings"))
        .setAgreement(typed.field("agreement"))
        .setLegalBasis(typed.field("legal_basis"))
        .setPersonalData(!typed.field("personal_data").isEmpty())
        .build();
  }

  private static Addressing addressing(PageRequest typed) {
    Addressing named =
        Addressing.newBuilder()
            .addAllAgencies(words(typed, "to"))
            .addAllJurisdictions(words(typed, "jurisdictions"))
            .build();
    boolean nobody = named.equals(Addressing.getDefaultInstance());
    return named.toBuilder().setWhomAgreementsAllow(nobody).build();
  }

  private static List<String> words(PageRequest typed, String field) {
    return Stream.of(typed.field(field))
        .flatMap(text -> Arrays.stream(text.split("[\\s,]+", -1)))
        .filter(word -> !word.isEmpty())
        .distinct()
        .toList();
  }

  private static int number(PageRequest typed, String field, EnumDescriptor type) {
    String word = typed.field(field);
    return word.isEmpty() ? 0 : value(field, word, type).getNumber();
  }

  private static EnumValueDescriptor value(String field, String word, EnumDescriptor type) {
    return EnumNames.parse(type, word)
        .orElseThrow(
            () ->
                new InvalidValue(
                    "%s: \"%s\" %s"
                        .formatted(
                            field,
                            InvalidValue.printable(word),
                            NameSuggestion.noneOf(word, EnumNames.names(type)))));
  }
}
