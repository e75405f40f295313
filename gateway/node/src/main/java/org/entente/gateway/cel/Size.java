package org.entente.gateway.cel;

import dev.cel.common.types.CelType;
import org.jspecify.annotations.Nullable;

/**
 * How large a value can be at most, known before there is one.
 *
 * @param shape what it is
 * @param most characters of a text, entries of a list or map
 * @param each elements of a list, keys of a map; null where there are none
 * @param value values of a map
 */
record Size(Shape shape, long most, @Nullable Size each, @Nullable Size value) {
  /** What values there are, as far as their size goes. */
  enum Shape {
    /** A number, bool, time, enum: of one size. */
    SCALAR,
    TEXT,
    LIST,
    MAP,
    /** Of which nothing is known. */
    UNKNOWN
  }

  /** Sizes and steps are no larger than this: a count that reaches it stays there. */
  static final long ENDLESS = 1_000_000_000_000L;

  /** Characters that one step looks at. */
  static final int CHARACTERS = 10;

  /** Most iterations of comprehensions in one evaluation. */
  static final int MAX_ITERATIONS = 10_000;

  static final Size SCALAR = new Size(Shape.SCALAR, 1, null, null);
  static final Size UNKNOWN = new Size(Shape.UNKNOWN, MAX_ITERATIONS, null, null);

  static Size text(long characters) {
    return new Size(Shape.TEXT, Math.min(characters, ENDLESS), null, null);
  }

  static Size list(long entries, @Nullable Size each) {
    return new Size(Shape.LIST, Math.min(entries, ENDLESS), each, null);
  }

  static Size map(long entries, @Nullable Size keys, @Nullable Size values) {
    return new Size(Shape.MAP, Math.min(entries, ENDLESS), keys, values);
  }

  /** The size of a value of which the type alone is known. */
  static Size of(CelType type) {
    return switch (type.kind()) {
      case BOOL, INT, UINT, DOUBLE, TIMESTAMP, DURATION, NULL_TYPE, TYPE -> SCALAR;
      default -> UNKNOWN;
    };
  }

  static long plus(long one, long other) {
    return Math.min(one + other, ENDLESS);
  }

  static long times(long one, long other) {
    return one != 0 && other > ENDLESS / one ? ENDLESS : one * other;
  }

  /** What a comprehension's variable holds, or an index takes from a list. */
  Size element() {
    return shape == Shape.UNKNOWN ? UNKNOWN : orScalar(each);
  }

  /** What an index takes. */
  Size indexed() {
    return shape == Shape.MAP ? orScalar(value) : element();
  }

  /** Steps of looking at all of it once, such as to compare it. */
  long work() {
    return switch (shape) {
      case SCALAR -> 0;
      case TEXT -> (most + CHARACTERS - 1) / CHARACTERS;
      case LIST -> times(most, plus(1, element().work()));
      case MAP -> times(most, plus(1, plus(element().work(), indexed().work())));
      case UNKNOWN -> most;
    };
  }

  /** The larger of the two, where either can be the value. */
  Size or(Size other) {
    if (shape != other.shape) {
      return UNKNOWN;
    }
    return new Size(
        shape, Math.max(most, other.most), either(each, other.each), either(value, other.value));
  }

  /** Both, one after the other. */
  Size and(Size other) {
    Size larger = or(other);
    boolean grows = larger.shape == Shape.TEXT || larger.shape == Shape.LIST;
    return grows ? larger.of(plus(most, other.most)) : larger;
  }

  /** The same of another number of entries or characters. */
  Size of(long entries) {
    return new Size(shape, Math.min(entries, ENDLESS), each, value);
  }

  private static @Nullable Size either(@Nullable Size one, @Nullable Size other) {
    if (one == null) {
      return other;
    }
    return other == null ? one : one.or(other);
  }

  private static Size orScalar(@Nullable Size size) {
    return size == null ? SCALAR : size;
  }
}
