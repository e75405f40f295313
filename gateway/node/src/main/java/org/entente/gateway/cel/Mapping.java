package org.entente.gateway.cel;

import java.util.Map;
import java.util.Optional;

/**
 * A compiled mapping expression: computes the value of one target field from a source record.
 *
 * <p>Its variable is {@code source}, a map from string to anything. Besides standard CEL: optional
 * selection ({@code source.?brand.orValue("")}) and the string functions {@code charAt}, {@code
 * indexOf}, {@code join}, {@code lastIndexOf}, {@code lowerAscii}, {@code replace}, {@code split},
 * {@code substring}, {@code trim}, {@code upperAscii}. Pure and safe for use by several threads.
 */
public final class Mapping {
  private final Program program;
  private final ValueType type;

  Mapping(Program program, ValueType type) {
    this.program = program;
    this.type = type;
  }

  /**
   * Evaluates the mapping for one record of {@link String}, {@link Boolean}, {@link Long}, {@link
   * Double}, {@link java.time.Instant}, {@link java.util.List} and {@link Map}.
   *
   * @return a value of the required type; empty for null or an absent optional; a failure, for
   *     example, if a key is absent or the value has another type
   */
  public Evaluation<Optional<Object>> evaluate(Map<String, ?> source) {
    return program.evaluate(Map.of("source", source), this::typed);
  }

  private Evaluation<Optional<Object>> typed(Object raw) {
    Evaluation<Optional<Object>> plain = PlainValues.of(raw);
    if (plain instanceof Evaluation.Value<Optional<Object>> value
        && value.value().isPresent()
        && !type.admits(value.value().get())) {
      return new Evaluation.EvaluationFailed<>(
          "the result is "
              + PlainValues.typeName(value.value().get())
              + "; the required type is "
              + type);
    }
    return plain;
  }

  @Override
  public String toString() {
    return program.source();
  }
}
