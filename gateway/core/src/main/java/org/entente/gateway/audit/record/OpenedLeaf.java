package org.entente.gateway.audit.record;

import java.util.Arrays;
import java.util.Optional;

/**
 * Opened content of a leaf: the blind and the encoded record to which it commits.
 *
 * <p>With both, anyone can compute the commitment and check it under the signed root. Immutable.
 */
public final class OpenedLeaf {

  /** Size of a blind in bytes. */
  public static final int BLIND_BYTES = 32;

  private final byte[] opened;
  private final boolean matches;

  public OpenedLeaf(byte[] opened, boolean matches) {
    this.opened = opened;
    this.matches = matches;
  }

  /** Whether the leaf in the log is the commitment to this record under this blind. */
  public boolean matches() {
    return matches;
  }

  /** Blind and encoded record, the commitment's input; a new array. */
  public byte[] bytes() {
    return opened.clone();
  }

  /** The blind, 32 bytes unless the leaf does not match. */
  public byte[] blind() {
    return Arrays.copyOf(opened, Math.min(opened.length, BLIND_BYTES));
  }

  /** The encoded record, as {@code entente.store.v1.AuditRecord}. */
  public byte[] encodedRecord() {
    int from = Math.min(opened.length, BLIND_BYTES);
    return Arrays.copyOfRange(opened, from, opened.length);
  }

  /** The record; empty when the leaf does not match or another release wrote it. */
  public Optional<AuditRecord> record() {
    return matches ? AuditRecordCodec.decode(encodedRecord()) : Optional.empty();
  }

  @Override
  public String toString() {
    return "OpenedLeaf[hidden]";
  }
}
