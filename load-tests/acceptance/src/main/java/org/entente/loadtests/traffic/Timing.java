package org.entente.loadtests.traffic;

/**
 * When a message that arrived was published and received, by {@link System#nanoTime}.
 *
 * @param start first call of the publisher, retries not counted
 * @param end first receipt by a subscriber of the recipient
 */
public record Timing(MessageRecipient pair, String publisher, long start, long end) {}
