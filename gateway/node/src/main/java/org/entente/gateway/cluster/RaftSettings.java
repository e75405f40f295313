package org.entente.gateway.cluster;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.apache.ratis.RaftConfigKeys;
import org.apache.ratis.conf.RaftProperties;
import org.apache.ratis.grpc.GrpcConfigKeys;
import org.apache.ratis.server.RaftServerConfigKeys;
import org.apache.ratis.server.RaftServerConfigKeys.LeaderElection;
import org.apache.ratis.server.RaftServerConfigKeys.Log;
import org.apache.ratis.server.RaftServerConfigKeys.RetryCache;
import org.apache.ratis.server.RaftServerConfigKeys.Rpc;
import org.apache.ratis.server.RaftServerConfigKeys.Snapshot;
import org.apache.ratis.util.SizeInBytes;
import org.apache.ratis.util.TimeDuration;
import org.entente.gateway.seal.keys.KeyEntry;

/** The settings of Ratis, each with its reason where it differs from the default. */
final class RaftSettings {
  private static final int MIB = 1 << 20;

  /** Above this Ratis refuses an entry and the leader steps down, again and again. */
  private static final int ENTRY_BYTES = ReplicatedCommit.MAX_BYTES + MIB;

  /** Longest message between nodes: keys up to a limit, and the one that goes beyond it. */
  static final int MESSAGE_BYTES = KeyEntry.MOST_SECRET_BYTES + NodeKeys.MESSAGE_BYTES + MIB;

  /**
   * Election time-outs after which a node that sends a copy, or gets one, is given up if silent.
   */
  static final int TIMEOUTS_OF_SILENCE = 60;

  private static final Duration RETRIES = Duration.ofSeconds(5);

  /** A pause of the process, such as for a disk that hangs, after which Ratis closes the node. */
  private static final Duration LONGEST_PAUSE = Duration.ofDays(1);

  private RaftSettings() {}

  static RaftProperties of(ClusterSettings settings) {
    RaftProperties properties = new RaftProperties();
    RaftServerConfigKeys.setStorageDir(properties, List.of(settings.folders().log().toFile()));
    RaftConfigKeys.Rpc.setType(properties, new RaftRpc());
    GrpcConfigKeys.Server.setHost(properties, settings.address().getHostString());
    GrpcConfigKeys.Server.setPort(properties, settings.address().getPort());
    times(properties, settings.limits().electionTimeout());
    sizes(properties);
    copies(properties);
    return properties;
  }

  private static void times(RaftProperties properties, Duration election) {
    // The default of 150 ms is shorter than a pause of the garbage collector.
    Rpc.setTimeoutMin(properties, duration(election));
    Rpc.setTimeoutMax(properties, duration(election.multipliedBy(2)));
    // A node that starts hears from a living leader sooner than this, or there is none.
    // No lease rests on this: a new leader waits for the end of the last one's (LeaderLease).
    Rpc.setFirstElectionTimeoutMin(properties, duration(election.dividedBy(4)));
    Rpc.setFirstElectionTimeoutMax(properties, duration(election.dividedBy(2)));
    Rpc.setRequestTimeout(properties, duration(election.multipliedBy(2)));
    // The default of a minute closes all machines at once when their common storage hangs.
    // After a shorter pause a leader steps down, which is enough.
    RaftServerConfigKeys.setCloseThreshold(properties, duration(LONGEST_PAUSE));
    // The default of three ends the copy of hours to a new node that pauses for seconds.
    RaftServerConfigKeys.setStagingTimeout(
        properties, duration(election.multipliedBy(TIMEOUTS_OF_SILENCE)));
    // A leader without a majority says so to its writer, and does not make it wait.
    LeaderElection.setLeaderStepDownWaitTime(properties, duration(election.multipliedBy(2)));
    // Entries are never repeated: their places make a repetition harmless.
    RetryCache.setExpiryTime(properties, duration(RETRIES));
  }

  private static void sizes(RaftProperties properties) {
    SizeInBytes entry = SizeInBytes.valueOf(ENTRY_BYTES);
    Log.Appender.setBufferByteLimit(properties, entry);
    // By default an entry waits until a millisecond has passed since the one before.
    Log.Appender.setWaitTimeMin(properties, TimeDuration.ZERO);
    // By default an entry follows each commit, to say that it was made, and each node syncs it.
    // No node needs it: a new leader commits what it finds in its log.
    Log.setLogMetadataEnabled(properties, false);
    Log.setWriteBufferSize(properties, SizeInBytes.valueOf(ENTRY_BYTES + 8L));
    Log.setSegmentSizeMax(properties, SizeInBytes.valueOf(2L * ENTRY_BYTES));
    GrpcConfigKeys.setMessageSizeMax(properties, SizeInBytes.valueOf(MESSAGE_BYTES));
    // The default keeps 200 MB of entries in memory, for followers that fall behind.
    Log.setSegmentCacheNumMax(properties, 2);
    Log.setSegmentCacheSizeMax(properties, SizeInBytes.valueOf(2L * ENTRY_BYTES));
  }

  private static void copies(RaftProperties properties) {
    // See CopyTransfer.
    Log.Appender.setInstallSnapshotEnabled(properties, false);
    // Otherwise a node that is down keeps the log of all others growing until their disks are full.
    Log.setPurgeUptoSnapshotIndex(properties, true);
    Log.setPurgeGap(properties, 1);
    // The node triggers flushes by bytes; at a stop Ratis does.
    Snapshot.setAutoTriggerEnabled(properties, true);
    Snapshot.setAutoTriggerThreshold(properties, Integer.MAX_VALUE);
  }

  static TimeDuration duration(Duration duration) {
    return TimeDuration.valueOf(duration.toMillis(), TimeUnit.MILLISECONDS);
  }
}
