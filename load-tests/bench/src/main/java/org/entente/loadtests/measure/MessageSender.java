package org.entente.loadtests.measure;

/** Sender of numbered messages. Used by one thread at a time. */
public interface MessageSender {
  /**
   * Sends messages with consecutive numbers. May block while there is no room.
   *
   * @param first number of the first
   * @param count number of messages; packed into one gRPC message if the chain packs
   */
  void send(long first, int count) throws InterruptedException;
}
