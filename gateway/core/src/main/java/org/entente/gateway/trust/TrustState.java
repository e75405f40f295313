package org.entente.gateway.trust;

/** How far a bundle may be relied on at a time. */
public enum TrustState {
  /** Within its validity. */
  CURRENT,
  /** Expired, within the grace period: its members go on, nobody new is admitted. */
  GRACE,
  /** Expired beyond grace: no peer is accepted on its word. */
  EXPIRED
}
