package org.entente.gateway.seal.format;

import org.entente.gateway.crypto.Ed25519VerifyingKey;
import org.entente.gateway.model.AgencyName;
import org.entente.gateway.model.FederationName;
import org.entente.gateway.model.NodeName;

/** What one agency's gateway says to another agency under its signature. */
public interface GatewayStatement {
  /**
   * Who says it to whom. Part of what is signed.
   *
   * @param federation in which both are members
   * @param speaker the agency that says it
   * @param gateway the gateway that signs
   * @param hearer the agency that it is said to
   */
  record Frame(
      FederationName federation, AgencyName speaker, NodeName gateway, AgencyName hearer) {}

  /** Who says it to whom. */
  Frame frame();

  /** Whether a key signed it. */
  boolean isSignedBy(Ed25519VerifyingKey key);
}
