package org.entente.gateway.cel;

import dev.cel.common.types.CelKind;
import java.time.Instant;
import java.util.List;
import java.util.Map;

/** The type that a mapping expression must yield, with the Java class that carries it. */
public enum ValueType {
  /** Any of the others. */
  ANY(CelKind.DYN, Object.class),
  /** {@link String}. */
  TEXT(CelKind.STRING, String.class),
  /** {@link Boolean}. */
  BOOL(CelKind.BOOL, Boolean.class),
  /** {@link Long}. */
  WHOLE(CelKind.INT, Long.class),
  /** {@link Double}. */
  DECIMAL(CelKind.DOUBLE, Double.class),
  /** {@link Instant}. */
  TIME(CelKind.TIMESTAMP, Instant.class),
  /** {@link List} of these. */
  LIST(CelKind.LIST, List.class),
  /** {@link Map} from {@link String} to these. */
  MAP(CelKind.MAP, Map.class);

  private final CelKind kind;
  private final Class<?> javaClass;

  ValueType(CelKind kind, Class<?> javaClass) {
    this.kind = kind;
    this.javaClass = javaClass;
  }

  /** Whether an expression of this static kind can yield the type; for DYN, evaluation decides. */
  boolean admits(CelKind found) {
    return this == ANY || found == kind || found == CelKind.DYN || found == CelKind.NULL_TYPE;
  }

  boolean admits(Object value) {
    return javaClass.isInstance(value);
  }
}
