package org.entente.gateway.seal.format;

import java.util.Arrays;
import java.util.Optional;
import org.entente.gateway.model.Lane;
import org.jspecify.annotations.Nullable;

/**
 * The part of a delivery that lets one recipient open an envelope: session, number, wrapped content
 * key. 81 bytes, wire format "stanza".
 *
 * <p>Parsed input encodes to the same bytes. Immutable and safe for use by many threads; equal when
 * the bytes are equal.
 */
public final class Stanza {
  /** Length in bytes. */
  public static final int BYTES = 81;

  /** Length of a wrapped content key in bytes. */
  static final int WRAPPED_BYTES = 48;

  private final SessionId session;
  private final long epoch;
  private final long sequence;
  private final byte[] wrapped;

  public Stanza(SessionId session, long epoch, long sequence, byte[] wrapped) {
    this.session = session;
    this.epoch = epoch;
    this.sequence = sequence;
    this.wrapped = wrapped;
  }

  /** Reads a stanza from outside; empty if it is malformed or of another version. */
  public static Optional<Stanza> parse(byte[] bytes) {
    return bytes.length == BYTES ? FieldReader.parse(bytes, Stanza::read) : Optional.empty();
  }

  private static Stanza read(FieldReader in) throws MalformedInput {
    in.version();
    SessionId session = SessionId.of(in.fixed(SessionId.SIZE));
    return new Stanza(session, in.number(1), in.number(1), in.fixed(WRAPPED_BYTES));
  }

  /** The session under which the content key is wrapped; unique only together with the origin. */
  public SessionId session() {
    return session;
  }

  /** The origin's number for an envelope of this lane. */
  public OriginNumber number(Lane lane) {
    return new OriginNumber(epoch, lane, sequence);
  }

  public byte[] wrapped() {
    return wrapped;
  }

  /** The exact bytes. */
  public byte[] encoded() {
    return new FieldWriter(BYTES)
        .u8(Suite.FORMAT_VERSION)
        .fixed(session.bytes())
        .u64(epoch)
        .u64(sequence)
        .fixed(wrapped)
        .toBytes();
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof Stanza that && Arrays.equals(encoded(), that.encoded());
  }

  @Override
  public int hashCode() {
    return Arrays.hashCode(wrapped);
  }

  @Override
  public String toString() {
    return "stanza " + session + " " + epoch + "/" + sequence;
  }
}
