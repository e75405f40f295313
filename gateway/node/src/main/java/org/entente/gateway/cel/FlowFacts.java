package org.entente.gateway.cel;

import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;

/**
 * The facts that are certain once some condition has a given result: least sizes of lists, and
 * which optional fields and keys are present. Immutable.
 *
 * @param never whether the condition cannot have this result; then every fact holds
 * @param sizes least sizes, by the list as written by {@link ExpressionText}
 * @param present the present fields and keys, as they would be read
 */
record FlowFacts(boolean never, Map<String, Long> sizes, Set<String> present) {
  static final FlowFacts NOTHING = new FlowFacts(false, Map.of(), Set.of());
  static final FlowFacts NEVER = new FlowFacts(true, Map.of(), Set.of());

  FlowFacts {
    sizes = Map.copyOf(sizes);
    present = Set.copyOf(present);
  }

  static FlowFacts size(String list, long least) {
    return least > 0 ? new FlowFacts(false, Map.of(list, least), Set.of()) : NOTHING;
  }

  static FlowFacts present(String what) {
    return new FlowFacts(false, Map.of(), Set.of(what));
  }

  boolean hasSize(String list, long least) {
    return never || sizes.getOrDefault(list, 0L) >= least;
  }

  boolean has(String what) {
    return never || present.contains(what);
  }

  /** The facts if both hold. */
  FlowFacts and(FlowFacts other) {
    if (never || other.never) {
      return NEVER;
    }
    Map<String, Long> larger = new HashMap<>(sizes);
    other.sizes.forEach((list, least) -> larger.merge(list, least, Math::max));
    Set<String> all = new HashSet<>(present);
    all.addAll(other.present);
    return new FlowFacts(false, larger, all);
  }

  /** The facts if at least one holds. */
  FlowFacts or(FlowFacts other) {
    if (never || other.never) {
      return never ? other : this;
    }
    Map<String, Long> smaller = new HashMap<>();
    sizes.forEach(
        (list, least) -> {
          Long others = other.sizes.get(list);
          if (others != null) {
            smaller.put(list, Math.min(least, others));
          }
        });
    Set<String> common = new HashSet<>(present);
    common.retainAll(other.present);
    return new FlowFacts(false, smaller, common);
  }
}
