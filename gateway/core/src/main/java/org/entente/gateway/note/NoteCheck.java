package org.entente.gateway.note;

import java.util.List;
import java.util.Optional;

/** Result of checking a note's signatures against the reader's known keys. */
public sealed interface NoteCheck {

  /** The signatures that verified; none when the note was refused. */
  default List<Signed> signed() {
    return this instanceof Verified verified ? verified.by() : List.of();
  }

  /** Why the note was refused, when it was. */
  default Optional<String> refusal() {
    return this instanceof Refused refused ? Optional.of(refused.reason()) : Optional.empty();
  }

  /**
   * At least one known key signed the note and none of the known keys' signatures failed.
   *
   * <p>The caller decides how many keys are enough.
   *
   * @param by the known keys that signed, in the note's order, each at most once
   */
  record Verified(List<Signed> by) implements NoteCheck {
    /** Copies the list. */
    public Verified {
      by = List.copyOf(by);
    }

    /** True when this key signed. */
    public boolean by(NoteVerifier key) {
      return by.stream().anyMatch(signed -> signed.key().equals(key));
    }
  }

  /**
   * The note must not be used.
   *
   * @param reason the violated rule, for an operator
   */
  record Refused(String reason) implements NoteCheck {}

  /**
   * One verified signature.
   *
   * @param key the key that made it
   * @param seconds for cosignatures the signed POSIX time in seconds, zero when the signer stated
   *     no time, and for signatures without a time
   */
  record Signed(NoteVerifier key, long seconds) {}
}
