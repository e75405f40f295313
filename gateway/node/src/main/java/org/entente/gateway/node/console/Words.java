package org.entente.gateway.node.console;

import java.util.ArrayList;
import java.util.List;

/** Texts of this gateway that name commands and settings between backticks. */
public final class Words {
  private Words() {}

  /**
   * A part of a text.
   *
   * @param isCode whether it names a command or a setting
   */
  public record Part(String text, boolean isCode) {}

  /** The parts of a text, without the backticks; one that has no partner stays in the text. */
  public static List<Part> parts(String text) {
    List<Part> parts = new ArrayList<>();
    int done = 0;
    while (true) {
      int open = text.indexOf('`', done);
      int end = text.indexOf('`', open + 1);
      if (open < 0 || end < 0) {
        parts.add(new Part(text.substring(done), false));
        return parts;
      }
      parts.add(new Part(text.substring(done, open), false));
      parts.add(new Part(text.substring(open + 1, end), true));
      done = end + 1;
    }
  }
}
