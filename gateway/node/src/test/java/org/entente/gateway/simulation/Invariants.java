package org.entente.gateway.simulation;

import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.entente.gateway.ledger.table.WindowTable;
import org.entente.gateway.link.LaneStatus;
import org.entente.gateway.link.LinkSettings;
import org.entente.gateway.link.PeerStatus;
import org.entente.gateway.model.AgencyName;
import org.entente.gateway.model.Lane;
import org.entente.gateway.transmit.GapWatch;

/**
 * What must hold of every node at any moment, looked at once a second: what it keeps in memory is
 * bounded, however much waits on its disk, and a number that stays missing is reported.
 */
final class Invariants {
  /** Chores, timers and steps under way; a run has a few hundred. */
  private static final int MOST_EVENTS = 4_000;

  private static final int MOST_WRITES = 500;

  /** Until the gateway has looked once more, and a run has looked at it. */
  private static final long NOTICED_AFTER = GapWatch.AFTER.toNanos() + 8_000_000_000L;

  private record MissingRange(
      SimNode.Run process, AgencyName origin, Lane lane, long epoch, long first) {}

  private final Collection<SimNode> nodes;
  private final VirtualTime time;
  private final Violations violations;
  private Map<MissingRange, Long> since = new HashMap<>();

  Invariants(Collection<SimNode> nodes, VirtualTime time, Violations violations) {
    this.nodes = nodes;
    this.time = time;
    this.violations = violations;
  }

  /** Looks at every node that runs. */
  void check() {
    if (time.pending() > MOST_EVENTS) {
      violations.add(time.pending() + " events are to come", null);
    }
    Map<MissingRange, Long> now = new HashMap<>();
    for (SimNode node : nodes) {
      SimNode.Run process = node.process();
      if (process != null) {
        memory(process);
        gaps(process, now);
      }
    }
    since = now;
  }

  private void memory(SimNode.Run process) {
    if (process.writes() > MOST_WRITES) {
      violations.add(process.name() + " has " + process.writes() + " writes under way", null);
    }
    LinkSettings settings = LinkSettings.defaults();
    for (PeerStatus peer : process.core().links().status()) {
      for (LaneStatus lane : peer.lanes()) {
        if (lane.inFlight() > settings.windowEnvelopes()) {
          violations.add(process.name() + " to " + peer.peer() + ": " + lane, null);
        }
      }
    }
  }

  private void gaps(SimNode.Run process, Map<MissingRange, Long> now) {
    WindowTable windows = process.core().ledger().windows();
    for (AgencyName origin : windows.origins()) {
      for (WindowTable.LaneWindow one : windows.all(origin)) {
        if (!one.window().receivedAbove().isEmpty()) {
          MissingRange lacking =
              new MissingRange(
                  process, origin, one.lane(), one.window().epoch(), one.window().watermark() + 1);
          long first = Optional.ofNullable(since.get(lacking)).orElse(time.nanos());
          now.put(lacking, first);
          if (time.nanos() - first > NOTICED_AFTER && !isReported(process, "recipient", origin)) {
            violations.add("nobody says that there is " + lacking, null);
          }
        }
      }
    }
  }

  /** Whether a node says that numbers are missing between it and an agency. */
  static boolean isReported(SimNode.Run process, String end, AgencyName agency) {
    String gauge = "entente_origin_gap_messages{end=\"" + end + "\",agency=\"" + agency + "\"";
    return process
        .metrics()
        .lines()
        .anyMatch(line -> line.startsWith(gauge) && !line.endsWith(" 0.0"));
  }
}
