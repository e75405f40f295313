package org.entente.gateway.cel;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Conditions as people read them before they sign. */
class ConditionProseTest {
  private static final ExpressionCompiler COMPILER = new ExpressionCompiler();

  private static Compilation<String> prose(String source) {
    var compiled =
        assertInstanceOf(
            Compilation.Compiled.class, COMPILER.condition(source), source + " compiles");
    return ((Condition) compiled.expression()).prose();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '~',
      quoteCharacter = '`',
      value = {
        "label.category == Category.CATEGORY_IPR ~ the category is IPR",
        "Category.CATEGORY_IPR != label.category ~ IPR is not the category",
        "label.category != Category.CATEGORY_UNSPECIFIED ~ the category is stated",
        "label.classification > Classification.CLASSIFICATION_RESTRICTED"
            + " ~ the classification is above RESTRICTED",
        "label.case_ref == \"7 Ks 12/26\" ~ the case reference is \"7 Ks 12/26\"",
        "label.case_ref == \"\" ~ the case reference is not stated",
        "label.personal_data ~ the message contains personal data",
        "!label.personal_data || label.category == Category.CATEGORY_NARCOTICS"
            + " ~ the message contains no personal data or the category is NARCOTICS",
        "label.personal_data == false ~ the message contains no personal data",
        "label.severity in [Severity.SEVERITY_SEVERE, Severity.SEVERITY_EXTREME]"
            + " ~ the severity is one of SEVERE, EXTREME",
        "\"FR\" in label.jurisdictions ~ the jurisdictions include \"FR\"",
        "label.handling.exists(code, code == Handling.HANDLING_H3)"
            + " ~ the handling codes have an entry \"code\" for which \"code\" is H3",
        "label.jurisdictions.all(it, it in [\"FR\", \"SG\"])"
            + " ~ for each entry \"it\" of the jurisdictions, \"it\" is one of \"FR\", \"SG\"",
        "label.markings.exists_one(m, m.startsWith(\"TLP:\"))"
            + " ~ the sharing markings have exactly one entry \"m\" for which \"m\" begins with"
            + " \"TLP:\"",
        "size(label.jurisdictions) > 0 && label.jurisdictions[0] == \"FR\""
            + " ~ the number of entries of the jurisdictions is above 0 and entry 1 of the"
            + " jurisdictions is \"FR\"",
        "label.case_ref.size() > 2 ~ the number of characters of the case reference is above 2",
        "origin == \"fr.customs\" && (recipient == \"sg.police\" || recipient == \"us.cbp\")"
            + " ~ the sender is \"fr.customs\" and (the recipient is \"sg.police\" or the recipient"
            + " is \"us.cbp\")",
        "now < timestamp(\"2026-06-01T00:00:00Z\")"
            + " ~ the time of the decision is before 2026-06-01T00:00:00Z",
        "label.personal_data ? label.category == Category.CATEGORY_IPR : true"
            + " ~ (if the message contains personal data, then the category is IPR; otherwise"
            + " always)",
        "(label.personal_data || label.case_ref != \"\") == true && origin == \"a.b\""
            + " ~ (the message contains personal data or the case reference is stated) and the"
            + " sender is \"a.b\"",
        "!(label.category == Category.CATEGORY_IPR) ~ it is not so that (the category is IPR)",
        "label.case_ref.lowerAscii().contains(\"ab\")"
            + " ~ the case reference in small letters contains \"ab\"",
        "label.case_ref.matches(\"^C-[0-9]+$\")"
            + " ~ the case reference has a part that matches the pattern (RE2) \"^C-[0-9]+$\"",
      })
  void condition_isSaidWhole(String source, String expected) {
    var words = assertInstanceOf(Compilation.Compiled.class, prose(source), source);
    assertEquals(expected, words.expression());
  }

  /** Half of a condition in words would let a person sign what is not so. */
  @ParameterizedTest
  @CsvSource(
      delimiter = '~',
      quoteCharacter = '`',
      value = {
        // Each of these read like another condition.
        "label.category != 4294967297 ~ 1 ~ 19 ~ a number without a meaning",
        "label.purpose != 4294967296 ~ 1 ~ 18 ~ a number without a meaning",
        "label.category == Purpose.PURPOSE_CRIME_PREVENTION ~ 1 ~ 26 ~ a value of another kind than"
            + " category",
        "!Label{}.personal_data ~ 1 ~ 9 ~ a field within entente.v1.Label{}",
        "has(Label{in_reply_to: b\"x\"}.in_reply_to) ~ 1 ~ 4 ~ a field within entente.v1.Label{",
        "[\"eu.agency\"].exists(origin, origin == \"eu.agency\") ~ 1 ~ 21 ~ an entry with the name"
            + " of the variable origin",
        "[\"x\"].all(now, now == \"x\") ~ 1 ~ 10 ~ an entry with the name of the variable now",
        "label.case_ref != 'A\" and the recipient is not \"x.agency' ~ 1 ~ 19 ~ a text with quotes"
            + " or characters that do not show",
        "label.case_ref != 'A” and so on' ~ 1 ~ 19 ~ a text with quotes or characters that do not"
            + " show",
        "label.case_ref == 'A\\u200b' ~ 1 ~ 19 ~ a text with quotes or characters that do not"
            + " show",
        "now < timestamp(\"next year\") ~ 1 ~ 17 ~ a time that is not in UTC",
        "label.case_ref + \"x\" == \"yx\" ~ 1 ~ 15 ~ the function _+_",
        "label.personal_data && int(label.case_ref) > 3 ~ 1 ~ 27 ~ the function int",
        "label.jurisdictions.filter(it, it == \"FR\").size() > 0 ~ 1 ~ 27 ~ a list made from"
            + " another",
        "label.case_ref in {\"a\": 1} ~ 1 ~ 19 ~ a list of this kind",
      })
  void partWithoutWords_refusesTheWhole_andIsNamed(
      String source, int line, int column, String what) {
    var refused = assertInstanceOf(Compilation.Rejected.class, prose(source), source);
    ExpressionProblem problem = (ExpressionProblem) refused.problems().get(0);
    assertEquals(1, refused.problems().size());
    assertTrue(problem.message().startsWith(what), problem::toString);
    assertEquals(line, problem.line());
    assertTrue(Math.abs(problem.column() - column) <= 12, problem::toString);
  }
}
