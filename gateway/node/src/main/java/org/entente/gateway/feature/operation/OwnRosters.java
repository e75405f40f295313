package org.entente.gateway.feature.operation;

import org.entente.gateway.crypto.Ed25519VerifyingKey;
import org.entente.gateway.model.AgencyName;
import org.entente.gateway.model.FederationName;
import org.entente.gateway.model.NodeName;
import org.entente.gateway.seal.statement.RosterStatement;

/**
 * Recognises rosters that this gateway signed, by its key: members give them back if the ledger
 * that knew them is lost.
 *
 * @param key key of this gateway, which is not in the ledger
 */
public record OwnRosters(
    FederationName federation, AgencyName agency, NodeName gateway, Ed25519VerifyingKey key) {
  /** Whether this gateway signed a roster. */
  public boolean signed(RosterStatement roster) {
    RosterStatement.Place place = roster.content().place();
    return place.federation().equals(federation)
        && place.signer().equals(agency)
        && place.gateway().equals(gateway)
        && roster.isSignedBy(key);
  }
}
