package org.entente.gateway.bridge.cap;

import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * Names and values as one text, one {@code name=value} a line, in which an agency stores the parts
 * of a CAP document beyond an {@code entente.v1.Alert}. Within a line {@code \n}, {@code \r},
 * {@code \=} and {@code \\} are escapes; in a value {@code =} needs none. Reading a written text
 * gives equal entries.
 */
public record CapLines(List<Entry> entries) {

  /** One line. */
  record Entry(String name, String value) {}

  public CapLines {
    entries = List.copyOf(entries);
  }

  /**
   * Reads a text; empty if it has too many lines. A line of two bytes needs a hundred in memory.
   *
   * @param most number of lines that may be read
   */
  public static Optional<CapLines> read(String text, int most) {
    List<Entry> entries = new ArrayList<>();
    Iterator<String> lines = text.lines().iterator();
    while (lines.hasNext()) {
      if (entries.size() == most) {
        return Optional.empty();
      }
      String line = lines.next();
      int end = separator(line);
      String name = end < 0 ? line : line.substring(0, end);
      String value = end < 0 ? "" : line.substring(end + 1);
      entries.add(new Entry(unescape(name), unescape(value)));
    }
    return Optional.of(new CapLines(entries));
  }

  String write() {
    return entries.stream()
        .map(entry -> escape(entry.name).replace("=", "\\=") + "=" + escape(entry.value))
        .collect(Collectors.joining("\n"));
  }

  /** Values of the lines with that name. */
  public List<String> all(String name) {
    return entries.stream().filter(entry -> entry.name.equals(name)).map(Entry::value).toList();
  }

  /** Value of the first line with that name, or the default. */
  public String first(String name, String absent) {
    return all(name).stream().findFirst().orElse(absent);
  }

  /** The lines whose name has this prefix, under the rest of their name. */
  List<Entry> below(String prefix) {
    return entries.stream()
        .filter(entry -> entry.name.startsWith(prefix))
        .map(entry -> new Entry(entry.name.substring(prefix.length()), entry.value))
        .toList();
  }

  private static int separator(String line) {
    for (int at = 0; at < line.length(); at++) {
      if (line.charAt(at) == '\\') {
        at++;
      } else if (line.charAt(at) == '=') {
        return at;
      }
    }
    return -1;
  }

  private static String escape(String text) {
    return text.replace("\\", "\\\\").replace("\n", "\\n").replace("\r", "\\r");
  }

  private static String unescape(String text) {
    StringBuilder out = new StringBuilder(text.length());
    for (int at = 0; at < text.length(); at++) {
      char c = text.charAt(at);
      if (c == '\\' && at + 1 < text.length()) {
        char next = text.charAt(++at);
        out.append(next == 'n' ? '\n' : next == 'r' ? '\r' : next);
      } else {
        out.append(c);
      }
    }
    return out.toString();
  }
}
