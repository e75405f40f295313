package org.entente.gateway.model;

/**
 * Policy's permission for one recipient, with what it obliges the recipient to.
 *
 * @param recipient who may receive
 * @param agreement id of the agreement that permits it
 * @param retentionDays days the recipient may keep the content, 1 to 36,500
 * @param policyVersion version of the policy that decided
 * @param generation which policy of this node that was, in the order in which they were in force; 0
 *     where nobody counted
 */
public record Permit(
    AgencyName recipient,
    String agreement,
    int retentionDays,
    String policyVersion,
    long generation) {

  /** Of a policy that nobody counted. */
  public Permit(AgencyName recipient, String agreement, int retentionDays, String policyVersion) {
    this(recipient, agreement, retentionDays, policyVersion, 0);
  }
}
