package org.entente.gateway.audit.tree;

import java.util.List;
import org.entente.gateway.model.AgencyName;
import org.entente.gateway.note.NoteSignature;

/**
 * A witness's verified statement about a checkpoint: of all it has seen of that log, this is the
 * largest tree, and it continues every earlier one.
 *
 * @param witness the agency that witnesses
 * @param lines its two signature lines
 * @param seconds POSIX time for which both state it
 */
public record Cosignature(AgencyName witness, List<NoteSignature> lines, long seconds) {

  /** Copies the list. */
  public Cosignature {
    lines = List.copyOf(lines);
  }
}
