package org.entente.gateway.cli.text;

import java.util.ArrayList;
import java.util.List;
import org.entente.gateway.model.EnumNames;
import org.entente.proto.v1.Change;
import org.entente.proto.v1.Label;
import org.entente.proto.v1.MessageType;
import org.entente.proto.v1.Standing;

/** A message's place in its chain, on one line. */
public final class ChainPositionText {
  private ChainPositionText() {}

  /** Later changes by its origin, as in {@code superseded by 0197…}; empty for none. */
  public static String of(Standing standing) {
    List<String> words = new ArrayList<>();
    for (Change change : standing.getChangesList()) {
      if (!change.getWithdrawn()) {
        words.add(verb(change.getType()) + " by " + MessageText.hex(change.getMessageId()));
      }
    }
    return String.join(", ", words);
  }

  /** Its effect on an earlier message, as in {@code UPDATE of 0197…}; empty for none. */
  public static String of(Label label) {
    return label.getReferences().isEmpty()
        ? ""
        : type(label.getMessageType()) + " of " + MessageText.hex(label.getReferences());
  }

  public static String type(MessageType type) {
    return EnumNames.word(type);
  }

  private static String verb(MessageType type) {
    return switch (type) {
      case MESSAGE_TYPE_UPDATE -> "superseded";
      case MESSAGE_TYPE_CANCEL -> "cancelled";
      case MESSAGE_TYPE_RECTIFICATION -> "rectified";
      case MESSAGE_TYPE_RESTRICTION -> "restricted";
      default -> "changed";
    };
  }

  /** Its desks, in brackets to append to a line; empty if it names none. */
  public static String desks(Label label) {
    return label.getDesksCount() == 0
        ? ""
        : behind("for " + TerminalText.printable(String.join(", ", label.getDesksList())));
  }

  /** Words in brackets, to append to a line; empty for no words. */
  public static String behind(String words) {
    return words.isEmpty() ? "" : "  (" + words + ")";
  }
}
