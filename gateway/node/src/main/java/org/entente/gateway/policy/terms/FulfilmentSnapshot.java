package org.entente.gateway.policy.terms;

import java.util.Map;
import java.util.Optional;
import org.entente.gateway.model.AgencyName;
import org.entente.gateway.model.Fulfilment;

/**
 * What is known of which obligations agencies can fulfil, this one among them. Immutable.
 *
 * @param known those that have said something
 */
public record FulfilmentSnapshot(Map<AgencyName, Fulfilment> known) {
  /** Of no agency anything is known. */
  public static final FulfilmentSnapshot UNKNOWN = new FulfilmentSnapshot(Map.of());

  public FulfilmentSnapshot {
    known = Map.copyOf(known);
  }

  /** What an agency can fulfil; of one that never said so {@link Fulfilment#UNSTATED}. */
  public Fulfilment of(AgencyName agency) {
    return stated(agency).orElse(Fulfilment.UNSTATED);
  }

  /** What an agency says itself. */
  public Optional<Fulfilment> stated(AgencyName agency) {
    return Optional.ofNullable(known.get(agency));
  }
}
