package org.entente.gateway.note;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * A text with its signatures, as C2SP signed-note defines it.
 *
 * <p>Guarantee: {@code parse(b)} either fails or returns a note whose {@link #encode()} is {@code
 * b}, byte for byte, so that each note has one encoding. Parsing does not check signatures: do not
 * use the text before {@link #verify} has returned {@link NoteCheck.Verified}.
 *
 * <p>Limits: {@value #MAX_BYTES} bytes in all, {@value #MAX_SIGNATURES} signatures (the
 * specification requires at least 16). Immutable.
 */
public final class SignedNote {

  /** Largest note in bytes, signatures included. */
  public static final int MAX_BYTES = 4 << 20;

  /** Most signature lines in a note. */
  public static final int MAX_SIGNATURES = 64;

  /** The last second of the year 9999. */
  private static final long LATEST_SECONDS = 253_402_300_799L;

  private static final String SEPARATOR = "\n\n";

  private final String text;
  private final List<NoteSignature> signatures;

  /** What came of reading bytes as a signed note: the note, or why it is none. */
  public sealed interface ParseResult {

    /** The note, when the bytes were one. */
    default Optional<SignedNote> asNote() {
      return this instanceof Parsed parsed ? Optional.of(parsed.note()) : Optional.empty();
    }

    /**
     * The bytes are a well-formed note; nothing is said about its signatures.
     *
     * @param note the note; encoding it gives the same bytes
     */
    record Parsed(SignedNote note) implements ParseResult {}

    /**
     * The bytes are not a note.
     *
     * @param reason what is wrong, for an operator; holds nothing of the bytes themselves
     */
    record Malformed(String reason) implements ParseResult {}
  }

  private SignedNote(String text, List<NoteSignature> signatures) {
    this.text = text;
    this.signatures = List.copyOf(signatures);
  }

  /**
   * Puts signatures under a text.
   *
   * @throws IllegalArgumentException when the result would not parse: text without final newline,
   *     control characters, no signature, a repeated one, or beyond the limits
   */
  public static SignedNote of(String text, List<NoteSignature> signatures) {
    byte[] bytes = new SignedNote(text, signatures).encode();
    if (parse(bytes) instanceof ParseResult.Parsed parsed
        && parsed.note().text.equals(text)
        && parsed.note().signatures.equals(signatures)) {
      return parsed.note();
    }
    throw new IllegalArgumentException("text and signatures do not make a note");
  }

  /** Reads a note strictly; anything an encoder would not have written is refused. */
  public static ParseResult parse(byte[] bytes) {
    if (bytes.length > MAX_BYTES) {
      return new ParseResult.Malformed("longer than " + MAX_BYTES + " bytes");
    }
    Optional<String> decoded = strictUtf8(bytes);
    if (decoded.isEmpty()) {
      return new ParseResult.Malformed("not UTF-8");
    }
    String whole = decoded.get();
    if (whole.chars().anyMatch(c -> c < ' ' && c != '\n')) {
      return new ParseResult.Malformed("holds a control character");
    }
    int split = whole.lastIndexOf(SEPARATOR);
    if (split < 0 || !whole.endsWith("\n")) {
      return new ParseResult.Malformed("no blank line before the signatures, or no final newline");
    }
    return parseSignatures(
        whole.substring(0, split + 1), whole.substring(split + SEPARATOR.length()));
  }

  private static ParseResult parseSignatures(String text, String block) {
    if (block.isEmpty()) {
      return new ParseResult.Malformed("no signature");
    }
    // The limit of -1 keeps empty lines, which are malformed; the final newline yields one.
    String[] lines = block.split("\n", -1);
    int count = lines.length - 1;
    if (count > MAX_SIGNATURES) {
      return new ParseResult.Malformed("more than " + MAX_SIGNATURES + " signatures");
    }
    List<NoteSignature> signatures = new ArrayList<>(count);
    Set<String> seen = new HashSet<>();
    for (int i = 0; i < count; i++) {
      Optional<NoteSignature> signature = NoteSignature.parse(lines[i]);
      if (signature.isEmpty()) {
        return new ParseResult.Malformed("signature line " + (i + 1) + " is malformed");
      }
      if (!seen.add(lines[i])) {
        return new ParseResult.Malformed("signature line " + (i + 1) + " repeats another");
      }
      signatures.add(signature.get());
    }
    return new ParseResult.Parsed(new SignedNote(text, signatures));
  }

  private static Optional<String> strictUtf8(byte[] bytes) {
    try {
      // A new decoder reports malformed input, where String's constructor would replace it.
      return Optional.of(
          StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString());
    } catch (CharacterCodingException notUtf8) {
      return Optional.empty();
    }
  }

  /** The signed text with its final newline and without the blank line that follows it. */
  public String text() {
    return text;
  }

  /** The signature lines in their order, verified or not. */
  public List<NoteSignature> signatures() {
    return signatures;
  }

  /** The same text with more signatures after those it has; skips lines that it already has. */
  public SignedNote with(Collection<NoteSignature> more) {
    List<NoteSignature> all = new ArrayList<>(signatures);
    more.stream().filter(signature -> !all.contains(signature)).forEach(all::add);
    return of(text, all);
  }

  /** The note's bytes, a new array. */
  public byte[] encode() {
    StringBuilder note = new StringBuilder(text).append('\n');
    signatures.forEach(signature -> note.append(signature.line()).append('\n'));
    return note.toString().getBytes(StandardCharsets.UTF_8);
  }

  /**
   * Checks the signatures of the keys that the reader knows.
   *
   * <p>Signatures of unknown keys are ignored, even when name or id alone match. The note is
   * refused if a known key's signature fails, a known key signs more than once, no known key
   * signed, or two known keys share name and id. It is refused too if a known key states a time
   * after the year 9999: the format has times that no calendar of its readers can hold.
   */
  public NoteCheck verify(Collection<NoteVerifier> known) {
    Map<KeyRef, NoteVerifier> byRef = new HashMap<>();
    for (NoteVerifier key : Set.copyOf(known)) {
      if (byRef.put(new KeyRef(key.name(), key.keyId()), key) != null) {
        return new NoteCheck.Refused("two known keys share the name and id of " + key);
      }
    }
    List<NoteCheck.Signed> signed = new ArrayList<>();
    Set<NoteVerifier> used = new HashSet<>();
    for (NoteSignature signature : signatures) {
      NoteVerifier key = byRef.get(new KeyRef(signature.name(), signature.keyId()));
      if (key == null) {
        continue;
      }
      if (!used.add(key)) {
        return new NoteCheck.Refused("more than one signature of " + key);
      }
      if (!key.verify(text, signature)) {
        return new NoteCheck.Refused("the signature of " + key + " does not verify");
      }
      if (key.seconds(signature) > LATEST_SECONDS) {
        return new NoteCheck.Refused("the signature of " + key + " is dated after the year 9999");
      }
      signed.add(new NoteCheck.Signed(key, key.seconds(signature)));
    }
    return signed.isEmpty()
        ? new NoteCheck.Refused("no signature of a known key")
        : new NoteCheck.Verified(signed);
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof SignedNote that
        && text.equals(that.text)
        && signatures.equals(that.signatures);
  }

  @Override
  public int hashCode() {
    return 31 * text.hashCode() + signatures.hashCode();
  }

  @Override
  public String toString() {
    return "SignedNote[" + text.length() + " characters, " + signatures + "]";
  }

  private record KeyRef(NoteKeyName name, int keyId) {}
}
