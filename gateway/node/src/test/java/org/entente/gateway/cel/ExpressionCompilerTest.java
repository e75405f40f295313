package org.entente.gateway.cel;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.protobuf.Timestamp;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.entente.proto.v1.Category;
import org.entente.proto.v1.Handling;
import org.entente.proto.v1.Label;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ExpressionCompilerTest {
  private static final ExpressionCompiler EXPRESSIONS = new ExpressionCompiler();
  private static final Instant NOW = Instant.parse("2026-03-01T12:00:00Z");
  private static final Label LABEL =
      Label.newBuilder()
          .setCategory(Category.CATEGORY_IPR)
          .addHandling(Handling.HANDLING_H1)
          .addJurisdictions("FR")
          .setCaseRef("C-1")
          .setCreatedAt(Timestamp.newBuilder().setSeconds(NOW.getEpochSecond() - 60))
          .build();

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "label.category == Category.CATEGORY_IPR | true",
        "label.category == entente.v1.Category.CATEGORY_NARCOTICS | false",
        "label.category in [Category.CATEGORY_IPR, Category.CATEGORY_CASH] | true",
        "Handling.HANDLING_H1 in label.handling | true",
        "label.handling.exists(h, h == Handling.HANDLING_H2) | false",
        "label.jurisdictions.all(j, j == 'FR') && origin == 'fr.customs' | true",
        "recipient.startsWith('sg.') | true",
        "now > timestamp('2026-01-01T00:00:00Z') | true",
        "has(label.created_at) && now - label.created_at == duration('60s') | true",
        "label.case_ref.matches('^C-[0-9]+$') | true",
        "has(label.expires_at) | false",
        "label.case_ref.lowerAscii() == 'c-1' | true",
      })
  void condition_overLabel_hasValue(String source, boolean expected) {
    assertEquals(
        new Evaluation.Value<>(expected),
        condition(source).evaluate(LABEL, "fr.customs", "sg.police", NOW));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "label.",
        "label.colour == 1",
        "labels.category == 1",
        "label.case_ref",
        "label.category == 'IPR'",
        "source.x == 1",
        "label.category == Category.CATEGORY_UNKNOWN_TO_US",
        "label.case_ref.join() == ''",
        "label == label",
        "[label].exists(l, l.case_ref == '')",
        "label.jurisdictions[3] == 'FR'",
        "now - label.created_at == duration('60s')",
      })
  void condition_malformed_isRejectedWithPosition(String source) {
    var rejected = assertInstanceOf(Compilation.Rejected.class, EXPRESSIONS.condition(source));
    assertTrue(rejected.problems().size() >= 1);
  }

  @Test
  void condition_wrongOnSecondLine_problemNamesLineAndColumn() {
    var rejected =
        assertInstanceOf(
            Compilation.Rejected.class, EXPRESSIONS.condition("origin == 'a' &&\n  label.colour"));
    ExpressionProblem problem = (ExpressionProblem) rejected.problems().get(0);
    assertEquals(2, problem.line());
    assertEquals(8, problem.column());
    assertTrue(problem.message().contains("colour"), problem.message());
  }

  /** A lawyer reads this, not the compiler's list of overloads. */
  @Test
  void condition_typesThatDoNotGoTogether_namesOperatorAndTypes() {
    var rejected =
        assertInstanceOf(Compilation.Rejected.class, EXPRESSIONS.condition("label.case_ref == 7"));
    ExpressionProblem problem = (ExpressionProblem) rejected.problems().get(0);
    assertEquals("== does not apply to (string, int)", problem.message());
    assertTrue(problem.valid().contains("a text stands in quotes"), problem.valid());
    var function =
        assertInstanceOf(Compilation.Rejected.class, EXPRESSIONS.condition("size(1) == 1"));
    ExpressionProblem ofFunction = (ExpressionProblem) function.problems().get(0);
    assertEquals("size does not apply to (int)", ofFunction.message());
  }

  /** The compiler's own words are of types and containers. */
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "label.severity == Severity.SEVERITY_EXTREM | unknown value Severity.SEVERITY_EXTREM"
            + " | did you mean \"Severity.SEVERITY_EXTREME\"?",
        "origin == '' && label.severity > entente.v1.Severity.HIGH | unknown value Severity.HIGH"
            + " | one of Severity.SEVERITY_UNSPECIFIED, Severity.SEVERITY_UNKNOWN, ",
        "label.severity == Severty.SEVERITY_MINOR | unknown name Severty"
            + " | did you mean \"Severity\"?",
        "severity == Severity.SEVERITY_MINOR | unknown name severity | label.severity",
        "label.case_ref == K17 | unknown name K17 | a text stands in quotes",
      })
  void condition_unknownName_isNamedWithTheNearest(String source, String wrong, String valid) {
    var rejected = assertInstanceOf(Compilation.Rejected.class, EXPRESSIONS.condition(source));
    ExpressionProblem problem = (ExpressionProblem) rejected.problems().get(0);
    assertEquals(wrong, problem.message());
    assertTrue(problem.valid().contains(valid), problem.valid());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "1 / (size(label.markings)) == 1",
        "timestamp(label.case_ref) < now",
        "int(label.case_ref) == 1",
      })
  void condition_cannotBeEvaluated_fails(String source) {
    assertInstanceOf(
        Evaluation.EvaluationFailed.class,
        condition(source).evaluate(LABEL, "fr.customs", "sg.police", NOW));
  }

  @Test
  void condition_tooLongOrDeepOrManyNodes_isRejected() {
    String tooLong = "origin == '" + "a".repeat(ExpressionCompiler.MAX_CODE_POINTS) + "'";
    String tooDeep = "(".repeat(200) + "true" + ")".repeat(200);
    String tooMany =
        IntStream.range(0, 600).mapToObj(i -> "1==1").collect(Collectors.joining("||"));
    for (String source : List.of(tooLong, tooDeep, tooMany)) {
      assertInstanceOf(Compilation.Rejected.class, EXPRESSIONS.condition(source));
    }
  }

  @Test
  void condition_whatItReads_isKnown() {
    Condition condition =
        condition("has(label.expires_at) || label.handling.exists(h, h == Handling.HANDLING_H1)");
    assertEquals(Set.of("expires_at", "handling"), condition.labelFields());
    assertEquals(false, condition.readsNow());
    assertEquals(true, condition("now > timestamp(0) && origin != ''").readsNow());
    assertEquals(Set.of(), condition("origin == 'fr.customs'").labelFields());
  }

  @Test
  void mapping_iterationsOverLimit_fails() {
    List<Long> thousand = IntStream.range(0, 1000).mapToObj(Long::valueOf).toList();
    Mapping squared = mapping("source.l.all(a, source.l.all(b, a + b >= 0))", ValueType.BOOL);
    assertInstanceOf(Evaluation.EvaluationFailed.class, squared.evaluate(Map.of("l", thousand)));
    assertEquals(
        new Evaluation.Value<>(Optional.of(true)),
        squared.evaluate(Map.of("l", thousand.subList(0, 50))));
  }

  @Test
  void mapping_textGrowsOverLimit_fails() {
    String big = "a".repeat(2_000);
    assertInstanceOf(
        Evaluation.EvaluationFailed.class,
        mapping("source.s.replace('a', source.s)", ValueType.TEXT).evaluate(Map.of("s", big)));
    assertInstanceOf(
        Evaluation.EvaluationFailed.class,
        mapping("source.s.split('').join(source.s)", ValueType.TEXT).evaluate(Map.of("s", big)));
  }

  @Test
  void mapping_resultWithTooManyElements_fails() {
    // 32 times 32 times 32 elements.
    String more = ".map(a, [a" + ", a".repeat(31) + "])";
    String doubled = "[1]" + more.repeat(3);
    assertInstanceOf(
        Evaluation.EvaluationFailed.class, mapping(doubled, ValueType.LIST).evaluate(Map.of()));
  }

  @Test
  void mapping_everyType_comesAsItsJavaClass() {
    Map<String, Object> source =
        Map.of(
            "name",
            " Toy ",
            "count",
            3L,
            "weight",
            1.5d,
            "ok",
            true,
            "tags",
            List.of("a", "b"),
            "iso",
            "DE");
    assertValue("Toy", "source.name.trim()", ValueType.TEXT, source);
    assertValue(4L, "source.count + 1", ValueType.WHOLE, source);
    assertValue(3.0d, "source.weight * 2.0", ValueType.DECIMAL, source);
    assertValue(true, "source.ok && source.count > 2", ValueType.BOOL, source);
    assertValue("a/b", "source.tags.join('/')", ValueType.TEXT, source);
    assertValue("x-y", "'x y'.replace(' ', '-')", ValueType.TEXT, source);
    assertValue(List.of("A", "B"), "source.tags.map(t, t.upperAscii())", ValueType.LIST, source);
    assertValue(Map.of("k", "DE"), "{'k': source.iso}", ValueType.MAP, source);
    assertValue("fr.customs", "{'DE':'fr.customs'}[source.iso]", ValueType.TEXT, source);
    assertValue(
        Instant.parse("2026-01-02T00:00:00Z"),
        "timestamp('2026-01-02T00:00:00Z')",
        ValueType.TIME,
        source);
    assertValue("none", "source.?brand.orValue('none')", ValueType.TEXT, source);
    assertValue("none", "has(source.brand) ? source.brand : 'none'", ValueType.TEXT, source);
  }

  @Test
  void mapping_nullOrAbsentOptional_isEmpty() {
    assertEquals(
        new Evaluation.Value<>(Optional.empty()),
        mapping("source.?brand", ValueType.TEXT).evaluate(Map.of()));
    assertEquals(
        new Evaluation.Value<>(Optional.empty()),
        mapping("null", ValueType.TEXT).evaluate(Map.of()));
    assertEquals(
        new Evaluation.Value<>(Optional.of("x")),
        mapping("source.?brand", ValueType.TEXT).evaluate(Map.of("brand", "x")));
  }

  @Test
  void mapping_absentKeyOrWrongType_fails() {
    assertInstanceOf(
        Evaluation.EvaluationFailed.class,
        mapping("source.brand", ValueType.TEXT).evaluate(Map.of()));
    Evaluation<Optional<Object>> wrong =
        mapping("source.brand", ValueType.TEXT).evaluate(Map.of("brand", 5L));
    var failed = assertInstanceOf(Evaluation.EvaluationFailed.class, wrong);
    assertTrue(failed.reason().contains("WHOLE") && failed.reason().contains("TEXT"));
  }

  @Test
  void mapping_staticTypeCanNeverFit_isRejected() {
    assertInstanceOf(Compilation.Rejected.class, EXPRESSIONS.mapping("1 + 1", ValueType.TEXT));
    assertInstanceOf(
        Compilation.Rejected.class, EXPRESSIONS.mapping("optional.of(1)", ValueType.TEXT));
    assertInstanceOf(Compilation.Rejected.class, EXPRESSIONS.mapping("now", ValueType.ANY));
  }

  @Test
  void mapping_patternThatIsTooLarge_orThatARecordChooses_isRejected() {
    assertEquals(
        "the pattern has up to 1000000000000 states; the limit is 1000",
        rejected("source.s.matches('(((((a{1000}){1000}){1000}){1000}){1000})')"));
    assertEquals("the pattern is not a literal", rejected("source.s.matches(source.t)"));
  }

  /** Types can grow with each loop around them; optMap has a variable, too. */
  @ParameterizedTest
  @ValueSource(strings = {".map(a, [a])", ".optMap(a, a)", ".optFlatMap(a, optional.of(a))"})
  void mapping_ofManyNestedLoops_isRejected(String loop) {
    String few = (loop.contains("opt") ? "optional.of(1)" : "[1]") + loop.repeat(2);
    assertInstanceOf(
        Compilation.Compiled.class, EXPRESSIONS.mapping(few + " != source.x", ValueType.BOOL));
    assertEquals("more than 4 nested loops", rejected(few + loop.repeat(4) + " != source.x"));
  }

  private static String rejected(String source) {
    if (EXPRESSIONS.mapping(source, ValueType.BOOL)
        instanceof Compilation.Rejected<Mapping> rejected) {
      return rejected.problems().get(0).message();
    }
    throw new AssertionError(source + " is compiled");
  }

  @Test
  void condition_randomTexts_neverThrow() {
    long seed = new Random().nextLong();
    Random random = new Random(seed);
    String[] pieces = {
      "label", ".", "category", "(", ")", "[", "]", "==", "&&", "'", "\"", "1", "0u", "1.5", "map",
      "(x, ", "in", "{", "}", ":", "?", "!", "-", "now", "origin", " ", "\n", "\\", "é", "matches",
      "has(", "timestamp('", "duration("
    };
    for (int i = 0; i < 2_000; i++) {
      String source =
          random
              .ints(random.nextInt(12), 0, pieces.length)
              .mapToObj(n -> pieces[n])
              .collect(Collectors.joining());
      try {
        if (EXPRESSIONS.condition(source) instanceof Compilation.Compiled<Condition> compiled) {
          compiled.expression().evaluate(LABEL, "fr.customs", "sg.police", NOW);
        }
        if (EXPRESSIONS.mapping(source, ValueType.ANY)
            instanceof Compilation.Compiled<Mapping> compiled) {
          compiled.expression().evaluate(Map.of("x", "y"));
        }
      } catch (RuntimeException e) {
        throw new AssertionError("seed " + seed + ", expression " + source, e);
      }
    }
  }

  private static void assertValue(
      Object expected, String source, ValueType type, Map<String, Object> record) {
    assertEquals(
        new Evaluation.Value<>(Optional.of(expected)),
        mapping(source, type).evaluate(record),
        source);
  }

  private static Condition condition(String source) {
    return compiled(EXPRESSIONS.condition(source));
  }

  private static Mapping mapping(String source, ValueType type) {
    return compiled(EXPRESSIONS.mapping(source, type));
  }

  private static <E> E compiled(Compilation<E> compilation) {
    if (compilation instanceof Compilation.Compiled<E> it) {
      return it.expression();
    }
    throw new AssertionError(compilation.toString());
  }
}
