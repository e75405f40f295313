package org.entente.gateway.audit;

import org.entente.gateway.note.Checkpoint;

/** What came of opening a log. Only {@link Opened} lets the node become ready. */
public sealed interface AuditOpening {

  /**
   * The log continues where it stopped.
   *
   * @param log the log
   */
  record Opened(AuditLog log) implements AuditOpening {}

  /**
   * The store is older than, or differs from, what the log has already signed: it was restored,
   * lost acknowledged commits, or was changed. The node must not acknowledge anything.
   *
   * @param treeSize leaves that the store has
   * @param checkpoint what was signed
   * @param reason for an operator
   */
  record BehindCheckpoint(long treeSize, Checkpoint checkpoint, String reason)
      implements AuditOpening {}

  /**
   * What is kept of the log contradicts itself or a checkpoint is not the log's. The node must not
   * acknowledge anything.
   *
   * @param reason for an operator
   */
  record Damaged(String reason) implements AuditOpening {}
}
