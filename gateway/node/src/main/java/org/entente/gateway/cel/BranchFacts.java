package org.entente.gateway.cel;

import dev.cel.common.CelAbstractSyntaxTree;
import dev.cel.common.ast.CelConstant;
import dev.cel.common.ast.CelExpr;
import dev.cel.common.ast.CelExpr.ExprKind.Kind;
import dev.cel.common.types.CelKind;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The facts that are certain where a condition, or a part of one, is true, and where it is false.
 *
 * @param whenTrue where it is true
 * @param whenFalse where it is false
 */
record BranchFacts(FlowFacts whenTrue, FlowFacts whenFalse) {
  private static final BranchFacts NOTHING = new BranchFacts(FlowFacts.NOTHING, FlowFacts.NOTHING);

  /** Each comparison operator with its operands exchanged. */
  static final Map<String, String> TURNED =
      Map.of(
          "_>_", "_<_", "_<_", "_>_", "_>=_", "_<=_", "_<=_", "_>=_", "_==_", "_==_", "_!=_",
          "_!=_");

  static BranchFacts of(CelAbstractSyntaxTree tree, CelExpr expression) {
    return switch (expression.getKind()) {
      case CONSTANT -> constant(expression.constant());
      case SELECT ->
          expression.select().testOnly()
              ? whenTrue(FlowFacts.present(place(tree, expression.select())))
              : NOTHING;
      case CALL -> call(tree, expression.call());
      case COMPREHENSION -> comprehension(expression.comprehension());
      default -> NOTHING;
    };
  }

  /** The notation of a tested field or key; a key is written like an index. */
  static String place(CelAbstractSyntaxTree tree, CelExpr.CelSelect select) {
    String operand = ExpressionText.of(select.operand());
    return is(tree, select.operand(), CelKind.MAP)
        ? operand + "[\"" + select.field() + "\"]"
        : operand + "." + select.field();
  }

  static boolean is(CelAbstractSyntaxTree tree, CelExpr expression, CelKind kind) {
    return tree.getType(expression.id()).map(it -> it.kind() == kind).orElse(false);
  }

  private static BranchFacts whenTrue(FlowFacts known) {
    return new BranchFacts(known, FlowFacts.NOTHING);
  }

  private BranchFacts turned() {
    return new BranchFacts(/* whenTrue= */ whenFalse, /* whenFalse= */ whenTrue);
  }

  private static BranchFacts constant(CelConstant constant) {
    if (constant.getKind() != CelConstant.Kind.BOOLEAN_VALUE) {
      return NOTHING;
    }
    BranchFacts always = new BranchFacts(FlowFacts.NOTHING, FlowFacts.NEVER);
    return constant.booleanValue() ? always : always.turned();
  }

  private static BranchFacts call(CelAbstractSyntaxTree tree, CelExpr.CelCall call) {
    List<CelExpr> args = call.args();
    return switch (call.function()) {
      case "!_" -> of(tree, args.get(0)).turned();
      case "_&&_" -> {
        BranchFacts one = of(tree, args.get(0));
        BranchFacts other = of(tree, args.get(1));
        yield new BranchFacts(one.whenTrue.and(other.whenTrue), one.whenFalse.or(other.whenFalse));
      }
      case "_||_" -> {
        BranchFacts one = of(tree, args.get(0));
        BranchFacts other = of(tree, args.get(1));
        yield new BranchFacts(one.whenTrue.or(other.whenTrue), one.whenFalse.and(other.whenFalse));
      }
      case "_?_:_" -> branches(of(tree, args.get(0)), of(tree, args.get(1)), of(tree, args.get(2)));
      case "@in" -> within(tree, args.get(0), args.get(1));
      case "_>_", "_<_", "_>=_", "_<=_", "_==_", "_!=_" -> compared(call.function(), args);
      default -> NOTHING;
    };
  }

  private static BranchFacts branches(BranchFacts asked, BranchFacts yes, BranchFacts no) {
    return new BranchFacts(
        asked.whenTrue.and(yes.whenTrue).or(asked.whenFalse.and(no.whenTrue)),
        asked.whenTrue.and(yes.whenFalse).or(asked.whenFalse.and(no.whenFalse)));
  }

  private static BranchFacts within(CelAbstractSyntaxTree tree, CelExpr what, CelExpr in) {
    String text = ExpressionText.of(in);
    if (is(tree, in, CelKind.MAP)) {
      return whenTrue(FlowFacts.present(text + "[" + ExpressionText.of(what) + "]"));
    }
    return is(tree, in, CelKind.LIST) ? whenTrue(FlowFacts.size(text, 1)) : NOTHING;
  }

  private static BranchFacts compared(String function, List<CelExpr> sides) {
    BranchFacts one = compared(function, sides.get(0), sides.get(1));
    return one.equals(NOTHING)
        ? compared(String.valueOf(TURNED.get(function)), sides.get(1), sides.get(0))
        : one;
  }

  private static BranchFacts compared(String function, CelExpr side, CelExpr with) {
    Optional<String> sized = sized(side);
    if (sized.isPresent() && isWhole(with)) {
      return sizes(function, sized.get(), with.constant().int64Value());
    }
    if (with.getKind() != Kind.LIST) {
      return NOTHING;
    }
    BranchFacts equal = sizes("_==_", ExpressionText.of(side), with.list().elements().size());
    return switch (function) {
      case "_==_" -> equal;
      case "_!=_" -> equal.turned();
      default -> NOTHING;
    };
  }

  private static boolean isWhole(CelExpr expression) {
    return expression.getKind() == Kind.CONSTANT
        && expression.constant().getKind() == CelConstant.Kind.INT64_VALUE;
  }

  /** The list or text whose size an expression computes. */
  private static Optional<String> sized(CelExpr expression) {
    if (expression.getKind() != Kind.CALL || !expression.call().function().equals("size")) {
      return Optional.empty();
    }
    return Optional.of(
        ExpressionText.of(
            expression.call().target().orElseGet(() -> expression.call().args().get(0))));
  }

  private static BranchFacts sizes(String function, String list, long than) {
    long atLeast = Math.max(0, Math.min(than, Size.ENDLESS));
    FlowFacts more = FlowFacts.size(list, atLeast + 1);
    FlowFacts asMany = FlowFacts.size(list, atLeast);
    // No list has fewer than 0 entries, so a size other than 0 is at least 1.
    FlowFacts unequal = than == 0 ? more : FlowFacts.NOTHING;
    if (than < 0) {
      return NOTHING;
    }
    return switch (function) {
      case "_>_" -> new BranchFacts(more, FlowFacts.NOTHING);
      case "_>=_" -> new BranchFacts(asMany, FlowFacts.NOTHING);
      case "_<_" -> new BranchFacts(FlowFacts.NOTHING, asMany);
      case "_<=_" -> new BranchFacts(FlowFacts.NOTHING, more);
      case "_==_" -> new BranchFacts(asMany, unequal);
      case "_!=_" -> new BranchFacts(unequal, asMany);
      default -> NOTHING;
    };
  }

  /**
   * The result of a comprehension over no element is known; if the actual result differs, there was
   * an element.
   */
  private static BranchFacts comprehension(CelExpr.CelComprehension it) {
    Optional<Boolean> ofNone = ofNone(it);
    FlowFacts some = FlowFacts.size(ExpressionText.of(it.iterRange()), 1);
    return ofNone
        .map(
            value ->
                value
                    ? new BranchFacts(FlowFacts.NOTHING, some)
                    : new BranchFacts(some, FlowFacts.NOTHING))
        .orElse(NOTHING);
  }

  private static Optional<Boolean> ofNone(CelExpr.CelComprehension it) {
    if (it.accuInit().getKind() != Kind.CONSTANT) {
      return Optional.empty();
    }
    CelConstant init = it.accuInit().constant();
    if (init.getKind() == CelConstant.Kind.BOOLEAN_VALUE && isResult(it, it.result())) {
      return Optional.of(init.booleanValue());
    }
    CelExpr result = it.result();
    boolean counts =
        isWhole(it.accuInit())
            && result.getKind() == Kind.CALL
            && result.call().function().equals("_==_")
            && isResult(it, result.call().args().get(0))
            && isWhole(result.call().args().get(1));
    return counts
        ? Optional.of(init.int64Value() == result.call().args().get(1).constant().int64Value())
        : Optional.empty();
  }

  private static boolean isResult(CelExpr.CelComprehension it, CelExpr expression) {
    return expression.getKind() == Kind.IDENT && expression.ident().name().equals(it.accuVar());
  }
}
