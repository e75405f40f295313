package org.entente.gateway.cli.text;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import org.entente.gateway.cli.failure.UsageError;
import org.entente.proto.v1.Precedence;

/** Parser of proto enum values, typed without their prefix and in any case. */
public final class EnumParser {
  private static final String STANAG_4406 = "[0-5]";

  private EnumParser() {}

  /**
   * The value that a word names.
   *
   * @param prefix common prefix of the values in the proto, which names the field in the error
   * @throws UsageError naming the field and the valid words
   */
  public static <E extends Enum<E>> E of(Class<E> type, String prefix, String word) {
    try {
      return Enum.valueOf(type, prefix + word.toUpperCase(Locale.ROOT));
    } catch (IllegalArgumentException e) {
      List<String> valid =
          Arrays.stream(type.getEnumConstants())
              .map(Enum::name)
              .filter(name -> !name.endsWith("_UNSPECIFIED") && name.startsWith(prefix))
              .map(name -> name.substring(prefix.length()))
              .toList();
      String what = prefix.toLowerCase(Locale.ROOT).replace('_', ' ').strip();
      throw new UsageError(what + ": " + TerminalText.printable(word) + " is none of " + valid, e);
    }
  }

  /** A precedence as a word, or as its STANAG 4406 number. */
  public static Precedence precedence(String text) {
    if (text.matches(STANAG_4406)) {
      Precedence found = Precedence.forNumber(Integer.parseInt(text) + 1);
      if (found != null) {
        return found;
      }
    }
    return of(Precedence.class, "PRECEDENCE_", text);
  }
}
