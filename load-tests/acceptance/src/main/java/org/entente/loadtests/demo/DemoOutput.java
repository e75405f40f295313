package org.entente.loadtests.demo;

import com.google.errorprone.annotations.FormatMethod;
import java.io.PrintWriter;

/**
 * Output of the demonstration. Progress goes to standard output, or to standard error if standard
 * output carries JSON. Thread-safe.
 */
final class DemoOutput {
  /** Length at which a line is cut. */
  private static final int LONGEST = 150;

  /** Width at which lines are wrapped. */
  private static final int WIDTH = 120;

  private static final String ELLIPSIS = " …";
  private static final String INDENT = " ".repeat(13);

  private final PrintWriter progress;
  private final PrintWriter result;

  DemoOutput(PrintWriter out, PrintWriter err, boolean json) {
    this.progress = json ? err : out;
    this.result = out;
  }

  /** A line of progress in the demonstration's own words. */
  @FormatMethod
  void say(String format, Object... arguments) {
    progress.println(format.formatted(arguments));
    progress.flush();
  }

  /** A line of progress that quotes others: without control characters, cut after a word. */
  void quote(String line) {
    String whole = clean(line);
    int end = end(whole, LONGEST - ELLIPSIS.length());
    say("%s", whole.length() <= LONGEST ? whole : whole.substring(0, end) + ELLIPSIS);
  }

  /** The same, uncut. */
  void line(String line) {
    say("%s", clean(line));
  }

  /** The same, uncut, wrapped after words. */
  void wrap(String line) {
    String rest = clean(line);
    StringBuilder lines = new StringBuilder();
    for (int end = end(rest, WIDTH); end < rest.length(); end = end(rest, WIDTH)) {
      lines.append(rest, 0, end).append(System.lineSeparator());
      rest = INDENT + rest.substring(end).stripLeading();
    }
    say("%s", lines + rest);
  }

  private static String clean(String line) {
    return line.codePoints()
        .map(c -> Character.isISOControl(c) || Character.getType(c) == Character.FORMAT ? '?' : c)
        .collect(StringBuilder::new, StringBuilder::appendCodePoint, StringBuilder::append)
        .toString();
  }

  /** End of a line of this width: after a word, or within a word that fills the line. */
  private static int end(String line, int width) {
    if (line.length() <= width) {
      return line.length();
    }
    int space = line.lastIndexOf(' ', width);
    boolean behindAWord = space > 0 && !line.substring(0, space).isBlank();
    return behindAWord ? space : line.offsetByCodePoints(0, line.codePointCount(0, width));
  }

  /** The result. */
  void result(String text) {
    result.println(text);
    result.flush();
  }
}
