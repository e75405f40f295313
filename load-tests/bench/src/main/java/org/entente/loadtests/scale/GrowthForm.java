package org.entente.loadtests.scale;

import java.util.function.DoubleUnaryOperator;

/** How something may grow with the number of agencies, but for a factor. */
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

  /** As it is written. */
  String words() {
    return words;
  }

  /** Its value for so many agencies, at least 2. */
  double at(double agencies) {
    return shape.applyAsDouble(agencies);
  }
}
