package org.entente.gateway.sizing;

/**
 * The demand on a federation. All agencies are alike, and each is a recipient equally often.
 *
 * @param agencies number of agencies that exchange mail, without a transit
 * @param rate messages a second that each publishes
 * @param size bytes of a message's body
 * @param recipients recipients of each message
 * @param retentionDays how long recipients keep bodies
 * @param hub whether all are linked to one transit and not to each other
 * @param witnesses number of agencies that cosign audit logs
 * @param witnessSeconds least time between two cosigned checkpoints
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

  /** Checkpoints a second of one log, at most one per new leaf. */
  double checkpoints(double leavesPerSecond) {
    return Math.min(1.0 / witnessSeconds, leavesPerSecond);
  }
}
