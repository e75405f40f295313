package org.entente.gateway.seal.format;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import org.entente.gateway.crypto.Ed25519VerifyingKey;
import org.entente.gateway.crypto.XWingPublicKey;
import org.entente.gateway.model.AgencyName;
import org.entente.gateway.model.BigEndian;
import org.entente.gateway.model.FederationName;
import org.entente.gateway.model.Lane;
import org.entente.gateway.model.MessageId;
import org.entente.gateway.model.NodeName;

/**
 * Reads the fields of a format in order and fails at the first malformed one. Allocates no more
 * than the input holds.
 *
 * <p>A field fails with an {@link IllegalArgumentException}, as the constructors of values do: what
 * no value admits is malformed.
 */
public final class FieldReader {
  /** The last millisecond of the year 9999, after which a protobuf timestamp has no value. */
  public static final long LAST_TIME = 253_402_300_799_999L;

  /** The last number of an epoch, a lane or a version, far enough from 2^63 to add to it. */
  public static final long LAST_NUMBER = 1L << 62;

  private final byte[] bytes;
  private int at;

  private FieldReader(byte[] bytes) {
    this.bytes = bytes;
  }

  /** Failure of a field. Has no stack trace: hostile input must not cost more than honest input. */
  private static final class MalformedField extends IllegalArgumentException {
    private static final long serialVersionUID = 1L;

    @Override
    public synchronized Throwable fillInStackTrace() {
      return this;
    }
  }

  /** The value in the bytes; empty if they are malformed or bytes are left over. */
  public static <T> Optional<T> parse(byte[] bytes, Function<FieldReader, T> format) {
    try {
      FieldReader in = new FieldReader(bytes);
      T value = format.apply(in);
      in.require(in.at == bytes.length);
      return Optional.of(value);
    } catch (IllegalArgumentException e) {
      return Optional.empty();
    }
  }

  public void require(boolean condition) {
    if (!condition) {
      throw new MalformedField();
    }
  }

  public int u8() {
    return bytes[take(1)] & 0xFF;
  }

  public int u16() {
    int from = take(2);
    return (bytes[from] & 0xFF) << 8 | (bytes[from + 1] & 0xFF);
  }

  /** A u16 within bounds, both inclusive. */
  public int count(int least, int most) {
    int count = u16();
    require(count >= least && count <= most);
    return count;
  }

  /** A u32 within bounds, both inclusive. */
  public int length(int least, int most) {
    long length = BigEndian.u32(bytes, take(4)) & 0xFFFF_FFFFL;
    require(length >= least && length <= most);
    return (int) length;
  }

  /** A u64 from {@code least} to {@link #LAST_NUMBER}. */
  public long number(long least) {
    long number = BigEndian.u64(bytes, take(8));
    require(number >= least && number <= LAST_NUMBER);
    return number;
  }

  /** Milliseconds since 1970, at most {@link #LAST_TIME}. */
  public long time() {
    long time = number(0);
    require(time <= LAST_TIME);
    return time;
  }

  public byte[] fixed(int length) {
    int from = take(length);
    return Arrays.copyOfRange(bytes, from, from + length);
  }

  /** Items in a list, at most {@code most}, after their number as u16. */
  public <T> List<T> list(int most, Function<FieldReader, T> item) {
    List<T> items = new ArrayList<>();
    for (int left = count(0, most); left > 0; left--) {
      items.add(item.apply(this));
    }
    return items;
  }

  /** Whether these are the bytes read so far. */
  public boolean hasRead(byte[] expected) {
    return Arrays.equals(bytes, 0, at, expected, 0, expected.length);
  }

  public void version() {
    require(u8() == Suite.FORMAT_VERSION);
  }

  public void suite() {
    require(u8() == Suite.NUMBER);
  }

  public Lane lane() {
    int number = u8();
    require(number >= 1 && number <= Lane.all().size());
    return Lane.of(number);
  }

  public OriginNumber originNumber() {
    return new OriginNumber(number(1), lane(), number(1));
  }

  public FederationName federation() {
    return new FederationName(text());
  }

  public AgencyName agency() {
    return new AgencyName(text());
  }

  /** An agency, or an empty text in its place. */
  public Optional<AgencyName> optionalAgency() {
    String text = text();
    return text.isEmpty() ? Optional.empty() : Optional.of(new AgencyName(text));
  }

  public MessageId messageId() {
    return MessageId.of(fixed(MessageId.SIZE));
  }

  public NodeName node() {
    return new NodeName(text());
  }

  public KeyValidity keyValidity() {
    return new KeyValidity(RecipientKeyId.of(fixed(RecipientKeyId.SIZE)), time(), time());
  }

  public Ed25519VerifyingKey ed25519() {
    return Ed25519VerifyingKey.of(fixed(Ed25519VerifyingKey.ENCODED_BYTES));
  }

  public XWingPublicKey xWing() {
    return XWingPublicKey.of(fixed(XWingPublicKey.ENCODED_BYTES));
  }

  /** A text of at most 255 bytes, one per character; the pattern of its value admits ASCII only. */
  public String text() {
    int length = u8();
    int from = take(length);
    return new String(bytes, from, length, ISO_8859_1);
  }

  private int take(int length) {
    require(length <= bytes.length - at);
    int from = at;
    at += length;
    return from;
  }
}
