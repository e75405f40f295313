package org.entente.gateway.testkit;

import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Threat 64: text that would forge a line, steer a terminal, or hide what it says. */
public final class HostileText {
  /** Each is valid UTF-16 text. */
  public static final List<String> ALL =
      List.of(
          "a\n{\"level\":\"ERROR\",\"formattedMessage\":\"forged\"}",
          "a\r\nforged",
          "a\nentente_forged 1",
          "a\"} 1\nentente_forged{a=\"",
          "\"},\"level\":\"ERROR",
          "back\\slash \\u0022 \\",
          "\u001b[2J\u001b]0;title\u0007",
          "\u009b31m red, by a control of one character",
          "nul \u0000, delete \u007f, next line \u0085",
          "line \u2028 and paragraph \u2029",
          "reversed \u202egnp.exe, isolated \u2066 \u2069, joined \u200d, mark \ufeff",
          "tag \udb40\udc41, private \ue000, noncharacter \uffff",
          "${jndi:ldap://example} %d %n {} {0}",
          "long " + "\u202e\u001b[0m\n".repeat(8 << 10));

  /** Half a surrogate pair, which no encoding has. */
  public static final String LONE_SURROGATE = "half \ud83d of a ship";

  private HostileText() {}

  /** The characters of printed text that could steer its reader, by name; line feeds are fine. */
  public static List<String> steering(String printed) {
    return printed
        .codePoints()
        .filter(point -> point != '\n' && steers(point))
        .mapToObj("U+%04X"::formatted)
        .distinct()
        .toList();
  }

  private static boolean steers(int point) {
    return switch (Character.getType(point)) {
      case Character.CONTROL,
          Character.FORMAT,
          Character.LINE_SEPARATOR,
          Character.PARAGRAPH_SEPARATOR,
          Character.SURROGATE ->
          true;
      default -> false;
    };
  }

  /** All of them, and half a surrogate pair. */
  public static List<String> allAndHalf() {
    return Stream.concat(ALL.stream(), Stream.of(LONE_SURROGATE)).collect(Collectors.toList());
  }
}
