package org.entente.gateway.cel;

import dev.cel.common.types.CelType;
import org.jspecify.annotations.Nullable;

/**
 * Upper bound on the size of a value, known before evaluation.
 *
 * @param shape its shape
 * @param most most characters of a text, or most entries of a list or map
 * @param each elements of a list, keys of a map; null where there are none
 * @param value values of a map
 */
record Size(Shape shape, long most, @Nullable Size each, @Nullable Size value) {
  /** The shapes of values that differ in size. */
  enum Shape {
    /** A number, bool, time or enum: of fixed size. */
    SCALAR,
    TEXT,
    LIST,
    MAP,
    /** An unknown value. */
    UNKNOWN
  }

  /** Upper limit of sizes and steps: a count that reaches it stays there. */
  static final long ENDLESS = 1_000_000_000_000L;

  /** Characters read in one step. */
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

  /** The size of a value of which only the type is known. */
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

  /** The size of a comprehension's variable or of a list's element. */
  Size element() {
    return shape == Shape.UNKNOWN ? UNKNOWN : orScalar(each);
  }

  /** The size of an indexed value. */
  Size indexed() {
    return shape == Shape.MAP ? orScalar(value) : element();
  }

  /** Steps of reading the whole value once, such as to compare it. */
  long work() {
    return switch (shape) {
      case SCALAR -> 0;
      case TEXT -> (most + CHARACTERS - 1) / CHARACTERS;
      case LIST -> times(most, plus(1, element().work()));
      case MAP -> times(most, plus(1, plus(element().work(), indexed().work())));
      case UNKNOWN -> most;
    };
  }

  /** The larger of the two, if either can be the value. */
  Size or(Size other) {
    if (shape != other.shape) {
      return UNKNOWN;
    }
    return new Size(
        shape, Math.max(most, other.most), either(each, other.each), either(value, other.value));
  }

  /** The size of both, concatenated. */
  Size and(Size other) {
    Size larger = or(other);
    boolean grows = larger.shape == Shape.TEXT || larger.shape == Shape.LIST;
    return grows ? larger.of(plus(most, other.most)) : larger;
  }

  /** A value of this shape with another number of entries or characters. */
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
