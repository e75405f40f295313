package org.entente.gateway.cel;

import com.google.protobuf.Descriptors.Descriptor;
import com.google.protobuf.Descriptors.FieldDescriptor;
import dev.cel.common.CelAbstractSyntaxTree;
import dev.cel.common.ast.CelConstant;
import dev.cel.common.ast.CelExpr;
import dev.cel.common.ast.CelExpr.ExprKind.Kind;
import dev.cel.common.types.CelKind;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import org.entente.proto.v1.Label;

/**
 * Finds accesses of a condition that may fail because their presence is not tested first: an
 * element of a list, a value of a map, an optional field.
 *
 * <p>A test is {@code size()}, {@code in}, a comparison with a list, {@code exists}, {@code all},
 * or {@code has()}, combined with the access by {@code &&}, {@code ||} or {@code ?:}. CEL evaluates
 * both sides of a connective and keeps the one that decides, so the test may also follow the access
 * if it accesses nothing itself. A condition without findings never fails for an absent value,
 * whatever the label.
 */
final class IndexGuards {
  /** A place that no result makes certain. */
  private static final String NOWHERE = "";

  private final CelAbstractSyntaxTree tree;

  /**
   * An access.
   *
   * @param at its place, by the expression's id
   * @param key the list, or the path of the value or field, as in {@link FlowFacts}
   * @param least entries that the list must have; 0 if the path must be present
   * @param what the error unless it is certain
   * @param valid a form in which it would be certain
   */
  record UnguardedAccess(long at, String key, long least, String what, String valid) {
    boolean certain(FlowFacts known) {
      return !key.equals(NOWHERE) && (least > 0 ? known.hasSize(key, least) : known.has(key));
    }

    /** Facts about an outer name do not apply to the same name bound here. */
    UnguardedAccess leaving(String name) {
      boolean named = Pattern.compile("\\b" + Pattern.quote(name) + "\\b").matcher(key).find();
      return named ? new UnguardedAccess(at, NOWHERE, 0, what, valid) : this;
    }
  }

  private IndexGuards(CelAbstractSyntaxTree tree) {
    this.tree = tree;
  }

  /** The untested accesses; none if the condition is valid. */
  static List<UnguardedAccess> unguarded(CelAbstractSyntaxTree tree) {
    return new IndexGuards(tree).taken(tree.getExpr());
  }

  /** The accesses of an expression, except those that it tests itself. */
  private List<UnguardedAccess> taken(CelExpr expression) {
    return switch (expression.getKind()) {
      case SELECT -> select(expression);
      case CALL -> call(expression);
      case LIST -> all(expression.list().elements());
      case MAP ->
          all(
              expression.map().entries().stream()
                  .flatMap(it -> List.of(it.key(), it.value()).stream())
                  .toList());
      case STRUCT ->
          all(expression.struct().entries().stream().map(CelExpr.CelStruct.Entry::value).toList());
      case COMPREHENSION -> comprehension(expression.comprehension());
      default -> List.of();
    };
  }

  private List<UnguardedAccess> all(List<CelExpr> expressions) {
    return expressions.stream().flatMap(it -> taken(it).stream()).toList();
  }

  private static List<UnguardedAccess> less(List<UnguardedAccess> taken, FlowFacts known) {
    return taken.stream().filter(it -> !it.certain(known)).toList();
  }

  private BranchFacts outcome(CelExpr expression) {
    return BranchFacts.of(tree, expression);
  }

  private List<UnguardedAccess> call(CelExpr expression) {
    CelExpr.CelCall call = expression.call();
    return switch (call.function()) {
      case "_&&_", "_||_" -> connected(expression);
      case "_?_:_" -> {
        BranchFacts asked = outcome(call.args().get(0));
        List<UnguardedAccess> taken = new ArrayList<>(taken(call.args().get(0)));
        taken.addAll(less(taken(call.args().get(1)), asked.whenTrue()));
        taken.addAll(less(taken(call.args().get(2)), asked.whenFalse()));
        yield taken;
      }
      case "_[_]" -> {
        List<UnguardedAccess> taken = new ArrayList<>(all(call.args()));
        taken.addAll(indexed(expression, call.args().get(0), call.args().get(1)));
        yield taken;
      }
      default -> {
        List<UnguardedAccess> taken = new ArrayList<>();
        call.target().ifPresent(it -> taken.addAll(taken(it)));
        taken.addAll(all(call.args()));
        yield taken;
      }
    };
  }

  /** The operands of a connective: each is evaluated where those before it did not decide. */
  private List<UnguardedAccess> connected(CelExpr expression) {
    boolean and = expression.call().function().equals("_&&_");
    List<CelExpr> sides = new ArrayList<>();
    flatten(expression, expression.call().function(), sides);
    List<List<UnguardedAccess>> taken = sides.stream().map(this::taken).toList();
    List<FlowFacts> known =
        sides.stream().map(this::outcome).map(it -> and ? it.whenTrue() : it.whenFalse()).toList();
    FlowFacts certain = FlowFacts.NOTHING;
    for (int i = 0; i < sides.size(); i++) {
      certain = taken.get(i).isEmpty() ? certain.and(known.get(i)) : certain;
    }
    List<UnguardedAccess> left = new ArrayList<>();
    for (int i = 0; i < sides.size(); i++) {
      left.addAll(less(taken.get(i), certain));
      certain = certain.and(known.get(i));
    }
    return left;
  }

  private static void flatten(CelExpr expression, String function, List<CelExpr> sides) {
    boolean same =
        expression.getKind() == Kind.CALL && expression.call().function().equals(function);
    if (same) {
      expression.call().args().forEach(it -> flatten(it, function, sides));
    } else {
      sides.add(expression);
    }
  }

  private List<UnguardedAccess> comprehension(CelExpr.CelComprehension it) {
    List<UnguardedAccess> taken = new ArrayList<>(taken(it.iterRange()));
    taken.addAll(taken(it.accuInit()));
    String range = ExpressionText.of(it.iterRange());
    FlowFacts some = FlowFacts.size(range, 1);
    all(List.of(it.loopCondition(), it.loopStep(), it.result())).stream()
        .map(inner -> inner.leaving(it.iterVar()))
        .filter(inner -> !inner.certain(some))
        .forEach(taken::add);
    return taken;
  }

  private List<UnguardedAccess> select(CelExpr expression) {
    CelExpr.CelSelect select = expression.select();
    List<UnguardedAccess> taken = new ArrayList<>(taken(select.operand()));
    if (select.testOnly()) {
      return taken;
    }
    String text = ExpressionText.of(expression);
    if (BranchFacts.is(tree, select.operand(), CelKind.MAP)) {
      if (!hasKey(select.operand(), "\"" + select.field() + "\"")) {
        String has = "has(" + text + ")";
        taken.add(absent(expression, BranchFacts.place(tree, select), text, has));
      }
    } else if (BranchFacts.is(tree, select.operand(), CelKind.DYN)) {
      taken.add(hidden(expression, text));
    } else if (isOptional(select)) {
      taken.add(absent(expression, text, text, "has(" + text + ")"));
    }
    return taken;
  }

  private static UnguardedAccess absent(CelExpr expression, String key, String text, String asks) {
    return new UnguardedAccess(
        expression.id(),
        key,
        0,
        text + " may be absent, and nothing tests whether it is present",
        asks + " && …, or !" + (asks.contains(" ") ? "(" + asks + ")" : asks) + " || …");
  }

  private static UnguardedAccess hidden(CelExpr expression, String text) {
    return new UnguardedAccess(
        expression.id(),
        NOWHERE,
        0,
        text + " may be absent: the fields of a dyn value are not known",
        "the field itself, without dyn");
  }

  /** Whether a field can be unset: CEL would then continue with a default that no client set. */
  private boolean isOptional(CelExpr.CelSelect select) {
    String type = tree.getType(select.operand().id()).map(it -> it.name()).orElse("");
    return Label.getDescriptor().getFile().getMessageTypes().stream()
        .filter(message -> message.getFullName().equals(type))
        .map((Descriptor message) -> message.findFieldByName(select.field()))
        .anyMatch((FieldDescriptor field) -> field != null && field.hasPresence());
  }

  private List<UnguardedAccess> indexed(CelExpr expression, CelExpr of, CelExpr index) {
    String text = ExpressionText.of(expression);
    if (BranchFacts.is(tree, of, CelKind.MAP)) {
      String key = ExpressionText.of(index);
      String asks = key + " in " + ExpressionText.of(of);
      return hasKey(of, key) ? List.of() : List.of(absent(expression, text, text, asks));
    }
    if (!BranchFacts.is(tree, of, CelKind.LIST)) {
      return List.of(hidden(expression, text));
    }
    String list = ExpressionText.of(of);
    boolean written =
        index.getKind() == Kind.CONSTANT
            && index.constant().getKind() == CelConstant.Kind.INT64_VALUE;
    if (!written || index.constant().int64Value() < 0) {
      return List.of(
          new UnguardedAccess(
              expression.id(),
              NOWHERE,
              0,
              text
                  + " may lie beyond the list: the condition can only test for a constant index "
                  + "from 0",
              "a number, such as " + list + "[0] where size(" + list + ") > 0, or exists, all"));
    }
    long at = index.constant().int64Value();
    if (of.getKind() == Kind.LIST && at < of.list().elements().size()) {
      return List.of();
    }
    return List.of(
        new UnguardedAccess(
            expression.id(),
            list,
            Math.min(at, Size.ENDLESS) + 1,
            text + " may be absent, and nothing tests how long the list is",
            "size(" + list + ") > " + at + " && …, or " + list + ".exists(it, …)"));
  }

  private static boolean hasKey(CelExpr map, String key) {
    return map.getKind() == Kind.MAP
        && map.map().entries().stream().anyMatch(it -> ExpressionText.of(it.key()).equals(key));
  }
}
