package org.entente.gateway.cluster;

import java.util.HashMap;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.entente.gateway.store.LogPosition;

/**
 * What the clients of a simulated cluster were told, and what its copies were at each entry. It
 * ends the run where a node contradicts it.
 */
final class ClusterTruth {
  private record Copy(long commits, String chain) {}

  private final Set<Long> messages = new TreeSet<>();
  private final Set<String> recalled = new HashSet<>();
  private final Set<String> destroyed = new TreeSet<>();
  private final Map<Long, Copy> copies = new HashMap<>();
  private final Map<String, Integer> happened = new TreeMap<>();

  /** Counts what a run is to contain, so that a test can require it. */
  void happened(String what) {
    happened.merge(what, 1, Integer::sum);
  }

  Map<String, Integer> happened() {
    return happened;
  }

  void acknowledged(long message) {
    messages.add(message);
  }

  Set<Long> messages() {
    return messages;
  }

  void recalled(String key) {
    recalled.add(key);
  }

  Set<String> recalled() {
    return recalled;
  }

  /** Every node has confirmed that it destroyed a key. */
  void destroyed(String key) {
    destroyed.add(key);
  }

  Set<String> destroyed() {
    return destroyed;
  }

  /** A node has applied an entry: every other must be the same after it. */
  void applied(int node, long index, LogPosition position, byte[] chain) {
    Copy copy = new Copy(position.commits(), HexFormat.of().formatHex(chain));
    Copy known = copies.putIfAbsent(index, copy);
    if (known != null && !known.equals(copy)) {
      throw new AssertionError(
          "the copy of node %d differs after entry %d: %s, and elsewhere %s"
              .formatted(node, index, copy, known));
    }
  }
}
