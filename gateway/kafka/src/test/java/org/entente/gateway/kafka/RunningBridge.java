package org.entente.gateway.kafka;

/** A command {@code entente kafka} that runs, in this process or in its own. */
interface RunningBridge extends AutoCloseable {
  boolean isAlive();

  /** What it has printed. */
  String output();

  /** Waits for its end; returns its exit code. */
  int exit() throws InterruptedException;

  /** Ends it if it still runs. */
  @Override
  void close();
}
