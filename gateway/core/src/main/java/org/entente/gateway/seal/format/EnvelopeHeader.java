package org.entente.gateway.seal.format;

import java.util.Arrays;
import java.util.Optional;
import org.entente.gateway.crypto.Ed25519SigningKey;
import org.entente.gateway.crypto.Ed25519VerifyingKey;
import org.entente.gateway.crypto.Sha256;
import org.entente.gateway.model.EnvelopeId;
import org.jspecify.annotations.Nullable;

/**
 * Header of an envelope: facts, lengths and a commitment to the sealed content, signed by the
 * origin gateway. Wire format "envelope header".
 *
 * <p>Parsed input encodes to the same bytes, so the hash identifies one header. Immutable and safe
 * for use by many threads; equal when the bytes are equal.
 */
public final class EnvelopeHeader {
  /** Greatest number of messages in an envelope. */
  public static final int MAX_COUNT = 4096;

  /**
   * Most messages of an envelope that recall or change another, or bring a roster, consent or
   * charge. Each of the first two has its recipient write up to 64 stored messages again; the
   * others have it open and seal records.
   */
  public static final int MAX_ALTERING = 64;

  /** Greatest length of the sealed labels in bytes. */
  public static final int MAX_LABELS_BYTES = 8 << 20;

  /** Greatest length of a serialised label in bytes. */
  public static final int MAX_LABEL_BYTES = 64 << 10;

  /** Greatest length of the sealed bodies in bytes. */
  public static final int MAX_BODIES_BYTES = 64 << 20;

  /** Greatest length of a header in bytes. */
  public static final int MAX_BYTES = 147;

  private static final int EXERCISE = 1;

  private final EnvelopeFacts facts;
  private final int count;
  private final int labelsLength;
  private final int bodiesLength;
  private final byte[] commitment;
  private final byte[] encoded;
  private final byte[] hash;

  private EnvelopeHeader(
      EnvelopeFacts facts, int count, int labelsLength, int bodiesLength, byte[] commitment) {
    this.facts = facts;
    this.count = count;
    this.labelsLength = labelsLength;
    this.bodiesLength = bodiesLength;
    this.commitment = commitment;
    this.encoded = encode();
    this.hash = Sha256.hash(encoded);
  }

  /** The header for newly sealed content. */
  public static EnvelopeHeader over(EnvelopeFacts facts, int count, byte[] labels, byte[] bodies) {
    if (count < 1
        || count > MAX_COUNT
        || labels.length > MAX_LABELS_BYTES
        || bodies.length > MAX_BODIES_BYTES) {
      throw new IllegalArgumentException(
          count + " messages in " + labels.length + " + " + bodies.length + " bytes");
    }
    return new EnvelopeHeader(
        facts, count, labels.length, bodies.length, commitment(labels, bodies));
  }

  /** Reads a header from outside; empty if it is malformed or of another version or suite. */
  public static Optional<EnvelopeHeader> parse(byte[] bytes) {
    return FieldReader.parse(bytes, EnvelopeHeader::read);
  }

  private static EnvelopeHeader read(FieldReader in) {
    in.version();
    in.suite();
    var lane = in.lane();
    int flags = in.u8();
    in.require(flags <= EXERCISE);
    int count = in.count(1, MAX_COUNT);
    var origin = in.agency();
    var gateway = in.node();
    var id = EnvelopeId.of(in.fixed(EnvelopeId.SIZE));
    long created = in.time();
    long expires = in.time();
    int labelsLength = in.length(1, MAX_LABELS_BYTES);
    int bodiesLength = in.length(1, MAX_BODIES_BYTES);
    byte[] commitment = in.fixed(Sha256.HASH_BYTES);
    return new EnvelopeHeader(
        new EnvelopeFacts(origin, gateway, id, lane, flags == EXERCISE, created, expires),
        count,
        labelsLength,
        bodiesLength,
        commitment);
  }

  private byte[] encode() {
    return new FieldWriter(MAX_BYTES)
        .u8(Suite.FORMAT_VERSION)
        .u8(Suite.NUMBER)
        .u8(facts.lane().number())
        .u8(facts.exercise() ? EXERCISE : 0)
        .u16(count)
        .text(facts.origin().value())
        .text(facts.gateway().value())
        .fixed(facts.id().bytes())
        .u64(facts.createdAtMs())
        .u64(facts.expiresAtMs())
        .u32(labelsLength)
        .u32(bodiesLength)
        .fixed(commitment)
        .toBytes();
  }

  private static byte[] commitment(byte[] labels, byte[] bodies) {
    return Sha256.hash(Suite.CONTENT, Sha256.hash(labels), Sha256.hash(bodies));
  }

  /** The facts about the envelope. */
  public EnvelopeFacts facts() {
    return facts;
  }

  /** Number of messages, 1 to 4096. */
  public int count() {
    return count;
  }

  /** Length of the sealed labels in bytes. */
  public int labelsLength() {
    return labelsLength;
  }

  /** Length of the sealed, padded bodies in bytes. */
  public int bodiesLength() {
    return bodiesLength;
  }

  /** Whether the header commits to this content. */
  public boolean commitsTo(byte[] labels, byte[] bodies) {
    return labels.length == labelsLength
        && bodies.length == bodiesLength
        && Arrays.equals(commitment, commitment(labels, bodies));
  }

  /** A copy of the exact bytes, at most 147. */
  public byte[] encoded() {
    return encoded.clone();
  }

  /**
   * A copy of the SHA-256 of the exact bytes: the envelope's identifier in evidence and receipts.
   */
  public byte[] hash() {
    return hash.clone();
  }

  /** Signs the header; returns 64 bytes. */
  public byte[] sign(Ed25519SigningKey key) {
    return key.sign(Suite.message(Suite.ENVELOPE, encoded));
  }

  /** Whether {@code signature} is this key's over the header. */
  public boolean isSignedBy(Ed25519VerifyingKey key, byte[] signature) {
    return key.verify(Suite.message(Suite.ENVELOPE, encoded), signature);
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof EnvelopeHeader that && Arrays.equals(encoded, that.encoded);
  }

  @Override
  public int hashCode() {
    return Arrays.hashCode(hash);
  }

  @Override
  public String toString() {
    return facts.origin() + "/" + facts.id() + " " + facts.lane() + " " + count;
  }
}
