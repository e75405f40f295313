package org.entente.gateway.audit.tree;

import java.util.List;
import org.entente.gateway.model.AgencyName;
import org.entente.gateway.note.NoteSignature;

/**
 * A witness's verified statement about a checkpoint: this is the largest tree that it has seen of
 * that log, and it continues every earlier one.
 *
 * @param witness the witness's agency
 * @param lines its two signature lines
 * @param seconds POSIX time that both state
 */
public record Cosignature(AgencyName witness, List<NoteSignature> lines, long seconds) {

  /** Copies the list. */
  public Cosignature {
    lines = List.copyOf(lines);
  }
}
