package org.entente.gateway.deliver;

/**
 * What one client may have of subscriptions.
 *
 * @param cursors names of cursors, durable or open
 * @param unacknowledged deliveries of one lane that its open cursors may have unacknowledged,
 *     together
 */
public record CursorLimits(int cursors, int unacknowledged) {
  /** What a node has unless configured otherwise. */
  public static final CursorLimits DEFAULT = new CursorLimits(100, 100_000);
}
