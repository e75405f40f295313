package org.entente.gateway.simulation;

import java.util.HashMap;
import java.util.Map;
import org.entente.gateway.model.AgencyName;
import org.entente.proto.link.v1.BundlePart;
import org.entente.proto.link.v1.Frame;

/**
 * Watches a trust bundle spread. Whoever has it in force says so at once to all that it is linked
 * with; by that it is known when it had it, and by the last part that it was handed, from whom.
 */
final class ScaleGossip implements SimNetwork.FrameTap {
  private final VirtualTime time;
  private final long version;
  private final Map<AgencyName, AgencyName> source = new HashMap<>();
  private final Map<AgencyName, Integer> round = new HashMap<>();
  private long first = Long.MAX_VALUE;
  private long last;

  /** Watches for the bundle of a version, which nobody has yet. */
  ScaleGossip(VirtualTime time, long version) {
    this.time = time;
    this.version = version;
  }

  @Override
  public void sent(AgencyName from, AgencyName to, Frame frame) {
    if (frame.hasBundlePart() && isLast(frame.getBundlePart()) && !round.containsKey(to)) {
      source.put(to, from);
    }
    if (frame.hasBundleInForce()
        && frame.getBundleInForce().getVersion() == version
        && !round.containsKey(from)) {
      AgencyName by = source.get(from);
      round.put(from, by == null ? 0 : round.getOrDefault(by, 0) + 1);
      first = Math.min(first, time.nanos());
      last = time.nanos();
    }
  }

  private static boolean isLast(BundlePart part) {
    return part.getOffset() + part.getNote().size() == part.getTotal();
  }

  /** Nodes that have it in force. */
  int reached() {
    return round.size();
  }

  /** The longest way that it took from node to node. */
  int rounds() {
    return round.values().stream().mapToInt(Integer::intValue).max().orElse(0);
  }

  /** Nanoseconds of virtual time from the first node that had it in force to the last. */
  long nanos() {
    return last - first;
  }
}
