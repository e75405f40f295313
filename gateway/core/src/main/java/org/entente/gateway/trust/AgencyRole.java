package org.entente.gateway.trust;

/** Role of an agency in the federation, in the order of roles in the bundle. */
public enum AgencyRole {
  /** Sends and receives messages. */
  MEMBER,
  /** Forwards envelopes that it cannot read. */
  TRANSIT,
  /** Cosigns the checkpoints of others' audit logs. */
  WITNESS
}
