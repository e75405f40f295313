package org.entente.gateway.policy;

/** What kind of authority an agency is. */
public enum AgencyKind {
  CUSTOMS,
  POLICE,
  BORDER,
  OTHER
}
