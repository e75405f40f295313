package org.entente.gateway.trust;

/** Kind of authority of an agency; policy distinguishes customs from police by it. */
public enum AgencyKind {
  /** Customs administration. */
  CUSTOMS,
  /** Police or another law enforcement authority with criminal powers. */
  POLICE,
  /** Border guard. */
  BORDER,
  /** Any other body, such as a hub that belongs to no state. */
  OTHER
}
