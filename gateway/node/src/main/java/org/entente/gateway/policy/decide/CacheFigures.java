package org.entente.gateway.policy.decide;

/**
 * Statistics of the cache of rulings since the policy was made.
 *
 * @param hits rulings found in the cache
 * @param misses rulings that had to be computed
 * @param evictions rulings dropped to make room
 * @param entries rulings kept now
 */
public record CacheFigures(long hits, long misses, long evictions, long entries) {}
