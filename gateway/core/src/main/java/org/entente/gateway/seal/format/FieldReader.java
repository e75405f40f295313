package org.entente.gateway.seal.format;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.util.Arrays;
import java.util.Optional;
import org.entente.gateway.crypto.Ed25519VerifyingKey;
import org.entente.gateway.model.AgencyName;
import org.entente.gateway.model.BigEndian;
import org.entente.gateway.model.FederationName;
import org.entente.gateway.model.InvalidValue;
import org.entente.gateway.model.Lane;
import org.entente.gateway.model.NodeName;

/**
 * Reads the fields of a format in order and fails at the first malformed one. Allocates no more
 * than the input holds.
 */
final class FieldReader {
  private final byte[] bytes;
  private int at;

  private FieldReader(byte[] bytes) {
    this.bytes = bytes;
  }

  /** Parser of one format. */
  interface Format<T> {
    /** The value in the fields. */
    T read(FieldReader in) throws MalformedInput;
  }

  /** The value in the bytes; empty if they are malformed or bytes are left over. */
  static <T> Optional<T> parse(byte[] bytes, Format<T> format) {
    try {
      FieldReader in = new FieldReader(bytes);
      T value = format.read(in);
      in.require(in.at == bytes.length);
      return Optional.of(value);
    } catch (MalformedInput e) {
      return Optional.empty();
    }
  }

  void require(boolean condition) throws MalformedInput {
    if (!condition) {
      throw new MalformedInput();
    }
  }

  int u8() throws MalformedInput {
    return bytes[take(1)] & 0xFF;
  }

  int u16() throws MalformedInput {
    int from = take(2);
    return (bytes[from] & 0xFF) << 8 | (bytes[from + 1] & 0xFF);
  }

  /** A u16 within bounds, both inclusive. */
  int count(int least, int most) throws MalformedInput {
    int count = u16();
    require(count >= least && count <= most);
    return count;
  }

  /** A u32 within bounds, both inclusive. */
  int length(int least, int most) throws MalformedInput {
    long length = BigEndian.u32(bytes, take(4)) & 0xFFFF_FFFFL;
    require(length >= least && length <= most);
    return (int) length;
  }

  /** A u64 from {@code least} to 2^63 - 1. */
  long number(long least) throws MalformedInput {
    long number = BigEndian.u64(bytes, take(8));
    require(number >= least);
    return number;
  }

  /** Milliseconds since 1970, 0 or more. */
  long time() throws MalformedInput {
    return number(0);
  }

  byte[] fixed(int length) throws MalformedInput {
    int from = take(length);
    return Arrays.copyOfRange(bytes, from, from + length);
  }

  /** The bytes read so far: the body that a signature covers. */
  byte[] soFar() {
    return Arrays.copyOf(bytes, at);
  }

  void version() throws MalformedInput {
    require(u8() == Suite.FORMAT_VERSION);
  }

  void suite() throws MalformedInput {
    require(u8() == Suite.NUMBER);
  }

  Lane lane() throws MalformedInput {
    int number = u8();
    require(number >= 1 && number <= Lane.all().size());
    return Lane.of(number);
  }

  OriginNumber originNumber() throws MalformedInput {
    return new OriginNumber(number(1), lane(), number(1));
  }

  FederationName federation() throws MalformedInput {
    String text = text();
    try {
      return new FederationName(text);
    } catch (InvalidValue e) {
      throw new MalformedInput();
    }
  }

  AgencyName agency() throws MalformedInput {
    String text = text();
    try {
      return new AgencyName(text);
    } catch (InvalidValue e) {
      throw new MalformedInput();
    }
  }

  NodeName node() throws MalformedInput {
    String text = text();
    try {
      return new NodeName(text);
    } catch (InvalidValue e) {
      throw new MalformedInput();
    }
  }

  KeyValidity keyValidity() throws MalformedInput {
    RecipientKeyId id = RecipientKeyId.of(fixed(RecipientKeyId.SIZE));
    long notBefore = time();
    long notAfter = time();
    require(notAfter > notBefore);
    return new KeyValidity(id, notBefore, notAfter);
  }

  Ed25519VerifyingKey ed25519() throws MalformedInput {
    return Ed25519VerifyingKey.parse(fixed(Ed25519VerifyingKey.ENCODED_BYTES))
        .orElseThrow(MalformedInput::new);
  }

  /** A text of at most 255 bytes, one per character; the caller's pattern admits ASCII only. */
  String ascii() throws MalformedInput {
    return text();
  }

  /** One byte per character; the names' own patterns then admit ASCII only. */
  private String text() throws MalformedInput {
    int length = u8();
    int from = take(length);
    return new String(bytes, from, length, ISO_8859_1);
  }

  private int take(int length) throws MalformedInput {
    require(length <= bytes.length - at);
    int from = at;
    at += length;
    return from;
  }
}
