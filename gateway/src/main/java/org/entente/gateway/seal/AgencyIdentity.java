package org.entente.gateway.seal;

import org.entente.gateway.crypto.SigningPair;
import org.entente.gateway.model.AgencyName;
import org.entente.gateway.model.FederationName;

/**
 * Who this agency is and what it signs announcements and key bundles with.
 *
 * @param federation the federation in which it speaks
 * @param agency its name there
 * @param pair the agency's signing pair, as the trust bundle has it
 */
public record AgencyIdentity(FederationName federation, AgencyName agency, SigningPair pair) {}
