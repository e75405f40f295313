package org.entente.gateway.cel;

import dev.cel.common.CelAbstractSyntaxTree;
import dev.cel.common.ast.CelConstant;
import dev.cel.common.ast.CelExpr;
import dev.cel.common.ast.CelExpr.ExprKind.Kind;
import dev.cel.common.navigation.CelNavigableAst;
import dev.cel.common.navigation.CelNavigableExpr;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * Finds the texts that an expression compares with fields of the label, so that a code that no list
 * has is found before the first message. Equality and membership, directly or of the elements of a
 * list field; what is done to a text first ({@code startsWith}, {@code +}) is left alone.
 */
final class ComparedTexts {
  private static final Set<String> COMPARING = Set.of("_==_", "_!=_", "@in");

  /** Names bound to the elements of a list field, with that field. */
  private final Map<String, String> elements = new HashMap<>();

  private final Map<String, Set<String>> found = new TreeMap<>();

  private ComparedTexts() {}

  static Map<String, Set<String>> of(CelAbstractSyntaxTree tree) {
    ComparedTexts texts = new ComparedTexts();
    List<CelExpr> all = new ArrayList<>();
    CelNavigableAst.fromAst(tree)
        .getRoot()
        .allNodes()
        .map(CelNavigableExpr::expr)
        .forEach(all::add);
    all.stream().filter(it -> it.getKind() == Kind.COMPREHENSION).forEach(texts::binds);
    all.stream().filter(it -> it.getKind() == Kind.CALL).forEach(texts::compares);
    return Collections.unmodifiableMap(texts.found);
  }

  private void binds(CelExpr expression) {
    labelField(expression.comprehension().iterRange())
        .ifPresent(field -> elements.put(expression.comprehension().iterVar(), field));
  }

  private void compares(CelExpr expression) {
    List<CelExpr> sides = expression.call().args();
    if (COMPARING.contains(expression.call().function()) && sides.size() == 2) {
      compares(sides.get(0), sides.get(1));
      compares(sides.get(1), sides.get(0));
    }
  }

  private void compares(CelExpr one, CelExpr other) {
    field(one)
        .ifPresent(
            field ->
                texts(other)
                    .forEach(
                        text -> found.computeIfAbsent(field, unused -> new TreeSet<>()).add(text)));
  }

  private Optional<String> field(CelExpr expression) {
    return expression.getKind() == Kind.IDENT
        ? Optional.ofNullable(elements.get(expression.ident().name()))
        : labelField(expression);
  }

  private static Optional<String> labelField(CelExpr expression) {
    if (expression.getKind() != Kind.SELECT) {
      return Optional.empty();
    }
    CelExpr operand = expression.select().operand();
    boolean label = operand.getKind() == Kind.IDENT && operand.ident().name().equals("label");
    return label ? Optional.of(expression.select().field()) : Optional.empty();
  }

  private static List<String> texts(CelExpr expression) {
    if (expression.getKind() == Kind.LIST) {
      return expression.list().elements().stream().flatMap(it -> texts(it).stream()).toList();
    }
    boolean text =
        expression.getKind() == Kind.CONSTANT
            && expression.constant().getKind() == CelConstant.Kind.STRING_VALUE;
    return text ? List.of(expression.constant().stringValue()) : List.of();
  }
}
