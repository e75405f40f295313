package org.entente.gateway.text;

import com.ibm.icu.lang.UCharacter;
import com.ibm.icu.text.UnicodeSet;
import com.ibm.icu.text.UnicodeSet.SpanCondition;
import java.util.Optional;

/**
 * Rules for text by the Unicode properties of its characters. Every rule refuses non-empty text
 * without a visible character. It also refuses control characters, line and paragraph separators,
 * lone surrogates, noncharacters, directional controls (Bidi_Control) and other invisible
 * characters (Default_Ignorable_Code_Point, Format). Empty text is valid: each field's own check
 * says whether it is required. Releases with the same Unicode version behave the same, whatever the
 * JDK. Immutable and safe for use by several threads.
 *
 * <p>Some languages and emoji need invisible characters: joiners, break points and variation
 * selectors. Free text may have them directly after a visible character, at most {@value
 * #JOINERS_IN_A_ROW} in a row. No text has more than {@value #MARKS_IN_A_ROW} marks on one
 * character, since they pile up over the lines above and below.
 */
public enum TextRule {
  /** One line of free text. */
  LINE(
      "one line of visible text; joiners and variation selectors only after a visible character; at"
          + " most four marks on one"),

  /** Free text of several lines. */
  LINES(
      "visible text, line feeds and tabs; joiners and variation selectors only after a visible"
          + " character; at most four marks on one"),

  /** A reference that identifies an acting person: every character is visible. */
  REFERENCE("visible characters, at most four marks on one, and plain spaces between them");

  private static final int JOINERS_IN_A_ROW = 2;
  private static final int MARKS_IN_A_ROW = 4;

  /** Characters without a glyph that no Unicode property identifies. */
  private static final String BLANK = "[\\u2800\\U00013441\\U00013442\\U0001D159]";

  private static final UnicodeSet VISIBLE =
      new UnicodeSet(
              "[[:L:][:N:][:P:][:S:][:Prepended_Concatenation_Mark:]"
                  + "-[:Default_Ignorable_Code_Point:]-"
                  + BLANK
                  + "]")
          .freeze();

  /** Visible characters, including marks, which modify the character before them. */
  private static final UnicodeSet SHOWN =
      new UnicodeSet("[[:M:]-[:Default_Ignorable_Code_Point:]]").addAll(VISIBLE).freeze();

  private static final UnicodeSet PLAIN = new UnicodeSet(SHOWN).add(' ').freeze();

  /** Characters allowed anywhere in free text. */
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

  /** Marks that are drawn over, under, through or around the character before them. */
  private static final UnicodeSet PILED =
      new UnicodeSet("[[:Mn:][:Me:]-[:Default_Ignorable_Code_Point:]]").freeze();

  private final String valid;

  TextRule(String valid) {
    this.valid = valid;
  }

  /**
   * A fault in a text.
   *
   * @param found the first forbidden character, and nothing else of the text
   * @param valid what the rule allows
   */
  public record Fault(String found, String valid) {
    /** {@code found U+202E RIGHT-TO-LEFT OVERRIDE as character 3; valid is …}. */
    @Override
    public String toString() {
      return "found " + found + "; valid is " + valid;
    }
  }

  /** The fault in a text; empty if it is valid. */
  public Optional<Fault> fault(String text) {
    if (text.isEmpty()) {
      return Optional.empty();
    }
    int at = Math.min(firstWrong(text), firstPiled(text));
    if (at < text.length()) {
      String place = " as character " + (text.codePointCount(0, at) + 1);
      return Optional.of(new Fault(name(text.codePointAt(at)) + place, valid));
    }
    return isBlank(text)
        ? Optional.of(
            new Fault("no visible character, only such as " + name(text.codePointAt(0)), valid))
        : Optional.empty();
  }

  /** Whether a text has no visible character; true for empty text. */
  public static boolean isBlank(String text) {
    return VISIBLE.containsNone(text);
  }

  /** Whether a character is invisible or looks like a plain space. */
  public static boolean isHidden(int codePoint) {
    return !PLAIN.contains(codePoint);
  }

  /** {@code U+202E RIGHT-TO-LEFT OVERRIDE}. */
  public static String name(int codePoint) {
    return "U+%04X %s".formatted(codePoint, UCharacter.getExtendedName(codePoint));
  }

  /** Index of the first forbidden character; the text's length if there is none. */
  private int firstWrong(String text) {
    return switch (this) {
      case LINE -> firstWrong(text, FREE);
      case LINES -> firstWrong(text, FREE_LINES);
      case REFERENCE -> firstHidden(text);
    };
  }

  /** Index of the first mark that is one too many; joiners between marks do not end a pile. */
  private static int firstPiled(String text) {
    int piled = 0;
    int at = 0;
    while (at < text.length()) {
      int c = text.codePointAt(at);
      if (c > '~' && PILED.contains(c)) {
        piled++;
      } else if (c <= '~' || !JOINERS.contains(c)) {
        piled = 0;
      }
      if (piled > MARKS_IN_A_ROW) {
        return at;
      }
      at += Character.charCount(c);
    }
    return at;
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

  /**
   * End of the run of characters from an index that are in a set; the set has all printable ASCII.
   */
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
