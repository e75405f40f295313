package org.entente.gateway.cel;

import dev.cel.common.CelAbstractSyntaxTree;
import dev.cel.common.CelSourceLocation;
import dev.cel.common.ast.CelConstant;
import dev.cel.common.ast.CelExpr;
import dev.cel.common.ast.CelExpr.ExprKind.Kind;
import dev.cel.common.navigation.CelNavigableAst;
import dev.cel.common.navigation.CelNavigableExpr;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/**
 * Finds the texts that an expression compares with label fields and agencies, so that a code
 * missing from all lists is found before the first message. It covers equality and membership (in a
 * list or in a map's keys), of fields and of elements of list fields. Texts that are first
 * processed ({@code startsWith}, {@code +}) are ignored.
 */
final class ComparedTexts {
  private static final Set<String> COMPARING = Set.of("_==_", "_!=_", "@in");
  private static final Set<String> AGENCIES = Set.of("origin", "recipient");

  private final CelAbstractSyntaxTree tree;

  private ComparedTexts(CelAbstractSyntaxTree tree) {
    this.tree = tree;
  }

  /** The texts in the order of the expression, each once. */
  static List<ComparedText> of(CelAbstractSyntaxTree tree) {
    ComparedTexts texts = new ComparedTexts(tree);
    return CelNavigableAst.fromAst(tree)
        .getRoot()
        .allNodes()
        .filter(it -> it.getKind() == Kind.CALL)
        .flatMap(texts::compared)
        .distinct()
        .toList();
  }

  private Stream<ComparedText> compared(CelNavigableExpr call) {
    if (!COMPARING.contains(call.expr().call().function())) {
      return Stream.empty();
    }
    List<CelNavigableExpr> sides = call.children().toList();
    return sides.size() == 2
        ? Stream.concat(
            compared(sides.get(0), sides.get(1).expr()),
            compared(sides.get(1), sides.get(0).expr()))
        : Stream.empty();
  }

  private Stream<ComparedText> compared(CelNavigableExpr one, CelExpr other) {
    return place(one).stream().flatMap(with -> texts(other).map(text -> compared(with, text)));
  }

  private ComparedText compared(String with, CelExpr text) {
    CelSourceLocation at = ExpressionText.location(tree, text.id());
    return new ComparedText(with, text.constant().stringValue(), at.getLine(), at.getColumn() + 1);
  }

  /** The field of codes or names that an expression refers to, if any. */
  private static Optional<String> place(CelNavigableExpr node) {
    CelExpr expression = node.expr();
    if (expression.getKind() != Kind.IDENT) {
      boolean index =
          expression.getKind() == Kind.CALL && expression.call().function().equals("_[_]");
      return labelField(index ? expression.call().args().get(0) : expression);
    }
    String name = expression.ident().name();
    Optional<CelExpr> range = boundTo(node, name);
    if (range.isPresent()) {
      return labelField(range.get());
    }
    return AGENCIES.contains(name) ? Optional.of(name) : Optional.empty();
  }

  /** The list over whose elements a name ranges, in the innermost enclosing comprehension. */
  private static Optional<CelExpr> boundTo(CelNavigableExpr node, String name) {
    CelNavigableExpr inner = node;
    Optional<CelNavigableExpr> outer = node.parent();
    while (outer.isPresent()) {
      CelExpr expression = outer.get().expr();
      if (expression.getKind() == Kind.COMPREHENSION
          && expression.comprehension().iterVar().equals(name)
          && expression.comprehension().iterRange().id() != inner.expr().id()) {
        return Optional.of(expression.comprehension().iterRange());
      }
      inner = outer.get();
      outer = inner.parent();
    }
    return Optional.empty();
  }

  private static Optional<String> labelField(CelExpr expression) {
    if (expression.getKind() != Kind.SELECT) {
      return Optional.empty();
    }
    CelExpr operand = expression.select().operand();
    boolean label = operand.getKind() == Kind.IDENT && operand.ident().name().equals("label");
    return label ? Optional.of("label." + expression.select().field()) : Optional.empty();
  }

  private static Stream<CelExpr> texts(CelExpr expression) {
    if (expression.getKind() == Kind.LIST) {
      return expression.list().elements().stream().flatMap(ComparedTexts::texts);
    }
    if (expression.getKind() == Kind.MAP) {
      return expression.map().entries().stream().flatMap(it -> texts(it.key()));
    }
    boolean text =
        expression.getKind() == Kind.CONSTANT
            && expression.constant().getKind() == CelConstant.Kind.STRING_VALUE;
    return text ? Stream.of(expression) : Stream.empty();
  }
}
