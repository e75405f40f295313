package org.entente.gateway.cel;

import com.google.protobuf.Descriptors.EnumDescriptor;
import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.Descriptors.FileDescriptor;
import dev.cel.common.CelAbstractSyntaxTree;
import dev.cel.common.CelContainer;
import dev.cel.common.CelIssue;
import dev.cel.common.CelOptions;
import dev.cel.common.CelValidationException;
import dev.cel.common.CelValidationResult;
import dev.cel.common.types.CelKind;
import dev.cel.common.types.CelType;
import dev.cel.common.types.MapType;
import dev.cel.common.types.OptionalType;
import dev.cel.common.types.SimpleType;
import dev.cel.common.types.StructTypeReference;
import dev.cel.compiler.CelCompiler;
import dev.cel.compiler.CelCompilerFactory;
import dev.cel.extensions.CelExtensions;
import dev.cel.extensions.CelStringExtensions;
import dev.cel.parser.CelStandardMacro;
import dev.cel.runtime.CelEvaluationException;
import dev.cel.runtime.CelRuntime;
import dev.cel.runtime.CelRuntimeFactory;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.entente.gateway.model.NameSuggestion;
import org.entente.proto.v1.Label;

/**
 * Compiler of CEL expressions (github.com/google/cel-spec) for the two uses in Entente: policy
 * {@link Condition conditions} and {@link Mapping mappings} of source records.
 *
 * <p>Limits: an expression has at most {@value #MAX_CODE_POINTS} characters, {@value #MAX_NODES}
 * nodes and {@value #MAX_DEPTH} levels; an evaluation at most {@value Size#MAX_ITERATIONS}
 * iterations of its comprehensions, and a condition can take at most {@value
 * ConditionCost#MAX_STEPS} steps. At most {@value NestedLoops#OF_A_CONDITION} loops of a condition
 * stand within each other, and {@value NestedLoops#OF_A_MAPPING} of a mapping; a condition has no
 * empty list or map within a loop. Holds no mutable state; safe for use by several threads.
 * Creating one costs milliseconds, so it is made once and passed on.
 */
public final class ExpressionCompiler {
  /** Longest expression, in characters. */
  public static final int MAX_CODE_POINTS = 4_096;

  /** Most nodes of an expression's syntax tree. */
  public static final int MAX_NODES = 1_000;

  /** Deepest nesting of an expression. */
  public static final int MAX_DEPTH = 32;

  /** What the compiler says of an operator or function whose operands have other types. */
  private static final Pattern OTHER_TYPES =
      Pattern.compile(
          "found no matching overload for '(.+?)' applied to '(.*?)' \\(candidates: .*");

  private static final String SAME_TYPES =
      "values of types that go together; a text stands in quotes, as in label.case_ref == \"7\","
          + " a value of a list behind its type, as in Category.CATEGORY_IPR";

  /** What the compiler says of an unknown value of a list: to it the list is a number. */
  private static final String NO_SELECTION = "does not support field selection";

  private static final Pattern SELECTION = Pattern.compile("(?:\\w+\\.)*(\\w+)\\.(\\w+)");

  private static final Pattern UNKNOWN_NAME =
      Pattern.compile("undeclared reference to '([\\w.]+)'.*");

  private static final List<String> VARIABLES = List.of("label", "origin", "recipient", "now");

  private static final Pattern UNKNOWN_FIELD = Pattern.compile("undefined field '(\\w+)'");

  private static final List<String> LABEL_FIELDS =
      Label.getDescriptor().getFields().stream().map(FieldDescriptor::getName).toList();

  private static final FileDescriptor LISTS = Label.getDescriptor().getFile();

  private static final CelOptions OPTIONS =
      CelOptions.current()
          .maxExpressionCodePointSize(MAX_CODE_POINTS)
          .maxParseExpressionNodeCount(MAX_NODES)
          .maxParseRecursionDepth(MAX_DEPTH)
          .comprehensionMaxIterations(Size.MAX_ITERATIONS)
          .maxRegexProgramSize(1_000)
          .enableHeterogeneousNumericComparisons(true)
          .build();

  private static final CelStringExtensions STRINGS =
      CelExtensions.strings(
          CelStringExtensions.Function.CHAR_AT,
          CelStringExtensions.Function.INDEX_OF,
          CelStringExtensions.Function.LAST_INDEX_OF,
          CelStringExtensions.Function.LOWER_ASCII,
          CelStringExtensions.Function.SPLIT,
          CelStringExtensions.Function.SUBSTRING,
          CelStringExtensions.Function.TRIM,
          CelStringExtensions.Function.UPPER_ASCII);

  private final CelCompiler conditions = conditionCompiler();
  private final CelCompiler mappings = mappingCompiler();
  private final CelRuntime runtime = runtime();

  /**
   * Compiles a condition; rejected are anything but a bool, the use of the label as a whole, so
   * that what a condition reads is known, what may be absent and is not asked for ({@link
   * IndexGuards}), and what can take more than {@value ConditionCost#MAX_STEPS} steps ({@link
   * ConditionCost}).
   */
  public Compilation<Condition> condition(String source) {
    Compilation<Condition> compilation =
        compile(conditions, NestedLoops.OF_A_CONDITION, source, ValueType.BOOL).map(Condition::new);
    if (!(compilation instanceof Compilation.Compiled<Condition> compiled)) {
      return suggested((Compilation.Rejected<Condition>) compilation);
    }
    if (compiled.expression().readsWholeLabel()) {
      return rejected("label is used as a whole; name the field, such as label.category");
    }
    List<ExpressionProblem> problems = ConditionProblems.of(compiled.expression().tree());
    return problems.isEmpty() ? compilation : new Compilation.Rejected<>(problems);
  }

  /** The same problems; those of unknown names say which name is nearest. */
  private static Compilation<Condition> suggested(Compilation.Rejected<Condition> rejected) {
    return new Compilation.Rejected<>(
        rejected.problems().stream().map(ExpressionCompiler::suggested).toList());
  }

  private static ExpressionProblem suggested(ExpressionProblem it) {
    Matcher unknown = UNKNOWN_NAME.matcher(it.message());
    if (!unknown.matches()) {
      return new ExpressionProblem(it.line(), it.column(), it.message(), nearest(it));
    }
    String name = unknown.group(1);
    List<String> known = new ArrayList<>(VARIABLES);
    LISTS.getEnumTypes().forEach(list -> known.add(list.getName()));
    String valid =
        LABEL_FIELDS.contains(name)
            ? "label." + name
            : "label, origin, recipient, now, or the type of a list, such as Category; a text"
                + " stands in quotes"
                + NameSuggestion.behind(name, known);
    return new ExpressionProblem(it.line(), it.column(), "unknown name " + name, valid);
  }

  private static String nearest(ExpressionProblem problem) {
    Matcher unknown = UNKNOWN_FIELD.matcher(problem.message());
    return unknown.find()
        ? NameSuggestion.nearest(unknown.group(1), LABEL_FIELDS)
            .map(field -> "label." + field)
            .orElse(problem.valid())
        : problem.valid();
  }

  /** Compiles a mapping expression; rejects one that can never yield the type. */
  public Compilation<Mapping> mapping(String source, ValueType type) {
    Compilation<Program> compilation = compile(mappings, NestedLoops.OF_A_MAPPING, source, type);
    if (compilation instanceof Compilation.Compiled<Program> compiled) {
      List<ExpressionProblem> problems = ConditionProblems.ofPatterns(compiled.expression().tree());
      if (!problems.isEmpty()) {
        return new Compilation.Rejected<>(problems);
      }
    }
    return compilation.map(program -> new Mapping(program, type));
  }

  private Compilation<Program> compile(
      CelCompiler compiler, int mostLoops, String source, ValueType type) {
    try {
      CelValidationResult parsed = compiler.parse(source);
      if (parsed.hasError()) {
        return rejected(parsed, source);
      }
      List<ExpressionProblem> loops = ConditionProblems.ofLoops(parsed.getAst(), mostLoops);
      if (loops.isEmpty() && compiler == conditions) {
        loops = ConditionProblems.ofEmptyValues(parsed.getAst());
      }
      if (!loops.isEmpty()) {
        return new Compilation.Rejected<>(loops);
      }
      CelValidationResult checked = compiler.check(parsed.getAst());
      if (checked.hasError()) {
        return rejected(checked, source);
      }
      CelAbstractSyntaxTree tree = checked.getAst();
      CelType found = required(tree.getResultType());
      if (!type.admits(found.kind())) {
        return rejected("the result is " + found.name() + "; the required type is " + type);
      }
      return new Compilation.Compiled<>(new Program(source, tree, runtime.createProgram(tree)));
    } catch (CelValidationException | CelEvaluationException e) {
      return rejected(String.valueOf(e.getMessage()));
    }
  }

  private static <E> Compilation<E> rejected(CelValidationResult result, String source) {
    return new Compilation.Rejected<>(
        result.getErrors().stream().map(issue -> problem(issue, source)).toList());
  }

  private static CelType required(CelType type) {
    return type.kind() == CelKind.OPAQUE && type.name().equals(OptionalType.NAME)
        ? type.parameters().get(0)
        : type;
  }

  private static <E> Compilation<E> rejected(String message) {
    return new Compilation.Rejected<>(List.of(new ExpressionProblem(1, 1, message)));
  }

  private static ExpressionProblem problem(CelIssue issue, String source) {
    int line = Math.max(1, issue.getSourceLocation().getLine());
    int column = Math.max(0, issue.getSourceLocation().getColumn()) + 1;
    Matcher types = OTHER_TYPES.matcher(issue.getMessage());
    if (types.matches()) {
      // Operators are named with a mark for each operand: _==_
      String operator = types.group(1).replace("_", "");
      String name = operator.matches("\\w*") ? types.group(1) : operator;
      String wrong = name + " does not apply to " + types.group(2);
      return new ExpressionProblem(line, column, wrong, SAME_TYPES);
    }
    ExpressionProblem other = new ExpressionProblem(line, column, issue.getMessage());
    return issue.getMessage().endsWith(NO_SELECTION)
        ? source
            .lines()
            .skip(line - 1L)
            .findFirst()
            .flatMap(text -> unknownValue(text, line, column))
            .orElse(other)
        : other;
  }

  /** An unknown value of a list; empty if none stands around the dot in this column. */
  private static Optional<ExpressionProblem> unknownValue(String text, int line, int column) {
    Matcher selection = SELECTION.matcher(text);
    while (selection.find()) {
      EnumDescriptor list = LISTS.findEnumTypeByName(selection.group(1));
      if (selection.start(2) == column && list != null) {
        String prefix = list.getName() + ".";
        List<String> known =
            list.getValues().stream().map(value -> prefix + value.getName()).toList();
        String found = prefix + selection.group(2);
        return Optional.of(
            new ExpressionProblem(
                line, column, "unknown value " + found, NameSuggestion.oneOf(found, known)));
      }
    }
    return Optional.empty();
  }

  private static CelCompiler conditionCompiler() {
    return CelCompilerFactory.standardCelCompilerBuilder()
        .setOptions(OPTIONS)
        .setStandardMacros(CelStandardMacro.STANDARD_MACROS)
        .setContainer(CelContainer.ofName("entente.v1"))
        .addFileTypes(Label.getDescriptor().getFile())
        .addVar("label", StructTypeReference.create(Label.getDescriptor().getFullName()))
        .addVar("origin", SimpleType.STRING)
        .addVar("recipient", SimpleType.STRING)
        .addVar("now", SimpleType.TIMESTAMP)
        .addLibraries(STRINGS)
        .build();
  }

  private static CelCompiler mappingCompiler() {
    return CelCompilerFactory.standardCelCompilerBuilder()
        .setOptions(OPTIONS)
        .setStandardMacros(CelStandardMacro.STANDARD_MACROS)
        .addVar("source", MapType.create(SimpleType.STRING, SimpleType.DYN))
        .addLibraries(STRINGS, CelExtensions.optional())
        .addFunctionDeclarations(TextFunctions.declarations())
        .build();
  }

  private static CelRuntime runtime() {
    return CelRuntimeFactory.plannerRuntimeBuilder()
        .setOptions(OPTIONS)
        .addFileTypes(Label.getDescriptor().getFile())
        .addLibraries(STRINGS, CelExtensions.optional())
        .addFunctionBindings(TextFunctions.bindings())
        .build();
  }
}
