package org.entente.gateway.policy.terms;

import java.util.Map;
import java.util.Optional;
import org.entente.gateway.model.AgencyName;
import org.entente.gateway.model.Fulfilment;

/**
 * The obligations that agencies, including this one, declare they can fulfil. Immutable.
 *
 * @param known the agencies that have declared something
 */
public record FulfilmentSnapshot(Map<AgencyName, Fulfilment> known) {
  /** No agency has declared anything. */
  public static final FulfilmentSnapshot UNKNOWN = new FulfilmentSnapshot(Map.of());

  public FulfilmentSnapshot {
    known = Map.copyOf(known);
  }

  /** An agency's declaration; {@link Fulfilment#UNSTATED} if it made none. */
  public Fulfilment of(AgencyName agency) {
    return stated(agency).orElse(Fulfilment.UNSTATED);
  }

  /** An agency's own declaration, if any. */
  public Optional<Fulfilment> stated(AgencyName agency) {
    return Optional.ofNullable(known.get(agency));
  }
}
