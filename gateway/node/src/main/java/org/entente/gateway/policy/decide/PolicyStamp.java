package org.entente.gateway.policy.decide;

/**
 * The policy's version and generation, as recorded in decisions.
 *
 * @param version version of its rulebook
 * @param generation number of the policy on this node, in order of entry into force
 */
record PolicyStamp(String version, long generation) {}
