package org.entente.gateway.text;

import com.ibm.icu.lang.UCharacter;
import com.ibm.icu.text.UnicodeSet;
import com.ibm.icu.text.UnicodeSet.SpanCondition;
import java.util.Optional;

/**
 * What a text may hold, by the Unicode properties of its characters. Every form refuses a text that
 * has characters but none that shows, controls, line and paragraph separators, halves of surrogate
 * pairs, noncharacters, controls of direction (Bidi_Control) and other characters that do not show
 * (Default_Ignorable_Code_Point, Format). Empty text is good: whether a field is required, its
 * check says. The same in every release that has the same Unicode version, whatever the JDK.
 * Immutable and safe for use by several threads.
 *
 * <p>Languages and emoji need some characters that do not show: joiners, break points and variation
 * selectors. Free text may hold them directly behind a character that shows, at most {@value
 * #JOINERS_IN_A_ROW} in a row.
 */
public enum TextRule {
  /** One line of free text. */
  LINE("one line of text that shows; joiners and variation selectors behind a character only"),

  /** Free text of several lines. */
  LINES(
      "text that shows, line feeds and tabs; joiners and variation selectors behind a character"
          + " only"),

  /** A reference by which a person who acts is known: every character shows. */
  REFERENCE("characters that show, and plain spaces between them");

  private static final int JOINERS_IN_A_ROW = 2;

  /** Characters without a glyph that no property tells from those with one. */
  private static final String BLANK = "[\\u2800\\U00013441\\U00013442\\U0001D159]";

  private static final UnicodeSet VISIBLE =
      new UnicodeSet(
              "[[:L:][:N:][:P:][:S:][:Prepended_Concatenation_Mark:]"
                  + "-[:Default_Ignorable_Code_Point:]-"
                  + BLANK
                  + "]")
          .freeze();

  /** What shows where it stands: marks show on what is before them. */
  private static final UnicodeSet SHOWN =
      new UnicodeSet("[[:M:]-[:Default_Ignorable_Code_Point:]]").addAll(VISIBLE).freeze();

  private static final UnicodeSet PLAIN = new UnicodeSet(SHOWN).add(' ').freeze();

  /** What free text may hold anywhere. */
  private static final UnicodeSet FREE =
      new UnicodeSet(
              "[^[:Cc:][:Cs:][:Cf:][:Zl:][:Zp:][:Noncharacter_Code_Point:][:Bidi_Control:]"
                  + "[:Default_Ignorable_Code_Point:]]")
          .addAll(VISIBLE)
          .freeze();

  private static final UnicodeSet FREE_LINES = new UnicodeSet(FREE).addAll("\n\r\t").freeze();

  private static final UnicodeSet JOINERS =
      new UnicodeSet("[[:Join_Control:][:Variation_Selector:]\\u00AD\\u034F\\u180E\\u200B\\u2060]")
          .freeze();

  private final String valid;

  TextRule(String valid) {
    this.valid = valid;
  }

  /**
   * What is wrong with a text.
   *
   * @param found the first character that it must not hold, and nothing else of the text
   * @param valid what it may hold
   */
  public record Fault(String found, String valid) {
    /** {@code found U+202E RIGHT-TO-LEFT OVERRIDE as character 3; valid is …}. */
    @Override
    public String toString() {
      return "found " + found + "; valid is " + valid;
    }
  }

  /** What is wrong with a text; empty if it is good. */
  public Optional<Fault> fault(String text) {
    if (text.isEmpty()) {
      return Optional.empty();
    }
    int at = firstWrong(text);
    if (at < text.length()) {
      String place = " as character " + (text.codePointCount(0, at) + 1);
      return Optional.of(new Fault(name(text.codePointAt(at)) + place, valid));
    }
    return isBlank(text)
        ? Optional.of(
            new Fault("nothing that shows, only such as " + name(text.codePointAt(0)), valid))
        : Optional.empty();
  }

  /** Whether nothing of a text shows; so it is of an empty one. */
  public static boolean isBlank(String text) {
    return VISIBLE.containsNone(text);
  }

  /** Whether a reader does not see a character, or sees no more than a plain space. */
  public static boolean isHidden(int codePoint) {
    return !PLAIN.contains(codePoint);
  }

  /** {@code U+202E RIGHT-TO-LEFT OVERRIDE}. */
  public static String name(int codePoint) {
    return "U+%04X %s".formatted(codePoint, UCharacter.getExtendedName(codePoint));
  }

  /** Where the first character stands that the text must not hold; its length if there is none. */
  private int firstWrong(String text) {
    return switch (this) {
      case LINE -> firstWrong(text, FREE);
      case LINES -> firstWrong(text, FREE_LINES);
      case REFERENCE -> firstHidden(text);
    };
  }

  private static int firstHidden(String text) {
    int last = text.length() - 1;
    if (isBlank(text) || text.charAt(0) == ' ') {
      return 0;
    }
    int at = span(text, 0, PLAIN);
    return at > last && text.charAt(last) == ' ' ? last : at;
  }

  private static int firstWrong(String text, UnicodeSet free) {
    int at = span(text, 0, free);
    while (at < text.length()) {
      int joined = JOINERS.span(text, at, SpanCondition.CONTAINED);
      boolean behind = at > 0 && SHOWN.contains(text.codePointBefore(at));
      int most =
          text.offsetByCodePoints(at, Math.min(JOINERS_IN_A_ROW, text.codePointCount(at, joined)));
      if (!behind || joined == at || joined > most) {
        return behind ? most : at;
      }
      at = span(text, joined, free);
    }
    return at;
  }

  /** Where a set that has all of ASCII that prints ends to hold the text, from a place on. */
  private static int span(String text, int from, UnicodeSet set) {
    int at = from;
    while (at < text.length()) {
      char c = text.charAt(at);
      if (c >= ' ' && c <= '~') {
        at++;
      } else if (set.contains(text.codePointAt(at))) {
        at += Character.charCount(text.codePointAt(at));
      } else {
        return at;
      }
    }
    return at;
  }
}
