package org.entente.gateway.seal.format;

import java.util.Arrays;
import java.util.Optional;
import org.entente.gateway.crypto.Ed25519VerifyingKey;
import org.entente.gateway.model.Lane;
import org.jspecify.annotations.Nullable;

/**
 * The part of a delivery that lets one recipient open an envelope: session, number, wrapped content
 * key, and a binding of the number where other agencies carry it. 82 or 146 bytes, wire format
 * "stanza".
 *
 * <p>Parsed input encodes to the same bytes. Immutable and safe for use by many threads; equal when
 * the bytes are equal.
 */
public final class Stanza {
  /** Length without a binding, in bytes. */
  public static final int BYTES = 82;

  /** Length with a binding, in bytes. */
  public static final int BOUND_BYTES = BYTES + Ed25519VerifyingKey.SIGNATURE_BYTES;

  /** Length of a wrapped content key in bytes. */
  static final int WRAPPED_BYTES = 48;

  private static final int BOUND = 1;

  private final SessionId session;
  private final long epoch;
  private final long sequence;
  private final byte[] wrapped;
  private final byte @Nullable [] binding;

  /** A stanza without a binding. */
  public Stanza(SessionId session, long epoch, long sequence, byte[] wrapped) {
    this(session, epoch, sequence, wrapped, null);
  }

  private Stanza(
      SessionId session, long epoch, long sequence, byte[] wrapped, byte @Nullable [] binding) {
    this.session = session;
    this.epoch = epoch;
    this.sequence = sequence;
    this.wrapped = wrapped;
    this.binding = binding;
  }

  /** The same stanza with a binding: a signature of 64 bytes ({@link NumberBinding}). */
  public Stanza boundBy(byte[] signature) {
    if (signature.length != Ed25519VerifyingKey.SIGNATURE_BYTES) {
      throw new IllegalArgumentException("a binding of " + signature.length + " bytes");
    }
    return new Stanza(session, epoch, sequence, wrapped, signature.clone());
  }

  /** Reads a stanza from outside; empty if it is malformed or of another version. */
  public static Optional<Stanza> parse(byte[] bytes) {
    return bytes.length == BYTES || bytes.length == BOUND_BYTES
        ? FieldReader.parse(bytes, Stanza::read)
        : Optional.empty();
  }

  private static Stanza read(FieldReader in) {
    in.version();
    int flags = in.u8();
    in.require((flags & ~BOUND) == 0);
    SessionId session = SessionId.of(in.fixed(SessionId.SIZE));
    long epoch = in.number(1);
    long sequence = in.number(1);
    byte[] wrapped = in.fixed(WRAPPED_BYTES);
    byte[] binding = flags == BOUND ? in.fixed(Ed25519VerifyingKey.SIGNATURE_BYTES) : null;
    return new Stanza(session, epoch, sequence, wrapped, binding);
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

  /** A copy of the binding, 64 bytes; nothing here has verified it. */
  public Optional<byte[]> binding() {
    return binding == null ? Optional.empty() : Optional.of(binding.clone());
  }

  /** The exact bytes. */
  public byte[] encoded() {
    FieldWriter out =
        new FieldWriter(BOUND_BYTES)
            .u8(Suite.FORMAT_VERSION)
            .u8(binding == null ? 0 : BOUND)
            .fixed(session.bytes())
            .u64(epoch)
            .u64(sequence)
            .fixed(wrapped);
    return (binding == null ? out : out.fixed(binding)).toBytes();
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
