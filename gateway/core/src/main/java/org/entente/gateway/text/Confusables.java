package org.entente.gateway.text;

import com.ibm.icu.lang.UCharacter;
import com.ibm.icu.text.Normalizer2;
import com.ibm.icu.text.SpoofChecker;
import com.ibm.icu.text.UnicodeSet;
import com.ibm.icu.text.UnicodeSetSpanner;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * Check whether a reader may confuse two names: they differ at most in case, width, script of
 * digits, white space, punctuation and symbols, and characters that look alike (the confusables of
 * Unicode Technical Standard 39). In doubt, names count as the same: {@code O} equals {@code 0},
 * and {@code I}, {@code L} and {@code 1} are equal. Immutable and safe for use by several threads.
 */
public final class Confusables {
  private static final SpoofChecker CHECKER =
      new SpoofChecker.Builder().setChecks(SpoofChecker.CONFUSABLE).build();

  private static final Normalizer2 COMPOSED = Normalizer2.getNFKCInstance();

  /** Also folds case and removes invisible characters. */
  private static final Normalizer2 FOLDED = Normalizer2.getNFKCCasefoldInstance();

  /**
   * Punctuation and separators; removed before look-alikes are compared, since dashes look like
   * letters.
   */
  private static final UnicodeSetSpanner BETWEEN =
      new UnicodeSetSpanner(new UnicodeSet("[[:P:][:Z:]]").freeze());

  private static final UnicodeSetSpanner OTHERS =
      new UnicodeSetSpanner(new UnicodeSet("[^[:L:][:M:][:N:]]").freeze());

  private Confusables() {}

  /** Whether two names look the same in lower or in upper case. */
  public static boolean areSame(String one, String other) {
    List<String> looks = looks(one);
    List<String> others = looks(other);
    return IntStream.range(0, looks.size()).anyMatch(i -> looks.get(i).equals(others.get(i)));
  }

  /** The look of a name as written, in lower case and in upper case. */
  private static List<String> looks(String name) {
    String written = BETWEEN.deleteFrom(westernDigits(COMPOSED.normalize(name)));
    String folded = FOLDED.normalize(written);
    return Stream.of(written, folded, UCharacter.toUpperCase(folded))
        .map(CHECKER::getSkeleton)
        .map(FOLDED::normalize)
        .map(OTHERS::deleteFrom)
        .toList();
  }

  private static String westernDigits(String text) {
    return text.codePoints()
        .map(c -> UCharacter.isDigit(c) ? '0' + UCharacter.digit(c) : c)
        .collect(StringBuilder::new, StringBuilder::appendCodePoint, StringBuilder::append)
        .toString();
  }
}
