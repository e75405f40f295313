package org.entente.loadtests.isolation;

import java.util.concurrent.TimeUnit;

/** A thread that repeats the action of an attack, with pauses, until it is closed. */
final class AttackThread implements AutoCloseable {
  private final Thread thread;
  private volatile boolean over;

  /** What the thread repeats. */
  interface Action {
    void perform() throws InterruptedException;
  }

  /** A thread that does not run yet. */
  AttackThread(String name, int pauseMillis, Action action) {
    thread = new Thread(() -> repeat(pauseMillis, action), name);
    thread.setDaemon(true);
  }

  void start() {
    thread.start();
  }

  private void repeat(int pauseMillis, Action action) {
    try {
      while (!over) {
        action.perform();
        TimeUnit.MILLISECONDS.sleep(pauseMillis);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** Whether a long action must end. */
  boolean isOver() {
    return over;
  }

  /** Ends the thread; it has ended on return. */
  @Override
  public void close() {
    over = true;
    thread.interrupt();
    try {
      thread.join();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
