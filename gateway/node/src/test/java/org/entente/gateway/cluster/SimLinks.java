package org.entente.gateway.cluster;

import java.util.Arrays;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;

/** The network between simulated nodes: each direction may be cut; messages are lost and slow. */
final class SimLinks {
  private static final long LEAST_NANOS = TimeUnit.MICROSECONDS.toNanos(100);

  private final SplittableRandom random;
  private final boolean[][] cut;
  private double loss;
  private long slowestNanos = TimeUnit.MILLISECONDS.toNanos(2);

  SimLinks(int nodes, SplittableRandom random) {
    this.random = random;
    this.cut = new boolean[nodes][nodes];
  }

  /** Whether a message that is sent now arrives. */
  boolean passes(int from, int to) {
    return !cut[from][to] && (loss == 0 || random.nextDouble() >= loss);
  }

  /** How long a message takes. Later ones may overtake it. */
  long delay() {
    return random.nextLong(LEAST_NANOS, slowestNanos);
  }

  void cut(int from, int to) {
    cut[from][to] = true;
  }

  /** Cuts a node off in both directions. */
  void isolate(int node) {
    for (int other = 0; other < cut.length; other++) {
      cut[node][other] = true;
      cut[other][node] = true;
    }
  }

  void disturb(double lossFromNow, long slowestFromNowNanos) {
    loss = lossFromNow;
    slowestNanos = slowestFromNowNanos;
  }

  void mend() {
    for (boolean[] row : cut) {
      Arrays.fill(row, false);
    }
    disturb(0, TimeUnit.MILLISECONDS.toNanos(2));
  }
}
