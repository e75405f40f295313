package org.entente.loadtests.traffic;

/**
 * A message and one of its recipients.
 *
 * @param message id in hexadecimal
 * @param recipient agency
 */
public record MessageRecipient(String message, String recipient) {}
