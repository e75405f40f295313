package org.entente.gateway.intake;

import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.entente.gateway.model.Code;
import org.entente.gateway.model.NodeName;
import org.entente.gateway.model.Problem;

/** What each client has on its way into the ledger, within its limits. Safe for many threads. */
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

  /** Takes room for a draft, to be given back; or says why there is none. */
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
      return overloaded(limits.draftsOfOne() + " drafts of this client are on their way");
    }
    if (share != null && share.bytes + bytes > limits.bytesOfOne()) {
      return overloaded(share.bytes + " bytes of this client's drafts are on their way");
    }
    if (bytesOfAll > 0 && bytesOfAll + bytes > limits.bytes()) {
      return overloaded(bytesOfAll + " bytes of drafts are on their way");
    }
    return Optional.empty();
  }

  private static Optional<Problem> overloaded(String what) {
    return Optional.of(new Problem(Code.OVERLOADED, "", what + "; slow down"));
  }

  /** Gives back the room of a draft that was answered. */
  synchronized void giveBack(NodeName client, long bytes) {
    Share share = shares.get(client);
    if (share == null) {
      throw new IllegalStateException("nothing of " + client + " is on its way");
    }
    share.drafts--;
    share.bytes -= bytes;
    bytesOfAll -= bytes;
    if (share.drafts == 0) {
      shares.remove(client);
    }
  }
}
