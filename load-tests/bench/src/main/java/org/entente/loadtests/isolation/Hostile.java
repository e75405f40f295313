package org.entente.loadtests.isolation;

/** A member that attacks until it is closed. */
interface Hostile extends AutoCloseable {
  /** What it did and what came of it, on one line. */
  String told();

  /** How often it acted. */
  long acts();

  @Override
  void close();
}
