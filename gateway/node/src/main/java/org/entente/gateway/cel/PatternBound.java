package org.entente.gateway.cel;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Upper bound of the states of a pattern in RE2 syntax, found without compiling it.
 *
 * <p>RE2/J writes counted repetitions out while it compiles, and limits only each of them: {@code
 * ((a{1000}){1000}){1000}} would become a thousand million states. One pass over the text finds the
 * groups as RE2/J does, and counts states for each as if nothing in it were simplified. For an
 * invalid pattern the bound says nothing; RE2/J refuses those before it writes anything out.
 */
final class PatternBound {
  /** Most states that a group has without its content, or that an operator adds. */
  private static final int AROUND = 3;

  /** RE2/J refuses higher counts, so that their size does not matter here. */
  private static final Pattern COUNTS = Pattern.compile("\\{(\\d{1,4})(?:,(\\d{0,4}))?}");

  private static final Pattern FLAGS = Pattern.compile("\\(\\?[a-zA-Z-]*\\)");
  private static final Pattern GROUP = Pattern.compile("\\((?:\\?(?:P?<\\w*>|[a-zA-Z-]*:))?");

  // RE2/J knows no longer names; without a limit, each of many that never end is read to the end.
  private static final Pattern NAMED_CLASS = Pattern.compile("\\[:(?s:.{0,40}?):]");
  private static final Pattern CLASS_ESCAPE =
      Pattern.compile("\\\\(?:[dDsSwW]|[pP](?:\\{[^}]{0,40}}|(?s:.)))");
  private static final Pattern QUOTE = Pattern.compile("\\\\Q((?s:.*?))(?:\\\\E|\\z)");

  private static final Pattern UNICODE_CLASS = Pattern.compile("\\\\[pP]");

  /** The ranges of a Unicode class, rounded up. */
  private static final int UNICODE_RANGES = 1_000;

  /** The highest character that is written in octal or with two hexadecimal digits. */
  private static final int MAX_ESCAPED = 0x1FF;

  /** One character, also one that is written as an escape. */
  private static final Pattern CHARACTER =
      Pattern.compile("\\\\(?:[pPx]\\{[^}]{0,40}}|(?s:.))|(?s:.)");

  private final String text;
  private final Matcher matcher;
  private final Deque<Level> outer = new ArrayDeque<>();
  private Level level = new Level();
  private long unicode;
  private long ranged;
  private int at;

  private PatternBound(String text) {
    this.text = text;
    this.matcher = COUNTS.matcher(text);
  }

  /** The states of a group so far. */
  private static final class Level {
    private long before = AROUND;
    private long last;

    /** Adds what the next operator applies to. */
    void add(long states) {
      before = Size.plus(before, last);
      last = states;
    }

    void repeat(long times) {
      last = Size.plus(Size.times(Size.plus(last, AROUND), times), AROUND);
    }

    long all() {
      return Size.plus(before, last);
    }
  }

  /** The most states that a valid pattern has; at most {@link Size#ENDLESS}. */
  static long of(String text) {
    return read(text).level.all();
  }

  /**
   * The work on the character classes of a valid pattern, whose states do not show it: the ranges
   * of Unicode classes, and where case is ignored each character of other ranges.
   */
  static long ofClasses(String text, boolean ignoresCase) {
    PatternBound bound = read(text);
    return ignoresCase ? bound.unicode + bound.ranged : bound.unicode;
  }

  private static PatternBound read(String text) {
    PatternBound bound = new PatternBound(text);
    while (bound.at < text.length()) {
      bound.next();
    }
    while (!bound.outer.isEmpty()) {
      bound.close();
    }
    return bound;
  }

  private void next() {
    switch (text.charAt(at)) {
      case '(' -> open();
      case ')' -> {
        at++;
        close();
      }
      case '[' -> characterClass();
      case '*', '+', '?' -> {
        at++;
        level.repeat(1);
      }
      case '|' -> {
        at++;
        level.add(AROUND);
      }
      case '{' -> braces();
      default -> literal();
    }
  }

  private void open() {
    // Flags for the rest of the group: what stands before them can still be repeated.
    if (!passes(FLAGS) && passes(GROUP)) {
      outer.push(level);
      level = new Level();
    }
  }

  private void close() {
    if (!outer.isEmpty()) {
      long states = level.all();
      level = outer.pop();
      level.add(states);
    }
  }

  private void braces() {
    if (passes(COUNTS)) {
      String most = matcher.group(2);
      boolean open = most == null || most.isEmpty();
      level.repeat(Math.max(1, Integer.parseInt(open ? matcher.group(1) : most)));
    } else {
      literal();
    }
  }

  private void literal() {
    if (passes(QUOTE)) {
      // RE2/J repeats its last character only; after an empty one, what stands before it.
      int characters = matcher.end(1) - matcher.start(1);
      if (characters > 0) {
        level.add(characters);
      }
    } else {
      noteUnicode();
      if (passes(CHARACTER)) {
        level.add(1);
      }
    }
  }

  private void noteUnicode() {
    if (isNext(UNICODE_CLASS)) {
      unicode += UNICODE_RANGES;
    }
  }

  /** A class is one state. It may hold a bracket as its first character or at a range's end. */
  private void characterClass() {
    at += text.startsWith("[^", at) ? 2 : 1;
    boolean first = true;
    while (at < text.length() && (first || text.charAt(at) != ']')) {
      first = false;
      noteUnicode();
      if (!passes(NAMED_CLASS) && !passes(CLASS_ESCAPE)) {
        characterOrRange();
      }
    }
    at++;
    level.add(1);
  }

  private void characterOrRange() {
    int low = character(0);
    passes(CHARACTER);
    if (text.startsWith("-", at) && !text.startsWith("-]", at)) {
      at++;
      ranged += Math.max(0, character(MAX_ESCAPED) - low);
      passes(CHARACTER);
    }
  }

  /** The next character, or this one if an escape or nothing is next. */
  private int character(int otherwise) {
    return at < text.length() && text.charAt(at) != '\\' ? text.codePointAt(at) : otherwise;
  }

  /** Goes past this form if it is next. */
  private boolean passes(Pattern form) {
    boolean here = isNext(form);
    if (here) {
      at = matcher.end();
    }
    return here;
  }

  private boolean isNext(Pattern form) {
    return matcher.usePattern(form).region(at, text.length()).lookingAt();
  }
}
