package org.entente.gateway.cel;

import dev.cel.common.CelAbstractSyntaxTree;
import dev.cel.common.CelSourceLocation;
import dev.cel.common.ast.CelConstant;
import dev.cel.common.ast.CelExpr;
import java.util.List;
import java.util.stream.Collectors;

/**
 * Canonical text of an expression, so that equal expressions compare equal: {@code x.size()}
 * becomes {@code size(x)}. Equal texts have equal values wherever their names have equal values.
 */
final class ExpressionText {
  private ExpressionText() {}

  static String of(CelExpr expression) {
    return switch (expression.getKind()) {
      case CONSTANT -> constant(expression.constant());
      case IDENT -> expression.ident().name();
      case SELECT -> {
        String path = of(expression.select().operand()) + "." + expression.select().field();
        yield expression.select().testOnly() ? "has(" + path + ")" : path;
      }
      case CALL -> call(expression.call());
      case LIST -> "[" + all(expression.list().elements()) + "]";
      case MAP ->
          expression.map().entries().stream()
              .map(it -> of(it.key()) + ": " + of(it.value()))
              .collect(Collectors.joining(", ", "{", "}"));
      case STRUCT ->
          expression.struct().entries().stream()
              .map(it -> it.fieldKey() + ": " + of(it.value()))
              .collect(Collectors.joining(", ", expression.struct().messageName() + "{", "}"));
      case COMPREHENSION -> comprehension(expression.comprehension());
      case NOT_SET -> "?";
    };
  }

  /** Where a part stands: its line from 1, its column from 0. */
  static CelSourceLocation location(CelAbstractSyntaxTree tree, long part) {
    return tree.getSource()
        .getOffsetLocation(tree.getSource().getPositionsMap().getOrDefault(part, 0))
        .orElse(CelSourceLocation.of(1, 0));
  }

  private static String constant(CelConstant constant) {
    return switch (constant.getKind()) {
      case STRING_VALUE -> quoted(constant.stringValue());
      case INT64_VALUE -> Long.toString(constant.int64Value());
      case BOOLEAN_VALUE -> Boolean.toString(constant.booleanValue());
      default -> constant.toString();
    };
  }

  private static String quoted(String text) {
    return "\"" + text.replace("\\", "\\\\").replace("\"", "\\\"") + "\"";
  }

  private static String call(CelExpr.CelCall call) {
    if (call.function().equals("_[_]")) {
      return of(call.args().get(0)) + "[" + of(call.args().get(1)) + "]";
    }
    boolean member = call.target().isPresent();
    if (member && call.function().equals("size")) {
      return "size(" + of(call.target().get()) + ")";
    }
    String arguments = call.function() + "(" + all(call.args()) + ")";
    return member ? of(call.target().get()) + "." + arguments : arguments;
  }

  private static String comprehension(CelExpr.CelComprehension it) {
    List<CelExpr> parts =
        List.of(it.iterRange(), it.accuInit(), it.loopCondition(), it.loopStep(), it.result());
    return "for("
        + it.iterVar()
        + ", "
        + it.iterVar2()
        + ", "
        + it.accuVar()
        + ", "
        + all(parts)
        + ")";
  }

  private static String all(List<CelExpr> expressions) {
    return expressions.stream().map(ExpressionText::of).collect(Collectors.joining(", "));
  }
}
