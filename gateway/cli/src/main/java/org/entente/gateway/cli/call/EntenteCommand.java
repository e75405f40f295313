package org.entente.gateway.cli.call;

/**
 * Marks a picocli {@code @Command} class as a subcommand of {@code entente}.
 *
 * <p>Found through {@link java.util.ServiceLoader}, so that a module such as {@code certs-dev} adds
 * its command without the gateway knowing of it. Implementations have a public constructor without
 * parameters and are listed in {@code META-INF/services}.
 */
public interface EntenteCommand {}
