package org.entente.gateway.seal.format;

import java.util.Optional;
import org.entente.gateway.crypto.Ed25519VerifyingKey;

/**
 * Messages sealed together: header, signature, sealed labels, sealed bodies. The unit that is
 * signed, stored and moved.
 *
 * <p>Sealed parts have the lengths in the header; nothing else about them is certain before {@link
 * #isSignedBy} and {@link #isWhole} hold. It returns its arrays without a copy, since they may be
 * large; callers must not change them. Safe for use by many threads.
 */
public final class Envelope {
  private final EnvelopeHeader header;
  private final byte[] signature;
  private final byte[] labels;
  private final byte[] bodies;

  public Envelope(EnvelopeHeader header, byte[] signature, byte[] labels, byte[] bodies) {
    this.header = header;
    this.signature = signature;
    this.labels = labels;
    this.bodies = bodies;
  }

  /**
   * Joins parts from outside, which are not copied; empty if the header is malformed or the other
   * parts do not have their lengths.
   */
  public static Optional<Envelope> of(
      byte[] header, byte[] signature, byte[] labels, byte[] bodies) {
    return EnvelopeHeader.parse(header).flatMap(parsed -> of(parsed, signature, labels, bodies));
  }

  /** The same with a header that was parsed; empty if the other parts do not have its lengths. */
  public static Optional<Envelope> of(
      EnvelopeHeader header, byte[] signature, byte[] labels, byte[] bodies) {
    return signature.length == Ed25519VerifyingKey.SIGNATURE_BYTES
            && labels.length == header.labelsLength()
            && bodies.length == header.bodiesLength()
        ? Optional.of(new Envelope(header, signature, labels, bodies))
        : Optional.empty();
  }

  /** The header. */
  public EnvelopeHeader header() {
    return header;
  }

  /** The origin gateway's signature, 64 bytes, not copied. */
  public byte[] signature() {
    return signature;
  }

  /** The sealed labels, not copied. */
  public byte[] labels() {
    return labels;
  }

  /** The sealed bodies and their padding, not copied. */
  public byte[] bodies() {
    return bodies;
  }

  /** Length of all parts in bytes. */
  public int size() {
    return header.encoded().length + signature.length + labels.length + bodies.length;
  }

  /** Whether the key's owner signed the header. Does not check the content. */
  public boolean isSignedBy(Ed25519VerifyingKey key) {
    return header.isSignedBy(key, signature);
  }

  /** Whether the sealed parts match the header's commitment. */
  public boolean isWhole() {
    return header.commitsTo(labels, bodies);
  }

  @Override
  public String toString() {
    return header.toString();
  }
}
