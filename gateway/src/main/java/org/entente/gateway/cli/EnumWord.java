package org.entente.gateway.cli;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/** Values of the protos as people type them: without their prefix, in any case. */
final class EnumWord {
  private EnumWord() {}

  /**
   * The value that a word stands for.
   *
   * @param prefix of all values in the proto, which says what the word is for
   * @throws WrongCall naming what it is for, and the words that there are
   */
  static <E extends Enum<E>> E of(Class<E> type, String prefix, String word) {
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
      throw new WrongCall(what + ": " + Screen.printable(word) + " is none of " + valid, e);
    }
  }
}
