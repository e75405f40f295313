package org.entente.gateway.model;

/** Who can fix a problem. */
public enum WhoMustAct {
  /** The client's software or its user: change what was sent. */
  CLIENT,
  /** The gateway's operator. */
  OPERATOR,
  /** The peer agency. */
  PEER,
  /** The authors of agreements. */
  POLICY,
  /** No one: try again later. */
  NOBODY
}
