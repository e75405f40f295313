package org.entente.gateway.cluster;

import org.apache.ratis.conf.Parameters;
import org.apache.ratis.grpc.GrpcFactory;
import org.apache.ratis.grpc.server.GrpcLogAppender;
import org.apache.ratis.proto.RaftProtos.AppendEntriesRequestProto;
import org.apache.ratis.rpc.RpcFactory;
import org.apache.ratis.rpc.RpcType;
import org.apache.ratis.server.RaftServer;
import org.apache.ratis.server.leader.FollowerInfo;
import org.apache.ratis.server.leader.LeaderState;
import org.apache.ratis.server.leader.LogAppender;
import org.apache.ratis.server.protocol.TermIndex;
import org.apache.ratis.server.raftlog.RaftLog;
import org.apache.ratis.server.raftlog.RaftLogIOException;
import org.apache.ratis.statemachine.SnapshotInfo;
import org.jspecify.annotations.Nullable;

/**
 * The gRPC of Ratis, with one fault mended: a follower whose next entry is the first that the
 * leader's log still has gets no entry, since the one before it, which each message names, is gone.
 *
 * <p>Here it is told to fetch a copy, as one that is further behind. If its own copy has the entry
 * before, it says so, and the leader goes on from there. Ratis does the same after 3.2.2
 * (RATIS-2487); then this class can go.
 */
final class RaftRpc implements RpcType {
  /** Ratis makes it by its name. */
  RaftRpc() {}

  @Override
  public String name() {
    return RaftRpc.class.getName();
  }

  @Override
  public RpcFactory newFactory(Parameters parameters) {
    return new GrpcFactory(parameters) {
      @Override
      public LogAppender newLogAppender(
          RaftServer.Division server, LeaderState state, FollowerInfo follower) {
        return new Appender(server, state, follower);
      }
    };
  }

  /** Sends the log of a leader to one follower. */
  private static final class Appender extends GrpcLogAppender {
    Appender(RaftServer.Division server, LeaderState state, FollowerInfo follower) {
      super(server, state, follower);
    }

    @Override
    public @Nullable AppendEntriesRequestProto newAppendEntriesRequest(
        long callId, boolean heartbeat) throws RaftLogIOException {
      FollowerInfo follower = getFollower();
      long next = follower.getNextIndex();
      if (!heartbeat && next == getRaftLog().getStartIndex() && !knowsEntryBefore(next)) {
        follower.setNextIndex(next - 1);
        return null;
      }
      return super.newAppendEntriesRequest(callId, heartbeat);
    }

    private boolean knowsEntryBefore(long next) {
      SnapshotInfo flushed = getServer().getStateMachine().getLatestSnapshot();
      @Nullable TermIndex end = flushed == null ? null : flushed.getTermIndex();
      return next == RaftLog.LEAST_VALID_LOG_INDEX
          || next == getFollower().getSnapshotIndex() + 1
          || (end != null && next == end.getIndex() + 1);
    }
  }
}
