package org.entente.gateway.cel;

import dev.cel.common.CelAbstractSyntaxTree;
import dev.cel.common.ast.CelExpr;
import dev.cel.common.ast.CelExpr.ExprKind.Kind;
import dev.cel.common.navigation.CelNavigableAst;
import dev.cel.common.navigation.CelNavigableExpr;
import java.util.List;
import java.util.Optional;

/**
 * Finds {@code exists}, {@code map}, {@code optMap} and the like that stand within too many others.
 *
 * <p>CEL's type checker copies and prints types as trees. The variable of a loop can have a type
 * that holds the type of an outer variable many times, as in <code>[{a: a}].all(b, …)</code> or, by
 * inference, <code>[{}].all(b, b[a] == a)</code>. So each further loop can multiply the tree, and a
 * condition of a few hundred characters would take all memory. Few loops bound it, unless their
 * types are inferred: an empty list or map takes any type, so that each can multiply the tree as a
 * loop does. So this reads the expression before its types are checked. A loop counts for all
 * within it, and for the loop over its result.
 */
final class NestedLoops {
  /** Most loops of a condition of which one is within the other: a stranger may write it. */
  static final int OF_A_CONDITION = 2;

  /** The same of a mapping, which the gateway's operator chooses. */
  static final int OF_A_MAPPING = 4;

  private NestedLoops() {}

  /** The loops beyond the limit, in the order of the expression. */
  static List<CelExpr> beyond(int most, CelAbstractSyntaxTree parsed) {
    return CelNavigableAst.fromAst(parsed)
        .getRoot()
        .allNodes()
        .filter(it -> it.getKind() == Kind.COMPREHENSION)
        .filter(it -> around(it) == most)
        .map(CelNavigableExpr::expr)
        .toList();
  }

  /** The empty lists and maps that stand within loops, or in what these iterate over. */
  static List<CelExpr> emptyWithin(CelAbstractSyntaxTree parsed) {
    return CelNavigableAst.fromAst(parsed)
        .getRoot()
        .allNodes()
        .filter(it -> isEmpty(it.expr()) && around(it) > 0 && !isResultOfMacro(it))
        .map(CelNavigableExpr::expr)
        .toList();
  }

  private static boolean isEmpty(CelExpr expr) {
    return switch (expr.getKind()) {
      case LIST -> expr.list().elements().isEmpty();
      case MAP -> expr.map().entries().isEmpty();
      default -> false;
    };
  }

  /** {@code map} and {@code filter} collect in a list that is empty at first. */
  private static boolean isResultOfMacro(CelNavigableExpr empty) {
    return empty
        .parent()
        .filter(it -> it.getKind() == Kind.COMPREHENSION)
        .filter(it -> it.expr().comprehension().accuInit().id() == empty.id())
        .isPresent();
  }

  private static int around(CelNavigableExpr loop) {
    int loops = 0;
    for (Optional<CelNavigableExpr> outer = loop.parent();
        outer.isPresent();
        outer = outer.get().parent()) {
      if (outer.get().getKind() == Kind.COMPREHENSION) {
        loops++;
      }
    }
    return loops;
  }
}
