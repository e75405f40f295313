package org.entente.gateway.receive;

import java.time.Duration;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.entente.gateway.account.RateShares;
import org.entente.gateway.meter.LogRateLimit;
import org.entente.gateway.model.AgencyName;
import org.entente.gateway.model.Code;

/**
 * Decides which refused deliveries get an audit leaf of their own: a leaf is kept for years, while
 * a refused delivery costs its sender a few bytes. The next leaf counts the others. Used by one
 * thread.
 *
 * <p>A neighbour has {@value #MOST} leaves for each code in {@link #INTERVAL}, and beyond these as
 * many for all codes together. The agencies whose deliveries it forwards share the latter in equal
 * parts. So one member that sends through an honest transit hides no refusals of the others. A
 * hostile transit gains nothing by naming members: its rate does not depend on the names.
 */
final class RefusalLeafLimit {
  static final int MOST = 10;
  static final Duration INTERVAL = Duration.ofMinutes(1);

  private static final double PER_SECOND = (double) MOST / INTERVAL.toSeconds();

  private final InstantSource clock;
  private final LogRateLimit each;
  private final Map<AgencyName, RateShares> shares = new HashMap<>();

  RefusalLeafLimit(InstantSource clock) {
    this.clock = clock;
    this.each = new LogRateLimit(clock, INTERVAL, MOST);
  }

  /**
   * The text of a leaf, with the number of refusals without one; empty for no leaf.
   *
   * @param before from whom the neighbour had the delivery, by a name of a bounded set
   */
  Optional<String> line(AgencyName peer, String before, Code code, String reason) {
    long now = Duration.ofMillis(clock.millis()).toNanos();
    boolean further =
        shares
            .computeIfAbsent(peer, first -> new RateShares(now))
            .take(List.of(before), 1, PER_SECOND, PER_SECOND, now);
    return each.line(peer + " " + code, reason, further);
  }
}
