package org.entente.gateway.deliver;

/**
 * Limits on one client's subscriptions.
 *
 * @param cursors names of cursors, durable or open
 * @param unacknowledged deliveries of one lane that its open cursors may have unacknowledged,
 *     together
 * @param deadLetters dead letters of one shared subscription
 */
public record CursorLimits(int cursors, int unacknowledged, int deadLetters) {
  /** The defaults of a node. */
  public static final CursorLimits DEFAULT = new CursorLimits(100, 100_000, 200);
}
