package org.entente.gateway.rpc.server;

import java.util.concurrent.Executor;

/**
 * Runs what a stream between gateways brings: a short message on the network thread that received
 * it, since to wake a worker takes longer than to handle a receipt, and everything else on workers.
 * What handles a short message finds out where it runs ({@link InboundCount#isOnNetworkThread}),
 * and leaves all but quick work to a worker.
 */
final class StreamExecutor implements Executor {
  private final InboundCount messages;
  private final Executor workers;

  /**
   * The executor of one stream.
   *
   * @param messages of the stream
   */
  StreamExecutor(InboundCount messages, Executor workers) {
    this.messages = messages;
    this.workers = workers;
  }

  @Override
  public void execute(Runnable task) {
    if (!messages.takesShort()) {
      workers.execute(task);
      return;
    }
    try {
      task.run();
    } finally {
      messages.leavesNetworkThread();
    }
  }
}
