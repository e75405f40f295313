package org.entente.loadtests.scale;

import java.util.function.DoubleUnaryOperator;

/** Form of growth with the number of agencies, without its factor. */
enum GrowthForm {
  CONSTANT("constant", n -> 1),
  LOGARITHMIC("log n", Math::log),
  LINEAR("n", n -> n),
  LINEARITHMIC("n log n", n -> n * Math.log(n)),
  QUADRATIC("n²", n -> n * n),
  CUBIC("n³", n -> n * n * n);

  private final String words;

  @SuppressWarnings("ImmutableEnumChecker") // functions of their argument alone
  private final DoubleUnaryOperator shape;

  GrowthForm(String words, DoubleUnaryOperator shape) {
    this.words = words;
    this.shape = shape;
  }

  /** Its notation. */
  String words() {
    return words;
  }

  /** Its value for a number of agencies, at least 2. */
  double at(double agencies) {
    return shape.applyAsDouble(agencies);
  }
}
