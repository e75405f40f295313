package org.entente.gateway.cel;

import com.google.re2j.Pattern;
import com.google.re2j.PatternSyntaxException;
import dev.cel.common.CelAbstractSyntaxTree;
import dev.cel.common.ast.CelConstant;
import dev.cel.common.ast.CelExpr;
import dev.cel.common.ast.CelExpr.ExprKind.Kind;
import dev.cel.common.navigation.CelNavigableAst;
import dev.cel.common.navigation.CelNavigableExpr;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Checks the regular expressions of conditions and mappings (RE2 syntax). Each must be a literal,
 * so that no sender of a label or record chooses it. It is compiled once when the expression is
 * loaded, so that an invalid or too large pattern is found there and not by the first message; and
 * only if {@link PatternBound} shows that this is cheap.
 */
final class Patterns {
  /** Most states of a pattern: the runtime refuses more. */
  static final int MAX_STATES = 1_000;

  /** Highest {@link PatternBound} that is compiled: it counts some states that RE2/J drops. */
  private static final int MAX_BOUND = 20 * MAX_STATES;

  /** Highest {@link PatternBound#ofClasses} that is compiled, which takes some milliseconds. */
  static final int MAX_CLASSES = 50_000;

  private static final java.util.regex.Pattern FOLDS =
      java.util.regex.Pattern.compile("\\(\\?[a-zA-Z-]*i");

  /**
   * What RE2/J 1.8 may fold for ever: the Cyrillic variants that its tables do not know, a range
   * that can hold them, and an escape that can write either.
   */
  private static final java.util.regex.Pattern ENDLESS_FOLDING =
      java.util.regex.Pattern.compile(
          "[\\x{1C80}-\\x{1C8F}]|-\\\\?[\\x{1C80}-\\x{10FFFF}]|\\\\x\\{");

  private Patterns() {}

  /** An error in a pattern. */
  record PatternError(long at, String what, String valid) {}

  /** The errors in the patterns of an expression. */
  static List<PatternError> wrong(CelAbstractSyntaxTree tree) {
    List<PatternError> out = new ArrayList<>();
    CelNavigableAst.fromAst(tree)
        .getRoot()
        .allNodes()
        .map(CelNavigableExpr::expr)
        .filter(it -> it.getKind() == Kind.CALL && it.call().function().equals("matches"))
        .map(Patterns::patternOf)
        .forEach(pattern -> wrong(pattern).ifPresent(out::add));
    return out;
  }

  private static CelExpr patternOf(CelExpr matches) {
    return matches.call().args().get(matches.call().args().size() - 1);
  }

  private static Optional<PatternError> wrong(CelExpr pattern) {
    if (!isText(pattern)) {
      return Optional.of(
          new PatternError(pattern.id(), "the pattern is not a literal", "a pattern in quotes"));
    }
    String text = pattern.constant().stringValue();
    long bound = PatternBound.of(text);
    if (bound > MAX_BOUND) {
      return Optional.of(tooLarge(pattern, "up to " + bound));
    }
    boolean folds = FOLDS.matcher(text).find();
    long classes = PatternBound.ofClasses(text, folds);
    if (classes > MAX_CLASSES) {
      return Optional.of(
          new PatternError(
              pattern.id(),
              "the classes of the pattern count up to " + classes + "; the limit is " + MAX_CLASSES,
              "fewer classes with \\p, which count 1000 each, and with (?i) shorter ranges"));
    }
    if (folds && ENDLESS_FOLDING.matcher(text).find()) {
      return Optional.of(
          new PatternError(
              pattern.id(),
              "the pattern ignores case with (?i), and has \\x{ or characters from U+1C80 to U+1C8F",
              "(?i) without \\x{, these characters, and ranges that reach U+1C80"));
    }
    try {
      int states = Pattern.compile(text).programSize();
      return states <= MAX_STATES
          ? Optional.empty()
          : Optional.of(tooLarge(pattern, Integer.toString(states)));
    } catch (PatternSyntaxException e) {
      return Optional.of(
          new PatternError(
              pattern.id(),
              "invalid pattern: " + e.getMessage(),
              "RE2 syntax, such as ^C-[0-9]+$"));
    }
  }

  private static PatternError tooLarge(CelExpr pattern, String states) {
    return new PatternError(
        pattern.id(),
        "the pattern has " + states + " states; the limit is " + MAX_STATES,
        "a shorter pattern, or one with fewer repetitions");
  }

  /** The number of states of a pattern, if it is valid; only for one without an error. */
  static int states(CelExpr pattern) {
    try {
      return isText(pattern) ? Pattern.compile(pattern.constant().stringValue()).programSize() : 0;
    } catch (PatternSyntaxException e) {
      return 0;
    }
  }

  /** The steps that compiling a pattern takes, if it is valid. */
  static long compiling(CelExpr pattern) {
    if (!isText(pattern)) {
      return 0;
    }
    String text = pattern.constant().stringValue();
    return text.length() + PatternBound.ofClasses(text, FOLDS.matcher(text).find()) / 10;
  }

  private static boolean isText(CelExpr expression) {
    return expression.getKind() == Kind.CONSTANT
        && expression.constant().getKind() == CelConstant.Kind.STRING_VALUE;
  }
}
