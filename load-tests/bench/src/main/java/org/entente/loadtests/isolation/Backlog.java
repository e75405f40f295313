package org.entente.loadtests.isolation;

import java.util.List;

/**
 * What came of queueing for a dead peer.
 *
 * @param memory after each tenth of the messages
 * @param through messages a second that come through where nothing is in the way
 * @param drained messages a second from the peer's start to the last arrival
 * @param repeated deliveries that came twice to the subscriber
 */
public record Backlog(List<ProcessMemory> memory, double through, double drained, long repeated) {
  /** Keeps a copy of what was seen. */
  public Backlog {
    memory = List.copyOf(memory);
  }

  /** Heap at the end as a part of that after the first tenth. */
  public double heapGrowth() {
    return (double) last().heap() / memory.get(0).heap();
  }

  /** Bytes in memory that came after the first tenth. */
  public long residentGrowth() {
    return last().resident() - memory.get(0).resident();
  }

  private ProcessMemory last() {
    return memory.get(memory.size() - 1);
  }
}
