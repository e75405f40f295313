package org.entente.gateway.cel;

import dev.cel.common.CelAbstractSyntaxTree;
import dev.cel.common.ast.CelConstant;
import dev.cel.common.ast.CelExpr;
import dev.cel.common.ast.CelExpr.ExprKind.Kind;
import dev.cel.common.types.CelKind;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.entente.proto.v1.Addressees;
import org.entente.proto.v1.Label;

/**
 * Computes an upper bound on the steps of evaluating a condition, without evaluating it.
 *
 * <p>Each field, value and operation is a step. An operation that reads a text costs one more step
 * for each {@value Size#CHARACTERS} characters that the text can have. An operation that searches a
 * list ({@code in}, {@code ==}) costs one more for each element. A comprehension costs the steps of
 * its body for each element that its list can have. Both sides of {@code &&} and {@code ||} count,
 * and the more expensive branch of {@code ?:}. Lists and texts of the label have the maximum of
 * {@link LabelSizes}; lists of unknown size have the iteration limit.
 */
final class ConditionCost {
  /** Most steps that a condition may take, by what its lists and texts can be at most. */
  static final int MAX_STEPS = 10_000;

  private static final Set<String> CONNECTIVES =
      Set.of("_&&_", "_||_", "!_", "_?_:_", "@not_strictly_false");

  private static final Set<String> COMPARISONS =
      Set.of("_==_", "_!=_", "_<_", "_<=_", "_>_", "_>=_");

  /** Characters of a number or time as text. */
  private static final int PRINTED = 64;

  private final CelAbstractSyntaxTree tree;
  private final Map<Long, Long> stepsOf = new HashMap<>();

  /**
   * A part of a condition.
   *
   * @param steps most steps of evaluating it once
   * @param size size of its value
   * @param loops the nested comprehensions that cause most of the steps, outermost first
   */
  private record Part(long steps, Size size, List<String> loops) {}

  /**
   * The cost of a condition.
   *
   * @param steps upper bound on the steps
   * @param dearest the part that causes most of them
   * @param loops the nested lists that this part iterates over, with their maximum number of
   *     entries
   */
  record Cost(long steps, CelExpr dearest, List<String> loops) {}

  private ConditionCost(CelAbstractSyntaxTree tree) {
    this.tree = tree;
  }

  static Cost of(CelAbstractSyntaxTree tree) {
    ConditionCost cost = new ConditionCost(tree);
    Part whole = cost.part(tree.getExpr(), Map.of());
    return new Cost(whole.steps(), cost.dearest(tree.getExpr()), whole.loops());
  }

  /** The part reached by following the most expensive side of each connective. */
  private CelExpr dearest(CelExpr expression) {
    CelExpr at = expression;
    while (at.getKind() == Kind.CALL && CONNECTIVES.contains(at.call().function())) {
      CelExpr next = at.call().args().get(0);
      for (CelExpr side : at.call().args()) {
        next = steps(side) > steps(next) ? side : next;
      }
      at = next;
    }
    return at;
  }

  private long steps(CelExpr expression) {
    return stepsOf.getOrDefault(expression.id(), 0L);
  }

  private Part part(CelExpr expression, Map<String, Size> names) {
    Part part =
        switch (expression.getKind()) {
          case IDENT -> new Part(1, named(expression, names), List.of());
          case SELECT -> select(expression, names);
          case CALL -> call(expression, names);
          case LIST -> list(expression, names);
          case MAP -> map(expression, names);
          case STRUCT -> struct(expression, names);
          case COMPREHENSION -> comprehension(expression.comprehension(), names);
          default -> new Part(1, constant(expression), List.of());
        };
    stepsOf.put(expression.id(), part.steps());
    return part;
  }

  private Size byType(CelExpr expression) {
    return tree.getType(expression.id()).map(Size::of).orElse(Size.UNKNOWN);
  }

  private boolean is(CelExpr expression, CelKind kind) {
    return tree.getType(expression.id()).map(it -> it.kind() == kind).orElse(false);
  }

  private Size constant(CelExpr expression) {
    CelConstant constant = expression.constant();
    return switch (constant.getKind()) {
      case STRING_VALUE -> Size.text(constant.stringValue().length());
      case BYTES_VALUE -> Size.text(constant.bytesValue().size());
      default -> Size.SCALAR;
    };
  }

  private Size named(CelExpr expression, Map<String, Size> names) {
    String name = expression.ident().name();
    Size bound = names.get(name);
    if (bound != null) {
      return bound;
    }
    boolean agency = name.equals("origin") || name.equals("recipient");
    return agency ? Size.text(LabelSizes.AGENCY) : byType(expression);
  }

  private Part select(CelExpr expression, Map<String, Size> names) {
    CelExpr operand = expression.select().operand();
    Part of = part(operand, names);
    Size size = byType(expression);
    if (expression.select().testOnly()) {
      size = Size.SCALAR;
    } else if (of.size().shape() == Size.Shape.MAP) {
      size = of.size().indexed();
    } else {
      size = field(expression, names).orElse(size);
    }
    return new Part(Size.plus(of.steps(), 1), size, of.loops());
  }

  /** The size of a label field; not of a message that the condition constructs. */
  private static Optional<Size> field(CelExpr expression, Map<String, Size> names) {
    CelExpr operand = expression.select().operand();
    String field = expression.select().field();
    if (isLabel(operand, names)) {
      return LabelSizes.of(Label.getDescriptor(), field);
    }
    boolean addressees =
        operand.getKind() == Kind.SELECT
            && isLabel(operand.select().operand(), names)
            && operand.select().field().equals("addressees");
    return addressees ? LabelSizes.of(Addressees.getDescriptor(), field) : Optional.empty();
  }

  private static boolean isLabel(CelExpr expression, Map<String, Size> names) {
    return expression.getKind() == Kind.IDENT
        && expression.ident().name().equals("label")
        && !names.containsKey("label");
  }

  private Part list(CelExpr expression, Map<String, Size> names) {
    List<Part> parts = parts(expression.list().elements(), names);
    Size each = parts.stream().map(Part::size).reduce(Size::or).orElse(null);
    return sum(parts, 0, Size.list(parts.size(), each));
  }

  private Part map(CelExpr expression, Map<String, Size> names) {
    List<CelExpr.CelMap.Entry> entries = expression.map().entries();
    List<Part> keys = parts(entries.stream().map(CelExpr.CelMap.Entry::key).toList(), names);
    List<Part> values = parts(entries.stream().map(CelExpr.CelMap.Entry::value).toList(), names);
    Size size =
        Size.map(
            keys.size(),
            keys.stream().map(Part::size).reduce(Size::or).orElse(null),
            values.stream().map(Part::size).reduce(Size::or).orElse(null));
    List<Part> all = new ArrayList<>(keys);
    all.addAll(values);
    return sum(all, 0, size);
  }

  private Part struct(CelExpr expression, Map<String, Size> names) {
    List<CelExpr> values =
        expression.struct().entries().stream().map(CelExpr.CelStruct.Entry::value).toList();
    return sum(parts(values, names), 0, Size.UNKNOWN);
  }

  private List<Part> parts(List<CelExpr> expressions, Map<String, Size> names) {
    List<Part> parts = new ArrayList<>();
    expressions.forEach(it -> parts.add(part(it, names)));
    return parts;
  }

  /** The steps of all parts, one step, and the work on their values. */
  private static Part sum(List<Part> parts, long work, Size size) {
    long steps = Size.plus(1, work);
    Part dearest = new Part(0, Size.SCALAR, List.of());
    for (Part part : parts) {
      steps = Size.plus(steps, part.steps());
      dearest = part.steps() > dearest.steps() ? part : dearest;
    }
    return new Part(steps, size, dearest.loops());
  }

  private Part call(CelExpr expression, Map<String, Size> names) {
    CelExpr.CelCall call = expression.call();
    List<CelExpr> written = new ArrayList<>();
    call.target().ifPresent(written::add);
    written.addAll(call.args());
    List<Part> parts = parts(written, names);
    if (call.function().equals("_?_:_")) {
      Part dearer = parts.get(1).steps() > parts.get(2).steps() ? parts.get(1) : parts.get(2);
      return sum(List.of(parts.get(0), dearer), 0, parts.get(1).size().or(parts.get(2).size()));
    }
    List<Size> sizes = parts.stream().map(Part::size).toList();
    boolean grown = call.function().equals("_+_") && isResult(written.get(0));
    long work = grown ? sizes.get(1).work() : work(call.function(), sizes, written);
    return sum(parts, work, size(expression, written, sizes));
  }

  /** Whether it is a comprehension's accumulator, which is extended in place. */
  private static boolean isResult(CelExpr expression) {
    return expression.getKind() == Kind.IDENT && expression.ident().name().equals("@result");
  }

  private static long work(String function, List<Size> of, List<CelExpr> written) {
    if (CONNECTIVES.contains(function) || of.isEmpty()) {
      return 0;
    }
    if (COMPARISONS.contains(function)) {
      return Math.min(of.get(0).work(), of.get(1).work());
    }
    return switch (function) {
      case "@in" -> within(of.get(0), of.get(1));
      case "size" -> of.get(0).shape() == Size.Shape.LIST ? 0 : of.get(0).work();
      case "_[_]" -> of.get(1).work();
      case "startsWith", "endsWith" -> Math.min(of.get(0).work(), of.get(1).work());
      case "contains", "indexOf", "lastIndexOf" ->
          Size.times(Size.plus(1, of.get(0).work()), Size.plus(1, of.get(1).work()));
      // CEL compiles the pattern each time. RE2 reads the text once, with all states.
      case "matches" -> {
        CelExpr pattern = written.get(written.size() - 1);
        yield Size.plus(
            Patterns.compiling(pattern),
            Size.times(Size.plus(1, of.get(0).work()), Size.plus(1, Patterns.states(pattern))));
      }
      case "dyn", "type" -> 0;
      default -> of.stream().mapToLong(Size::work).reduce(0, Size::plus);
    };
  }

  private static long within(Size needle, Size in) {
    return switch (in.shape()) {
      case LIST ->
          Size.times(in.most(), Size.plus(1, Math.min(needle.work(), in.element().work())));
      case MAP -> Size.plus(1, needle.work());
      default -> in.work();
    };
  }

  private Size size(CelExpr expression, List<CelExpr> written, List<Size> of) {
    return switch (expression.call().function()) {
      case "_[_]" -> of.get(0).indexed();
      case "_+_" -> byType(expression).equals(Size.SCALAR) ? Size.SCALAR : of.get(0).and(of.get(1));
      case "dyn", "trim", "substring", "lowerAscii", "upperAscii" -> of.get(0);
      case "charAt" -> Size.text(1);
      case "string" -> is(written.get(0), CelKind.STRING) ? of.get(0) : printed(of.get(0));
      // At most four bytes a character.
      case "bytes" -> Size.text(Size.times(4, of.get(0).most()));
      case "split" -> Size.list(Size.plus(of.get(0).most(), 1), of.get(0));
      default -> byType(expression);
    };
  }

  private static Size printed(Size of) {
    return of.shape() == Size.Shape.SCALAR ? Size.text(PRINTED) : of;
  }

  private Part comprehension(CelExpr.CelComprehension it, Map<String, Size> names) {
    Part range = part(it.iterRange(), names);
    Part init = part(it.accuInit(), names);
    long entries = range.size().most();
    Map<String, Size> inner = new HashMap<>(names);
    inner.put(it.iterVar(), range.size().element());
    inner.put(it.accuVar(), init.size());
    Part condition = part(it.loopCondition(), inner);
    Part step = part(it.loopStep(), inner);
    Size gathered = gathered(init.size(), step.size(), entries);
    inner.put(it.accuVar(), gathered);
    Part result = part(it.result(), inner);
    long body = Size.times(entries, Size.plus(condition.steps(), step.steps()));
    long around = Size.plus(Size.plus(range.steps(), init.steps()), Size.plus(result.steps(), 1));
    List<String> loops = new ArrayList<>();
    loops.add(words(it.iterRange(), entries));
    loops.addAll(step.loops());
    return new Part(
        Size.plus(body, around),
        result.size(),
        range.steps() > body ? range.loops() : List.copyOf(loops));
  }

  /** The accumulated size if each iteration adds as much as the first. */
  private static Size gathered(Size init, Size once, long rounds) {
    if (init.shape() != Size.Shape.LIST || once.shape() != Size.Shape.LIST) {
      return init.or(once);
    }
    long each = Math.max(0, once.most() - init.most());
    return init.or(once).of(Size.plus(init.most(), Size.times(rounds, each)));
  }

  private static String words(CelExpr range, long entries) {
    boolean field = range.getKind() == Kind.SELECT || range.getKind() == Kind.IDENT;
    return (field ? ExpressionText.of(range) : "a list") + " (" + entries + ")";
  }
}
