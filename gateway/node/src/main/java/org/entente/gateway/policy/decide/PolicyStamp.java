package org.entente.gateway.policy.decide;

/**
 * What a policy puts on its decisions.
 *
 * @param version of its rulebook
 * @param generation which policy of this node it is, in the order in which they were in force
 */
record PolicyStamp(String version, long generation) {}
