package org.entente.gateway.cel;

import com.google.protobuf.Descriptors.FieldDescriptor;
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
import java.util.List;
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
 * ConditionCost#MAX_STEPS} steps. A map's key has no variable of a loop ({@link LoopKeys}). Holds
 * no mutable state; safe for use by several threads. Creating one costs milliseconds, so it is made
 * once and passed on.
 */
public final class ExpressionCompiler {
  /** Longest expression, in characters. */
  public static final int MAX_CODE_POINTS = 4_096;

  /** Most nodes of an expression's syntax tree. */
  public static final int MAX_NODES = 1_000;

  /** Deepest nesting of an expression. */
  public static final int MAX_DEPTH = 32;

  private static final Pattern UNKNOWN_FIELD = Pattern.compile("undefined field '(\\w+)'");

  private static final List<String> LABEL_FIELDS =
      Label.getDescriptor().getFields().stream().map(FieldDescriptor::getName).toList();

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
        compile(conditions, source, ValueType.BOOL).map(Condition::new);
    if (!(compilation instanceof Compilation.Compiled<Condition> compiled)) {
      return suggested((Compilation.Rejected<Condition>) compilation);
    }
    if (compiled.expression().readsWholeLabel()) {
      return rejected("label is used as a whole; name the field, such as label.category");
    }
    List<ExpressionProblem> problems = ConditionProblems.of(compiled.expression().tree());
    return problems.isEmpty() ? compilation : new Compilation.Rejected<>(problems);
  }

  /** The same problems; those of unknown label fields say which field is nearest. */
  private static Compilation<Condition> suggested(Compilation.Rejected<Condition> rejected) {
    return new Compilation.Rejected<>(
        rejected.problems().stream()
            .map(it -> new ExpressionProblem(it.line(), it.column(), it.message(), nearest(it)))
            .toList());
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
    Compilation<Program> compilation = compile(mappings, source, type);
    if (compilation instanceof Compilation.Compiled<Program> compiled) {
      List<ExpressionProblem> problems = ConditionProblems.ofPatterns(compiled.expression().tree());
      if (!problems.isEmpty()) {
        return new Compilation.Rejected<>(problems);
      }
    }
    return compilation.map(program -> new Mapping(program, type));
  }

  private Compilation<Program> compile(CelCompiler compiler, String source, ValueType type) {
    try {
      CelValidationResult parsed = compiler.parse(source);
      if (parsed.hasError()) {
        return rejected(parsed);
      }
      List<ExpressionProblem> keys = ConditionProblems.ofKeys(parsed.getAst());
      if (!keys.isEmpty()) {
        return new Compilation.Rejected<>(keys);
      }
      CelValidationResult checked = compiler.check(parsed.getAst());
      if (checked.hasError()) {
        return rejected(checked);
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

  private static <E> Compilation<E> rejected(CelValidationResult result) {
    return new Compilation.Rejected<>(
        result.getErrors().stream().map(ExpressionCompiler::problem).toList());
  }

  private static CelType required(CelType type) {
    return type.kind() == CelKind.OPAQUE && type.name().equals(OptionalType.NAME)
        ? type.parameters().get(0)
        : type;
  }

  private static <E> Compilation<E> rejected(String message) {
    return new Compilation.Rejected<>(List.of(new ExpressionProblem(1, 1, message)));
  }

  private static ExpressionProblem problem(CelIssue issue) {
    int line = Math.max(1, issue.getSourceLocation().getLine());
    int column = Math.max(0, issue.getSourceLocation().getColumn()) + 1;
    return new ExpressionProblem(line, column, issue.getMessage());
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
