package org.entente.gateway.rpc.server;

import java.util.Optional;
import org.entente.gateway.account.Work;
import org.entente.gateway.model.Problem;

/**
 * What a call writes, and so whether it is made while the ledger's disk is full for drafts. What is
 * left of the disk then is for the work that frees space; a leaf for each call would use it up.
 */
public enum DiskUse {
  /** Writes neither a record nor a leaf. */
  NONE,
  /**
   * Writes, if only the leaf that a person's access leaves, and can wait for room: it is refused
   * before its request is read.
   */
  DEFERRABLE,
  /** Some of its requests can wait for room, and some cannot: its handler refuses the former. */
  MIXED,
  /**
   * Writes, and is made all the same: it frees space, ends something, keeps evidence, or shows
   * operators and auditors what is wrong. So that these calls do not use up the rest either, each
   * then costs more.
   */
  NECESSARY;

  /** Units that a necessary call costs besides: by default a client may make twenty a second. */
  private static final int ON_A_FULL_DISK = 500;

  /**
   * Requires room for the current call, or charges for its use of the little that is left: on
   * credit, so that each client can make some, whatever its rate.
   *
   * @throws io.grpc.StatusRuntimeException with STORAGE_FULL if the call can wait and the disk is
   *     full
   */
  void requireRoom() {
    if (this == DEFERRABLE) {
      Optional<Problem> full = Caller.fullDisk();
      if (full.isPresent()) {
        throw StatusMapper.exception(full.get());
      }
    } else if (this == NECESSARY && Caller.fullDisk().isPresent()) {
      long unused = Caller.account().charge(Work.CALL_COST, ON_A_FULL_DISK);
    }
  }
}
