package org.entente.gateway.deliver;

import org.entente.gateway.model.Problem;
import org.entente.proto.v1.SubscribeResponse;

/** Receives a subscription's messages; called by one thread at a time. */
public interface Sink {
  /**
   * Whether it accepts more without queueing. When it becomes ready again it calls {@link
   * Subscription#wake}.
   */
  boolean ready();

  /** Sends one step. */
  void send(SubscribeResponse response);

  /**
   * Runs the subscription's next turn on a thread for the client, behind what waits there. The
   * client pays for what the last turn passed over, and its turn waits while it owes too much.
   *
   * @param passed messages that the last turn examined and did not send; 0 if nothing was left
   */
  void schedule(Runnable turn, int passed);

  /** Ends the stream with a problem. */
  void end(Problem problem);
}
