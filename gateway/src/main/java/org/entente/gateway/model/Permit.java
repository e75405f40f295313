package org.entente.gateway.model;

/**
 * Policy's permission for one recipient, with what it obliges the recipient to.
 *
 * @param recipient who may receive
 * @param agreement id of the agreement that permits it
 * @param retentionDays days the recipient may keep the content, 1 to 36,500
 * @param policyVersion version of the policy that decided
 */
public record Permit(
    AgencyName recipient, String agreement, int retentionDays, String policyVersion) {}
