package org.entente.loadtests.traffic;

/**
 * Times of publication and receipt of a delivered message, by {@link System#nanoTime}.
 *
 * @param start first call of the publisher, without retries
 * @param end first receipt by a subscriber of the recipient
 */
public record Timing(MessageRecipient pair, String publisher, long start, long end) {}
