package org.entente.gateway.cel;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.protobuf.Timestamp;
import java.time.Instant;
import java.util.List;
import java.util.Random;
import org.entente.proto.v1.Label;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class IndexGuardsTest {
  private static final ExpressionCompiler EXPRESSIONS = new ExpressionCompiler();
  private static final Instant NOW = Instant.parse("2026-03-01T12:00:00Z");

  @ParameterizedTest
  @ValueSource(
      strings = {
        "size(label.jurisdictions) > 0 && label.jurisdictions[0] == 'FR'",
        "label.jurisdictions.size() >= 3 && label.jurisdictions[2] == 'FR'",
        "0 < size(label.jurisdictions) && label.jurisdictions[0] == 'FR'",
        "size(label.jurisdictions) == 2 && label.jurisdictions[1] == 'FR'",
        "size(label.jurisdictions) != 0 && label.jurisdictions[0] == 'FR'",
        "label.jurisdictions != [] && label.jurisdictions[0] == 'FR'",
        "label.jurisdictions == ['A', 'B'] && label.jurisdictions[1] == 'B'",
        "'FR' in label.jurisdictions && label.jurisdictions[0] == 'FR'",
        "label.jurisdictions.exists(j, j == 'FR') && label.jurisdictions[0] == 'FR'",
        "label.jurisdictions.exists_one(j, j == 'FR') && label.jurisdictions[0] == 'FR'",
        "!label.jurisdictions.all(j, j == 'FR') && label.jurisdictions[0] == 'FR'",
        "size(label.jurisdictions) == 0 || label.jurisdictions[0] == 'FR'",
        "size(label.jurisdictions) < 2 || label.jurisdictions[1] == 'FR'",
        "size(label.jurisdictions) <= 1 || label.jurisdictions[1] == 'FR'",
        "!(size(label.jurisdictions) > 0) || label.jurisdictions[0] == 'FR'",
        "label.jurisdictions == [] || label.jurisdictions[0] == 'FR'",
        "size(label.jurisdictions) > 0 ? label.jurisdictions[0] == 'FR' : false",
        "size(label.jurisdictions) == 0 ? true : label.jurisdictions[0] == 'FR'",
        // Both sides are evaluated, and the one that decides stands.
        "label.jurisdictions[0] == 'FR' && size(label.jurisdictions) > 0",
        "label.jurisdictions[0] == 'FR' || size(label.jurisdictions) == 0",
        "label.personal_data && size(label.markings) > 0 && origin == 'fr.customs' &&"
            + " label.markings[0] == 'TLP:RED'",
        "size(label.markings) > 0 && (label.personal_data || label.markings[0] == 'TLP:RED')",
        "(size(label.markings) > 1 || 'A' in label.markings) && label.markings[0] == 'B'",
        "(size(label.markings) > 0 ? label.personal_data : false) && label.markings[0] == 'B'",
        // Whoever goes through a list has one.
        "label.markings.all(m, m == label.markings[0])",
        "size(label.markings) > 0 && label.jurisdictions.exists(j, j == label.markings[0])",
        "label.markings.filter(m, m != 'A').size() > 0 && label.markings.filter(m, m != 'A')[0]"
            + " == 'B'",
        "label.case_ref.split('-').size() > 1 && label.case_ref.split('-')[1] == '7'",
        "['a', 'b'][1] == label.case_ref",
        "{'FR': 1, 'DE': 2}['DE'] == 2 && {'FR': 1}.FR == 1",
        "origin in {'fr.customs': 'FR'} && {'fr.customs': 'FR'}[origin] == 'FR'",
        "has({'a': label.case_ref}.b) && {'a': label.case_ref}.b == 'x'",
        "has(label.expires_at) && label.expires_at > now",
        "!has(label.expires_at) || label.expires_at > now",
        "has(label.expires_at) ? label.expires_at > now : true",
        "has(label.addressees) && size(label.addressees.action) > 0 && label.addressees.action[0]"
            + " == origin",
      })
  void condition_asksBeforeItTakes_isTaken(String source) {
    assertInstanceOf(Compilation.Compiled.class, EXPRESSIONS.condition(source));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '~',
      quoteCharacter = '"',
      value = {
        "label.jurisdictions[0] == 'FR' ~ label.jurisdictions[0] may be absent",
        "size(label.jurisdictions) > 0 && label.jurisdictions[1] == 'FR' ~ how long the list is",
        "size(label.markings) > 0 && label.jurisdictions[0] == 'FR' ~ label.jurisdictions[0]",
        "size(label.jurisdictions) > 0 || label.jurisdictions[0] == 'FR' ~ label.jurisdictions[0]",
        "size(label.jurisdictions) == 0 && label.jurisdictions[0] == 'FR' ~ may be absent",
        "size(label.jurisdictions) > 0 ? true : label.jurisdictions[0] == 'FR' ~ may be absent",
        "!(size(label.jurisdictions) > 0) && label.jurisdictions[0] == 'FR' ~ may be absent",
        "label.jurisdictions.all(j, j == 'FR') && label.jurisdictions[0] == 'FR' ~ may be absent",
        "(size(label.markings) > 0 || label.personal_data) && label.markings[0] == 'A' ~ absent",
        "(label.personal_data ? size(label.markings) > 0 : true) && label.markings[0] == 'A'"
            + " ~ absent",
        "size(label.markings) > 0 == true && label.markings[0] == 'A' ~ absent",
        "label.markings[0] == 'A' && label.markings[0] == 'A' ~ absent",
        "label.markings[-1] == 'A' ~ may lie beyond the list",
        "size(label.markings) > 0 && label.markings[size(label.markings) - 1] == 'A' ~ beyond",
        "label.markings.filter(m, m != 'A')[0] == 'B' ~ may be absent",
        "size(label.markings) > 0 && label.markings.filter(m, m != 'A')[0] == 'B' ~ absent",
        "label.case_ref.split('-')[1] == '7' ~ may be absent",
        "dyn(label.markings)[0] == 'A' ~ the fields of a dyn value",
        "{'fr.customs': 'FR'}[origin] == 'FR' ~ may be absent",
        "recipient in {'fr.customs': 'FR'} && {'fr.customs': 'FR'}[origin] == 'FR' ~ absent",
        "{'a': label.case_ref}.b == 'x' ~ may be absent",
        "label.expires_at > now ~ label.expires_at may be absent",
        "has(label.created_at) && label.expires_at > now ~ label.expires_at may be absent",
        "has(label.addressees) || size(label.addressees.action) > 0 ~ label.addressees may be",
        "has(label.addressees) && label.addressees.action[0] == 'a' ~ label.addressees.action[0]",
        // A name bound within is another than the one outside.
        "[[1]].exists(m, size(m) > 0 && [label.markings].exists(m, m[0] == 'x')) ~ m[0] may be",
        "[['x'], label.markings].exists(m, m[0] == 'x') ~ m[0] may be absent",
        "label.markings.map(m, label.jurisdictions[0]).size() > 0 ~ label.jurisdictions[0]",
        // Neither side may lean on the other.
        "(label.markings[0] == 'A' ? size(label.jurisdictions) > 0 : size(label.jurisdictions) > 1)"
            + " && (label.jurisdictions[0] == 'A' ? size(label.markings) > 0 :"
            + " size(label.markings) > 1) ~ absent",
      })
  void condition_takesUnasked_isRefused(String source, String expected) {
    var rejected =
        assertInstanceOf(Compilation.Rejected.class, EXPRESSIONS.condition(source), source);
    String problem = rejected.problems().get(0).toString();
    assertTrue(problem.contains(expected), problem);
  }

  @Test
  void condition_takesUnasked_namesPlaceAndCure() {
    var rejected =
        (Compilation.Rejected<Condition>)
            EXPRESSIONS.condition(
                "label.personal_data ||\n  label.jurisdictions[2] == 'FR' ||\n  label.expires_at <"
                    + " now");
    assertEquals(
        List.of(
            new ExpressionProblem(
                2,
                22,
                "label.jurisdictions[2] may be absent, and nothing tests how long the list is",
                "size(label.jurisdictions) > 2 && …, or label.jurisdictions.exists(it, …)"),
            new ExpressionProblem(
                3,
                8,
                "label.expires_at may be absent, and nothing tests whether it is present",
                "has(label.expires_at) && …, or !has(label.expires_at) || …")),
        rejected.problems());
  }

  /**
   * Random conditions over lists of random length: what is taken can always be evaluated, and what
   * is refused, mostly, not.
   */
  @Test
  void conditionsThatAreTaken_randomLabels_canBeEvaluated() {
    long seed = new Random().nextLong();
    Random random = new Random(seed);
    int taken = 0;
    int failed = 0;
    for (int i = 0; i < 3_000; i++) {
      String source = bool(random, 4);
      if (EXPRESSIONS.condition(source) instanceof Compilation.Compiled<Condition> compiled) {
        taken += source.contains("[") ? 1 : 0;
        for (int n = 0; n < 12; n++) {
          Label label = label(random);
          Evaluation<Boolean> evaluation = compiled.expression().evaluate(label, "a", "b", NOW);
          assertInstanceOf(
              Evaluation.Value.class,
              evaluation,
              () -> "seed " + seed + ": " + source + " of " + label + " is " + evaluation);
        }
      } else {
        failed++;
      }
    }
    assertTrue(taken > 100 && failed > 100, taken + " taken, " + failed + " refused");
  }

  private static String bool(Random random, int depth) {
    if (depth == 0 || random.nextInt(8) == 0) {
      return leaf(random);
    }
    return switch (random.nextInt(7)) {
      case 0, 1 -> "(" + bool(random, depth - 1) + " && " + bool(random, depth - 1) + ")";
      case 2, 3 -> "(" + bool(random, depth - 1) + " || " + bool(random, depth - 1) + ")";
      case 4 -> "!" + "(" + bool(random, depth - 1) + ")";
      case 5 ->
          "("
              + bool(random, depth - 1)
              + " ? "
              + bool(random, depth - 1)
              + " : "
              + bool(random, depth - 1)
              + ")";
      default ->
          list(random)
              + List.of(".exists", ".all", ".exists_one").get(random.nextInt(3))
              + "(it, "
              + bool(random, depth - 1)
              + ")";
    };
  }

  private static String leaf(Random random) {
    String list = list(random);
    return switch (random.nextInt(8)) {
      case 0, 1 -> list + "[" + random.nextInt(3) + "] == 'A'";
      case 2, 3, 4 ->
          "size("
              + list
              + ") "
              + List.of(">", ">=", "<", "<=", "==", "!=").get(random.nextInt(6))
              + " "
              + random.nextInt(4);
      case 5 -> "'A' in " + list;
      case 6 -> list + (random.nextBoolean() ? " == " : " != ") + "['A']";
      default -> random.nextBoolean() ? "true" : "label.personal_data";
    };
  }

  private static String list(Random random) {
    return random.nextBoolean() ? "label.markings" : "label.jurisdictions";
  }

  private static Label label(Random random) {
    Label.Builder label = Label.newBuilder().setPersonalData(random.nextBoolean());
    for (int i = random.nextInt(4); i > 0; i--) {
      label.addMarkings(random.nextBoolean() ? "A" : "B");
    }
    for (int i = random.nextInt(4); i > 0; i--) {
      label.addJurisdictions(random.nextBoolean() ? "A" : "B");
    }
    return label.setCreatedAt(Timestamp.getDefaultInstance()).build();
  }
}
