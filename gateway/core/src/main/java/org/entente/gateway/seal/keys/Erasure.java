package org.entente.gateway.seal.keys;

import java.time.Instant;

/**
 * That a key was destroyed: whatever only it opens is erased, wherever copies of that lie.
 *
 * <p>Made by the {@link Keystore} once the key is gone from its files, for the erasure journal and
 * the audit log.
 *
 * @param kind what the key was for
 * @param id its name among its kind
 * @param at when it was destroyed
 */
public record Erasure(KeyKind kind, String id, Instant at) {}
