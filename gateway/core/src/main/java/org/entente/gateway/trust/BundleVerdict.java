package org.entente.gateway.trust;

import org.entente.gateway.model.Code;

/** Result of verifying a trust bundle. */
public sealed interface BundleVerdict {

  /**
   * The bundle may be put in force.
   *
   * @param bundle the bundle; its hash may equal that of the bundle in force
   * @param state {@link TrustState#CURRENT} or {@link TrustState#GRACE}
   */
  record Verified(TrustBundle bundle, TrustState state) implements BundleVerdict {}

  /**
   * The bundle is refused; the one in force stays.
   *
   * @param fault the violated rule
   * @param reason what was found and what would be accepted, for an operator
   */
  record Refused(BundleFault fault, String reason) implements BundleVerdict {
    /** The stable code. */
    public Code code() {
      return fault.code();
    }
  }
}
