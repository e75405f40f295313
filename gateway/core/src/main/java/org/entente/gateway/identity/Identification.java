package org.entente.gateway.identity;

import org.entente.gateway.model.Problem;

/** What came of asking who holds a certificate. */
public sealed interface Identification permits Identified, Identification.Unidentified {

  /**
   * Nobody this gateway speaks to.
   *
   * @param problem code and reason; the reason names the certificate's claims, which may be told to
   *     its holder
   */
  record Unidentified(Problem problem) implements Identification {}
}
