package org.entente.gateway.audit.tree;

import org.entente.gateway.note.Checkpoint;
import org.entente.gateway.note.SignedNote;

/** Result of checking bytes as a log's signed checkpoint. */
public sealed interface CheckpointCheck {

  /**
   * The log signed it with both keys of one of its pairs.
   *
   * @param note the note with all its signatures
   * @param checkpoint its text
   * @param seconds POSIX time that both signatures state
   * @param proven the note with these two signatures alone: a log can sign with all of many pairs
   */
  record Signed(SignedNote note, Checkpoint checkpoint, long seconds, SignedNote proven)
      implements CheckpointCheck {}

  /**
   * The checkpoint must not be used.
   *
   * @param reason why, for an auditor
   */
  record Refused(String reason) implements CheckpointCheck {}
}
