package org.entente.gateway.cel;

import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.re2j.Pattern;
import com.google.re2j.PatternSyntaxException;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** The bound against what RE2/J makes of the same pattern. */
class PatternBoundTest {
  private static final int PATTERNS = 20_000;

  /** Forms that a scan could read otherwise than RE2/J, with counts that stay small. */
  private static final List<String> PARTS =
      List.of(
          "a",
          "b",
          "(",
          "(",
          "(",
          ")",
          ")",
          ")",
          "(?:",
          "(?s)",
          "(?)",
          "(?P<n>",
          "(?<m>",
          "(?s-i:",
          "|",
          "?",
          "*",
          "+",
          "??",
          "{2}",
          "{3}",
          "{0,3}",
          "{2,}",
          "{0}",
          "{1,2}",
          "{02}",
          "{,2}",
          "{",
          "}",
          "[",
          "]",
          "[^",
          "[]",
          "[:",
          ":]",
          "[[:alpha:]",
          "[:alpha:]",
          "-",
          "-[",
          "\\d",
          "\\pL",
          "\\p{Greek}",
          "\\PN",
          "\\x{28}",
          "\\x29",
          "\\050",
          "\\(",
          "\\)",
          "\\[",
          "\\]",
          "\\\\",
          "\\Q",
          "\\E",
          "\\Q\\E",
          "\\Q)\\E",
          "^",
          "$",
          ".",
          "\\b",
          "\uD83D\uDE00");

  @Test
  void bound_ofAnyValidPattern_isNotBelowItsStates() {
    long seed = new Random().nextLong();
    Random random = new Random(seed);
    int valid = 0;
    for (int i = 0; i < PATTERNS; i++) {
      String pattern = pattern(random);
      int states = states(pattern);
      valid += states > 0 ? 1 : 0;
      assertTrue(
          PatternBound.of(pattern) >= states,
          () -> pattern + " has " + states + " states, seed " + seed);
    }
    assertTrue(valid > PATTERNS / 20, valid + " of " + PATTERNS + " are valid, seed " + seed);
  }

  private static String pattern(Random random) {
    StringBuilder out = new StringBuilder();
    int parts = 1 + random.nextInt(14);
    for (int i = 0; i < parts; i++) {
      out.append(PARTS.get(random.nextInt(PARTS.size())));
    }
    return out.toString();
  }

  private static int states(String pattern) {
    try {
      return Pattern.compile(pattern).programSize();
    } catch (PatternSyntaxException e) {
      return 0;
    }
  }
}
