package org.entente.gateway.cli.text;

import java.io.PrintWriter;
import java.util.stream.Collectors;

/**
 * Prints lines and makes the text of others in them safe for a terminal. A caller cleans text that
 * could hold a line feed, because a command prints blocks of lines. {@link #print(String)} writes
 * as it is: a document goes to a file or another program.
 */
public final class TerminalWriter extends PrintWriter {
  public TerminalWriter(PrintWriter out) {
    super(out, true);
  }

  @Override
  public void println(String text) {
    super.println(safe(text));
  }

  @Override
  public void println(Object value) {
    println(String.valueOf(value));
  }

  private static String safe(String text) {
    String cleaned = text.lines().map(TerminalText::printable).collect(Collectors.joining("\n"));
    return text.endsWith("\n") ? cleaned + "\n" : cleaned;
  }
}
