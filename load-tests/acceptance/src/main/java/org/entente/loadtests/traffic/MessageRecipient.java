package org.entente.loadtests.traffic;

/**
 * A message and one agency it is for.
 *
 * @param message id in hexadecimal
 * @param recipient agency
 */
public record MessageRecipient(String message, String recipient) {}
