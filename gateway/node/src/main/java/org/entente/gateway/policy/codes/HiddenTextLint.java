package org.entente.gateway.policy.codes;

import java.lang.Character.UnicodeScript;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import org.entente.gateway.config.ConfigProblem;
import org.entente.gateway.text.TextRule;

/**
 * Finds text that a reader of a file cannot see: invisible characters or characters that change the
 * direction of text (a problem), and words that mix letters of several scripts, such as a Cyrillic
 * letter in a Latin name (a warning). Comments are checked too, since people rely on them.
 */
final class HiddenTextLint {
  private static final int MOST = 20;

  /** Scripts that one word may mix, as in Japanese and Korean. */
  private static final List<Set<UnicodeScript>> TOGETHER =
      List.of(
          EnumSet.of(UnicodeScript.HAN, UnicodeScript.HIRAGANA, UnicodeScript.KATAKANA),
          EnumSet.of(UnicodeScript.HAN, UnicodeScript.HANGUL),
          EnumSet.of(UnicodeScript.HAN, UnicodeScript.BOPOMOFO));

  private final String file;
  private final String text;

  HiddenTextLint(String file, String text) {
    this.file = file;
    this.text = text;
  }

  /** Invisible characters, at most {@value #MOST} of them. */
  List<ConfigProblem> hidden() {
    List<ConfigProblem> found = new ArrayList<>();
    for (int at = 0; at < text.length() && found.size() < MOST; ) {
      int c = text.codePointAt(at);
      if (isHidden(c)) {
        found.add(
            problem(at, "an invisible character: " + TextRule.name(c), "only visible characters"));
      }
      at += Character.charCount(c);
    }
    return found;
  }

  /** Words of several scripts, at most {@value #MOST} of them. */
  List<ConfigProblem> mixed() {
    List<ConfigProblem> found = new ArrayList<>();
    int at = 0;
    while (at < text.length() && found.size() < MOST) {
      int end = at;
      Set<UnicodeScript> scripts = EnumSet.noneOf(UnicodeScript.class);
      while (end < text.length() && Character.isLetter(text.codePointAt(end))) {
        scripts.add(UnicodeScript.of(text.codePointAt(end)));
        end += Character.charCount(text.codePointAt(end));
      }
      scripts.removeAll(EnumSet.of(UnicodeScript.COMMON, UnicodeScript.INHERITED));
      if (scripts.size() > 1 && TOGETHER.stream().noneMatch(it -> it.containsAll(scripts))) {
        found.add(
            problem(
                at,
                "the word \"" + text.substring(at, end) + "\" mixes letters of " + scripts,
                "letters of one script"));
      }
      at = end > at ? end : at + Character.charCount(text.codePointAt(at));
    }
    return found;
  }

  private static boolean isHidden(int c) {
    return c != '\n' && c != '\r' && c != '\t' && TextRule.isHidden(c);
  }

  private ConfigProblem problem(int at, String wrong, String valid) {
    int start = text.lastIndexOf('\n', at - 1) + 1;
    int line = 1 + (int) text.substring(0, start).chars().filter(c -> c == '\n').count();
    int column = 1 + text.codePointCount(start, at);
    return new ConfigProblem(file, line, column, "", wrong, valid);
  }
}
