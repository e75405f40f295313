package org.entente.gateway.seal.keys;

import java.time.Instant;

/**
 * Destruction of a key, which erases all data that only this key opens, including copies.
 *
 * <p>The {@link Keystore} makes one after removing the key from its files, for the erasure journal
 * and the audit log.
 *
 * @param kind purpose of the key
 * @param id its id within its kind
 * @param at when it was destroyed
 */
public record Erasure(KeyKind kind, String id, Instant at) {}
