package org.entente.gateway.policy.decide;

/**
 * Figures of the memory of rulings since the policy was made.
 *
 * @param hits rulings that were remembered
 * @param misses rulings that had to be worked out
 * @param evictions rulings dropped to make room
 * @param entries rulings kept now
 */
public record CacheFigures(long hits, long misses, long evictions, long entries) {}
