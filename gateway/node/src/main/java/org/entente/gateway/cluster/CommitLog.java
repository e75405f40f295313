package org.entente.gateway.cluster;

import java.util.concurrent.CompletableFuture;
import org.apache.ratis.protocol.exceptions.LeaderSteppingDownException;

/** The log of a cluster, as the leader's store writes it. */
@FunctionalInterface
interface CommitLog {
  /**
   * Appends an entry. The future completes once a majority has it on disk and this node has applied
   * it: true if it changed the store, false if its place was taken or its term was over. It fails
   * with {@link LeaderSteppingDownException} if nothing was appended because the lead is being
   * passed, and with anything else if the outcome is unknown.
   */
  CompletableFuture<Boolean> append(byte[] entry);
}
