package org.entente.gateway.bridge.cap;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.entente.gateway.bridge.format.UnmappedValue;

/**
 * Collects the parts of one alert that a conversion changes or omits: each once, where it occurs
 * first, and at most {@value #MOST} of them, since a document may have thousands. For one thread.
 */
final class UnmappedCollector {
  static final int MOST = 100;

  private final Map<String, UnmappedValue> found = new LinkedHashMap<>();
  private boolean more;

  void add(int line, String path, String what) {
    UnmappedValue one = new UnmappedValue(line, path, what);
    String key = one.toString();
    if (found.size() < MOST) {
      found.putIfAbsent(key, one);
    } else if (!found.containsKey(key)) {
      more = true;
    }
  }

  void addAll(List<UnmappedValue> others) {
    others.forEach(one -> add(one.line(), one.path(), one.what()));
  }

  List<UnmappedValue> list() {
    List<UnmappedValue> out = new ArrayList<>(found.values());
    if (more) {
      out.add(
          new UnmappedValue(
              0,
              "alert",
              "has more parts that are changed or left out; the first " + MOST + " are listed"));
    }
    return List.copyOf(out);
  }
}
