package org.entente.loadtests.isolation;

import java.util.List;

/**
 * Result of queueing for a dead peer.
 *
 * @param memory after each tenth of the messages
 * @param through messages per second before the peer dies
 * @param drained messages per second from the peer's start to the last arrival
 * @param repeated repeated deliveries to the subscriber
 */
public record Backlog(List<ProcessMemory> memory, double through, double drained, long repeated) {
  /** Copies the list. */
  public Backlog {
    memory = List.copyOf(memory);
  }

  /** Ratio of the heap at the end to that after the first tenth. */
  public double heapGrowth() {
    return (double) last().heap() / memory.get(0).heap();
  }

  /** Growth of resident memory after the first tenth, bytes. */
  public long residentGrowth() {
    return last().resident() - memory.get(0).resident();
  }

  private ProcessMemory last() {
    return memory.get(memory.size() - 1);
  }
}
