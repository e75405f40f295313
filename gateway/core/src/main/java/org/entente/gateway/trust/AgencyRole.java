package org.entente.gateway.trust;

/** What an agency may do in the federation; in the order in which the bundle lists roles. */
public enum AgencyRole {
  /** Sends and receives messages. */
  MEMBER,
  /** Forwards what it cannot read. */
  TRANSIT,
  /** Cosigns the checkpoints of others' audit logs. */
  WITNESS
}
