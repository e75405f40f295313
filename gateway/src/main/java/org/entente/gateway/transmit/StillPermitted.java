package org.entente.gateway.transmit;

import java.util.Optional;
import org.entente.gateway.model.AgencyName;
import org.entente.gateway.model.Refusal;

/** Whether mail that waited may still go: its agreement is in force and covers the recipient. */
@FunctionalInterface
public interface StillPermitted {
  /** Decided anew at transmission, by the policy in force then. */
  boolean test(String agreement, AgencyName recipient);

  /** Why the recipient cannot take it although the agreement is in force; empty if it can. */
  default Optional<Refusal> refusal(String agreement, AgencyName recipient) {
    return Optional.empty();
  }
}
