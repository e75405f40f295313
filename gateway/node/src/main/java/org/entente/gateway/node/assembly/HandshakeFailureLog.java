package org.entente.gateway.node.assembly;

import java.time.Duration;
import java.time.InstantSource;
import org.entente.gateway.meter.LogRateLimit;
import org.entente.gateway.meter.Meters;
import org.entente.gateway.model.Problem;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Log of refused TLS handshakes with peers or clients. Counts all and logs one per interval, since
 * strangers can cause any number. Safe for many threads.
 */
final class HandshakeFailureLog {
  private static final Logger LOG = LoggerFactory.getLogger(HandshakeFailureLog.class);
  private static final Duration APART = Duration.ofSeconds(10);

  private final Meters.Side side;
  private final Meters meters;
  private final LogRateLimit lines;

  HandshakeFailureLog(Meters.Side side, Meters meters, InstantSource clock) {
    this.side = side;
    this.meters = meters;
    this.lines = new LogRateLimit(clock, APART);
  }

  /** Records a refused handshake. */
  void refused(Problem why) {
    meters.handshakeRefused(side, why.code());
    String who = side == Meters.Side.PEER ? "peer" : "client";
    lines
        .line(
            who, "refused a " + who + " in the TLS handshake, " + why.code() + ": " + why.message())
        .ifPresent(LOG::warn);
  }
}
