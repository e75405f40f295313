package org.entente.gateway.audit.record;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Optional;
import org.entente.gateway.crypto.Sha256;
import org.entente.gateway.model.BigEndian;
import org.entente.gateway.model.MessageId;
import org.entente.gateway.note.TreeHash;

/**
 * What a leaf commits to, as others may see it: the record, and how many messages it concerns, but
 * not which. A {@link MessagePath} shows one of them. Wire format "audit leaf".
 *
 * <pre>
 *    0  32  blind
 *   32   4  number of messages
 *   36  32  root of the tree over them
 *   68      record
 * </pre>
 *
 * Immutable.
 */
public final class ShownLeaf {
  private static final String COMMITMENT = "entente/v1 leaf";
  private static final int COUNT_AT = OpenedLeaf.BLIND_BYTES;
  private static final int ROOT_AT = COUNT_AT + Integer.BYTES;
  private static final int RECORD_AT = ROOT_AT + TreeHash.BYTES;

  private final byte[] encoded;

  private ShownLeaf(byte[] encoded) {
    this.encoded = encoded;
  }

  static ShownLeaf of(byte[] blind, int count, TreeHash root, byte[] record) {
    byte[] encoded = Arrays.copyOf(blind, RECORD_AT + record.length);
    BigEndian.putU32(encoded, COUNT_AT, count);
    System.arraycopy(root.bytes(), 0, encoded, ROOT_AT, TreeHash.BYTES);
    System.arraycopy(record, 0, encoded, RECORD_AT, record.length);
    return new ShownLeaf(encoded);
  }

  /** Reads the encoded form; empty when it is too short. */
  public static Optional<ShownLeaf> parse(byte[] bytes) {
    return bytes.length < RECORD_AT ? Optional.empty() : Optional.of(new ShownLeaf(bytes.clone()));
  }

  /** The data of the leaf that commits to an encoded opening, 32 bytes. */
  public static byte[] commitment(byte[] opening) {
    return Sha256.hash(COMMITMENT.getBytes(StandardCharsets.US_ASCII), opening);
  }

  /** The commitment's input, a new array. */
  public byte[] encode() {
    return encoded.clone();
  }

  /** The encoded record without messages, as {@code entente.store.v1.AuditRecord}. */
  public byte[] encodedRecord() {
    return Arrays.copyOfRange(encoded, RECORD_AT, encoded.length);
  }

  /** The record without messages; empty when another release wrote it. */
  public Optional<AuditRecord> record() {
    return AuditRecordCodec.decode(encodedRecord());
  }

  /** Whether the path shows that the message is one of the leaf's. */
  public boolean names(MessageId message, MessagePath path) {
    long count = Integer.toUnsignedLong(BigEndian.u32(encoded, COUNT_AT));
    return path.leads(message, count, TreeHash.of(Arrays.copyOfRange(encoded, ROOT_AT, RECORD_AT)));
  }

  @Override
  public String toString() {
    return "ShownLeaf[hidden]";
  }
}
