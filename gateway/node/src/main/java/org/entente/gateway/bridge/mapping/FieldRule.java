package org.entente.gateway.bridge.mapping;

import java.util.Map;
import java.util.Optional;
import org.entente.gateway.bridge.format.DraftFault;
import org.entente.gateway.cel.Evaluation;
import org.entente.gateway.cel.Mapping;
import org.jspecify.annotations.Nullable;

/**
 * The rule by which one value is computed from a record.
 *
 * @param path its target, as named in faults
 * @param expression the expression that computes it; null if it is always {@code fixed}
 * @param fixed the value if there is no expression
 * @param guard a bool expression; null if the rule always applies
 * @param otherwise the value if the expression gives none; null leaves it unset
 * @param longest length to which a text is cut; {@link Integer#MAX_VALUE} for no cut
 */
record FieldRule(
    String path,
    @Nullable Mapping expression,
    @Nullable Object fixed,
    @Nullable Mapping guard,
    @Nullable Object otherwise,
    int longest) {

  Optional<Object> value(Map<String, Object> source) throws DraftFault {
    Optional<Object> value = applies(source) ? computed(source) : Optional.empty();
    return value.or(() -> Optional.ofNullable(otherwise)).map(this::cut);
  }

  private boolean applies(Map<String, Object> source) throws DraftFault {
    return guard == null || evaluate(guard, source).filter(Boolean.TRUE::equals).isPresent();
  }

  private Optional<Object> computed(Map<String, Object> source) throws DraftFault {
    return expression == null ? Optional.ofNullable(fixed) : evaluate(expression, source);
  }

  private Optional<Object> evaluate(Mapping mapping, Map<String, Object> source) throws DraftFault {
    Evaluation<Optional<Object>> evaluation = mapping.evaluate(source);
    if (evaluation instanceof Evaluation.EvaluationFailed<Optional<Object>> failed) {
      throw new DraftFault(path, "cannot be computed from the record: " + failed.reason());
    }
    return ((Evaluation.Value<Optional<Object>>) evaluation).value();
  }

  private Object cut(Object value) {
    if (!(value instanceof String text) || text.length() <= longest) {
      return value;
    }
    int end = longest - 1;
    if (Character.isHighSurrogate(text.charAt(end - 1))) {
      end--;
    }
    return text.substring(0, end) + "…";
  }
}
