package org.entente.gateway.cli.text;

import java.util.ArrayList;
import java.util.List;
import org.entente.proto.v1.Change;
import org.entente.proto.v1.Label;
import org.entente.proto.v1.MessageType;
import org.entente.proto.v1.Standing;

/** Where a message stands in its chain, on one line. */
public final class ChainPositionText {
  private ChainPositionText() {}

  /** What its origin did with it since: {@code superseded by 0197…}; empty for nothing. */
  public static String of(Standing standing) {
    List<String> words = new ArrayList<>();
    for (Change change : standing.getChangesList()) {
      if (!change.getWithdrawn()) {
        words.add(verb(change.getType()) + " by " + MessageText.hex(change.getMessageId()));
      }
    }
    return String.join(", ", words);
  }

  /** What it does with an earlier one: {@code UPDATE of 0197…}; empty for nothing. */
  public static String of(Label label) {
    return label.getReferences().isEmpty()
        ? ""
        : type(label.getMessageType()) + " of " + MessageText.hex(label.getReferences());
  }

  public static String type(MessageType type) {
    return type.name().replace("MESSAGE_TYPE_", "");
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

  /** For which desks it is, in brackets behind a line; empty for none in particular. */
  public static String desks(Label label) {
    return label.getDesksCount() == 0
        ? ""
        : behind("for " + TerminalText.printable(String.join(", ", label.getDesksList())));
  }

  /** In brackets behind a line; empty for nothing. */
  public static String behind(String words) {
    return words.isEmpty() ? "" : "  (" + words + ")";
  }
}
