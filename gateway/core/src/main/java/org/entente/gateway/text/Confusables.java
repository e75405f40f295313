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
 * Whether a reader takes two names for the same: they differ at most in case, width, script of
 * digits, white space, punctuation and symbols, and characters that look alike (the confusables of
 * Unicode Technical Standard 39). It errs towards the same: {@code O} and {@code 0} are one, and so
 * are {@code I}, {@code L} and {@code 1}. Immutable and safe for use by several threads.
 */
public final class Confusables {
  private static final SpoofChecker CHECKER =
      new SpoofChecker.Builder().setChecks(SpoofChecker.CONFUSABLE).build();

  private static final Normalizer2 COMPOSED = Normalizer2.getNFKCInstance();

  /** Case folded too, and what does not show left out. */
  private static final Normalizer2 FOLDED = Normalizer2.getNFKCCasefoldInstance();

  /**
   * What is between letters and digits; before characters are compared, as dashes look like some.
   */
  private static final UnicodeSetSpanner BETWEEN =
      new UnicodeSetSpanner(new UnicodeSet("[[:P:][:Z:]]").freeze());

  private static final UnicodeSetSpanner OTHERS =
      new UnicodeSetSpanner(new UnicodeSet("[^[:L:][:M:][:N:]]").freeze());

  private Confusables() {}

  /** Whether two names look the same, in one case or in the other. */
  public static boolean areSame(String one, String other) {
    List<String> looks = looks(one);
    List<String> others = looks(other);
    return IntStream.range(0, looks.size()).anyMatch(i -> looks.get(i).equals(others.get(i)));
  }

  /** How a name looks as it is written, in lower case and in upper case. */
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
