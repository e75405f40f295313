package org.entente.gateway.cel;

import dev.cel.common.CelAbstractSyntaxTree;
import dev.cel.common.ast.CelExpr;
import dev.cel.common.ast.CelExpr.ExprKind.Kind;
import dev.cel.common.navigation.CelNavigableAst;
import dev.cel.common.navigation.CelNavigableExpr;
import java.util.List;
import java.util.Optional;

/**
 * Finds variables of {@code exists}, {@code map}, {@code optMap} and the like in keys of map
 * literals.
 *
 * <p>CEL's type checker copies and prints types as trees. The type of <code>{a: a}</code> has that
 * of {@code a} twice, so each further loop over such maps doubles the tree, and a condition of a
 * few hundred characters would take all memory. Without such keys a type is no larger than the
 * expression. So this reads the expression before its types are checked.
 */
final class LoopKeys {
  private LoopKeys() {}

  /** The variables in keys, in the order of the expression. */
  static List<CelExpr> of(CelAbstractSyntaxTree parsed) {
    return CelNavigableAst.fromAst(parsed)
        .getRoot()
        .allNodes()
        .filter(it -> it.getKind() == Kind.IDENT)
        .filter(LoopKeys::isInKey)
        .map(CelNavigableExpr::expr)
        .toList();
  }

  /** Whether a key stands between a name and the loop whose variable it is. */
  private static boolean isInKey(CelNavigableExpr name) {
    boolean inKey = false;
    CelNavigableExpr inner = name;
    Optional<CelNavigableExpr> outer = name.parent();
    while (outer.isPresent()) {
      CelExpr expression = outer.get().expr();
      if (expression.getKind() == Kind.MAP) {
        inKey |= isKey(expression, inner.id());
      } else if (expression.getKind() == Kind.COMPREHENSION
          && binds(expression.comprehension(), name.expr().ident().name(), inner.id())) {
        return inKey;
      }
      inner = outer.get();
      outer = inner.parent();
    }
    return false;
  }

  /**
   * Whether a loop gives a name its meaning in one of its parts; optMap has an accumulator only.
   */
  private static boolean binds(CelExpr.CelComprehension loop, String name, long part) {
    boolean before = part == loop.iterRange().id() || part == loop.accuInit().id();
    return !before && (name.equals(loop.iterVar()) || name.equals(loop.accuVar()));
  }

  private static boolean isKey(CelExpr map, long part) {
    return map.map().entries().stream().anyMatch(entry -> entry.key().id() == part);
  }
}
