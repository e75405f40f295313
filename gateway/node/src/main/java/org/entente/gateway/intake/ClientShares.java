package org.entente.gateway.intake;

import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.entente.gateway.model.Code;
import org.entente.gateway.model.NodeName;
import org.entente.gateway.model.Problem;

/**
 * Each client's drafts on their way into the ledger, within limits. Safe for use by several
 * threads.
 */
final class ClientShares {
  private static final class Share {
    private int drafts;
    private long bytes;
  }

  private final IntakeLimits limits;
  private final Map<NodeName, Share> shares = new HashMap<>();
  private long bytesOfAll;

  ClientShares(IntakeLimits limits) {
    this.limits = limits;
  }

  /** Reserves room for a draft, or returns why there is none. */
  synchronized Optional<Problem> take(NodeName client, long bytes) {
    Share share = shares.get(client);
    Optional<Problem> over = over(share, bytes);
    if (over.isEmpty()) {
      Share mine = share == null ? new Share() : share;
      shares.put(client, mine);
      mine.drafts++;
      mine.bytes += bytes;
      bytesOfAll += bytes;
    }
    return over;
  }

  private Optional<Problem> over(@org.jspecify.annotations.Nullable Share share, long bytes) {
    if (share != null && share.drafts >= limits.draftsOfOne()) {
      return overloaded(limits.draftsOfOne() + " drafts of this client are in progress");
    }
    if (share != null && share.bytes + bytes > limits.bytesOfOne()) {
      return overloaded(share.bytes + " bytes of this client's drafts are in progress");
    }
    if (bytesOfAll > 0 && bytesOfAll + bytes > limits.bytes()) {
      return overloaded(bytesOfAll + " bytes of drafts are in progress");
    }
    return Optional.empty();
  }

  private static Optional<Problem> overloaded(String what) {
    return Optional.of(new Problem(Code.OVERLOADED, "", what + "; slow down"));
  }

  /** Releases the room of a draft that was answered. */
  synchronized void giveBack(NodeName client, long bytes) {
    Share share = shares.get(client);
    if (share == null) {
      throw new IllegalStateException("no draft of " + client + " is in progress");
    }
    share.drafts--;
    share.bytes -= bytes;
    bytesOfAll -= bytes;
    if (share.drafts == 0) {
      shares.remove(client);
    }
  }
}
