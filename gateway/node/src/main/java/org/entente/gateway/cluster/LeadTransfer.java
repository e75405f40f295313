package org.entente.gateway.cluster;

import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.ratis.protocol.RaftClientReply;
import org.apache.ratis.protocol.RaftPeerId;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Passes the lead of this node to another one, which stands for election at once instead of after a
 * time-out. Meanwhile Ratis takes no commit. Safe for many threads.
 */
final class LeadTransfer {
  private static final Logger LOG = LoggerFactory.getLogger(LeadTransfer.class);

  /** The second, should the first have died just now. */
  private static final int MOST_TRIED = 2;

  private final Request request;
  private final Duration patience;

  /** Asks Ratis. */
  interface Request {
    /** Answers once the node leads, or at the end of the patience. */
    CompletableFuture<RaftClientReply> send(RaftPeerId next, Duration patience) throws IOException;
  }

  /**
   * The transfer of a node's lead.
   *
   * @param patience the longest wait for one other node, and the longest silence of one that is
   *     asked
   */
  LeadTransfer(Request request, Duration patience) {
    this.request = request;
    this.patience = patience;
  }

  /**
   * Passes the lead to the node that is furthest, or to the next one.
   *
   * @return whether another node leads now; false also if this one does not lead
   */
  boolean toFurthest(ClusterStatus status) {
    return status.heard(patience).stream().limit(MOST_TRIED).anyMatch(this::to);
  }

  /**
   * Passes the lead to one node.
   *
   * @return whether it leads now
   */
  boolean to(String next) {
    try {
      RaftClientReply reply =
          request
              .send(RaftPeerId.valueOf(next), patience)
              .get(patience.multipliedBy(2).toMillis(), TimeUnit.MILLISECONDS);
      if (!reply.isSuccess()) {
        LOG.warn("node {} did not take the lead: {}", next, String.valueOf(reply.getException()));
      }
      return reply.isSuccess();
    } catch (IOException | ExecutionException | TimeoutException e) {
      LOG.warn("node {} did not take the lead: {}", next, e.toString());
      return false;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    }
  }
}
