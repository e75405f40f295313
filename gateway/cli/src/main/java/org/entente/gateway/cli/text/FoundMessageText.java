package org.entente.gateway.cli.text;

import com.google.protobuf.util.Timestamps;
import org.entente.gateway.model.EnumNames;
import org.entente.proto.v1.FoundMessage;
import org.entente.proto.v1.Label;
import org.entente.proto.v1.SearchResponse;

/** What a search finds, in lines for people. */
public final class FoundMessageText {
  private FoundMessageText() {}

  /** What is known of a message without opening it. */
  public static String line(FoundMessage found) {
    Label label = found.getLabel();
    return TerminalText.printable(
        "%s  %s  %-12s %-12s %-22s %s"
                .formatted(
                    MessageText.hex(found.getMessageId()),
                    Timestamps.toString(found.getReceivedAt()),
                    label.getOrigin(),
                    EnumNames.word(label.getKind()),
                    MessageText.category(label),
                    label.getCaseRef())
            + behind(notes(found)));
  }

  private static String behind(String notes) {
    return notes.isEmpty() ? "" : "  " + notes;
  }

  /** What a reader must know besides: the requested action, its chain, its desks. */
  public static String notes(FoundMessage found) {
    Label label = found.getLabel();
    return (ChainPositionText.behind(LabelText.words(label))
            + ChainPositionText.behind(ChainPositionText.of(label))
            + ChainPositionText.desks(label)
            + ChainPositionText.behind(ChainPositionText.of(found.getStanding())))
        .strip();
  }

  /** What a page that is not complete leaves out. */
  public static String unsearched(SearchResponse page) {
    return page.hasReachesBackTo()
        ? "not searched: what was received before " + Timestamps.toString(page.getReachesBackTo())
        : "not searched: what has only just arrived";
  }
}
