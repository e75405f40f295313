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

  /** Ends the stream with a problem. */
  void end(Problem problem);
}
