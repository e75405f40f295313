package org.entente.gateway.cel;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.entente.gateway.testkit.Formats;
import org.entente.proto.v1.Label;

/** Expressions of operators, run over what peers and sources wrote. */
public final class CelFormats {
  private static final Map<String, Object> SOURCE =
      Map.of("a", "text", "n", 7L, "d", 1.5, "list", List.of("x", "y"), "map", Map.of("k", "v"));

  /** How CEL says that what was taken is not there: no condition that is loaded may come to it. */
  private static final Pattern UNASKED = Pattern.compile("Index out of bounds|<input>:[0-9]+: $");

  private CelFormats() {}

  /** All of them. */
  public static Formats all() {
    ExpressionCompiler expressions = new ExpressionCompiler();
    return new Formats("cel")
        .with(
            "condition",
            bytes -> condition(expressions, new String(bytes, UTF_8)),
            () ->
                texts(
                    "label.handling.exists(h, h == Handling.HANDLING_H2)",
                    "has(label.created_at) && now - label.created_at > duration('60s')"
                        + " || origin == 'fr.customs'",
                    "size(label.jurisdictions) > 1 ? label.jurisdictions[1] == 'DE' : false",
                    "label.case_ref.matches('^C-[0-9]+$')",
                    "label.jurisdictions.all(j, j in ['FR', 'DE'])"))
        .with(
            "mapping",
            bytes -> mapping(expressions, new String(bytes, UTF_8)),
            () ->
                texts(
                    "source.?a.orValue('').split(' ')[0].upperAscii()",
                    "{'k': source.list.map(x, x + string(source.n))}",
                    "timestamp('2026-01-01T00:00:00Z') + duration('1h')",
                    "source.a.replace('t', '').trim().substring(1)"));
  }

  private static List<byte[]> texts(String... texts) {
    return Arrays.stream(texts).map(text -> text.getBytes(UTF_8)).toList();
  }

  private static boolean condition(ExpressionCompiler expressions, String source) {
    if (!(expressions.condition(source) instanceof Compilation.Compiled<Condition> compiled)) {
      return false;
    }
    Label label = Label.newBuilder().setCaseRef("C-1").addJurisdictions("FR").build();
    Instant now = Instant.parse("2026-03-01T12:00:00Z");
    Evaluation<Boolean> first =
        compiled.expression().evaluate(label, "fr.customs", "sg.police", now);
    Evaluation<Boolean> second =
        compiled.expression().evaluate(label, "fr.customs", "sg.police", now);
    if (!first.equals(second)) {
      throw new AssertionError("two answers: " + first + ", " + second);
    }
    if (first instanceof Evaluation.EvaluationFailed<Boolean> failed
        && UNASKED.matcher(failed.reason()).find()) {
      throw new AssertionError("taken without asking: " + failed.reason());
    }
    return true;
  }

  private static boolean mapping(ExpressionCompiler expressions, String source) {
    if (!(expressions.mapping(source, ValueType.ANY)
        instanceof Compilation.Compiled<Mapping> compiled)) {
      return false;
    }
    return compiled.expression().evaluate(SOURCE) != null;
  }
}
