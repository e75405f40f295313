package org.entente.gateway.model;

/**
 * Policy's permission for one recipient, with the recipient's retention.
 *
 * @param recipient who may receive
 * @param agreement id of the agreement that permits it
 * @param retentionDays days the recipient may keep the content, 1 to 36,500
 * @param policyVersion version of the policy that decided
 * @param generation ordinal of that policy on this node, in order of coming into force; 0 if not
 *     counted
 */
public record Permit(
    AgencyName recipient,
    String agreement,
    int retentionDays,
    String policyVersion,
    long generation) {

  /** A permit with generation 0. */
  public Permit(AgencyName recipient, String agreement, int retentionDays, String policyVersion) {
    this(recipient, agreement, retentionDays, policyVersion, 0);
  }
}
