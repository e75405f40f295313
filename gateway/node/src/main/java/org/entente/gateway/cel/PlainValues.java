package org.entente.gateway.cel;

import com.google.common.primitives.UnsignedLong;
import com.google.protobuf.NullValue;
import com.google.protobuf.Timestamp;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Converts results of the CEL runtime to plain Java values: text, bool, long, double, instant,
 * list, map.
 *
 * <p>A value has at most {@value #MAX_ELEMENTS} elements altogether: an expression can share one
 * list in many places, and the plain value repeats it in each.
 */
final class PlainValues {
  static final int MAX_ELEMENTS = 10_000;
  private static final int MAX_DEPTH = 16;

  private int elements;

  private PlainValues() {}

  static Evaluation<Optional<Object>> of(Object raw) {
    try {
      return new Evaluation.Value<>(new PlainValues().plain(raw, 0));
    } catch (ValueError e) {
      return new Evaluation.EvaluationFailed<>(e.reason);
    }
  }

  /** Name of a plain value's type in messages. */
  static String typeName(Object value) {
    for (ValueType type : ValueType.values()) {
      if (type != ValueType.ANY && type.admits(value)) {
        return type.name();
      }
    }
    return value.getClass().getSimpleName();
  }

  private Optional<Object> plain(Object raw, int depth) throws ValueError {
    if (++elements > MAX_ELEMENTS || depth > MAX_DEPTH) {
      throw new ValueError(
          "the result has more than " + MAX_ELEMENTS + " elements or " + MAX_DEPTH + " levels");
    }
    if (raw instanceof String || raw instanceof Boolean || raw instanceof Long) {
      return Optional.of(raw);
    }
    if (raw instanceof Double || raw instanceof Instant) {
      return Optional.of(raw);
    }
    if (raw instanceof UnsignedLong unsigned && unsigned.bigIntegerValue().bitLength() < 64) {
      return Optional.of(unsigned.longValue());
    }
    if (raw instanceof Timestamp time) {
      return Optional.of(Instant.ofEpochSecond(time.getSeconds(), time.getNanos()));
    }
    if (raw instanceof NullValue || raw instanceof dev.cel.common.values.NullValue) {
      return Optional.empty();
    }
    if (raw instanceof Optional<?> optional) {
      return optional.isPresent() ? plain(optional.get(), depth + 1) : Optional.empty();
    }
    if (raw instanceof List<?> list) {
      return Optional.of(plainList(list, depth));
    }
    if (raw instanceof Map<?, ?> map) {
      return Optional.of(plainMap(map, depth));
    }
    throw new ValueError("the result is not a text, bool, number, time, list or map");
  }

  private List<Object> plainList(List<?> list, int depth) throws ValueError {
    List<Object> out = new ArrayList<>(Math.min(list.size(), MAX_ELEMENTS));
    for (Object element : list) {
      plain(element, depth + 1).ifPresent(out::add);
    }
    return List.copyOf(out);
  }

  private Map<String, Object> plainMap(Map<?, ?> map, int depth) throws ValueError {
    Map<String, Object> out = new LinkedHashMap<>();
    for (Map.Entry<?, ?> entry : map.entrySet()) {
      if (!(entry.getKey() instanceof String key)) {
        throw new ValueError("a map of the result has a key that is not a text");
      }
      plain(entry.getValue(), depth + 1).ifPresent(value -> out.put(key, value));
    }
    return java.util.Collections.unmodifiableMap(out);
  }

  /** Ends the recursion; never leaves the class. */
  private static final class ValueError extends Exception {
    private static final long serialVersionUID = 1L;
    private final String reason;

    ValueError(String reason) {
      super(reason, null, false, false);
      this.reason = reason;
    }
  }
}
