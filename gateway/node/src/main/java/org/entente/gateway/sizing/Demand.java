package org.entente.gateway.sizing;

/**
 * What a federation is to do: every agency the same, each a recipient as often as any other.
 *
 * @param agencies how many exchange mail, a transit not counted
 * @param rate messages a second that each publishes
 * @param size bytes of a message's body
 * @param recipients agencies that each message goes to
 * @param retentionDays how long recipients keep bodies
 * @param hub whether all are linked with one transit and not with each other
 * @param witnesses how many agencies cosign audit logs
 * @param witnessSeconds least time between two checkpoints that they are asked for
 */
public record Demand(
    int agencies,
    double rate,
    long size,
    int recipients,
    int retentionDays,
    boolean hub,
    int witnesses,
    int witnessSeconds) {

  /** Messages a second that each agency receives. */
  double received() {
    return rate * recipients;
  }

  /** All gateways: those of the agencies, and the transit's. */
  int gateways() {
    return hub ? agencies + 1 : agencies;
  }

  /** Checkpoints a second of one log: no more than it grows by leaves. */
  double checkpoints(double leavesPerSecond) {
    return Math.min(1.0 / witnessSeconds, leavesPerSecond);
  }
}
