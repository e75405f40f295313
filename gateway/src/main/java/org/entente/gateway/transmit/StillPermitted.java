package org.entente.gateway.transmit;

import org.entente.gateway.model.AgencyName;

/** Whether mail that waited may still go: its agreement is in force and covers the recipient. */
@FunctionalInterface
public interface StillPermitted {
  /** Decided anew at transmission, by the policy in force then. */
  boolean test(String agreement, AgencyName recipient);
}
