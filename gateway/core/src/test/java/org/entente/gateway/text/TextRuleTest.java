package org.entente.gateway.text;

import static org.entente.gateway.text.TextRule.LINE;
import static org.entente.gateway.text.TextRule.LINES;
import static org.entente.gateway.text.TextRule.REFERENCE;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Optional;
import org.entente.gateway.testkit.BlankText;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class TextRuleTest {
  private static String found(TextRule rule, String text) {
    return rule.fault(text).map(TextRule.Fault::found).orElse("nothing wrong");
  }

  @ParameterizedTest
  @MethodSource("org.entente.gateway.testkit.BlankText#all")
  void text_thatDoesNotShow_isRefusedInEachForm(String blank) {
    for (TextRule rule : TextRule.values()) {
      for (String text : new String[] {blank, blank.repeat(3), blank + " "}) {
        String found = found(rule, text);
        assertTrue(found.contains("U+%04X ".formatted(blank.codePointAt(0))), found);
      }
    }
    assertTrue(TextRule.isBlank(blank));
  }

  @ParameterizedTest
  @EnumSource
  void textOfTwoBlanks_orMarksAlone_isRefused(TextRule rule) {
    assertTrue(rule.fault("\u00A0\u2800").isPresent());
    assertTrue(rule.fault("\u0301").isPresent());
    assertEquals(Optional.empty(), rule.fault(""));
  }

  /** Controls of direction, controls, separators, halves of pairs, what is no character. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "\u202A", "\u202B", "\u202C", "\u202D", "\u202E", "\u2066", "\u2067", "\u2068", "\u2069",
        "\u200E", "\u200F", "\u061C", "\u0000", "\u0007", "\u001B", "\u007F", "\u0085", "\u2028",
        "\u2029", "\uD800", "\uDC00", "\uFFFE", "\uFEFF", "\u115F", "\u3164", "\u2061",
            "\uDB40\uDC41"
      })
  void characterInside_thatNoLanguageNeeds_isRefused(String wrong) {
    for (TextRule rule : TextRule.values()) {
      String found = found(rule, "AB" + wrong + "CD");
      assertTrue(found.startsWith("U+%04X ".formatted(wrong.codePointAt(0))), found);
      assertTrue(found.endsWith(" as character 3"), found);
    }
  }

  @Test
  void lineFeedsAndTabs_areForTextOfSeveralLines() {
    assertEquals(Optional.empty(), LINES.fault("first\r\n\tsecond\n"));
    for (String line : new String[] {"a\nb", "a\rb", "a\tb"}) {
      assertTrue(LINE.fault(line).isPresent());
      assertTrue(REFERENCE.fault(line).isPresent());
    }
    assertTrue(LINES.fault("\n\n").isPresent());
  }

  @Test
  void realLanguagesAndEmoji_areFreeText() {
    for (String text :
        new String[] {
          "Conteneur n° 4 : 12 kg, « sans facture »",
          "تحذير: حاوية مشبوهة في الميناء، ٢٠٢٦",
          "می‌خواهم کتاب‌ها را ببینم",
          "سال ۱۴۰۵ ه‍.ش",
          "क्‍ष और र्‌य: संदिग्ध कंटेनर",
          "ශ්‍රී ලංකා",
          "เรือลำนี้มีสินค้าผิดกฎหมาย",
          "សួស្តី\u200Bពិភពលោក",
          "集装箱里有假药",
          "葛\uDB40\uDD00城市の貨物",
          "컨테이너 검사",
          "👩‍❤️‍👨 ⚠️ 1️⃣ 👍🏽",
          "Zoll\u00ADfahndung",
          "\u0600١٢٣",
          "e\u0301te\u0301",
          "\uE000 and \u0378 are nobody's business"
        }) {
      assertEquals(Optional.empty(), LINE.fault(text), text);
      assertEquals(Optional.empty(), LINES.fault(text + "\n" + text), text);
      assertFalse(TextRule.isBlank(text));
    }
  }

  @Test
  void joiner_standsBehindWhatShows_andAtMostTwoInARow() {
    assertEquals(Optional.empty(), LINE.fault("a\u200D\uFE0Fb"));
    assertEquals("U+200D ZERO WIDTH JOINER as character 4", found(LINE, "a\u200D\u200D\u200Db"));
    assertEquals("U+200C ZERO WIDTH NON-JOINER as character 1", found(LINE, "\u200Ca"));
    assertEquals("U+200B ZERO WIDTH SPACE as character 3", found(LINE, "a \u200Bb"));
    assertEquals("U+00AD SOFT HYPHEN as character 2", found(LINES, "\n\u00ADb"));
  }

  /** The twenty-ninth look: a pile of them covers the lines above and below. */
  @Test
  void marks_pileUpToFourOnACharacter() {
    String four = "a\u0301\u0323\u0336\u20DD";
    for (TextRule rule : TextRule.values()) {
      assertEquals(Optional.empty(), rule.fault(four + four));
      assertEquals("U+0301 COMBINING ACUTE ACCENT as character 6", found(rule, four + "\u0301"));
    }
    assertEquals(
        "U+0301 COMBINING ACUTE ACCENT as character 7",
        found(LINE, four + "\u034F\u0301"),
        "a joiner between them ends no pile");
  }

  @Test
  void reference_holdsWhatShows_andPlainSpacesBetween() {
    for (String good : new String[] {"FR-DNRED-0042", "Inspecteur Müller", "税関-7", "ضابط ٧"}) {
      assertEquals(Optional.empty(), REFERENCE.fault(good), good);
    }
    for (String wrong :
        new String[] {
          " FR-1",
          "FR-1 ",
          "FR\u00A01",
          "FR\u200D1",
          "FR-1\uFE0F",
          "F\u00ADR",
          "FR\uE000",
          "F\u0378"
        }) {
      assertTrue(REFERENCE.fault(wrong).isPresent(), wrong);
    }
  }

  @Test
  void fault_namesCharacterAndPlace_andQuotesNothingElse() {
    assertEquals(
        "found U+202E RIGHT-TO-LEFT OVERRIDE as character 5; valid is visible characters, at"
            + " most four marks on one, and plain spaces between them",
        REFERENCE.fault("FR-1\u202E").orElseThrow().toString());
    assertEquals(
        "no visible character, only such as U+00A0 NO-BREAK SPACE", found(LINE, "\u00A0\u00A0"));
    assertEquals("U+0007 <control-0007> as character 2", found(LINE, "\uD83D\uDE00\u0007"));
  }

  @Test
  void blank_isAllOfThem() {
    assertTrue(TextRule.isBlank(String.join("", BlankText.all().toList())));
    assertTrue(TextRule.isBlank(""));
  }
}
