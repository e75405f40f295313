package org.entente.gateway.trust;

import org.entente.gateway.model.Code;

/** What came of verifying a trust bundle. */
public sealed interface BundleVerdict {

  /**
   * The bundle may be put in force.
   *
   * @param bundle the bundle; equal in hash to the one in force when it is the same again
   * @param state {@link TrustState#CURRENT} or {@link TrustState#GRACE}
   */
  record Verified(TrustBundle bundle, TrustState state) implements BundleVerdict {}

  /**
   * The bundle in force stays.
   *
   * @param fault which rule refused it
   * @param reason what was found and what would be accepted, for an operator
   */
  record Refused(BundleFault fault, String reason) implements BundleVerdict {
    /** The stable code. */
    public Code code() {
      return fault.code();
    }
  }
}
