package org.entente.gateway.seal.format;

import org.entente.gateway.crypto.Ed25519VerifyingKey;
import org.entente.gateway.model.AgencyName;
import org.entente.gateway.model.FederationName;
import org.entente.gateway.model.NodeName;

/** A signed statement of one agency's gateway to another agency. */
public interface GatewayStatement {
  /**
   * Signer and addressee. The signature covers them.
   *
   * @param federation federation of both
   * @param speaker the agency that makes the statement
   * @param gateway the gateway that signs
   * @param hearer the agency that it addresses
   */
  record Frame(
      FederationName federation, AgencyName speaker, NodeName gateway, AgencyName hearer) {}

  /** Signer and addressee. */
  Frame frame();

  /** Whether a key signed it. */
  boolean isSignedBy(Ed25519VerifyingKey key);
}
