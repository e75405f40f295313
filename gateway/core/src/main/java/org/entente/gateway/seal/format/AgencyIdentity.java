package org.entente.gateway.seal.format;

import org.entente.gateway.crypto.SigningPair;
import org.entente.gateway.model.AgencyName;
import org.entente.gateway.model.FederationName;

/**
 * Who this agency is, and the pair with which it signs announcements and key bundles at present.
 * Safe for use by many threads.
 */
public final class AgencyIdentity {
  private final FederationName federation;
  private final AgencyName agency;
  private volatile SigningPair pair;

  /**
   * An agency.
   *
   * @param federation the federation in which it speaks
   * @param agency its name there
   * @param pair the agency's signing pair, as the trust bundle has it
   */
  public AgencyIdentity(FederationName federation, AgencyName agency, SigningPair pair) {
    this.federation = federation;
    this.agency = agency;
    this.pair = pair;
  }

  /** The federation in which it speaks. */
  public FederationName federation() {
    return federation;
  }

  /** Its name there. */
  public AgencyName agency() {
    return agency;
  }

  /** What it signs with at present. */
  public SigningPair pair() {
    return pair;
  }

  /** Signs with another pair from now on; what the one before signed stays as it is. */
  public void signWith(SigningPair next) {
    pair = next;
  }
}
