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
  NOBODY;

  /** The same in messages to clients. */
  public org.entente.proto.v1.WhoMustAct toProto() {
    return org.entente.proto.v1.WhoMustAct.valueOf("WHO_MUST_ACT_" + name());
  }
}
