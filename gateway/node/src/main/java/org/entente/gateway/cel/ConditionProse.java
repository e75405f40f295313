package org.entente.gateway.cel;

import com.google.protobuf.Descriptors.EnumDescriptor;
import com.google.protobuf.Descriptors.EnumValueDescriptor;
import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.Descriptors.FieldDescriptor.JavaType;
import dev.cel.common.CelAbstractSyntaxTree;
import dev.cel.common.CelSourceLocation;
import dev.cel.common.ast.CelConstant;
import dev.cel.common.ast.CelExpr;
import dev.cel.common.ast.CelExpr.ExprKind.Kind;
import dev.cel.common.ast.CelReference;
import dev.cel.common.types.CelKind;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.entente.gateway.model.EnumNames;
import org.entente.proto.v1.Label;
import org.jspecify.annotations.Nullable;

/**
 * A condition in plain English, for a person who signs what it says. It says all of the condition:
 * a part for which there are no words is named, and then there is no text. No part can read like
 * another: not by its brackets, by a name that hides a variable, or by a text that ends its quotes.
 * Used by one thread.
 */
final class ConditionProse {
  private static final Map<String, String> FIELDS =
      Map.of(
          "handling", "handling codes",
          "markings", "sharing markings",
          "in_reply_to", "message that it answers",
          "case_ref", "case reference",
          "source_ref", "reference in the originator's own system",
          "references", "message that it changes",
          "personal_data", "mark of personal data");

  private static final Map<String, String> COMPARED =
      Map.of(
          "_==_",
          " is ",
          "_!=_",
          " is not ",
          "_<_",
          " is below ",
          "_<=_",
          " is at most ",
          "_>_",
          " is above ",
          "_>=_",
          " is at least ");

  private static final Map<String, String> TIMES =
      Map.of(
          "_==_",
          " is ",
          "_!=_",
          " is not ",
          "_<_",
          " is before ",
          "_<=_",
          " is not after ",
          "_>_",
          " is after ",
          "_>=_",
          " is not before ");

  private static final Map<String, String> TEXTS =
      Map.of(
          "startsWith", " begins with ",
          "endsWith", " ends with ",
          "contains", " contains ",
          "matches", " has a part that matches the pattern (RE2) ");

  private static final Map<String, String> CHANGED =
      Map.of(
          "lowerAscii", " in small letters",
          "upperAscii", " in capital letters",
          "trim", " without spaces around it");

  /** What a name for the entries of a list may not be: the words would be those of another. */
  private static final Set<String> VARIABLES = Set.of("label", "origin", "recipient", "now");

  /** What ends, or seems to end, a text in quotes; and what does not show. */
  private static final Pattern UNQUOTABLE =
      Pattern.compile(
          "[\"\\p{Pi}\\p{Pf}\\u02ba\\u02dd\\u201e\\u2033\\u301d-\\u301f\\uff02]|''|[\\p{C}\\p{Z}&&[^"
              + " ]]|[\\u034f\\u115f\\u1160\\u2800\\u3164\\ufe00-\\ufe0f\\uffa0]");

  private final CelAbstractSyntaxTree tree;

  /** The label field over which each bound name ranges, if it is one. */
  private final Map<String, FieldDescriptor> ranges = new HashMap<>();

  /** Ends the rendering at a part that has no words. */
  private static final class NoWordsFailure extends RuntimeException {
    private static final long serialVersionUID = 1L;
    private final long part;
    private final String what;

    NoWordsFailure(CelExpr part, String what) {
      super(what, null, false, false);
      this.part = part.id();
      this.what = what;
    }
  }

  private ConditionProse(CelAbstractSyntaxTree tree) {
    this.tree = tree;
  }

  /** When the condition is true, as part of a sentence; or what has no words. */
  static Compilation<String> of(CelAbstractSyntaxTree tree) {
    try {
      return new Compilation.Compiled<>(new ConditionProse(tree).holds(tree.getExpr()));
    } catch (NoWordsFailure e) {
      CelSourceLocation at = ExpressionText.location(tree, e.part);
      return new Compilation.Rejected<>(
          List.of(
              new ExpressionProblem(
                  at.getLine(),
                  at.getColumn() + 1,
                  e.what + " cannot be put into words",
                  "comparisons, lists, &&, ||, !, ?:, exists, all, exists_one, has, size")));
    }
  }

  // What is true -------------------------------------------------------------------------------

  private String holds(CelExpr expression) {
    return switch (expression.getKind()) {
      case CONSTANT -> always(expression);
      case SELECT -> fact(expression);
      case CALL -> called(expression, expression.call());
      case COMPREHENSION -> ranged(expression, expression.comprehension());
      default -> throw new NoWordsFailure(expression, "this part");
    };
  }

  private static String always(CelExpr expression) {
    if (expression.constant().getKind() != CelConstant.Kind.BOOLEAN_VALUE) {
      throw new NoWordsFailure(expression, "a value that is neither true nor false");
    }
    return expression.constant().booleanValue() ? "always" : "never";
  }

  private String fact(CelExpr expression) {
    if (expression.select().testOnly()) {
      return selected(expression) + " is present";
    }
    return isPersonalData(expression)
        ? "the message contains personal data"
        : value(expression, null) + " is set";
  }

  private static boolean isPersonalData(CelExpr expression) {
    return expression.getKind() == Kind.SELECT
        && isLabel(expression.select().operand())
        && expression.select().field().equals("personal_data");
  }

  private String called(CelExpr expression, CelExpr.CelCall call) {
    List<CelExpr> args = call.args();
    return switch (call.function()) {
      case "_&&_" -> joined(expression, "_&&_", " and ");
      case "_||_" -> joined(expression, "_||_", " or ");
      case "!_" -> denied(args.get(0));
      case "_?_:_" ->
          "(if "
              + holds(args.get(0))
              + ", then "
              + holds(args.get(1))
              + "; otherwise "
              + holds(args.get(2))
              + ")";
      case "@in" -> member(args.get(0), args.get(1));
      case "_==_", "_!=_", "_<_", "_<=_", "_>_", "_>=_" ->
          compared(call.function(), args.get(0), args.get(1));
      case "startsWith", "endsWith", "contains", "matches" -> ofText(expression, call);
      default -> throw new NoWordsFailure(expression, "the function " + call.function());
    };
  }

  /** All sides of one connective; a side with another connective stands in brackets. */
  private String joined(CelExpr expression, String connective, String word) {
    List<CelExpr> sides = new ArrayList<>();
    collect(expression, connective, sides);
    return sides.stream().map(this::side).collect(Collectors.joining(word));
  }

  private static void collect(CelExpr expression, String connective, List<CelExpr> sides) {
    if (isCall(expression, connective)) {
      expression.call().args().forEach(side -> collect(side, connective, sides));
    } else {
      sides.add(expression);
    }
  }

  private String side(CelExpr expression) {
    boolean several = isCall(expression, "_&&_") || isCall(expression, "_||_");
    boolean ranges = expression.getKind() == Kind.COMPREHENSION;
    return several || ranges ? "(" + holds(expression) + ")" : holds(expression);
  }

  private static boolean isCall(CelExpr expression, String function) {
    return expression.getKind() == Kind.CALL && expression.call().function().equals(function);
  }

  private String denied(CelExpr expression) {
    return isPersonalData(expression)
        ? "the message contains no personal data"
        : "it is not so that (" + holds(expression) + ")";
  }

  private String member(CelExpr one, CelExpr of) {
    FieldDescriptor field = field(one);
    if (of.getKind() == Kind.LIST) {
      return value(one, field) + " is one of " + list(of, field);
    }
    FieldDescriptor listed = field(of);
    if (listed == null || !listed.isRepeated()) {
      throw new NoWordsFailure(of, "a list of this kind");
    }
    return value(of, null) + " include " + value(one, listed);
  }

  private String compared(String function, CelExpr one, CelExpr other) {
    if (one.getKind() == Kind.CONSTANT && other.getKind() != Kind.CONSTANT) {
      return compared(String.valueOf(BranchFacts.TURNED.get(function)), other, one);
    }
    boolean equality = function.equals("_==_") || function.equals("_!=_");
    if (equality && isBoolean(other)) {
      boolean affirmed = other.constant().booleanValue() == function.equals("_==_");
      return affirmed ? side(one) : denied(one);
    }
    FieldDescriptor field = Optional.ofNullable(field(one)).orElseGet(() -> field(other));
    if (equality && isUnstated(other, field)) {
      return value(one, field) + (function.equals("_==_") ? " is not stated" : " is stated");
    }
    Map<String, String> verbs = BranchFacts.is(tree, one, CelKind.TIMESTAMP) ? TIMES : COMPARED;
    return value(one, field) + verbs.get(function) + value(other, field);
  }

  private static boolean isBoolean(CelExpr expression) {
    return expression.getKind() == Kind.CONSTANT
        && expression.constant().getKind() == CelConstant.Kind.BOOLEAN_VALUE;
  }

  /** The empty text, or the value of an enum that says nothing. */
  private boolean isUnstated(CelExpr expression, @Nullable FieldDescriptor field) {
    if (enumValue(expression, field).filter(value -> value.getNumber() == 0).isPresent()) {
      return true;
    }
    return expression.getKind() == Kind.CONSTANT
        && expression.constant().getKind() == CelConstant.Kind.STRING_VALUE
        && expression.constant().stringValue().isEmpty();
  }

  private String ofText(CelExpr expression, CelExpr.CelCall call) {
    List<CelExpr> all = new ArrayList<>(call.target().stream().toList());
    all.addAll(call.args());
    if (all.size() != 2) {
      throw new NoWordsFailure(expression, "the function " + call.function());
    }
    return value(all.get(0), null) + TEXTS.get(call.function()) + value(all.get(1), null);
  }

  /** What holds of some or all entries of a list. */
  private String ranged(CelExpr expression, CelExpr.CelComprehension it) {
    if (VARIABLES.contains(it.iterVar())) {
      throw new NoWordsFailure(
          expression, "an entry with the name of the variable " + it.iterVar());
    }
    String list = value(it.iterRange(), field(it.iterRange()));
    FieldDescriptor field = field(it.iterRange());
    FieldDescriptor hidden =
        field == null ? ranges.remove(it.iterVar()) : ranges.put(it.iterVar(), field);
    String name = "\"" + it.iterVar() + "\"";
    CelExpr step = it.loopStep();
    try {
      if (isAccumulated(it, "_||_", false)) {
        return list + " have an entry " + name + " for which " + holds(step.call().args().get(1));
      }
      if (isAccumulated(it, "_&&_", true)) {
        return "for each entry " + name + " of " + list + ", " + holds(step.call().args().get(1));
      }
      if (isCall(step, "_?_:_") && isCall(it.result(), "_==_")) {
        return list
            + " have exactly one entry "
            + name
            + " for which "
            + holds(step.call().args().get(0));
      }
    } finally {
      restore(it.iterVar(), hidden);
    }
    throw new NoWordsFailure(expression, "a list made from another");
  }

  private void restore(String name, @Nullable FieldDescriptor hidden) {
    if (hidden == null) {
      ranges.remove(name);
    } else {
      ranges.put(name, hidden);
    }
  }

  private static boolean isAccumulated(
      CelExpr.CelComprehension it, String function, boolean start) {
    return isBoolean(it.accuInit())
        && it.accuInit().constant().booleanValue() == start
        && isCall(it.loopStep(), function);
  }

  // What is compared ---------------------------------------------------------------------------

  /**
   * A value in words.
   *
   * @param field the field with which it is compared; null for none
   */
  private String value(CelExpr expression, @Nullable FieldDescriptor field) {
    Optional<EnumValueDescriptor> word = enumValue(expression, field);
    if (word.isPresent()) {
      return EnumNames.word(word.get());
    }
    return switch (expression.getKind()) {
      case CONSTANT -> constant(expression);
      case IDENT -> named(expression.ident().name());
      case SELECT -> selected(expression);
      case LIST -> "the list " + list(expression, field);
      case CALL -> computed(expression, expression.call());
      case COMPREHENSION -> throw new NoWordsFailure(expression, "a list made from another");
      default -> throw new NoWordsFailure(expression, "this value");
    };
  }

  private static String constant(CelExpr expression) {
    CelConstant constant = expression.constant();
    return switch (constant.getKind()) {
      case STRING_VALUE -> "\"" + quotable(expression, constant.stringValue()) + "\"";
      case INT64_VALUE -> Long.toString(constant.int64Value());
      case UINT64_VALUE -> constant.uint64Value().toString();
      case DOUBLE_VALUE -> Double.toString(constant.doubleValue());
      default -> throw new NoWordsFailure(expression, "a constant of this type");
    };
  }

  private static String quotable(CelExpr expression, String text) {
    if (UNQUOTABLE.matcher(text).find()) {
      throw new NoWordsFailure(expression, "a text with quotes or characters that do not show");
    }
    return text;
  }

  private static String named(String name) {
    return switch (name) {
      case "origin" -> "the sender";
      case "recipient" -> "the recipient";
      case "now" -> "the time of the decision";
      default -> "\"" + name + "\"";
    };
  }

  private static String selected(CelExpr expression) {
    CelExpr operand = expression.select().operand();
    if (!isLabel(operand)) {
      throw new NoWordsFailure(expression, "a field within " + ExpressionText.of(operand));
    }
    return "the " + words(expression.select().field());
  }

  private static boolean isLabel(CelExpr expression) {
    return expression.getKind() == Kind.IDENT && expression.ident().name().equals("label");
  }

  private static String words(String field) {
    return FIELDS.getOrDefault(field, field.replace('_', ' '));
  }

  private String list(CelExpr expression, @Nullable FieldDescriptor field) {
    return expression.list().elements().stream()
        .map(element -> value(element, field))
        .collect(Collectors.joining(", "));
  }

  private String computed(CelExpr expression, CelExpr.CelCall call) {
    CelExpr first = call.target().orElseGet(() -> call.args().get(0));
    String function = call.function();
    if (function.equals("size")) {
      boolean text = BranchFacts.is(tree, first, CelKind.STRING);
      return (text ? "the number of characters of " : "the number of entries of ")
          + value(first, null);
    }
    if (function.equals("_[_]") && isNumber(call.args().get(1))) {
      return "entry "
          + (call.args().get(1).constant().int64Value() + 1)
          + " of "
          + value(first, null);
    }
    if (function.equals("timestamp") && first.getKind() == Kind.CONSTANT) {
      return time(first);
    }
    if (CHANGED.containsKey(function) && call.args().isEmpty()) {
      return value(first, null) + CHANGED.get(function);
    }
    throw new NoWordsFailure(expression, "the function " + function);
  }

  private static String time(CelExpr expression) {
    try {
      return Instant.parse(expression.constant().stringValue()).toString();
    } catch (DateTimeException e) {
      throw new NoWordsFailure(expression, "a time that is not in UTC");
    }
  }

  private static boolean isNumber(CelExpr expression) {
    return expression.getKind() == Kind.CONSTANT
        && expression.constant().getKind() == CelConstant.Kind.INT64_VALUE;
  }

  /**
   * The value of an enum that an expression names, or a number that stands for one. Only the number
   * counts: a value of another enum, or a number without a value, has no words.
   */
  private Optional<EnumValueDescriptor> enumValue(
      CelExpr expression, @Nullable FieldDescriptor field) {
    Optional<EnumValueDescriptor> named = enumNamed(expression);
    if (field == null || field.getJavaType() != JavaType.ENUM) {
      return named;
    }
    EnumDescriptor type = field.getEnumType();
    if (named.isPresent() && !named.get().getType().equals(type)) {
      throw new NoWordsFailure(
          expression, "a value of another kind than " + words(field.getName()));
    }
    return named.isPresent() || !isNumber(expression)
        ? named
        : Optional.of(numbered(expression, type));
  }

  private static EnumValueDescriptor numbered(CelExpr expression, EnumDescriptor type) {
    long number = expression.constant().int64Value();
    return type.getValues().stream()
        .filter(value -> value.getNumber() == number)
        .findFirst()
        .orElseThrow(() -> new NoWordsFailure(expression, "a number without a meaning"));
  }

  private Optional<EnumValueDescriptor> enumNamed(CelExpr expression) {
    Optional<CelReference> named = tree.getReference(expression.id());
    if (named.isPresent() && named.get().value().isPresent()) {
      String name = named.get().name();
      return Optional.ofNullable(enumNamed(name.substring(0, Math.max(0, name.lastIndexOf('.')))))
          .map(type -> type.findValueByName(name.substring(name.lastIndexOf('.') + 1)));
    }
    return Optional.empty();
  }

  private static @Nullable EnumDescriptor enumNamed(String name) {
    return Label.getDescriptor().getFile().getEnumTypes().stream()
        .filter(type -> type.getFullName().equals(name))
        .findFirst()
        .orElse(null);
  }

  /** The label field that an expression reads, also as an entry of it; null for none. */
  private @Nullable FieldDescriptor field(CelExpr expression) {
    if (expression.getKind() == Kind.IDENT) {
      return ranges.get(expression.ident().name());
    }
    if (isCall(expression, "_[_]")) {
      return field(expression.call().args().get(0));
    }
    boolean ofLabel = expression.getKind() == Kind.SELECT && isLabel(expression.select().operand());
    return ofLabel ? Label.getDescriptor().findFieldByName(expression.select().field()) : null;
  }
}
