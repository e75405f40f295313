package org.entente.gateway.cli.text;

import com.google.protobuf.ByteString;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import org.entente.gateway.model.EnumNames;
import org.entente.gateway.policy.codes.PrecedenceLane;
import org.entente.proto.v1.Answer;
import org.entente.proto.v1.Label;
import org.entente.proto.v1.Outcome;
import org.entente.proto.v1.Permit;
import org.entente.proto.v1.Precedence;
import org.entente.proto.v1.Refusal;
import org.entente.proto.v1.Request;

/** Text lines about messages, their ids and their outcomes. */
public final class MessageText {
  private MessageText() {}

  public static String hex(ByteString id) {
    return HexFormat.of().formatHex(id.toByteArray());
  }

  /** Its category; {@code -} for a message that is about another one, such as a recall. */
  public static String category(Label label) {
    return label.getCategoryValue() == 0 ? "-" : EnumNames.word(label.getCategory());
  }

  /** What is said of it behind a line; nothing where its label states none. */
  public static String precedenceStated(Label label) {
    return label.getPrecedence() == Precedence.PRECEDENCE_UNSPECIFIED
        ? ""
        : "  [" + precedence(label) + "]";
  }

  /**
   * The precedence with its STANAG 4406 number, as in {@code precedence IMMEDIATE (STANAG 4406:
   * 3)}.
   */
  public static String precedence(Label label) {
    Precedence written = PrecedenceLane.written(label);
    String stated = label.getPrecedence() == written ? "" : ", from its lane";
    return "precedence "
        + EnumNames.word(written)
        + (written == Precedence.UNRECOGNIZED
            ? ""
            : " (STANAG 4406: " + (written.getNumber() - 1) + stated + ")");
  }

  /** A recipient with its desks and withheld fields. */
  public static String line(Permit permit) {
    String to =
        permit.getDesksCount() == 0
            ? permit.getAgency()
            : permit.getAgency() + "/" + String.join("+", permit.getDesksList());
    return TerminalText.printable(
        permit.getWithheldCount() == 0
            ? to
            : to + " (without " + String.join(", ", permit.getWithheldList()) + ")");
  }

  public static String line(Refusal refusal) {
    return TerminalText.printable(
        "    not to "
            + refusal.getAgency()
            + ": "
            + refusal.getCode()
            + (refusal.getRule().isEmpty() ? "" : " by " + refusal.getRule())
            + ": "
            + refusal.getReason());
  }

  /** The outcome of a message: to whom it goes, why not to others. Not cleaned for a terminal. */
  public static List<String> lines(Outcome outcome) {
    List<String> lines = new ArrayList<>();
    String message = hex(outcome.getMessageId());
    if (outcome.hasAccepted()) {
      lines.add(
          message
              + "  to "
              + outcome.getAccepted().getPermitsList().stream().map(MessageText::line).toList());
      outcome.getAccepted().getRefusalsList().forEach(refusal -> lines.add(line(refusal)));
    }
    if (outcome.hasHeld()) {
      lines.add(message + "  held: " + outcome.getHeld().getReason());
    }
    if (outcome.hasInvalid()) {
      lines.add(outcome.getInvalid().getCode() + ": " + outcome.getInvalid().getMessage());
    }
    outcome.getRefused().getRefusalsList().forEach(refusal -> lines.add(line(refusal)));
    return lines;
  }

  /** The text of a request or reminder; a reminder may have no text of its own. */
  public static String question(Label label, Request request) {
    return request.getReminder()
        ? "REMINDER of " + hex(label.getInReplyTo()) + ": " + request.getQuestion()
        : "REQUEST: " + request.getQuestion();
  }

  /** The result of an answer, with the number of records if stated. */
  public static String result(Answer answer) {
    String word = EnumNames.word(answer.getResult());
    return "ANSWER " + word + (answer.getHits() > 0 ? ", " + answer.getHits() + " records" : "");
  }
}
