package org.entente.gateway.operation;

import org.entente.gateway.crypto.Ed25519VerifyingKey;
import org.entente.gateway.model.AgencyName;
import org.entente.gateway.model.FederationName;
import org.entente.gateway.model.NodeName;
import org.entente.gateway.seal.format.RosterStatement;

/**
 * What this gateway has signed itself, by its key: members give it back where the ledger that knew
 * it is gone.
 *
 * @param key of this gateway, which no ledger holds
 */
public record OwnRosters(
    FederationName federation, AgencyName agency, NodeName gateway, Ed25519VerifyingKey key) {
  /** Whether this gateway has signed a roster. */
  public boolean signed(RosterStatement roster) {
    RosterStatement.Place place = roster.content().place();
    return place.federation().equals(federation)
        && place.signer().equals(agency)
        && place.gateway().equals(gateway)
        && roster.isSignedBy(key);
  }
}
