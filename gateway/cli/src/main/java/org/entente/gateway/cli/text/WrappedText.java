package org.entente.gateway.cli.text;

import java.util.ArrayList;
import java.util.List;

/** Paragraphs in lines of bounded width. Pure. */
public final class WrappedText {
  /** Longest line, characters; a longer word stands on a line of its own. */
  private static final int WIDTH = 88;

  private WrappedText() {}

  /**
   * The lines of a paragraph.
   *
   * @param mark what stands before the first line; the others are indented as far
   */
  public static List<String> lines(String mark, String text) {
    List<String> lines = new ArrayList<>();
    StringBuilder line = new StringBuilder(mark);
    boolean begun = false;
    for (String word : text.strip().split("\\s+", -1)) {
      if (begun && line.length() + 1 + word.length() > WIDTH) {
        lines.add(line.toString());
        line = new StringBuilder(" ".repeat(mark.length()));
        begun = false;
      }
      line.append(begun ? " " : "").append(word);
      begun = true;
    }
    lines.add(line.toString());
    return lines;
  }
}
