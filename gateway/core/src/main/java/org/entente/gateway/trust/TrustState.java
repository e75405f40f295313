package org.entente.gateway.trust;

/** State of a bundle at a time. */
public enum TrustState {
  /** Within its validity. */
  CURRENT,
  /** Expired, within the grace period: members continue, new ones are not admitted. */
  GRACE,
  /** Expired beyond grace: no peer is accepted. */
  EXPIRED
}
