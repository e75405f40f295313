package org.entente.gateway.cli.text;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import org.entente.gateway.cli.failure.UsageError;
import org.entente.proto.v1.Precedence;

/** Values of the protos as people type them: without their prefix, in any case. */
public final class EnumParser {
  private static final String STANAG_4406 = "[0-5]";

  private EnumParser() {}

  /**
   * The value that a word stands for.
   *
   * @param prefix of all values in the proto, which says what the word is for
   * @throws UsageError naming what it is for, and the words that there are
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

  /** As a word, or as the number that STANAG 4406 gives it. */
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
