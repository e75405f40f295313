package org.entente.gateway.deliver;

import org.entente.gateway.model.Problem;
import org.entente.proto.v1.SubscribeResponse;

/** Where a subscription's messages go; called by one thread at a time. */
public interface Sink {
  /**
   * Whether it takes more without queueing. When it does again it calls {@link Subscription#wake}.
   */
  boolean ready();

  /** Sends one step. */
  void send(SubscribeResponse response);

  /** Ends the stream with a problem. */
  void end(Problem problem);
}
