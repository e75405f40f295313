package org.entente.gateway.feature.attachment;

import java.util.HashMap;
import java.util.Map;
import org.entente.gateway.account.Accounts;
import org.entente.gateway.account.TokenBucket;
import org.entente.gateway.model.AgencyName;
import org.entente.gateway.seal.AttachmentSeal;

/**
 * The rates at which agencies may fetch segments here. An agency has one rate for each neighbour
 * that its requests come through: a neighbour that requests in another's name uses up a rate of its
 * own, and not the one that the agency has elsewhere. All agencies together have ten times that
 * through one neighbour. Safe for many threads.
 */
final class SegmentRates {
  private record Path(AgencyName neighbour, AgencyName requester) {}

  private final long perSecond;
  private final Map<Path, TokenBucket> paths = new HashMap<>();
  private final Map<AgencyName, TokenBucket> neighbours = new HashMap<>();

  /**
   * Full rates.
   *
   * @param kibPerSecond of one agency; as much may come at once
   */
  SegmentRates(int kibPerSecond) {
    this.perSecond = kibPerSecond * 1024L;
  }

  /**
   * Takes one segment from the rates; false, and nothing taken, if it exceeds one of them.
   *
   * @param requester a member: the rates of each stay
   */
  synchronized boolean take(AgencyName neighbour, AgencyName requester, long now) {
    TokenBucket own =
        paths.computeIfAbsent(
            new Path(neighbour, requester), path -> new TokenBucket(perSecond, perSecond, now));
    long together = perSecond * Accounts.AGENCIES_AT_ONCE;
    TokenBucket all =
        neighbours.computeIfAbsent(neighbour, name -> new TokenBucket(together, together, now));
    return own.tokens(now) >= AttachmentSeal.SEALED_BYTES
        && all.take(AttachmentSeal.SEALED_BYTES, now)
        && own.take(AttachmentSeal.SEALED_BYTES, now);
  }
}
