package org.entente.gateway.cluster;

import java.util.concurrent.CompletableFuture;

/** The log of a cluster, as the leader's store writes it. */
@FunctionalInterface
interface CommitLog {
  /**
   * Appends an entry. The future completes once a majority has it on disk and this node has applied
   * it: true if it changed the store, false if its place was taken or its term was over. It fails
   * if the outcome is unknown.
   */
  CompletableFuture<Boolean> append(byte[] entry);
}
