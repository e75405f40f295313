package org.entente.gateway.store;

/** What a commit survives once it has returned. */
public enum Durability {
  /** On the disk (fsync): survives power loss, and so does every commit made before it. */
  SYNCED,
  /**
   * Weaker: with the operating system. Survives the death of the process; power loss may undo it,
   * together with the commits after it, until a later {@link #SYNCED} one returns.
   */
  BUFFERED
}
