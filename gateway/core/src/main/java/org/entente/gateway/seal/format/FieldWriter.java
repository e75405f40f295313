package org.entente.gateway.seal.format;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.util.Arrays;
import java.util.List;
import java.util.function.BiConsumer;
import org.entente.gateway.model.BigEndian;
import org.entente.gateway.model.Id128;

/** Writes the fields of a format in order; all numbers big-endian. */
public final class FieldWriter {
  private byte[] bytes;
  private int length;

  public FieldWriter(int expectedLength) {
    this.bytes = new byte[expectedLength];
  }

  public FieldWriter u8(int value) {
    int at = grow(1);
    bytes[at] = (byte) value;
    return this;
  }

  public FieldWriter u16(int value) {
    return u8(value >>> 8).u8(value);
  }

  public FieldWriter u32(int value) {
    int at = grow(4);
    BigEndian.putU32(bytes, at, value);
    return this;
  }

  public FieldWriter u64(long value) {
    int at = grow(8);
    BigEndian.putU64(bytes, at, value);
    return this;
  }

  public FieldWriter id(Id128<?> value) {
    return u64(value.bits().high()).u64(value.bits().low());
  }

  public FieldWriter fixed(byte[] value) {
    int at = grow(value.length);
    System.arraycopy(value, 0, bytes, at, value.length);
    return this;
  }

  /** A text of at most 255 ASCII characters, after its length in one byte. */
  public FieldWriter text(String ascii) {
    byte[] value = ascii.getBytes(US_ASCII);
    if (value.length > 0xFF) {
      throw new IllegalArgumentException("a text of " + value.length + " bytes");
    }
    return u8(value.length).fixed(value);
  }

  /** Items in a list, after their number as u16. */
  public <T> FieldWriter list(List<T> items, BiConsumer<T, FieldWriter> item) {
    u16(items.size());
    items.forEach(one -> item.accept(one, this));
    return this;
  }

  public FieldWriter originNumber(OriginNumber number) {
    return u64(number.epoch()).u8(number.lane().number()).u64(number.sequence());
  }

  public FieldWriter keyValidity(KeyValidity validity) {
    return fixed(validity.id().bytes()).u64(validity.notBeforeMs()).u64(validity.notAfterMs());
  }

  /** The written bytes, without a copy if the expected length was met. Writing then ends. */
  public byte[] toBytes() {
    return length == bytes.length ? bytes : Arrays.copyOf(bytes, length);
  }

  private int grow(int more) {
    int at = length;
    length = Math.addExact(length, more);
    if (length > bytes.length) {
      bytes = Arrays.copyOf(bytes, Math.max(length, 2 * bytes.length));
    }
    return at;
  }
}
