package org.entente.gateway.rpc.server;

/**
 * What a call writes, and so whether it is made while the ledger's disk is full for drafts. What is
 * left of the disk then is for the work that frees space; a leaf for each call would use it up.
 */
public enum DiskUse {
  /** Writes neither a record nor a leaf. */
  NONE(false),
  /**
   * Writes, if only the leaf that a person's access leaves, and can wait for room: it is refused
   * before its request is read.
   */
  DEFERRABLE(true),
  /** Some of its requests can wait for room, and some cannot: its handler refuses the former. */
  MIXED(false),
  /**
   * Writes, and is made all the same: it frees space, ends something, keeps evidence, or shows
   * operators and auditors what is wrong.
   */
  NECESSARY(false);

  private final boolean waitsForRoom;

  DiskUse(boolean waitsForRoom) {
    this.waitsForRoom = waitsForRoom;
  }

  /**
   * Requires room for the current call.
   *
   * @throws io.grpc.StatusRuntimeException with STORAGE_FULL if it can wait and the disk is full
   */
  void requireRoom() {
    if (waitsForRoom) {
      Caller.requireRoom();
    }
  }
}
