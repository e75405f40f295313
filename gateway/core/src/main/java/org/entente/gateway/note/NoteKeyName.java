package org.entente.gateway.note;

import java.nio.charset.StandardCharsets;
import java.util.Optional;

/**
 * The name of a note key: non-empty text without Unicode spaces, control characters or {@code +}.
 *
 * <p>Together with the 32-bit key id it identifies the key of a signature (C2SP signed-note,
 * "Signatures"). The specification sets no length; the size of a note bounds its names.
 *
 * @param value the name as in a signature line
 */
public record NoteKeyName(String value) {

  /** Checks the name; a name from outside goes through {@link #parse} instead. */
  public NoteKeyName {
    if (!isKeyName(value)) {
      throw new IllegalArgumentException("not a note key name: " + value.length() + " characters");
    }
  }

  /** Reads a name from outside; empty when it is not one. */
  public static Optional<NoteKeyName> parse(String text) {
    return isKeyName(text) ? Optional.of(new NoteKeyName(text)) : Optional.empty();
  }

  /** The UTF-8 bytes of the name, a new array. */
  byte[] bytes() {
    return value.getBytes(StandardCharsets.UTF_8);
  }

  @Override
  public String toString() {
    return value;
  }

  private static boolean isKeyName(String text) {
    return !text.isEmpty() && text.codePoints().allMatch(NoteKeyName::isAllowed);
  }

  /**
   * Excludes Unicode's White_Space property, lone surrogates (no UTF-8 form) and characters
   * forbidden in notes.
   */
  private static boolean isAllowed(int c) {
    boolean space = Character.isSpaceChar(c) || c == 0x85;
    boolean surrogate = c >= Character.MIN_SURROGATE && c <= Character.MAX_SURROGATE;
    return c > ' ' && c != '+' && !space && !surrogate;
  }
}
