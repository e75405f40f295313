package org.entente.gateway.seal;

import java.time.Duration;
import org.entente.gateway.seal.statement.SessionTerms;

/**
 * Limits on a sender's use of a session before it makes another.
 *
 * @param renewAfter age, at most 24 hours
 * @param envelopes number of stanzas
 */
public record SessionLimits(Duration renewAfter, int envelopes) {
  /** One hour, 2^20 envelopes. */
  public static final SessionLimits DEFAULT = new SessionLimits(Duration.ofHours(1), 1 << 20);

  public SessionLimits {
    if (renewAfter.isNegative()
        || renewAfter.isZero()
        || renewAfter.toMillis() > SessionTerms.MAX_LIFE_MS
        || envelopes < 1) {
      throw new IllegalArgumentException(renewAfter + ", " + envelopes + " envelopes");
    }
  }
}
