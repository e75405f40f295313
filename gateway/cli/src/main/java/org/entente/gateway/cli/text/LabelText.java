package org.entente.gateway.cli.text;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.entente.gateway.model.EnumNames;
import org.entente.gateway.policy.terms.Exercise;
import org.entente.proto.v1.Addressed;
import org.entente.proto.v1.Attachment;
import org.entente.proto.v1.Kind;
import org.entente.proto.v1.Label;
import org.entente.proto.v1.RequestedAction;

/** Text lines about a label: what it asks of the reader and to what it binds the reader. */
public final class LabelText {
  private LabelText() {}

  /**
   * The lines: the requested action, the message that it answers, the restrictions, then certainty
   * and precedence.
   */
  public static List<String> lines(Label label) {
    List<String> out = new ArrayList<>();
    if (label.getRequestedActionValue() != 0) {
      out.add(asked(label));
    }
    add(out, reply(label));
    if (Exercise.of(label)) {
      out.add("EXERCISE: nothing of this is real");
    }
    out.add(binding(label));
    add(out, restriction(label));
    out.add(basis(label));
    add(out, assessment(label));
    out.add(MessageText.precedence(label));
    if (!label.getRedactedList().isEmpty()) {
      out.add("withheld, if present: " + String.join(", ", label.getRedactedList()));
    }
    label.getAttachmentsList().forEach(one -> out.add(attachment(one)));
    return out;
  }

  private static String attachment(Attachment one) {
    return "attachment %s: %s, %s, %d bytes, SHA-256 %s"
        .formatted(
            MessageText.hex(one.getId()),
            one.getName(),
            one.getMediaType(),
            one.getSize(),
            MessageText.hex(one.getSha256()));
  }

  /** {@link #words} in brackets, to put before a headline; empty for no words. */
  public static String ahead(Label label) {
    String words = words(label);
    return words.isEmpty() ? "" : "[" + words + "] ";
  }

  /**
   * The words that a headline must carry, as in {@code DETAIN, for information}; empty for plain
   * information.
   */
  static String words(Label label) {
    boolean plain =
        label.getRequestedActionValue() <= RequestedAction.REQUESTED_ACTION_INFORM_VALUE
            || label.getKind() == Kind.KIND_REQUEST;
    return joined(
        Exercise.of(label) ? "EXERCISE" : "",
        plain ? "" : action(label),
        isForInformation(label) ? "for information" : "");
  }

  private static String asked(Label label) {
    boolean binds = label.getRequestedAction() == RequestedAction.REQUESTED_ACTION_DO_NOT_INTERVENE;
    String whom = isForInformation(label) && !binds ? ", of others; for information only" : "";
    return "asked: " + action(label) + whom;
  }

  private static String reply(Label label) {
    return label.getInReplyTo().isEmpty()
        ? ""
        : "in reply to " + MessageText.hex(label.getInReplyTo());
  }

  private static boolean isForInformation(Label label) {
    return label.getAddressed() == Addressed.ADDRESSED_INFORMATION;
  }

  private static String action(Label label) {
    return EnumNames.word(label.getRequestedAction());
  }

  private static String binding(Label label) {
    String national =
        label.getClassificationMarking().isEmpty()
            ? ""
            : label.getClassificationScheme() + " " + label.getClassificationMarking();
    String handling =
        label.getHandlingList().stream().map(EnumNames::word).collect(Collectors.joining(" "));
    String purpose = EnumNames.word(label.getPurpose());
    return joined(
        EnumNames.word(label.getClassification()),
        national,
        label.getPurposeValue() == 0 ? "" : "for " + purpose,
        handling.isEmpty() ? "" : "handling " + handling,
        String.join(" ", label.getMarkingsList()),
        label.getPersonalData() ? "personal data" : "");
  }

  private static String restriction(Label label) {
    return label.getHandlingText().isEmpty() ? "" : "restriction: " + label.getHandlingText();
  }

  private static String basis(Label label) {
    return joined(
        "under " + label.getAgreement(),
        label.getLegalBasis(),
        "kept for " + label.getRetentionDays() + " days");
  }

  private static String assessment(Label label) {
    return joined(
        label.getSeverityValue() == 0 ? "" : "severity " + EnumNames.word(label.getSeverity()),
        label.getUrgencyValue() == 0 ? "" : "urgency " + EnumNames.word(label.getUrgency()),
        label.getCertaintyValue() == 0 ? "" : "certainty " + EnumNames.word(label.getCertainty()),
        label.getStatementValue() == 0 ? "" : EnumNames.word(label.getStatement()),
        label.getSourceEvaluation().isEmpty() ? "" : "source " + label.getSourceEvaluation());
  }

  private static void add(List<String> out, String line) {
    if (!line.isEmpty()) {
      out.add(line);
    }
  }

  private static String joined(String... parts) {
    return Stream.of(parts).filter(part -> !part.isEmpty()).collect(Collectors.joining(", "));
  }
}
