package org.entente.gateway.note;

import java.util.Optional;

/** Result of reading bytes as a signed note: the note, or why they are not one. */
public sealed interface NoteParseResult {

  /** The note, when the bytes were one. */
  default Optional<SignedNote> asNote() {
    return this instanceof Parsed parsed ? Optional.of(parsed.note()) : Optional.empty();
  }

  /**
   * The bytes are a well-formed note; its signatures are unchecked.
   *
   * @param note the note; encoding it gives the same bytes
   */
  record Parsed(SignedNote note) implements NoteParseResult {}

  /**
   * The bytes are not a note.
   *
   * @param reason what is wrong, for an operator; does not quote the bytes
   */
  record Malformed(String reason) implements NoteParseResult {}
}
