package org.entente.gateway.cluster;

import java.io.IOException;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.LongSupplier;
import java.util.stream.Collectors;
import org.apache.ratis.proto.RaftProtos.CommitInfoProto;
import org.apache.ratis.proto.RaftProtos.ServerRpcProto;
import org.apache.ratis.protocol.ClientId;
import org.apache.ratis.protocol.RaftClientReply;
import org.apache.ratis.protocol.RaftGroupId;
import org.apache.ratis.protocol.RaftPeerId;
import org.apache.ratis.protocol.TransferLeadershipRequest;
import org.apache.ratis.server.RaftServer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Passes the lead of this node to another one, which stands for election at once instead of after a
 * time-out. Meanwhile Ratis takes no commit, so the ledger's writer has stopped before. Safe for
 * many threads.
 */
final class LeadTransfer {
  private static final Logger LOG = LoggerFactory.getLogger(LeadTransfer.class);

  /** The second, should the first have died just now. */
  private static final int MOST_TRIED = 2;

  private final RaftServer server;
  private final RaftGroupId group;
  private final ClientId client;
  private final LongSupplier calls;
  private final Duration patience;

  /**
   * The transfer of a node's lead.
   *
   * @param calls numbers of calls of this client
   * @param patience the longest wait for one other node, and the longest silence of one that is
   *     asked
   */
  LeadTransfer(
      RaftServer server,
      RaftGroupId group,
      ClientId client,
      LongSupplier calls,
      Duration patience) {
    this.server = server;
    this.group = group;
    this.client = client;
    this.calls = calls;
    this.patience = patience;
  }

  /**
   * Passes the lead to the node that is furthest, or to the next one. Waits at most twice the
   * patience.
   *
   * @return whether another node leads now
   */
  boolean toFurthest() {
    try {
      return followers().stream().limit(MOST_TRIED).anyMatch(this::to);
    } catch (IOException e) {
      LOG.debug("the node has no group", e);
      return false;
    }
  }

  /** The nodes that answered lately, the furthest first; none if this node does not lead. */
  private List<RaftPeerId> followers() throws IOException {
    RaftServer.Division division = server.getDivision(group);
    Map<String, Long> commits =
        division.getCommitInfos().stream()
            .collect(
                Collectors.toMap(
                    one -> one.getServer().getId().toStringUtf8(),
                    CommitInfoProto::getCommitIndex,
                    Math::max));
    return division.getInfo().getRoleInfoProto().getLeaderInfo().getFollowerInfoList().stream()
        .filter(one -> one.getLastRpcElapsedTimeMs() <= patience.toMillis())
        .sorted(
            Comparator.comparingLong((ServerRpcProto one) -> commits.getOrDefault(name(one), -1L))
                .reversed()
                .thenComparingLong(ServerRpcProto::getLastRpcElapsedTimeMs))
        .map(one -> RaftPeerId.valueOf(name(one)))
        .toList();
  }

  private static String name(ServerRpcProto follower) {
    return follower.getId().getId().toStringUtf8();
  }

  /**
   * Passes the lead to one node.
   *
   * @return whether it leads now
   */
  boolean to(RaftPeerId next) {
    try {
      RaftClientReply reply =
          server
              .transferLeadershipAsync(
                  new TransferLeadershipRequest(
                      client, server.getId(), group, calls.getAsLong(), next, patience.toMillis()))
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
