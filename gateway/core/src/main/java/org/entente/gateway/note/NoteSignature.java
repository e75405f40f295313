package org.entente.gateway.note;

import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Base64;
import java.util.HexFormat;
import java.util.Optional;

/**
 * One signature line of a note: {@code — <name> base64(key id ‖ signature)}.
 *
 * <p>It may or may not verify. Immutable; equal when the lines are equal.
 */
public final class NoteSignature {

  static final String PREFIX = "\u2014 ";
  private static final int KEY_ID_BYTES = 4;

  private final NoteKeyName name;
  private final int keyId;
  private final byte[] signature;

  NoteSignature(NoteKeyName name, int keyId, byte[] signature) {
    if (signature.length == 0) {
      throw new IllegalArgumentException("empty note signature");
    }
    this.name = name;
    this.keyId = keyId;
    this.signature = signature.clone();
  }

  /** Reads one line, without its newline; empty when any byte of it is not canonical. */
  static Optional<NoteSignature> parse(String line) {
    int space = line.indexOf(' ', PREFIX.length());
    if (!line.startsWith(PREFIX) || space < 0) {
      return Optional.empty();
    }
    Optional<NoteKeyName> name = NoteKeyName.parse(line.substring(PREFIX.length(), space));
    Optional<byte[]> blob = StrictBase64.decode(line.substring(space + 1));
    if (name.isEmpty() || blob.isEmpty() || blob.get().length <= KEY_ID_BYTES) {
      return Optional.empty();
    }
    ByteBuffer bytes = ByteBuffer.wrap(blob.get());
    int keyId = bytes.getInt();
    byte[] signature = new byte[bytes.remaining()];
    bytes.get(signature);
    return Optional.of(new NoteSignature(name.get(), keyId, signature));
  }

  /** The key's name as the line claims it. */
  public NoteKeyName name() {
    return name;
  }

  /** The 32-bit key id, as the line claims it. */
  public int keyId() {
    return keyId;
  }

  /** The signature bytes after the key id, a new array; their content depends on the key's type. */
  public byte[] signature() {
    return signature.clone();
  }

  /** The line in a note, without its newline. */
  public String line() {
    ByteBuffer blob = ByteBuffer.allocate(KEY_ID_BYTES + signature.length);
    blob.putInt(keyId).put(signature);
    return PREFIX + name.value() + ' ' + Base64.getEncoder().encodeToString(blob.array());
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof NoteSignature that
        && keyId == that.keyId
        && name.equals(that.name)
        && Arrays.equals(signature, that.signature);
  }

  @Override
  public int hashCode() {
    return 31 * (31 * name.hashCode() + keyId) + Arrays.hashCode(signature);
  }

  @Override
  public String toString() {
    return "NoteSignature[" + name + "+" + HexFormat.of().toHexDigits(keyId) + "]";
  }
}
