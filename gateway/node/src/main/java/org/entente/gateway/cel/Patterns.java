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
 * Checks the regular expressions of conditions (RE2 syntax). Each must be a literal, so that no
 * sender of a label chooses it. It is compiled once when the condition is loaded, so that an
 * invalid or too large pattern is found there and not by the first message.
 */
final class Patterns {
  /** Most states of a pattern: the runtime refuses more. */
  static final int MAX_STATES = 1_000;

  private Patterns() {}

  /** An error in a pattern. */
  record PatternError(long at, String what, String valid) {}

  /** The errors in the patterns of a condition. */
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
    try {
      int states = Pattern.compile(pattern.constant().stringValue()).programSize();
      return states <= MAX_STATES
          ? Optional.empty()
          : Optional.of(
              new PatternError(
                  pattern.id(),
                  "the pattern has " + states + " states; the limit is " + MAX_STATES,
                  "a shorter pattern, or one with fewer repetitions"));
    } catch (PatternSyntaxException e) {
      return Optional.of(
          new PatternError(
              pattern.id(),
              "invalid pattern: " + e.getMessage(),
              "RE2 syntax, such as ^C-[0-9]+$"));
    }
  }

  /** The number of states of a pattern, if it is valid. */
  static int states(CelExpr pattern) {
    try {
      return isText(pattern) ? Pattern.compile(pattern.constant().stringValue()).programSize() : 0;
    } catch (PatternSyntaxException e) {
      return 0;
    }
  }

  private static boolean isText(CelExpr expression) {
    return expression.getKind() == Kind.CONSTANT
        && expression.constant().getKind() == CelConstant.Kind.STRING_VALUE;
  }
}
