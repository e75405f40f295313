package org.entente.gateway.identity;

import org.entente.gateway.model.Problem;

/** Result of identifying the holder of a certificate. */
public sealed interface Identification permits Identified, Identification.Unidentified {

  /**
   * Not an identity that this gateway accepts.
   *
   * @param problem code and reason; the reason names claims of the certificate, which its holder
   *     may see
   */
  record Unidentified(Problem problem) implements Identification {}
}
