package org.entente.gateway.seal.format;

import org.entente.gateway.crypto.SigningPair;
import org.entente.gateway.model.AgencyName;
import org.entente.gateway.model.FederationName;

/**
 * Identity of this agency, with its current pair for signing announcements and key bundles. Safe
 * for use by many threads.
 */
public final class AgencyIdentity {
  private final FederationName federation;
  private final AgencyName agency;
  private volatile SigningPair pair;

  /**
   * Makes an identity.
   *
   * @param federation its federation
   * @param agency its name there
   * @param pair the agency's signing pair, as the trust bundle has it
   */
  public AgencyIdentity(FederationName federation, AgencyName agency, SigningPair pair) {
    this.federation = federation;
    this.agency = agency;
    this.pair = pair;
  }

  /** Its federation. */
  public FederationName federation() {
    return federation;
  }

  /** Its name there. */
  public AgencyName agency() {
    return agency;
  }

  /** The current signing pair. */
  public SigningPair pair() {
    return pair;
  }

  /** Switches to another pair; existing signatures do not change. */
  public void signWith(SigningPair next) {
    pair = next;
  }
}
