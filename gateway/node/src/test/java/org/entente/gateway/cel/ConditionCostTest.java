package org.entente.gateway.cel;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.protobuf.Descriptors.Descriptor;
import com.google.protobuf.Descriptors.FieldDescriptor;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.entente.proto.v1.Addressees;
import org.entente.proto.v1.Label;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ConditionCostTest {
  private static final ExpressionCompiler EXPRESSIONS = new ExpressionCompiler();

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '"',
      value = {
        "true | 1",
        "label.personal_data | 2",
        "label.category == Category.CATEGORY_IPR | 4",
        // 80 characters of either are 8 steps.
        "label.case_ref == label.source_ref | 13",
        "label.case_ref == 'A' | 5",
        "'FR' in label.jurisdictions | 36",
        // The dearer branch, not both.
        "label.personal_data ? label.case_ref == label.source_ref : true | 16",
        // 16 times: condition 3, step 4 and a comparison of 1; around it 5.
        "label.jurisdictions.exists(j, j == 'FR') | 149",
      })
  void cost_ofCondition_followsTheRules(String source, long steps) {
    assertEquals(steps, condition(source).mostSteps());
  }

  @Test
  void cost_ofListsWithinEachOther_multiplies() {
    long one = condition("label.jurisdictions.exists(j, j == origin)").mostSteps();
    long two =
        condition("label.jurisdictions.exists(j, label.markings.exists(m, m == j))").mostSteps();
    long after =
        condition(
                "label.jurisdictions.exists(j, j == origin) && label.markings.exists(m, m =="
                    + " origin)")
            .mostSteps();
    assertTrue(two > 4 * one, two + " of " + one);
    assertTrue(after < 2 * one, after + " of " + one);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "label.redacted.exists(a, label.redacted.exists(b, a != b && a.startsWith(b)))",
        "label.redacted.map(a, label.redacted.map(b, a + b)).size() > 2",
        "label.addressees == Addressees{} || label.markings.exists(m,"
            + " label.jurisdictions.exists(j, label.handling_text.contains(m + j)))",
        "Label{jurisdictions: label.jurisdictions + label.jurisdictions}.jurisdictions.exists(j, j"
            + " == 'FR')",
        "dyn(label.markings + label.markings).exists(m, label.redacted.exists(r, m == r + m))",
        "(label.handling_text + label.handling_text).split('').exists(c, label.jurisdictions.exists("
            + "j, j == c))",
      })
  void condition_tooDear_isRefusedWithCostLimitAndCure(String source) {
    ExpressionProblem problem = only(guarded(source));
    assertTrue(
        problem.message().matches("can take [0-9]{5,} steps.*; the limit is 10000.*"),
        problem.message());
    assertTrue(!problem.valid().isEmpty());
  }

  @Test
  void condition_tooDear_namesTheListsAndWhere() {
    ExpressionProblem problem =
        only(
            "label.personal_data\n  || label.redacted.exists(a,\n label.redacted.exists(b, a.contains(b)))");
    assertEquals(2, problem.line());
    assertEquals(27, problem.column(), problem.toString());
    assertTrue(
        problem.message().contains("label.redacted (64), for each of it label.redacted (64)"),
        problem.message());
    assertTrue(problem.valid().contains("fewer nested lists"), problem.valid());
  }

  @Test
  void condition_longPattern_isRefusedWithoutLists() {
    ExpressionProblem problem = only("label.handling_text.matches('" + "(a|b)c".repeat(200) + "')");
    assertTrue(problem.message().endsWith("the limit is 10000"), problem.message());
    assertTrue(problem.valid().contains("shorter searches"), problem.valid());
  }

  /** What is let through stays quick on the largest label there can be. */
  @Test
  void condition_atTheLimit_isEvaluatedWithoutReachingTheIterations() {
    String source =
        "label.jurisdictions.all(a, label.jurisdictions.all(b, a != b || a.startsWith('US')"
            + " || label.markings.size() == 0))";
    Condition condition = condition(source);
    assertTrue(
        condition.mostSteps() > ConditionCost.MAX_STEPS / 4, () -> "" + condition.mostSteps());
    Evaluation<Boolean> evaluation =
        condition.evaluate(largest(), "fr.customs", "sg.police", Instant.EPOCH);
    assertEquals(new Evaluation.Value<>(true), evaluation);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "[1]~.map(a, {a: a})~ == []",
        "[1].exists(a, ~[{a: a}].exists(a, ~true~)~)",
        "[1].exists(a, ~[{}].all(b, b[a] == a && [b].all(a, ~true~))~)",
        "[1].exists(a, ~[{[][0]: a}].all(b, a in b && [b].all(a, ~true~))~)",
        "[1].exists(a, ~[[][0]].all(b, b[a] == a && [b].all(a, ~true~))~)",
        "label.markings~.filter(a, true)~ == []",
      })
  void condition_whoseTypesGrow_isRefusedBeforeTheyAreChecked(String pattern) {
    assertTimeoutPreemptively(
        Duration.ofMinutes(1),
        () -> {
          ExpressionProblem first = only(repeated(pattern, 14));
          assertEquals("more than 2 nested loops", first.message());
        });
  }

  /** Sixteen levels took all of a core for hours, with 1,765 characters. */
  @Test
  void condition_whoseTypesGrowByEmptyLists_isRefusedBeforeTheyAreInferred() {
    StringBuilder source = new StringBuilder("[" + "{[]:".repeat(16) + "0" + "}".repeat(16));
    source.append("].all(b, [0");
    for (int level = 0; level < 15; level++) {
      String rest = "b" + "[[]]".repeat(level + 1);
      source.append(", size([b").append("[[]]".repeat(level));
      source.append("[[{").append(rest).append(": ").append(rest).append("}]]])");
    }
    assertTimeoutPreemptively(
        Duration.ofMinutes(1),
        () -> {
          Compilation.Rejected<?> rejected =
              assertInstanceOf(
                  Compilation.Rejected.class, EXPRESSIONS.condition(source + "] == [0])"));
          assertEquals(
              "an empty list or map within exists, all, map or the like",
              rejected.problems().get(0).message());
        });
  }

  @Test
  void emptyList_outsideOfLoops_isTaken() {
    condition("label.markings == [] || label.markings.filter(it, it != '').size() > 1");
  }

  /** What is left costs little, although a variable's type is in the next one's many times. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "[1].map(a, ~{a: ~a~}~).map(a, ~{a: ~a~}~) == []",
        "[{}].all(a, [{}].all(b, a~['x']~ == 'y' && b~[a]~ == a))",
        "[[][0]].all(a, [[][0]].all(b, a~[1]~ == {1: 2} && b~[a]~ == a))",
      })
  void condition_ofTwoLoops_isCheckedWithLittleMemory(String pattern) {
    assertTimeoutPreemptively(
        Duration.ofMinutes(1),
        () -> {
          if (EXPRESSIONS.condition(repeated(pattern, 6))
              instanceof Compilation.Rejected<Condition> rejected) {
            String message = rejected.problems().get(0).message();
            assertFalse(message.contains("nested loops"), message);
          }
        });
  }

  /** The text between the first two marks, the next two, and so on, is repeated. */
  private static String repeated(String pattern, int times) {
    List<String> parts = List.of(pattern.split("~", -1));
    return IntStream.range(0, parts.size())
        .mapToObj(i -> i % 2 == 0 ? parts.get(i) : parts.get(i).repeat(times))
        .collect(Collectors.joining());
  }

  /** Nested repetition makes many states of few characters. */
  @Test
  void pattern_ofManyStates_costsByThem_andTooManyAreRefused() {
    ExpressionProblem dear = only("label.handling_text.matches('(a{1,20}){1,20}$')");
    assertTrue(dear.message().contains("steps; the limit is 10000"), dear.message());
    ExpressionProblem large = only("label.case_ref.matches('(a{30}){40}')");
    assertTrue(large.message().contains("states; the limit is 1000"), large.message());
    assertTrue(condition("label.case_ref.matches('^C-[0-9]{1,8}$')").mostSteps() < 1_000);
  }

  /** CEL compiles it for each label. */
  @Test
  void pattern_costsWhatCompilingItTakes() {
    String different =
        IntStream.range(0x4E00, 0x4E00 + 3_900)
            .mapToObj(Character::toString)
            .collect(Collectors.joining());
    assertTrue(condition("label.case_ref.matches('[" + different + "]')").mostSteps() > 3_900);
    String unicode = "label.case_ref.matches(r'" + "[\\pL]".repeat(40) + "')";
    assertTrue(condition(unicode).mostSteps() > 4_000);
  }

  /** Compiled, each of them would take the memory of the whole gateway. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "((abcdefghij){1000}){1000}",
        "(((a{1000}){1000}){1000}){1000}",
        "((((((a{9}){9}){9}){9}){9}){9}){9}",
        "(?:(?:\\\\pL{1000}){1000}){1000}",
        "(?:(?:(?:){1000}){1000}){1000}",
        "a{1000}(?i){1000}(?-i){1000}",
        "a{1000}\\\\Q\\\\E{1000}\\\\Q\\\\E{1000}",
        "((x{1000}[\\\\d-[:alpha:](]){1000}[\\\\d-[:alpha:](]){1000}",
      })
  void pattern_thatGrowsByNestedRepetition_isRefusedBeforeItIsCompiled(String pattern) {
    assertTimeoutPreemptively(
        Duration.ofSeconds(5),
        () -> {
          ExpressionProblem problem = only("label.case_ref.matches('" + pattern + "')");
          assertTrue(
              problem.message().matches("the pattern has up to [0-9]{6,} states; .* is 1000"),
              problem.message());
          assertEquals("a shorter pattern, or one with fewer repetitions", problem.valid());
        });
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "[{]{2}",
        "\\\\{9999\\\\}",
        "a{1,20}",
        "{1000",
        "x{,1000}",
        "\\\\x{1000}\\\\x{1000}\\\\x{1000}",
        "[\\\\]{1000}{1000}]",
        "[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}",
      })
  void pattern_withBracesThatRepeatLittle_isCompiled(String pattern) {
    assertTrue(condition("origin.matches('" + pattern + "')").mostSteps() > 0);
  }

  /** Each compilation of one of these would take a processor for a second or so. */
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "(?i)[~] | B-\u1C7F",
        "(?i)~ | [B-\u1C7F]",
        "a(?s-U:(?mi:[~])) | \\\\x00-\u1C7F",
        "[~] | \\\\pL",
        "~ | \\\\p{L}",
        "[^~] | \\\\P{Cyrillic}",
      })
  void pattern_whoseClassesTakeLong_isRefusedBeforeItIsCompiled(String around, String part) {
    String pattern = around.replace("~", part.repeat(120));
    ExpressionProblem problem = only("label.case_ref.matches('" + pattern + "')");
    assertTrue(
        problem.message().matches("the classes of the pattern count up to [0-9]{6}; .* is 50000"),
        problem.message());
    String few = around.replace("~", part.repeat(5));
    assertTrue(condition("label.case_ref.matches('" + few + "')").mostSteps() > 0);
  }

  /** RE2/J 1.8 never ends on these. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "(?i)\u1C80",
        "a(?s-U:(?mi:[\u1C88]))",
        "(?i)[a-\u2000]",
        "(?i)\\\\x{1C80}",
        "(?i)[a-\\\\\u2000]"
      })
  void pattern_whoseCaseIsFoldedForEver_isRefusedBeforeItIsCompiled(String pattern) {
    assertTimeoutPreemptively(
        Duration.ofSeconds(5),
        () -> {
          ExpressionProblem problem = only("label.case_ref.matches('" + pattern + "')");
          assertTrue(problem.message().startsWith("the pattern ignores case with (?i)"));
        });
  }

  /** Of all other characters, on the Java that runs this. */
  @Test
  void pattern_ofOtherCharacters_isFoldedInTheEnd() {
    assertTimeoutPreemptively(
        Duration.ofSeconds(20),
        () ->
            com.google.re2j.Pattern.compile(
                "(?i)[\\x{0}-\\x{1C7F}\\x{1C90}-\\x{1E943}\\x{1E944}-\\x{10FFFF}]"));
    assertTrue(condition("origin.matches('(?i)h\u1EA3i quan|[\u0430-\u044F]')").mostSteps() > 0);
  }

  /** Deep nesting has few states; neither the bound nor RE2/J runs out of stack. */
  @Test
  void pattern_ofDeepGroups_isFoundToBeDear() {
    String deep = "(?:".repeat(800) + "a" + ")?".repeat(800);
    assertTrue(condition("origin.matches('" + deep + "')").mostSteps() > 0);
    ExpressionProblem problem =
        only("origin.matches('" + "(".repeat(2000) + ")".repeat(2000) + "')");
    assertTrue(problem.message().contains("states; the limit is 1000"), problem.message());
  }

  /** Found when it is loaded, and not by the first message, which it would refuse. */
  @Test
  void pattern_thatIsNone_orThatALabelChooses_isRefused() {
    ExpressionProblem none = only("label.case_ref.matches('(')");
    assertTrue(none.message().startsWith("invalid pattern: "), none.message());
    ExpressionProblem chosen = only("origin.matches(label.case_ref)");
    assertEquals("the pattern is not a literal", chosen.message());
    assertEquals("a pattern in quotes", chosen.valid());
  }

  @Test
  void sizes_ofEveryFieldThatHasOne_areKnown() {
    List<String> unknown =
        Stream.of(Label.getDescriptor(), Addressees.getDescriptor())
            .flatMap(ConditionCostTest::unsized)
            .toList();
    assertEquals(List.of("entente.v1.Label.addressees"), unknown);
  }

  private static Stream<String> unsized(Descriptor message) {
    return message.getFields().stream()
        .filter(field -> LabelSizes.of(message, field.getName()).isEmpty())
        .map(FieldDescriptor::getFullName);
  }

  private static Label largest() {
    Label.Builder label = Label.newBuilder();
    for (int i = 0; i < LabelSizes.JURISDICTIONS; i++) {
      label.addJurisdictions("US-" + (100 + i));
    }
    for (int i = 0; i < LabelSizes.MARKINGS; i++) {
      label.addMarkings("TLP:AMBER+STRICT:" + i);
    }
    return label.build();
  }

  /** So that the cost is what is refused. */
  private static String guarded(String source) {
    return source.contains("label.addressees")
        ? "has(label.addressees) && (" + source + ")"
        : source;
  }

  private static ExpressionProblem only(String source) {
    if (EXPRESSIONS.condition(source) instanceof Compilation.Rejected<Condition> rejected) {
      assertEquals(1, rejected.problems().size(), rejected.problems()::toString);
      return rejected.problems().get(0);
    }
    throw new AssertionError(source + " is taken, at " + condition(source).mostSteps());
  }

  private static Condition condition(String source) {
    if (EXPRESSIONS.condition(source) instanceof Compilation.Compiled<Condition> compiled) {
      return compiled.expression();
    }
    throw new AssertionError(EXPRESSIONS.condition(source).toString());
  }
}
