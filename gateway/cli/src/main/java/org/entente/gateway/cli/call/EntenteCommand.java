package org.entente.gateway.cli.call;

/**
 * Marks a picocli {@code @Command} class as a subcommand of {@code entente}.
 *
 * <p>{@link java.util.ServiceLoader} finds it, so that a module such as {@code certs-dev} can add a
 * command without a dependency of the gateway on that module. Implementations have a public
 * constructor without parameters and are listed in {@code META-INF/services}.
 */
public interface EntenteCommand {}
