package org.entente.loadtests.demo;

import com.google.errorprone.annotations.FormatMethod;
import java.io.PrintWriter;

/**
 * Where the demonstration speaks. Progress goes to standard output for people, and to standard
 * error where standard output carries JSON. Safe for many threads.
 */
final class Voice {
  private static final int WIDTH = 150;

  private final PrintWriter progress;
  private final PrintWriter result;

  Voice(PrintWriter out, PrintWriter err, boolean json) {
    this.progress = json ? err : out;
    this.result = out;
  }

  /** A line of progress, in words of our own. */
  @FormatMethod
  void say(String format, Object... arguments) {
    progress.println(format.formatted(arguments));
    progress.flush();
  }

  /** A line of progress that quotes others: without control characters, cut to a line. */
  void quote(String line) {
    say("%s", clean(line, WIDTH));
  }

  /** A line of progress that quotes others, whole: what failed must be read to its end. */
  void line(String line) {
    say("%s", clean(line, Integer.MAX_VALUE));
  }

  private static String clean(String line, int most) {
    return line.codePoints()
        .limit(most)
        .map(c -> Character.isISOControl(c) || Character.getType(c) == Character.FORMAT ? '?' : c)
        .collect(StringBuilder::new, StringBuilder::appendCodePoint, StringBuilder::append)
        .toString();
  }

  /** The result. */
  void result(String text) {
    result.println(text);
    result.flush();
  }
}
