package org.entente.gateway;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import org.entente.gateway.meter.Meters;
import org.entente.gateway.model.Problem;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * TLS handshakes with peers, or with clients, that were refused: all are counted, and the operator
 * hears of one each while, since strangers can cause as many as they like. Safe for many threads.
 */
final class NodeHandshakes {
  private static final Logger LOG = LoggerFactory.getLogger(NodeHandshakes.class);
  private static final Duration APART = Duration.ofSeconds(10);

  private final Meters.Side side;
  private final Meters meters;
  private final InstantSource clock;
  private Instant told = Instant.MIN;
  private long untold;

  NodeHandshakes(Meters.Side side, Meters meters, InstantSource clock) {
    this.side = side;
    this.meters = meters;
    this.clock = clock;
  }

  /** One was refused. */
  synchronized void refused(Problem why) {
    meters.refused(side, why.code());
    Instant now = clock.instant();
    if (now.isBefore(told.plus(APART))) {
      untold++;
      return;
    }
    LOG.warn(
        "a {} is refused in the TLS handshake, {}: {}{}",
        side == Meters.Side.PEER ? "peer" : "client",
        why.code(),
        why.message(),
        untold == 0 ? "" : "; " + untold + " more since the last one that was told of");
    told = now;
    untold = 0;
  }
}
