package org.entente.gateway.model;

/** Who can mend a problem. */
public enum WhoMustAct {
  /** The client's software or its user: change what was sent. */
  CLIENT,
  /** The gateway's operator. */
  OPERATOR,
  /** The peer agency. */
  PEER,
  /** Those who make agreements. */
  POLICY,
  /** Nobody: try again later. */
  NOBODY
}
