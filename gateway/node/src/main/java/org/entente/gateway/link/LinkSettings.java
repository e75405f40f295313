package org.entente.gateway.link;

import java.time.Duration;

/**
 * Limits of every link.
 *
 * @param windowEnvelopes most unanswered deliveries on a lane, in each direction, whatever the peer
 *     grants
 * @param windowBytes the same in bytes of serialised deliveries; exceeded by at most one delivery
 * @param packEnvelopes most deliveries in a gRPC message, at most 64
 * @param packBytes bytes of serialised deliveries in a gRPC message, exceeded only by a single
 *     larger delivery
 * @param handshakeTimeout how long a stream may wait for the other side's Hello
 * @param stallTimeout how long deliveries may stay unanswered before the stream is replaced
 * @param backoff shortest and longest pause between two attempts to open a stream
 */
public record LinkSettings(
    int windowEnvelopes,
    long windowBytes,
    int packEnvelopes,
    long packBytes,
    Duration handshakeTimeout,
    Duration stallTimeout,
    Backoff.Bounds backoff) {
  /** Most deliveries in a gRPC message that any peer accepts. */
  public static final int MAX_PACK_ENVELOPES = 64;

  public LinkSettings {
    require(windowEnvelopes >= 1 && windowEnvelopes <= 8192, "windowEnvelopes is 1 to 8192");
    require(windowBytes >= 1, "windowBytes is positive");
    require(packEnvelopes >= 1 && packEnvelopes <= MAX_PACK_ENVELOPES, "packEnvelopes is 1 to 64");
    require(packBytes >= 1, "packBytes is positive");
    require(!handshakeTimeout.isNegative() && !handshakeTimeout.isZero(), "a handshake takes time");
    require(!stallTimeout.isNegative() && !stallTimeout.isZero(), "an answer takes time");
  }

  /** 1,024 deliveries or 8 MiB unanswered, 64 or 1 MiB packed, 10 s, 30 s, 100 ms to 5 s. */
  public static LinkSettings defaults() {
    return new LinkSettings(
        1024,
        8 << 20,
        MAX_PACK_ENVELOPES,
        1 << 20,
        Duration.ofSeconds(10),
        Duration.ofSeconds(30),
        new Backoff.Bounds(Duration.ofMillis(100), Duration.ofSeconds(5)));
  }

  private static void require(boolean condition, String rule) {
    if (!condition) {
      throw new IllegalArgumentException(rule);
    }
  }
}
