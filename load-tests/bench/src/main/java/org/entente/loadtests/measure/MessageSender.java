package org.entente.loadtests.measure;

/** Where numbered messages go in. Used by one thread at a time. */
public interface MessageSender {
  /**
   * Hands over messages that carry consecutive numbers. May block while there is no room.
   *
   * @param first number of the first
   * @param count how many; packed into one where what is measured packs
   */
  void send(long first, int count) throws InterruptedException;
}
