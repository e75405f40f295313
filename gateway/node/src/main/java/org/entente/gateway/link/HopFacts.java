package org.entente.gateway.link;

/**
 * The sender's position in a hop sequence.
 *
 * @param epoch from 1
 * @param first lowest number not released
 * @param next number that the next queued envelope will get
 */
record HopFacts(long epoch, long first, long next) {
  HopFacts {
    if (epoch < 1 || first < 1 || next < first) {
      throw new IllegalArgumentException("epoch " + epoch + ", " + first + " to " + next);
    }
  }

  static HopFacts of(HopQueue queue) {
    // Read in this order: numbers only grow, so next is never below first.
    long epoch = queue.epoch();
    long first = queue.first();
    return new HopFacts(epoch, first, queue.next());
  }
}
